from odoo import api, fields, models

from ..engine import ids


class ResPartner(models.Model):
    _inherit = "res.partner"

    onec_tax_id_warning = fields.Char(compute="_compute_onec_tax_id_warning")

    @api.depends("vat", "country_id", "onec_kpp")
    def _compute_onec_tax_id_warning(self):
        for partner in self:
            partner.onec_tax_id_warning = self._onec_tax_id_problem(
                partner.vat, partner.country_id.code, partner.onec_kpp
            )

    @api.model
    def _onec_tax_id_problem(self, number, country=None, kpp=None):
        """What looks wrong with a tax id, in words, or False; it is kept all the same.

        :param country: code of the country, or None to accept any
        """
        problem = ids.problem(number, country)
        if problem == "length":
            return self.env._(
                "The tax id %s has another length than is usual in its country.", number
            )
        if problem == "digit":
            return self.env._(
                "The check digit of the tax id %s is wrong: one of its digits may be "
                "mistyped.",
                number,
            )
        if kpp and not ids.check("kpp", ids.normalise(kpp)):
            return self.env._("The KPP %s does not have nine signs.", kpp)
        return False
