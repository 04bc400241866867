from odoo import api, fields, models

from ..engine.gateways.presets import presets
from .loyalty_sms_gateway_http import OWN


class LoyaltySmsGateway(models.Model):
    """Providers whose settings are known: choosing one fills the form in."""

    _inherit = "loyalty.sms.gateway"

    preset = fields.Selection(
        selection=lambda self: [(p.code, p.name) for p in presets().values()],
        string="Provider",
        help="Fills in all that is known of a provider; your account remains to be"
        " entered. Empty for another provider.",
    )
    preset_note = fields.Char("You need", compute="_compute_preset_note")

    @api.depends("preset")
    def _compute_preset_note(self):
        for gateway in self:
            known = presets().get(gateway.preset)
            gateway.preset_note = known.needs if known else False

    @api.onchange("preset")
    def _onchange_preset(self):
        if self.preset:
            self.update(self._preset_values(self.preset))

    @api.model_create_multi
    def create(self, vals_list):
        """A gateway made without the form takes its preset's settings, too."""
        return super().create(
            [
                {**self._preset_values(vals.get("preset")), **vals}
                if vals.get("kind") == "http"
                else vals
                for vals in vals_list
            ]
        )

    @api.model
    def _preset_values(self, code):
        """Field values of a preset; what it leaves out is emptied."""
        known = presets().get(code)
        if not known:
            return {}
        values = {"channel": known.channel}
        for name in OWN:
            field = self._fields[f"http_{name}"]
            default = field.default(self) if field.default else False
            values[field.name] = known.values.get(name, default)
        return values
