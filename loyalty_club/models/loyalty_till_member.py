"""Members and cards at the quick till: shown, registered, replaced."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.image import image_data_uri


class LoyaltyTill(models.AbstractModel):
    _inherit = "loyalty.till"

    # -- what the screen shows -----------------------------------------------------
    def _member_values(self, card_sudo):
        partner = card_sudo.partner_id
        soon = card_sudo.next_expiry_date
        return {
            "id": card_sudo.id,
            "token": self._token(card_sudo),
            "name": partner.name,
            "photo": image_data_uri(partner.image_128) if partner.image_128 else "",
            "phone": self._masked_phone(partner.phone_sanitized or partner.phone),
            "card": card_sudo.masked_code,
            "branch": card_sudo.branch_id.name or "",
            "tier": card_sudo.tier_id.name or "",
            "tier_color": card_sudo.tier_id.color,
            "progress": card_sudo.tier_progress_text,
            "progress_percent": card_sudo.tier_progress_percent,
            "balance": card_sudo.points,
            "pending": card_sudo.pending_points,
            "worth": card_sudo.points_worth,
            "expiring": card_sudo.next_expiry_points if soon else 0.0,
            "expiring_on": format_date(self.env, soon) if soon else "",
            "birthday": self._is_birthday(card_sudo),
            "class": partner.loyalty_class or "normal",
            "warnings": self._warnings(card_sudo),
        }

    def _is_birthday(self, card_sudo):
        birthday, today = card_sudo.partner_id.birthday, card_sudo.program_id._today()
        return bool(birthday) and (birthday.month, birthday.day) == (
            today.month,
            today.day,
        )

    def _warnings(self, card_sudo):
        """What the cashier must know before selling, as sentences."""
        partner, warnings = card_sudo.partner_id, []
        if card_sudo.state != "active":
            warnings.append(card_sudo._blocked_message())
        if partner.loyalty_class == "problem" or partner.prepayment_only:
            warnings.append(
                self.env._(
                    "Problem customer, prepayment only: %s",
                    partner.loyalty_class_reason or self.env._("no reason given"),
                )
            )
        return warnings

    @api.model
    def _masked_phone(self, phone):
        phone = phone or ""
        return phone[:-6] + "••••" + phone[-2:] if len(phone) > 8 else phone

    # -- cards and members ---------------------------------------------------------
    @api.model
    def replace_card(self, card_id, reason, new_code=None, token=None):
        """Block the code of a card and give the card a new one.

        :param reason: a value of ``loyalty.card.code.reason``
        :return: ``{"code", "member" or "gift_card"}``
        """
        self._check_cashier()
        card_sudo = self._card(card_id, token)
        reasons = dict(self.env["loyalty.card.code"]._fields["reason"].selection)
        if reason not in reasons:
            raise UserError(self.env._("Choose why the card is replaced."))
        if new_code:
            self._check_code_is_free(new_code)
        code = card_sudo.action_replace_code(reason, new_code=new_code or None)
        if card_sudo.is_club:
            return {"code": code, "member": self._member_values(card_sudo)}
        return {"code": code, "gift_card": self._gift_values(card_sudo)}

    @api.model
    def _check_code_is_free(self, code):
        card_sudo, message = self.env["loyalty.card"]._find_by_code(code)
        if message:
            raise UserError(message)
        if card_sudo:
            raise UserError(
                self.env._(
                    "The code %s belongs to another card already. Take another card.",
                    card_sudo.masked_code,
                )
            )

    @api.model
    def register(self, values):
        """Register a member; a customer who is no member yet becomes one.

        :param values: ``branch_id``, ``name``, ``phone`` and what else the form knows
        :return: the member as :meth:`find` shows it
        :raise UserError: a bad phone, or a member with this phone or card exists
        """
        branch = self._branch(values.get("branch_id"))
        self = self.with_company(branch.company_id)
        known = {
            name: values[name] for name in self._register_fields() if values.get(name)
        }
        known["consent_source"] = self.env._("Till, %s", branch.name)
        if customer := self._customer(values.get("phone") or "", branch):
            known["partner_id"] = customer.id
        partners = self.env["res.partner"]
        card = partners._loyalty_register(known, self._club(branch), branch)
        return self._member_values(card.sudo())

    @api.model
    def _register_fields(self):
        """What a cashier may tell of a new member."""
        return (
            "name",
            "phone",
            "email",
            "birthday",
            "gender",
            "code",
            "consent_sms",
            "consent_email",
        )

    @api.model
    def _customer(self, text, branch):
        """The only customer with this phone, if no member yet (maybe empty)."""
        partners_sudo = self.env["res.partner"].sudo()
        phone = self._phone(text.strip(), branch)
        if not phone:
            return partners_sudo
        found = partners_sudo.search(self._phone_domain(phone, branch), limit=2)
        if len(found) != 1 or self._club(branch)._card_of(found):
            return partners_sudo
        return found
