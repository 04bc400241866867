from odoo import api, fields, models


class LoyaltyFeedbackLine(models.Model):
    """Somebody or something that a customer can rate by itself."""

    _name = "loyalty.feedback.line"
    _description = "Rated person or product"
    _order = "id"

    feedback_id = fields.Many2one(
        "loyalty.feedback", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="feedback_id.company_id")
    subject = fields.Selection(
        [("operator", "Operator"), ("courier", "Courier"), ("product", "Product")],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", "Operator", readonly=True, index="btree_not_null"
    )
    courier_id = fields.Many2one(
        "res.partner", "Courier", readonly=True, index="btree_not_null"
    )
    product_id = fields.Many2one("product.product", readonly=True)
    name = fields.Char("Rated", compute="_compute_name")
    rating = fields.Integer("Stars", readonly=True, aggregator="avg")

    _rating_range = models.Constraint(
        "CHECK (rating IS NULL OR rating BETWEEN 0 AND 5)", "Stars are from 1 to 5."
    )

    @api.depends("user_id", "courier_id", "product_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            line_sudo = line.sudo()
            line.name = (
                line_sudo.user_id.name
                or line_sudo.courier_id.name
                or line_sudo.product_id.name
            )
