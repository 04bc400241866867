from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClassSet(models.TransientModel):
    """Classify a customer by hand, with a reason and maybe an end."""

    _name = "loyalty.class.set"
    _description = "Set the class"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    current_class = fields.Selection(related="partner_id.loyalty_class", string="Now")
    loyalty_class = fields.Selection(
        [("normal", "Normal"), ("vip", "VIP"), ("problem", "Problem")],
        "Class",
        required=True,
        default="vip",
    )
    reason = fields.Char(required=True, help="Salespeople read it on each order.")
    until = fields.Date(
        help="Afterwards the rules decide again. Empty: until released."
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "res.partner":
            values.setdefault("partner_id", context.get("active_id"))
        return values

    def action_set_class(self):
        """Set the class; the customer's method checks the rights."""
        self.ensure_one()
        if self.until and self.until < fields.Date.context_today(self):
            raise UserError(self.env._("Choose an end that is not over yet."))
        self.partner_id._loyalty_set_class(self.loyalty_class, self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}

    def action_release(self):
        """Let the rules decide again."""
        self.ensure_one()
        self.partner_id.action_loyalty_release_class()
        return {"type": "ir.actions.act_window_close"}
