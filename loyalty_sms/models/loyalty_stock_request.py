from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyStockRequest(models.Model):
    """A customer wants to hear when a product is there again."""

    _name = "loyalty.stock.request"
    _description = "Waits for a product"
    _order = "id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    told_at = fields.Datetime("Told", readonly=True, copy=False)

    _key = models.UniqueIndex(
        "(product_id, partner_id, company_id) WHERE told_at IS NULL",
        "This customer waits for this product already.",
    )

    @api.model
    def _tell_arrivals(self):
        """Tell who waits for products that can be sold again.

        :return: the requests that were answered
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """UPDATE loyalty_stock_request request SET told_at = %(now)s
                    WHERE told_at IS NULL AND EXISTS (
                          SELECT 1 FROM stock_quant quant
                            JOIN stock_location place ON place.id = quant.location_id
                           WHERE quant.product_id = request.product_id
                             AND place.usage = 'internal'
                             AND (place.company_id = request.company_id
                                  OR place.company_id IS NULL)
                          HAVING sum(quant.quantity - quant.reserved_quantity) > 0)
                   RETURNING id""",
                now=fields.Datetime.now(),
            )
        )
        requests = self.browse(row[0] for row in rows)
        requests.invalidate_recordset(["told_at"])
        self.env["loyalty.sms.event"]._emit_many(
            (
                "back_in_stock",
                request.partner_id,
                f"back_in_stock:{request.id}",
                (request._name, request.id),
                {
                    "product": request.product_id.with_context(
                        lang=request.partner_id.lang
                    ).display_name
                },
                request.company_id.id,
            )
            for request in requests
        )
        return requests
