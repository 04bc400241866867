from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    stock_request_count = fields.Integer(
        "Customers waiting", compute="_compute_stock_request_count"
    )

    def _compute_stock_request_count(self):
        rows = self.env["loyalty.stock.request"]._read_group(
            [("product_id", "in", self.ids), ("told_at", "=", False)],
            ["product_id"],
            ["__count"],
        )
        counts = {product.id: count for product, count in rows}
        for product in self:
            product.stock_request_count = counts.get(product.id, 0)

    def action_view_stock_requests(self):
        """Customers who wait for the product."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_sms.loyalty_stock_request_action"
        )
        action["domain"] = [("product_id", "=", self.id)]
        action["context"] = {"default_product_id": self.id}
        return action
