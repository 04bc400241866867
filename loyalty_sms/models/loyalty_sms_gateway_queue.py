import logging

from odoo import fields, models

from ..engine import segments
from ..engine.gateways.base import GatewayError, Outgoing
from ..engine.handover import Handover

_logger = logging.getLogger(__name__)

# 1 delivered, 2 not delivered, 16 refused by the message centre; 8, taken by it, proves
# early that a message left, at the price of a second report.
REPORTS_FULL, REPORTS_FEW = 27, 19
WATCHED = ("transactional", "service")


class LoyaltySmsGateway(models.Model):
    """What the queue needs of a gateway."""

    _inherit = "loyalty.sms.gateway"

    queued_count = fields.Integer("Messages that wait", compute="_compute_counts")
    sending_count = fields.Integer("Messages that go", compute="_compute_counts")
    unknown_count = fields.Integer("Unknown messages", compute="_compute_counts")

    def _compute_counts(self):
        messages = self.env["loyalty.message"]
        found = {
            (gateway.id, state): count
            for gateway, state, count in messages._read_group(
                [
                    ("gateway_id", "in", self.ids),
                    ("state", "in", ["queued", "sending", "unknown"]),
                ],
                ["gateway_id", "state"],
                ["__count"],
            )
        }
        for gateway in self:
            gateway.queued_count = found.get((gateway.id, "queued"), 0)
            gateway.sending_count = found.get((gateway.id, "sending"), 0)
            gateway.unknown_count = found.get((gateway.id, "unknown"), 0)

    def _provider_or_none(self):
        """The adapter; none, and a line in the log, where the settings cannot work."""
        try:
            return self._provider()
        except (GatewayError, ValueError) as error:
            _logger.warning("gateway cannot work: %s, %s", self.id, error)
            return None

    def _handover(self):
        """The threads and the pace of this gateway, None where it cannot work, and for
        e-mails, which the ERP sends itself: see ``loyalty.message._send_mail``."""
        if self.kind == "email":
            return None
        provider = self._provider_or_none()
        return provider and Handover(provider, self.tps, self.window)

    def _outgoing(self, rows):
        """Claimed rows of the queue as adapters take them."""
        now = fields.Datetime.now()
        report_url = self._report_url()
        self._fill_senders(rows)
        return [self._outgoing_of(row, now, report_url) for row in rows]

    def _outgoing_of(self, row, now, report_url):
        is_watched = self.report_mask == "full" and row["message_class"] in WATCHED
        expires_at, template = row["expires_at"], row["provider_template"]
        return Outgoing(
            uuid=row["uuid"],
            number=row["number"] or "",
            body=row["body"] or "",
            channel=row["channel"],
            sender=row["sender"] or self.default_sender or "",
            encoding=row["encoding"] or segments.encoding(row["body"] or ""),
            priority=row["priority"],
            ttl_s=int((expires_at - now).total_seconds()) if expires_at else 0,
            client_ref=row["id"],
            report_url=report_url,
            report_mask=REPORTS_FULL if is_watched else REPORTS_FEW,
            subject=row["subject"] or "",
            template=tuple(template) if template else None,
        )
