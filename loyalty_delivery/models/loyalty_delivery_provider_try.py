from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.roads import straight
from ..engine.roads.base import RoadsError


class LoyaltyDeliveryMatrixProvider(models.Model):
    _inherit = "loyalty.delivery.matrix.provider"

    last_try = fields.Text(readonly=True, copy=False)
    last_try_at = fields.Datetime("Tried", readonly=True, copy=False)

    def action_try(self):
        """Ask for one way, and show it beside what the straight line says."""
        self.ensure_one()
        self.check_access("write")
        names, places = self._try_places()
        lines = [
            self.env._("From %(depot)s to %(stop)s:", depot=names[0], stop=names[1])
        ]
        good = 0
        labels = {
            "car": self.env._("By car"),
            "bike": self.env._("By bicycle"),
            "foot": self.env._("On foot"),
        }
        for profile, label in labels.items():
            metres, seconds = self._straight_way(places, profile)
            try:
                found = self._one_way(places, profile)
            except RoadsError as error:
                lines.append(f"{label}: {error}")
                continue
            if not found:
                lines.append(self.env._("%s: no way is known", label))
                continue
            good += 1
            lines.append(
                self.env._(
                    "%(how)s: %(metres)s m, %(minutes)s min (the straight line says"
                    " %(straight_m)s m, %(straight_min)s min)",
                    how=label,
                    metres=found[0],
                    minutes=round(found[1] / 60),
                    straight_m=metres,
                    straight_min=round(seconds / 60),
                )
            )
        values = {"last_try": "\n".join(lines), "last_try_at": fields.Datetime.now()}
        if good:
            values |= {"resting_until": False, "last_error": False}
        self.write(values)

    def _try_places(self):
        """A depot and a delivery that is far enough to compare.

        :raise UserError: there are none yet
        """
        company = self.company_id
        depot = self.env["loyalty.delivery.depot"].search(
            [("company_id", "=", company.id), ("latitude", "!=", 0)], limit=1
        )
        stop = self.env["loyalty.delivery.stop"].search(
            [("company_id", "=", company.id), ("geo_quality", "!=", "none")],
            order="id desc",
            limit=1,
        )
        if not depot or not stop:
            raise UserError(
                self.env._(
                    "To try it, one depot and one delivery need a position on the map."
                )
            )
        return (depot.name, stop.display_name), [
            (depot.latitude, depot.longitude),
            (stop.latitude, stop.longitude),
        ]

    def _straight_way(self, places, profile):
        pace = self._straight(self.company_id)._pace(profile)
        return straight.leg(*places, pace, pace)

    def _one_way(self, places, profile):
        """Metres and seconds of the way, ``None`` where there is none.

        :raise RoadsError: the source cannot tell
        """
        if self.kind == "straight":
            return straight.leg(*places, *[self._pace(profile)] * 2)
        table = self._roads().table(places, [0], [1], profile)
        metres, seconds = table.metres[0][0], table.seconds[0][0]
        if metres is None or seconds is None:
            return None
        return metres, round(seconds * self.time_factor)
