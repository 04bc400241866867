import json

from odoo import api, models

# What ast.literal_eval, by which core reads the ids, is allowed to read.
LITERAL_LIMIT = 100 * 1024


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    @api.depends("res_model", "res_id", "res_ids")
    def _compute_res_ids_count(self):
        """As core, for lists too long for its reader too."""
        long = self.filtered(lambda composer: composer._has_long_list)
        for composer in long:
            composer.res_ids_count = len(json.loads(composer.res_ids))
        return super(SmsComposer, self - long)._compute_res_ids_count()

    @property
    def _has_long_list(self):
        return bool(self.res_ids) and len(self.res_ids) >= LITERAL_LIMIT // 2

    def _get_records(self):
        """As core, for more recipients than its reader of lists can take."""
        if not self.res_model or not self._has_long_list:
            return super()._get_records()
        records = self.env[self.res_model].browse(json.loads(self.res_ids))
        return records.with_context(mail_notify_author=True)

    def _prepare_mass_sms_values(self, records):
        """Each SMS is its document's company's, whoever writes to all of them."""
        result = super()._prepare_mass_sms_values(records)
        if "company_id" in records._fields:
            for record in records:
                if record.company_id:
                    result[record.id]["loyalty_company_id"] = record.company_id.id
        return result
