"""The cashier's quick till: who stands here, what the basket earns and may spend."""

import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import hash_sign, verify_hash_signed

PHONE_LIKE = re.compile(r"^\+?[\d\s().\-/]{6,}$")
MOST_CHOICES = 8
TOKEN_SCOPE = "loyalty.till.card"
TOKEN_HOURS = 16


class LoyaltyTill(models.AbstractModel):
    """Server side of the quick till.

    Every public method checks that the user is a cashier and serves the branch; the
    books are then written by the server, since cashiers have no accounting rights.
    """

    _name = "loyalty.till"
    _description = "Quick till"

    # -- rights --------------------------------------------------------------------
    @api.model
    def _check_cashier(self):
        if not self.env.user.has_group("loyalty_club.group_loyalty_cashier"):
            raise AccessError(
                self.env._(
                    "Only cashiers of the loyalty club may use the till. Ask an"
                    " administrator for the role."
                )
            )

    @api.model
    def _branches(self):
        """The branches in which the user serves; officers serve in all of them."""
        self._check_cashier()
        domain = Domain("company_id", "in", self.env.companies.ids)
        if not self.env.user.has_group("loyalty_club.group_loyalty_officer"):
            domain &= Domain("operator_ids", "in", self.env.uid)
        return self.env["loyalty.branch"].search(domain)

    @api.model
    def _branch(self, branch_id):
        """The branch, once it is sure that the user serves there."""
        branch = self._branches().filtered(lambda b: b.id == branch_id)
        if not branch:
            raise AccessError(
                self.env._(
                    "You are no operator of this branch. Choose one of your branches,"
                    " or ask an administrator to add you."
                )
            )
        return branch

    @api.model
    def _club(self, branch):
        """The club of the branch's company."""
        club = branch.company_id._loyalty_club()
        if not club:
            raise UserError(
                self.env._(
                    "%s has no club yet. Create a loyalty program of the kind Club.",
                    branch.company_id.name,
                )
            )
        return club

    # A token proves that the cashier had the card or phone of somebody else's member
    # before them, so card numbers cannot simply be counted through.
    @api.model
    def _token(self, card):
        return hash_sign(
            self.env(su=True),
            TOKEN_SCOPE,
            [card.id, self.env.uid],
            expiration_hours=TOKEN_HOURS,
        )

    @api.model
    def _signed(self, token):
        try:
            return verify_hash_signed(self.env(su=True), TOKEN_SCOPE, token)
        except ValueError:
            return None

    @api.model
    def _card(self, card_id, token=None):
        """The card as superuser, once it is sure that the user may see it."""
        card_sudo = self.env["loyalty.card"].sudo().browse(card_id or 0).exists()
        if not card_sudo:
            raise UserError(self.env._("This card does not exist. Scan it again."))
        if token and self._signed(token) == [card_sudo.id, self.env.uid]:
            return card_sudo
        branches = self._branches()
        companies = branches.company_id | branches.company_id.parent_ids
        home = card_sudo.branch_id
        if (
            not card_sudo.is_club
            or (card_sudo.company_id and card_sudo.company_id not in companies)
            or (home and home not in branches)
        ):
            raise AccessError(
                self.env._(
                    "This is a member of another branch. Scan the card or type the"
                    " phone number of the member."
                )
            )
        return card_sudo

    # -- opening -------------------------------------------------------------------
    @api.model
    def open_till(self):
        """What the screen needs to start.

        :return: ``{"branches": [...], "branch_id": int, "sales": [...]}``; a branch is
            ``{"id", "name", "company", "currency_id", "journals", "club"}``
        """
        branches = self._branches()
        return {
            "branches": [self._branch_values(branch) for branch in branches],
            "branch_id": branches[:1].id,
            "cashier": self.env.user.name,
            "sales": self._recent_sales(branches),
        }

    @api.model
    def _branch_values(self, branch):
        club_sudo = branch.company_id._loyalty_club()
        return {
            "id": branch.id,
            "name": branch.name,
            "company": branch.company_id.name,
            "currency_id": branch.company_id.currency_id.id,
            "journals": [
                {"id": journal.id, "name": journal.name, "type": journal.type}
                for journal in self._journals(branch)
            ],
            "club": club_sudo.name or "",
            "gift_cards": bool(self._gift_program(branch)),
        }

    @api.model
    def _journals(self, branch):
        """Where the branch may book payments, its own cash desk first (superuser)."""
        company = branch.company_id
        journals_sudo = self.env["account.journal"].sudo()
        banks = journals_sudo.search(
            [("company_id", "=", company.id), ("type", "=", "bank")]
        )
        desk = branch.sudo().journal_id
        if not desk:
            # A company with one cash desk needs no setting.
            desks = journals_sudo.search(
                [("company_id", "=", company.id), ("type", "=", "cash")], limit=2
            )
            desk = desks if len(desks) == 1 else journals_sudo
        return (desk | banks).filtered("inbound_payment_method_line_ids")

    @api.model
    def _gift_program(self, branch):
        """The gift cards which the branch sells (superuser, maybe empty)."""
        return (
            self.env["loyalty.program"]
            .sudo()
            .search(
                [
                    ("program_type", "=", "gift_card"),
                    ("company_id", "in", (branch.company_id.id, False)),
                    ("trigger_product_ids", "!=", False),
                ],
                order="company_id, sequence, id",
                limit=1,
            )
        )

    # -- finding -------------------------------------------------------------------
    @api.model
    def find(self, query, branch_id, mode="customer", card_id=None, token=None):
        """What was scanned or typed.

        :param mode: the field: ``customer`` or ``basket``, where a number is an amount
        :param card_id: the member at the till, at whose prices products are offered
        :return: ``{"kind": ...}`` and, by kind, ``member``, ``choices``, ``gift_card``,
            ``product``, ``amount`` or ``message``; kinds are ``member``, ``members``,
            ``gift_card``, ``product``, ``products``, ``amount``, ``blocked`` and
            ``nothing``
        """
        branch = self._branch(branch_id)
        self = self.with_company(branch.company_id)
        text = (query or "").strip()
        buyer = self._card(card_id, token).partner_id if card_id else None
        steps = [
            self._find_card,
            lambda text, branch: self._find_product(text, branch, buyer),
        ]
        if mode == "basket":
            steps += [
                self._find_amount,
                lambda text, branch: self._find_product_by_name(text, branch, buyer),
            ]
        else:
            steps += [self._find_by_phone, self._find_by_name]
        for step in steps:
            if text and (found := step(text, branch)):
                return found
        return self._found_nothing(text, branch)

    def _find_card(self, text, branch):
        card_sudo, message = self.env["loyalty.card"]._find_by_code(text)
        if message:
            return {"kind": "blocked", "message": message}
        if not card_sudo:
            return None
        program_sudo = card_sudo.program_id
        if card_sudo.company_id and card_sudo.company_id != branch.company_id:
            return None
        if program_sudo == branch.company_id._loyalty_club() and card_sudo.partner_id:
            return {"kind": "member", "member": self._member_values(card_sudo)}
        if program_sudo.program_type == "gift_card":
            return {"kind": "gift_card", "gift_card": self._gift_values(card_sudo)}
        return None

    def _find_by_phone(self, text, branch):
        phone = self._phone(text, branch)
        if not phone:
            return None
        partners_sudo = self.env["res.partner"].sudo()
        partners_sudo = partners_sudo.search(self._phone_domain(phone, branch))
        cards = self._club(branch)._cards_of(partners_sudo).values()
        return self._found_members(self.env["loyalty.card"].sudo().union(*cards))

    def _find_by_name(self, text, branch):
        if len(text) < 2 or text.isdigit():
            return None
        domain = Domain("program_id", "=", self._club(branch).id)
        domain &= Domain("partner_id.name", "ilike", text)
        domain &= Domain("branch_id", "in", [*self._branches().ids, False])
        cards_sudo = self.env["loyalty.card"].sudo()
        return self._found_members(cards_sudo.search(domain, limit=MOST_CHOICES))

    def _found_members(self, cards_sudo):
        if len(cards_sudo) == 1:
            return {"kind": "member", "member": self._member_values(cards_sudo)}
        if cards_sudo:
            return {
                "kind": "members",
                "choices": [self._member_values(card) for card in cards_sudo],
            }
        return None

    def _phone(self, text, branch):
        """``text`` in E.164, or False if it is no phone number of any spelling."""
        if not PHONE_LIKE.match(text):
            return False
        return self.env["res.partner"]._phone_format(
            number=text, country=branch.company_id.country_id
        )

    def _phone_domain(self, phone, branch):
        return [
            ("phone_sanitized", "=", phone),
            ("company_id", "in", (branch.company_id.id, False)),
        ]

    def _found_nothing(self, text, branch):
        customer = self._customer(text, branch)
        return {
            "kind": "nothing",
            "phone": self._phone(text, branch) or "",
            "name": customer.name or ("" if any(map(str.isdigit, text)) else text),
            "is_customer": bool(customer),
        }
