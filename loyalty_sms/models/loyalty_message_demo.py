from odoo import models

from ..engine.gateways import demo, webhook


class LoyaltyMessage(models.Model):
    """A demo phone tells at once whether a message arrived, as all gateways tell."""

    _inherit = "loyalty.message"

    def _on_changed(self, changed):
        result = super()._on_changed(changed)
        accepted = self.browse(
            id_ for id_, state in changed.items() if state == "accepted"
        )
        for message in accepted.filtered(lambda m: m.gateway_id.kind == "demo"):
            status = demo.report_of(
                message.uuid, message.number or "", message.gateway_id.demo_simulate
            )
            message.gateway_id._take_calls([webhook.report_row(status)])
        return result
