from collections import defaultdict

from odoo import api, fields, models

from ..tools.sms_api import NO_GATEWAY, NoGatewaySmsApi


class SmsSms(models.Model):
    _inherit = "sms.sms"

    loyalty_company_id = fields.Many2one(
        "res.company", "Sending company", readonly=True, ondelete="set null"
    )
    failure_type = fields.Selection(
        selection_add=[("sms_no_gateway", "No gateway to send through")]
    )

    @api.model_create_multi
    def create(self, vals_list):
        """The company is kept: the queue runs as nobody in particular."""
        for vals in vals_list:
            vals.setdefault("loyalty_company_id", self.env.company.id)
        return super().create(vals_list)

    def _get_sms_company(self):
        """The document's company, or that of who wrote."""
        company = self.mail_message_id.record_company_id or self.loyalty_company_id
        return company or super()._get_sms_company()

    def _split_by_api(self):
        """Each company's SMS by itself, none of them through Odoo's own service."""
        by_company = defaultdict(self.browse)
        for sms in self:
            by_company[sms._get_sms_company()] += sms
        without = self.browse()
        for company, records in by_company.items():
            api_class = company._get_sms_api_class()
            if api_class is NoGatewaySmsApi:
                without += records
                continue
            sms_api = api_class(self.env)
            sms_api._set_company(company)
            yield sms_api, records
        if without:
            yield NoGatewaySmsApi(self.env), without

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """The scheduler calls this with the SMS of all companies at once."""
        arguments = {
            "unlink_failed": unlink_failed,
            "unlink_sent": unlink_sent,
            "raise_exception": raise_exception,
        }
        if self.env.context.get("sms_api"):
            return super()._send(**arguments)
        for sms_api, records in self._split_by_api():
            super(SmsSms, records.with_context(sms_api=sms_api))._send(**arguments)
        return None

    def _loyalty_message_values(self):
        """Values of a message beside its text; empty ``self`` for an unknown SMS."""
        document = self.mail_message_id
        # A mailing is advertising, whatever else it may be.
        is_mailing = "mailing_id" in self._fields and bool(self.mailing_id)
        return {
            "partner_id": self.partner_id.id,
            "message_class": "marketing" if is_mailing else "service",
            "res_model": document.model or None,
            "res_id": document.res_id or None,
        }

    def _handle_call_result_hook(self, results):
        """Say in the SMS itself that no gateway is set up."""
        states = {result["uuid"]: result["state"] for result in results}
        self.filtered(
            lambda sms: states.get(sms.uuid) == NO_GATEWAY
        ).failure_type = "sms_no_gateway"
        return super()._handle_call_result_hook(results)
