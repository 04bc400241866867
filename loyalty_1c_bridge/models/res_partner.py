from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    onec_kpp = fields.Char(
        "КПП",
        size=9,
        help="Code of the reason of registration of a Russian company: together with "
        "the tax id it tells branches apart, in 1C and in payment orders.",
    )

    def _onec_tax_id(self):
        """Tax id as 1C and banks write it: digits without the country."""
        self.ensure_one()
        partner = self.commercial_partner_id
        return (partner.vat or partner.company_registry or "").lstrip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        )
