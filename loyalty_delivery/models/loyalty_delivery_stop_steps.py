from odoo import api, models
from odoo.exceptions import UserError

from .constants import STOP_FINISHED

# Who paid, how much was due, and who carries it: the money follows these.
FINAL = {"trip_id", "partner_id", "cod_due", "company_id"}


class LoyaltyDeliveryStop(models.Model):
    """States, money and what couriers told change by the steps alone."""

    _name = "loyalty.delivery.stop"
    _inherit = ["loyalty.delivery.stop", "loyalty.delivery.steps"]

    def write(self, vals):
        if not self.env.su and FINAL & vals.keys():
            self._check_not_finished(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told(self):
        """Who deletes what was paid would hide it from the settlement."""
        finished = self.filtered(lambda stop: stop.state in STOP_FINISHED)
        if finished:
            raise UserError(
                self.env._(
                    "Delivery %s is finished and stays in the journal.",
                    ", ".join(finished.mapped("display_name")),
                )
            )

    def _check_not_finished(self, vals):
        for stop in self.filtered(lambda stop: stop.state in STOP_FINISHED):
            changed = [
                name for name in FINAL & vals.keys() if stop._differs(name, vals)
            ]
            if changed:
                raise UserError(
                    self.env._(
                        "Delivery %(stop)s is finished: its “%(field)s” stays as it"
                        " was when the courier confirmed it.",
                        stop=stop.display_name,
                        field=self._fields[changed[0]]._description_string(self.env),
                    )
                )

    def _differs(self, name, vals):
        now = self[name]
        return (now.id if isinstance(now, models.BaseModel) else now) != vals[name]
