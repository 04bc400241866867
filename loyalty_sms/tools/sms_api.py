"""What the ERP's own SMS is given to send with: our queue."""

from odoo import _

from odoo.addons.sms.tools.sms_api import SmsApiBase

NO_GATEWAY = "no_gateway"


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
            NO_GATEWAY: _(
                "No gateway can send this. Set one up in Messages › Configuration ›"
                " Gateways."
            ),
            "wrong_number_format": _(
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
