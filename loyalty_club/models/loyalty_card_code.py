from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyCardCode(models.Model):
    """A code that a card had before: scanning it says what became of it."""

    _name = "loyalty.card.code"
    _description = "Former card code"
    _order = "id desc"
    _rec_name = "masked_code"

    code = fields.Char(required=True, readonly=True, groups="base.group_user")
    masked_code = fields.Char(compute="_compute_masked_code")
    card_id = fields.Many2one(
        "loyalty.card", required=True, readonly=True, index=True, ondelete="cascade"
    )
    reason = fields.Selection(
        [
            ("lost", "Lost"),
            ("stolen", "Stolen"),
            ("damaged", "Damaged"),
            ("merged", "Cards merged"),
        ],
        required=True,
        readonly=True,
        default="lost",
    )
    note = fields.Char(readonly=True)
    blocked_by_id = fields.Many2one("res.users", readonly=True)
    blocked_date = fields.Datetime(readonly=True, default=fields.Datetime.now)

    _code_uniq = models.Constraint("UNIQUE(code)", "This code was blocked before.")

    @api.depends("code")
    def _compute_masked_code(self):
        for record in self:
            record.masked_code = self.env["loyalty.card"]._mask_code(record.code)

    @api.constrains("code")
    def _check_not_in_use(self):
        used = self.env["loyalty.card"].with_context(active_test=False).sudo()
        if used.search_count([("code", "in", self.mapped("code"))], limit=1):
            raise ValidationError(
                self.env._("A code in use cannot be on the list of blocked codes.")
            )

    def _blocked_message(self):
        """What to tell who scans it, without naming the new code."""
        self.ensure_one()
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        when = fields.Datetime.context_timestamp(self, self.blocked_date)
        if self.reason == "merged":
            return self.env._(
                "This card was merged with another of %(member)s on %(date)s by"
                " %(user)s. Its points are there: ask for that card, or find the member"
                " by phone.",
                member=self.card_id.sudo().partner_id.name or "-",
                date=when.strftime("%Y-%m-%d %H:%M"),
                user=self.blocked_by_id.sudo().name or "-",
            )
        return self.env._(
            "This card was blocked on %(date)s by %(user)s (%(reason)s) and replaced."
            " Ask for the new card.",
            date=when.strftime("%Y-%m-%d %H:%M"),
            user=self.blocked_by_id.sudo().name or "-",
            reason=reasons[self.reason].lower(),
        )
