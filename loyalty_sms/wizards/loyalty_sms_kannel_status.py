from odoo import Command, api, fields, models

from ..engine import kannel_status
from ..engine.gateways.transport import BrokenError, NotSentError, Transport

TIMEOUT_S = 3


class LoyaltySmsKannelStatus(models.TransientModel):
    """Kannel's own account of itself: running or not, its links, what waits."""

    _name = "loyalty.sms.kannel.status"
    _description = "Status of Kannel"

    gateway_id = fields.Many2one("loyalty.sms.gateway", required=True, readonly=True)
    is_running = fields.Boolean(readonly=True)
    status = fields.Char(readonly=True)
    trouble = fields.Char(readonly=True)
    queued = fields.Integer("Waiting for an operator", readonly=True)
    reports = fields.Integer("Reports still to come", readonly=True)
    sent = fields.Integer(readonly=True)
    received = fields.Integer(readonly=True)
    line_ids = fields.One2many(
        "loyalty.sms.kannel.status.line", "status_id", readonly=True
    )

    @api.model
    def default_get(self, fields_list):
        """Ask as the page opens: nothing is written in this transaction."""
        values = super().default_get(fields_list)
        gateway = self.env["loyalty.sms.gateway"].browse(values.get("gateway_id"))
        if gateway:
            gateway.check_access("write")
            values.update(self._ask(gateway))
        return values

    @api.model
    def _ask(self, gateway):
        """Field values of what Kannel answers, or of why it does not."""
        transport = Transport(timeout_s=TIMEOUT_S, connect_timeout_s=TIMEOUT_S)
        try:
            answer = transport.request("GET", gateway._kannel_status_url())
            found = kannel_status.parse(answer.body)
        except (NotSentError, BrokenError) as error:
            return self._unreachable(error)
        except ValueError:
            return {
                "is_running": False,
                "trouble": self.env._(
                    "Kannel answered, but not with its status: compare the password"
                    " of the status with the one in kannel.conf."
                ),
            }
        finally:
            transport.close()
        return {
            "is_running": found.is_running,
            "status": found.status,
            "trouble": False,
            "queued": found.queued,
            "reports": found.reports,
            "sent": found.sent,
            "received": found.received,
            "line_ids": [
                Command.create({**part._asdict(), "is_online": part.is_online})
                for part in found.parts
            ],
        }

    def _unreachable(self, error):
        return {
            "is_running": False,
            "trouble": self.env._(
                "Kannel does not answer (%(why)s). Is bearerbox running, and is the"
                " address of the administration right?",
                why=error,
            ),
        }

    def action_again(self):
        """Ask again."""
        self.ensure_one()
        return self.gateway_id.action_kannel_status()
