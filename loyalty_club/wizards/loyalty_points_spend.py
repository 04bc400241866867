from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.limits import limit_names


class LoyaltyPointsSpend(models.TransientModel):
    """Pay an order or a draft invoice with points, seeing the limits first."""

    _name = "loyalty.points.spend"
    _description = "Pay with points"

    order_id = fields.Many2one("sale.order", readonly=True)
    move_id = fields.Many2one("account.move", readonly=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_offer")
    member = fields.Char(compute="_compute_offer")
    balance = fields.Float(compute="_compute_offer", digits=(16, 2))
    spent = fields.Float("On it now", compute="_compute_offer", digits=(16, 2))
    allowed = fields.Float("At most", compute="_compute_offer", digits=(16, 2))
    limits = fields.Char("Limited by", compute="_compute_offer")
    points = fields.Float(
        digits=(16, 2),
        compute="_compute_points",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Points to spend in all on this document.",
    )
    amount = fields.Monetary("Pays", compute="_compute_amount")

    # -- fields -------------------------------------------------------------------
    def _document(self):
        """The order or invoice, which the user must be allowed to change."""
        self.ensure_one()
        document = self.order_id or self.move_id
        if not document:
            raise UserError(self.env._("Open this from an order or a draft invoice."))
        document.check_access("write")
        return document

    @api.depends("order_id", "move_id")
    def _compute_offer(self):
        for wizard in self:
            document = wizard._document()
            card_sudo = document.loyalty_card_id.sudo()
            offer = wizard._offer(card_sudo)
            names = limit_names(self.env)
            wizard.member = card_sudo.display_name
            wizard.currency_id = card_sudo.program_id.currency_id
            wizard.balance = card_sudo.points
            wizard.spent = document.loyalty_points_spent or wizard._on_draft(card_sudo)
            wizard.allowed = max(float(offer.points), 0.0)
            wizard.limits = ", ".join(
                f"{names.get(name, name)} {card_sudo._format_points(float(points))}"
                for name, points in offer.limits
                if name != "requested"
            )

    def _offer(self, card):
        if self.order_id:
            return self.order_id._loyalty_offer(card, total=True)
        return self.move_id._loyalty_offer(card)

    def _on_draft(self, card):
        lines = self.move_id.invoice_line_ids
        return sum(
            line.loyalty_points_cost for line in lines if line.loyalty_card_id == card
        )

    @api.depends("order_id", "move_id")
    def _compute_points(self):
        for wizard in self:
            wizard.points = wizard.spent or wizard.allowed

    @api.depends("points", "order_id", "move_id")
    def _compute_amount(self):
        for wizard in self:
            program = wizard._document().loyalty_card_id.sudo().program_id
            wizard.amount = wizard.points * program.point_value

    # -- actions ------------------------------------------------------------------
    def action_spend(self):
        """Put the points on the document."""
        document = self._document()
        if self.points <= 0:
            raise UserError(
                self.env._(
                    "Enter how many points to spend, 1 to %s.",
                    f"{self.allowed:g}",
                )
            )
        document.action_loyalty_spend(self.points)
        return {"type": "ir.actions.act_window_close"}

    def action_take_off(self):
        """Take the points off the document again."""
        self._document().action_loyalty_spend(0)
        return {"type": "ir.actions.act_window_close"}
