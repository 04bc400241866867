from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        """GUIDs by which 1C knows the merged records mean the one that is left."""
        self.env["onec.map"]._repoint(src_records, dst_record)
        return super()._update_reference_fields_generic(
            referenced_model, src_records, dst_record, additional_update_records
        )
