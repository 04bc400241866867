from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        """Transfers whose goods are there become deliveries.

        Goods get ready in many ways (reserved, received, picked in the step before,
        counted by hand), and all of them end in the state of their moves.
        """
        result = super().write(vals)
        if vals.get("state") in ("assigned", "partially_available"):
            self.picking_id._delivery_collect()
        elif vals.get("state") == "cancel":
            gone = self.picking_id.filtered(lambda p: p.state == "cancel")
            gone._delivery_withdraw(self.env._("The transfer was cancelled."))
            (self.picking_id - gone)._delivery_changed()
        elif "product_uom_qty" in vals:
            self.picking_id._delivery_changed()
        return result

    def _delivery_share(self, quantity):
        """Which part of the order's line a quantity of this move is."""
        self.ensure_one()
        line = self.sale_line_id
        if line.product_id == self.product_id and line.product_uom_qty:
            return (
                self.product_uom._compute_quantity(
                    quantity, line.product_uom_id, round=False
                )
                / line.product_uom_qty
            )
        # The parts of a kit: by their number among all that go out.
        moves = line.move_ids.filtered(
            lambda move: move.state != "cancel" and move.picking_code == "outgoing"
        )
        whole = sum(moves.mapped("product_uom_qty"))
        return quantity / whole if whole else 0.0
