from collections import defaultdict
from datetime import timedelta
from statistics import median

from odoo import fields, models
from odoo.tools import SQL

from ..engine.geo import haversine_m
from ..engine.roads.base import RoadsError
from ..engine.roads.calibrate import FEWEST, Leg, propose
from .constants import ROAD_PROFILE

# Known addresses that a road engine is asked about, and how far back couriers count.
SAMPLE, DAYS_BACK = 40, 90


class LoyaltyDeliveryMatrixProvider(models.Model):
    _inherit = "loyalty.delivery.matrix.provider"

    def action_calibrate(self):
        """Show what was driven beside what was estimated."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare with what was driven"),
            "res_model": "loyalty.delivery.matrix.provider.calibrate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_provider_id": self.id},
        }

    def _propose(self):
        """Figures that would have estimated known ways best, and how they were found.

        :return: values of the wizard; those that nothing tells stay as they are
        """
        self.ensure_one()
        driven = self._driven_legs()
        if self.kind == "straight":
            values, lines = self._propose_straight(driven)
        else:
            values, lines = self._propose_traffic(driven)
        values["has_proposal"] = bool(lines)
        if not lines:
            lines = [
                self.env._(
                    "Nothing to compare with yet: %(fewest)s legs of couriers, or"
                    " a road network with some addresses, are needed.",
                    fewest=FEWEST,
                )
            ]
        values["report"] = "\n".join(lines)
        return values

    def _propose_straight(self, driven):
        names = ["road_factor", "speed_car", "speed_bike", "speed_foot"]
        values, lines = {name: self[name] for name in names}, []
        on_roads = self._road_legs()
        # A car tells the factor before a bicycle: most ways are driven by car.
        for profile in ("foot", "bike", "car"):
            found = propose(on_roads.get(profile, ()), self.road_factor)
            if found:
                values["road_factor"] = found.factor or values["road_factor"]
                values[f"speed_{profile}"] = found.speed_kmh
                lines.append(
                    self.env._(
                        "%(profile)s: %(legs)s ways of the road engine are %(factor)s"
                        " times the straight line, at %(speed)s km/h.",
                        profile=profile,
                        legs=found.legs,
                        factor=found.factor,
                        speed=found.speed_kmh,
                    )
                )
        for profile in ("foot", "bike", "car"):
            legs = [leg for leg, _planned_s in driven[profile]]
            found = propose(legs, values["road_factor"])
            if found:
                values[f"speed_{profile}"] = found.speed_kmh
                lines.append(
                    self.env._(
                        "%(profile)s: couriers drove %(legs)s legs at %(speed)s km/h.",
                        profile=profile,
                        legs=found.legs,
                        speed=found.speed_kmh,
                    )
                )
        return values, lines

    def _propose_traffic(self, driven):
        ratios = [
            leg.seconds / planned_s
            for legs in driven.values()
            for leg, planned_s in legs
            if planned_s
        ]
        if len(ratios) < FEWEST:
            return {"time_factor": self.time_factor}, []
        factor = round(min(10, max(0.2, self.time_factor * median(ratios))), 2)
        return {"time_factor": factor}, [
            self.env._(
                "Couriers needed %(ratio)s times the planned time on %(legs)s legs.",
                ratio=round(median(ratios), 2),
                legs=len(ratios),
            )
        ]

    def _road_legs(self):
        """Ways between known addresses, of the first road engine that answers."""
        known = self.env["loyalty.delivery.geo.address"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("quality", "in", ("manual", "learned", "house", "street")),
            ],
            limit=SAMPLE,
        )
        places = [(address.latitude, address.longitude) for address in known]
        found = {}
        for profile in ("car", "bike", "foot"):
            for engine in self._chain(self.company_id) if len(places) > 1 else ():
                try:
                    found[profile] = engine._legs_between(places, profile)
                    break
                except RoadsError as error:
                    engine._note_calibration(error)
        return found

    def _legs_between(self, places, profile):
        everyone = range(len(places))
        table = self._roads().table(places, everyone, everyone, profile)
        return [
            Leg(
                haversine_m(places[row], places[column]),
                table.metres[row][column],
                table.seconds[row][column] * self.time_factor,
            )
            for row in everyone
            for column in everyone
            if row != column and table.metres[row][column] is not None
        ]

    def _note_calibration(self, error):
        """A source that cannot answer now is told on its form."""
        self.write({"last_error": str(error), "last_error_at": fields.Datetime.now()})

    def _driven_legs(self):
        """What couriers drove lately, from leaving a door to the next one.

        :return: ``{profile: [(Leg without metres, planned seconds), …]}``
        """
        self.env["loyalty.delivery.stop"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT profile, latitude, longitude, leg_s, from_latitude,"
                " from_longitude, EXTRACT(EPOCH FROM arrived_at - left_at) FROM ("
                " SELECT c.profile, s.latitude, s.longitude, s.leg_s, s.arrived_at,"
                " s.geo_quality, lag(s.done_at) OVER w AS left_at,"
                " lag(s.latitude) OVER w AS from_latitude,"
                " lag(s.longitude) OVER w AS from_longitude,"
                " lag(s.geo_quality) OVER w AS from_quality"
                " FROM loyalty_delivery_stop s"
                " JOIN loyalty_delivery_courier c ON c.id = s.courier_id"
                " WHERE s.company_id = %s AND s.date >= %s AND s.done_at IS NOT NULL"
                " WINDOW w AS (PARTITION BY s.trip_id ORDER BY s.done_at)) driven"
                " WHERE arrived_at > left_at AND arrived_at < left_at + INTERVAL '2 h'"
                " AND geo_quality NOT IN ('none', 'zip')"
                " AND from_quality NOT IN ('none', 'zip') LIMIT 5000",
                self.company_id.id,
                fields.Date.today() - timedelta(days=DAYS_BACK),
            )
        )
        legs = defaultdict(list)
        for profile, lat, lon, planned_s, from_lat, from_lon, seconds in rows:
            straight_m = haversine_m(
                (float(from_lat), float(from_lon)), (float(lat), float(lon))
            )
            leg = Leg(straight_m, 0, float(seconds))
            legs[ROAD_PROFILE[profile]].append((leg, planned_s))
        return legs
