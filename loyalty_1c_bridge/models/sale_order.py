from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    onec_number = fields.Char("Number in 1C", readonly=True, copy=False)
    onec_date = fields.Date("Date in 1C", readonly=True, copy=False)
    onec_status = fields.Char("Status in 1C", readonly=True, copy=False)
    onec_posted = fields.Boolean("Posted in 1C", readonly=True, copy=False)
    onec_cancelled = fields.Boolean("Cancelled in 1C", readonly=True, copy=False)
    onec_paid = fields.Char("Payment in 1C", readonly=True, copy=False)
    onec_shipped = fields.Char("Shipment in 1C", readonly=True, copy=False)
    onec_known = fields.Boolean(compute="_compute_onec_known")

    @api.depends("onec_number", "onec_status")
    def _compute_onec_known(self):
        rows = (
            self.env["onec.map"]
            .sudo()
            ._read_group(
                [
                    ("otype", "=", "order"),
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                ],
                ["res_id"],
            )
        )
        known = {res_id for (res_id,) in rows}
        for order in self:
            order.onec_known = order.id in known

    def action_onec_lines(self):
        """What the exchange with 1C said about this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_1c_bridge.onec_line_action"
        )
        return {
            **action,
            "domain": [("model", "=", self._name), ("res_id", "=", self.id)],
            "context": {},
        }
