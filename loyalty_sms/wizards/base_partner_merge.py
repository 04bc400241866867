from odoo import models

from ..models import consent_origin


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Nobody gave or withdrew a consent because two records became one."""
        with consent_origin.origin(silent=True):
            return super()._update_values(src_partners, dst_partner)
