from odoo import models
from odoo.exceptions import UserError

from .loyalty_sms_template import TEXT_FIELDS

# What decides, besides the words, what is sent and what it costs.
TERMS = {
    *TEXT_FIELDS,
    "encoding_policy",
    "max_segments",
    "whatsapp_template",
    "whatsapp_lang",
    "message_class",
    "company_id",
}
HANDED_IN = ("approval", "scheduled", "running", "paused")


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    def write(self, vals):
        if TERMS & set(vals):
            self._check_not_handed_in()
        return super().write(vals)

    def _update_field_translations(self, field_name, *args, **kwargs):
        if field_name in TERMS:
            self._check_not_handed_in()
        return super()._update_field_translations(field_name, *args, **kwargs)

    def _check_not_handed_in(self):
        """What was approved is what is sent."""
        if self.env.su or not self.ids:
            return
        campaign_sudo = (
            self.env["loyalty.sms.campaign"]
            .sudo()
            .search(
                [
                    ("state", "in", HANDED_IN),
                    "|",
                    ("template_id", "in", self.ids),
                    ("template_b_id", "in", self.ids),
                ],
                limit=1,
            )
        )
        if campaign_sudo:
            raise UserError(
                self.env._(
                    "The campaign %s was handed in with this text. Copy the template,"
                    " or take the campaign back to draft first.",
                    campaign_sudo.name,
                )
            )
