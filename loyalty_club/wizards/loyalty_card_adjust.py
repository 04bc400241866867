import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyCardAdjust(models.TransientModel):
    """Give or take points with a reason, alone up to the program's limit."""

    _name = "loyalty.card.adjust"
    _description = "Correct points"

    card_id = fields.Many2one(
        "loyalty.card",
        "Member card",
        required=True,
        domain="[('is_ledger', '=', True)]",
    )
    points = fields.Float(
        digits=(16, 2),
        required=True,
        help="Positive gives points, negative takes them.",
    )
    reason = fields.Char(
        required=True, help="The member and the auditor read it in the ledger."
    )
    expiration_date = fields.Date(
        "Valid until", help="Empty: as the program says. Only for points given."
    )
    balance = fields.Float(related="card_id.points", string="Balance now")
    balance_after = fields.Float(compute="_compute_outcome", digits=(16, 2))
    needs_approval = fields.Boolean(compute="_compute_outcome")
    outcome = fields.Char(compute="_compute_outcome")
    key = fields.Char(default=lambda self: uuid.uuid4().hex, readonly=True)

    @api.depends("card_id", "points")
    def _compute_outcome(self):
        for wizard in self:
            card = wizard.card_id
            wizard.balance_after = card.points + wizard.points
            wizard.needs_approval = bool(
                card and wizard.points and card._needs_approval(wizard.points)
            )
            wizard.outcome = wizard._outcome_sentence()

    def _outcome_sentence(self):
        card = self.card_id
        if not card or not self.points:
            return False
        if self.balance_after < 0:
            return self.env._(
                "%(member)s has %(available)s: a correction never makes a debt.",
                member=card.display_name,
                available=card._format_points(card.points),
            )
        if self.needs_approval:
            return self._approval_sentence(card)
        return self.env._(
            "The balance goes from %(before)s to %(after)s.",
            before=card._format_points(card.points),
            after=card._format_points(self.balance_after),
        )

    def _approval_sentence(self, card):
        limit = card.sudo().program_id.adjust_limit
        if round(abs(self.points), 2) <= limit:
            return self.env._("The card is your own: another manager approves first.")
        return self.env._(
            "Above %(limit)s another manager approves first. The balance stays at"
            " %(balance)s until then.",
            limit=card._format_points(limit),
            balance=card._format_points(card.points),
        )

    def action_confirm(self):
        """Post the correction, or ask a second person to approve it."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_loyalty_officer"):
            raise AccessError(self.env._("Only loyalty officers correct points."))
        if not round(self.points, 2):
            raise UserError(self.env._("Enter how many points to give or to take."))
        self.card_id.check_access("write")
        if self.card_id._needs_approval(self.points):
            return self._ask_approval()
        self.card_id._adjust_points(
            self.points,
            self.reason,
            key=f"adjust:{self.key}",
            expiration_date=self.expiration_date,
        )
        return {"type": "ir.actions.act_window_close"}

    def _ask_approval(self):
        request = self.env["loyalty.adjustment.request"].create(
            {
                "card_id": self.card_id.id,
                "points": self.points,
                "reason": self.reason,
                "expiration_date": self.expiration_date,
            }
        )
        request.action_submit()
        return {
            "type": "ir.actions.act_window",
            "res_model": request._name,
            "res_id": request.id,
            "views": [(False, "form")],
        }
