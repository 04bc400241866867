"""What the ERP's own SMS is given to send with: our queue."""

from odoo.addons.sms.tools.sms_api import SmsApi, SmsApiBase

NO_GATEWAY = "no_gateway"
_IAP_CALL = SmsApi._contact_iap


def _no_gateway_text(env):
    return env._(
        "No gateway can send this. Set one up in Messages › Configuration › Gateways."
    )


class LoyaltySmsApi(SmsApiBase):
    """Writes to the queue in the caller's transaction; nothing leaves before a commit.

    A second call for the same SMS writes nothing, and a rollback leaves nothing.
    """

    PROVIDER_TO_SMS_FAILURE_TYPE = {
        **SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE,
        NO_GATEWAY: "sms_no_gateway",
    }

    def _get_sms_api_error_messages(self):
        return {
            **super()._get_sms_api_error_messages(),
            NO_GATEWAY: _no_gateway_text(self.env),
            "wrong_number_format": self.env._(
                "The number you're trying to reach is not correctly formatted."
            ),
        }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """See :class:`odoo.addons.sms.tools.sms_api.SmsApi`.

        :param messages: ``[{"content": …, "numbers": [{"uuid": …, "number": …}]}]``
        :return: ``[{"uuid": …, "state": …}]``
        """
        return (
            self.env["loyalty.message"]
            .sudo()
            ._enqueue_core(
                self.company,
                [
                    (number["uuid"], number["number"], message["content"])
                    for message in messages
                    for number in message["numbers"]
                ],
            )
        )


class NoGatewaySmsApi(SmsApi):
    """For a company without a gateway: nothing is sent, and IAP is never called."""

    PROVIDER_TO_SMS_FAILURE_TYPE = {
        **SmsApi.PROVIDER_TO_SMS_FAILURE_TYPE,
        NO_GATEWAY: "sms_no_gateway",
    }

    def __init__(self, env, account=None):
        # Core's own looks an account of IAP up, and commits a new one if there is none.
        SmsApiBase.__init__(self, env, account=account)
        self.account = account or env["iap.account"]

    def _get_sms_api_error_messages(self):
        return {NO_GATEWAY: _no_gateway_text(self.env)}

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Refuse all, unless another addon has put its own call in IAP's place."""
        if SmsApi._contact_iap is not _IAP_CALL:
            return super()._send_sms_batch(
                messages, delivery_reports_url=delivery_reports_url
            )
        return [
            {"uuid": number["uuid"], "state": NO_GATEWAY}
            for message in messages
            for number in message["numbers"]
        ]
