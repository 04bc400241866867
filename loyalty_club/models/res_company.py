from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    loyalty_program_id = fields.Many2one(
        "loyalty.program",
        "Club",
        domain="[('is_club', '=', True), ('company_id', 'in', (id, False))]",
        help="The club whose tiers give prices and benefits, and which the till and the"
        " portal use.",
    )
    loyalty_prepayment_percent = fields.Float(
        "Prepayment of problem customers",
        default=1.0,
        help="The part of an order that a problem customer pays in advance.",
    )
    loyalty_self_registration = fields.Boolean(
        "Self-registration in the portal", default=True
    )
    loyalty_till_product_id = fields.Many2one(
        "product.product",
        "Sold at the till",
        domain="[('sale_ok', '=', True), ('company_id', 'in', (id, False))]",
        help="The product by which the till books amounts typed without products."
        " Empty: 'Sale at the till'.",
    )

    def _loyalty_club(self):
        """The club of the company: the one chosen, else the first."""
        self.ensure_one()
        programs = self.env["loyalty.program"].sudo()
        chosen = self.sudo().loyalty_program_id
        return chosen if chosen.is_club else programs._clubs(self)[:1]
