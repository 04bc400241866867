from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import (
    AccessError,
    ConcurrencyError,
    UserError,
    ValidationError,
)
from odoo.tools import float_compare

from ..engine import codes
from . import origin

# Cards made while this addon was not loaded have no state, and are active.
NOT_SPENDABLE = ("blocked", "closed")


class LoyaltyCard(models.Model):
    _name = "loyalty.card"
    _inherit = ["loyalty.card", "mail.activity.mixin"]

    points = fields.Float(digits=(16, 2), tracking=False)
    order_id = fields.Many2one(index="btree_not_null")
    is_club = fields.Boolean(
        related="program_id.is_club", store=True, precompute=True, index=True
    )
    is_ledger = fields.Boolean(
        related="program_id.is_ledger", store=True, precompute=True
    )
    state = fields.Selection(
        [("active", "Active"), ("blocked", "Blocked"), ("closed", "Closed")],
        default="active",
        tracking=True,
        help="Points of a blocked card cannot be spent; it still earns.",
    )
    block_reason = fields.Char(tracking=True)
    pending_points = fields.Float("Pending", digits=(16, 2), readonly=True, copy=False)
    lifetime_points = fields.Float(
        "Ever earned", digits=(16, 2), readonly=True, copy=False
    )
    ledger_length = fields.Integer("Entries", readonly=True, copy=False)
    last_activity_date = fields.Date(readonly=True, copy=False, index=True)
    branch_id = fields.Many2one(
        "loyalty.branch", index="btree_not_null", check_company=False
    )
    move_ids = fields.One2many("loyalty.point.move", "card_id", "Ledger", readonly=True)
    lot_ids = fields.One2many("loyalty.point.lot", "card_id", "Lots", readonly=True)
    code_ids = fields.One2many("loyalty.card.code", "card_id", "Former codes")
    masked_code = fields.Char("Card", compute="_compute_masked_code")
    points_worth = fields.Monetary(compute="_compute_points_worth")
    next_expiry_date = fields.Date(compute="_compute_next_expiry")
    next_expiry_points = fields.Float(compute="_compute_next_expiry", digits=(16, 2))

    _club_partner_uniq = models.UniqueIndex(
        "(program_id, partner_id) WHERE is_club IS TRUE AND active IS TRUE"
        " AND partner_id IS NOT NULL",
        "This customer is a member of the program already.",
    )
    _partner_program_idx = models.Index("(partner_id, program_id)")

    # -- fields ---------------------------------------------------------------
    @api.model
    def _generate_code(self):
        """A code with 65 random bits; the prefix is what tills know cards by."""
        return codes.generate()

    @api.model
    def _mask_code(self, code):
        return codes.mask(code) if code else ""

    @api.depends("program_id", "code", "partner_id", "is_club")
    def _compute_display_name(self):
        members = self.filtered(lambda card: card.is_club and card.partner_id)
        for card in members:
            card.display_name = f"{card.partner_id.name} ({card.program_id.name})"
        return super(LoyaltyCard, self - members)._compute_display_name()

    @api.depends("code")
    def _compute_masked_code(self):
        for card in self:
            card.masked_code = self._mask_code(card.code)

    @api.depends("points", "program_id.point_value")
    def _compute_points_worth(self):
        for card in self:
            value = card.program_id.point_value if card.is_club else 1.0
            card.points_worth = card.points * value

    @api.depends("lot_ids.remaining", "lot_ids.expiration_date", "lot_ids.state")
    def _compute_next_expiry(self):
        rows = self.env["loyalty.point.lot"]._read_group(
            [
                ("card_id", "in", self.ids),
                ("state", "=", "open"),
                ("expiration_date", "!=", False),
            ],
            ["card_id", "expiration_date:day"],
            ["remaining:sum"],
            order="expiration_date:day",
        )
        first = {}
        for card, day, points in rows:
            first.setdefault(card.id, (day, points))
        for card in self:
            card.next_expiry_date, card.next_expiry_points = first.get(
                card.id, (False, 0.0)
            )

    @api.constrains("code")
    def _check_code_not_blocked(self):
        blocked = self.env["loyalty.card.code"].sudo()
        if blocked.search_count([("code", "in", self.mapped("code"))], limit=1):
            raise ValidationError(
                self.env._(
                    "This code was blocked because its card was lost or replaced."
                    " Choose another code."
                )
            )

    # -- CRUD: the choke point ------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        programs = (
            self.env["loyalty.program"]
            .sudo()
            .browse(
                {vals["program_id"] for vals in vals_list if vals.get("program_id")}
            )
        )
        if any(programs.mapped("is_club")):
            cards = self._create_members(vals_list)
        else:
            cards = super().create(vals_list)
        if any(vals.get("points") for vals in vals_list):
            cards.filtered("points")._open_ledger()
        return cards

    def _create_members(self, vals_list):
        """Create cards, of which the same member may be getting one at this moment.

        The ERP does not run a request again on a broken unique index, but it does on a
        concurrency error; the second run finds the card.
        """
        wanted = {
            (vals.get("program_id"), vals.get("partner_id")) for vals in vals_list
        }
        doubles = (
            self.sudo()
            .search(
                [
                    ("is_club", "=", True),
                    ("program_id", "in", [program for program, _partner in wanted]),
                    ("partner_id", "in", [partner for _program, partner in wanted]),
                ]
            )
            .filtered(lambda card: (card.program_id.id, card.partner_id.id) in wanted)
        )
        if doubles:
            raise ValidationError(
                self.env._(
                    "%(member)s is a member of %(program)s already, with card"
                    " %(card)s.",
                    member=doubles[0].partner_id.display_name,
                    program=doubles[0].program_id.name,
                    card=doubles[0].masked_code,
                )
            )
        try:
            with self.env.cr.savepoint():
                return super().create(vals_list)
        except IntegrityError as error:
            if "club_partner_uniq" not in str(error):
                raise
            raise ConcurrencyError(str(error)) from error

    def write(self, vals):
        if "program_id" in vals:
            self._check_program_unchanged(vals["program_id"])
        frame = origin.current()
        if "points" not in vals or (frame and frame.posting):
            return super().write(vals)
        ledger = self.filtered("is_ledger")
        if not ledger:
            return super().write(vals)
        ledger._check_may_write_points()
        # With the new holder or state in place first, then the points by the door.
        rest = {name: value for name, value in vals.items() if name != "points"}
        if rest:
            super(LoyaltyCard, ledger).write(rest)
        ledger._post_balance(vals["points"])
        if others := self - ledger:
            super(LoyaltyCard, others).write(vals)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_members(self):
        for card in self:
            if card.is_club and card.ledger_length:
                raise UserError(
                    self.env._(
                        "The card of %s has a ledger and cannot be deleted."
                        " Close or archive it instead.",
                        card.partner_id.display_name or card.masked_code,
                    )
                )

    def _check_program_unchanged(self, program_id):
        moved = self.filtered(lambda c: c.is_ledger and c.program_id.id != program_id)
        if moved.filtered("ledger_length"):
            raise UserError(
                self.env._(
                    "A card with a ledger stays in its program. Transfer its points to"
                    " a card of the other program instead."
                )
            )

    def _check_may_write_points(self):
        """Only the server's own flows and loyalty officers change a member's points."""
        if (
            self.env.su
            or origin.current()
            or self.env.user.has_group("loyalty_club.group_loyalty_officer")
            or not any(self.mapped("is_club"))
        ):
            return
        raise AccessError(
            self.env._(
                "Points of members change with their purchases. Ask a loyalty officer"
                " for a correction."
            )
        )

    def _open_ledger(self):
        """Give cards whose points came from elsewhere an opening entry and lot."""
        opening = self.filtered(
            lambda c: c.is_ledger and not c.ledger_length and c.points
        )
        for card in opening:
            points = card.points
            with origin.origin(posting=True):
                card.with_context(loyalty_no_mail=True).points = 0.0
            card._post_points([card._entry("opening", points, allow_debt=True)])

    def _post_balance(self, target):
        """Post what brings each card to the balance ``target``."""
        self._lock_points()
        for card in self:
            delta = round(target - card.points, 2)
            if delta:
                card._post_delta(delta)

    def _post_delta(self, delta):
        """Turn a change which the ERP wrote into ledger entries.

        A document that gives points back returns them to the lots they came from, and
        never more than it took. A write from outside is an adjustment.
        """
        frame = origin.current()
        if not frame or not frame.res_id:
            kind = frame.kind if frame and frame.kind != "cancel" else None
            self._post_points(
                [
                    self._entry(
                        kind or "adjust",
                        delta,
                        reason=frame.reason if frame else None,
                        allow_debt=self.env.su,
                    )
                ]
            )
            return
        document = {"res_model": frame.res_model, "res_id": frame.res_id}
        if frame.settled:
            kind = "earn" if delta > 0 else "spend"
            self._post_points([self._entry(kind, delta, allow_debt=True, **document)])
            return
        if delta < 0 and frame.kind == "cancel" and not self.is_club:
            # The document sold the gift card; a credit note may have emptied it before.
            self._take_back_sold(*document.values(), -delta)
            return
        if delta < 0:
            self._check_spendable(-delta)
            if not self.is_club:
                # The document that sold the gift card or top-up was cancelled.
                taken = self._take_back_sold(*document.values(), -delta)
                delta = round(delta + taken, 2)
            self._post_points([self._entry("spend", delta, **document)])
            return
        returned = self._give_back(frame.res_model, frame.res_id, delta)
        left = round(delta - returned, 2)
        if left > 0 and not self.is_club:
            # A gift card or eWallet that was sold on the document.
            self._post_points([self._entry("earn", left, **document)])

    def _check_spendable(self, points):
        """Refuse to spend what is not there, with the numbers."""
        self.ensure_one()
        if self.state in NOT_SPENDABLE:
            raise UserError(self._blocked_message())
        today = fields.Date.context_today(self)
        if self.expiration_date and self.expiration_date < today:
            raise UserError(
                self.env._(
                    "%(card)s expired on %(date)s.",
                    card=self.display_name,
                    date=self.expiration_date,
                )
            )
        if float_compare(self.points, points, precision_digits=2) < 0:
            raise UserError(
                self.env._(
                    "%(card)s has %(available)s and this takes %(requested)s."
                    " Lower the amount, or choose another reward.",
                    card=self.display_name,
                    available=self._format_points(self.points),
                    requested=self._format_points(points),
                )
            )

    def _blocked_message(self):
        self.ensure_one()
        if self.state == "closed":
            return self.env._("%s is closed.", self.display_name)
        return self.env._(
            "%(card)s is blocked: %(reason)s",
            card=self.display_name,
            reason=self.block_reason or self.env._("no reason given"),
        )

    # -- codes ----------------------------------------------------------------
    def action_replace_code(self, reason="lost", note=None, new_code=None):
        """Block the card's code and give the same card a new one.

        Balance, lots, tier and history stay, since the record stays.

        :param reason: a value of ``loyalty.card.code.reason``
        :param new_code: code of a printed blank card; generated when empty
        :return: the new code
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group(
            "loyalty_club.group_loyalty_cashier"
        ):
            raise AccessError(self.env._("Only loyalty staff may replace a card."))
        self.check_access("read")
        card_sudo = self.sudo()
        old_code = card_sudo.code
        code = codes.normalise(new_code) if new_code else self._generate_code()
        card_sudo.write({"code": code, "state": "active", "block_reason": False})
        self.env["loyalty.card.code"].sudo().create(
            {
                "code": old_code,
                "card_id": self.id,
                "reason": reason,
                "note": note,
                "blocked_by_id": self.env.uid,
            }
        )
        card_sudo.message_post(
            body=self.env._(
                "Card %(old)s was replaced by %(new)s.",
                old=self._mask_code(old_code),
                new=self._mask_code(code),
            )
        )
        return code

    def action_block(self, reason=None):
        """Points of the card cannot be spent until it is unblocked."""
        self._check_officer()
        self.write(
            {
                "state": "blocked",
                "block_reason": reason
                or self.env._("Blocked by %s", self.env.user.name),
            }
        )

    def action_unblock(self):
        """Let the points of blocked cards be spent again."""
        self._check_officer()
        self.write({"state": "active", "block_reason": False})

    def _check_officer(self):
        if not self.env.su and not self.env.user.has_group(
            "loyalty_club.group_loyalty_officer"
        ):
            raise AccessError(
                self.env._("Only loyalty officers may block or unblock cards.")
            )

    @api.model
    def _find_by_code(self, text):
        """``(card, message)`` of what was typed or scanned; both may be empty."""
        for code in dict.fromkeys([(text or "").strip(), codes.normalise(text or "")]):
            if not code:
                continue
            if card := self.sudo().search([("code", "=", code)], limit=1):
                return card, ""
            former = self.env["loyalty.card.code"].sudo()
            if blocked := former.search([("code", "=", code)], limit=1):
                return self.browse(), blocked._blocked_message()
        return self.browse(), ""
