import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date


class LoyaltyPointsTransfer(models.TransientModel):
    """Move points from one member to another, with their dates."""

    _name = "loyalty.points.transfer"
    _description = "Transfer points"

    card_id = fields.Many2one(
        "loyalty.card", "From", required=True, domain="[('is_club', '=', True)]"
    )
    program_id = fields.Many2one(related="card_id.program_id")
    target_id = fields.Many2one(
        "loyalty.card",
        "To",
        required=True,
        domain="[('program_id', '=', program_id), ('id', '!=', card_id),"
        " ('state', '=', 'active'), ('partner_id', '!=', False)]",
    )
    points = fields.Float(digits=(16, 2), required=True)
    reason = fields.Char(required=True)
    balance = fields.Float(related="card_id.points", string="Balance now")
    outcome = fields.Char(compute="_compute_outcome")
    key = fields.Char(default=lambda self: uuid.uuid4().hex, readonly=True)

    @api.depends("card_id", "target_id", "points")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = wizard._outcome_sentence()

    def _outcome_sentence(self):
        card, target = self.card_id, self.target_id
        if not card or not target or self.points <= 0 or self.points > card.points:
            return False
        first = card.next_expiry_date
        if not first:
            return self.env._(
                "%(from)s keeps %(left)s, %(to)s will have %(right)s.",
                **self._figures(),
            )
        return self.env._(
            "%(from)s keeps %(left)s, %(to)s will have %(right)s. The points keep their"
            " last day, the soonest (%(date)s) first.",
            date=format_date(self.env, first),
            **self._figures(),
        )

    def _figures(self):
        card, target = self.card_id, self.target_id
        return {
            "from": card.partner_id.display_name,
            "left": card._format_points(card.points - self.points),
            "to": target.partner_id.display_name,
            "right": target._format_points(target.points + self.points),
        }

    def action_transfer(self):
        """Post both sides of the transfer."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_loyalty_officer"):
            raise AccessError(self.env._("Only loyalty officers transfer points."))
        (self.card_id | self.target_id).check_access("write")
        self.card_id._transfer_points(
            self.target_id, self.points, self.reason, f"transfer:{self.key}"
        )
        return {"type": "ir.actions.act_window_close"}
