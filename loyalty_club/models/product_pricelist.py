from odoo import api, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """The price list of the tier, unless one was chosen for the customer by hand.

        Read where core decides, and never written on the customer: a lost tier leaves
        no price list behind.
        """
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        ):
            return result
        partners = self.env["res.partner"].with_context(active_test=False)
        for partner in partners.browse(partner_ids):
            chosen = partner.specific_property_product_pricelist
            if chosen._get_partner_pricelist_multi_filter_hook():
                continue
            pricelist = partner.loyalty_tier_id.sudo().pricelist_id
            if pricelist := pricelist._get_partner_pricelist_multi_filter_hook():
                result[partner.id] = pricelist.sudo(False)
        return result
