from odoo import models

from ..tools.sms_api import NO_GATEWAY, LoyaltySmsApi


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        """Mailings do not know our kind of failure: for them it is put into words."""
        if failure_type == "sms_no_gateway":
            return self._action_update_from_provider_error(NO_GATEWAY)
        return super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )

    def _action_update_from_provider_error(self, provider_error):
        """The ERP's own words, and the way out where no gateway is set up."""
        if provider_error != NO_GATEWAY:
            return super()._action_update_from_provider_error(provider_error)
        reason = LoyaltySmsApi(self.env)._get_sms_api_error_messages()[NO_GATEWAY]
        told = self.with_context(sms_known_failure_reason=reason)
        result = super(SmsTracker, told)._action_update_from_provider_error(
            provider_error
        )
        self.mail_notification_id.filtered(
            lambda notification: notification.notification_status == "exception"
        ).failure_type = "sms_no_gateway"
        return result
