from odoo import fields, models


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    apology_ids = fields.One2many(
        "loyalty.delivery.apology", "stop_id", "Apologies", readonly=True
    )

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        apologies_sudo = self.env["loyalty.delivery.apology"].sudo()
        came = self.filtered(lambda stop: stop.state in ("delivered", "partial"))
        apologies_sudo._propose(came)
        corrected = (self - came).filtered(
            lambda stop: old_states[stop] in ("delivered", "partial")
        )
        if corrected:
            apologies_sudo._withdraw(corrected)
        return result
