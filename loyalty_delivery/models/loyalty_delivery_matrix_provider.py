from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.roads import straight
from ..engine.roads.base import Http, RoadsError
from ..engine.roads.ors import OpenRouteService
from ..engine.roads.osrm import Osrm
from ..engine.roads.straight import Pace
from ..engine.roads.valhalla import Valhalla

# After a failure a server is left alone for this long, by all processes.
BREAK = timedelta(minutes=5)
ADAPTERS = {
    "osrm_http": Osrm,
    "valhalla_http": Valhalla,
    "ors_http": OpenRouteService,
}
# Places in one question for a line, as these servers allow unless set otherwise.
LINE_PLACES = {"osrm_http": 100, "valhalla_http": 20, "ors_http": 50}


class LoyaltyDeliveryMatrixProvider(models.Model):
    """Who tells metres and seconds between two doors: the first one who knows."""

    _name = "loyalty.delivery.matrix.provider"
    _description = "Source of distances"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10,
        help="The first one is asked first; what it does not know, the next one is"
        " asked for. The straight line comes last by itself.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [
            ("straight", "Straight line × factor"),
            ("osrm_http", "OSRM server"),
            ("valhalla_http", "Valhalla server"),
            ("ors_http", "openrouteservice"),
        ],
        required=True,
        default="straight",
    )
    url = fields.Char(
        "Address of the server",
        help="A server of your own or one you have a contract with. The public"
        " demonstration servers are not for a shop: OSRM's allows one question a second"
        " and no commercial use, the Valhalla server of FOSSGIS is for trying out, and"
        " openrouteservice wants a key and counts questions by day.",
    )
    api_key = fields.Char(
        "Key", groups="base.group_system", help="Asked for by openrouteservice."
    )
    profile_car = fields.Char(
        "Car is called", help="The server's own name, where it is not the usual one."
    )
    profile_bike = fields.Char("Bicycle is called")
    profile_foot = fields.Char("On foot is called")
    max_table_size = fields.Integer(
        "Largest table",
        default=50,
        help="So many places from and to in one question. A server of your own is"
        " quicker with more: OSRM takes what its --max-table-size says.",
    )
    timeout_s = fields.Integer("Seconds to wait for an answer", default=30)
    time_factor = fields.Float(
        "Traffic",
        default=1.0,
        digits=(4, 2),
        help="Seconds are multiplied by this: road engines count on empty streets."
        " “Compare with history” proposes it.",
    )
    road_factor = fields.Float(
        "Roads against the straight line",
        default=straight.ROAD_FACTOR,
        digits=(4, 2),
        help="1.3 to 1.5 in most towns, 2 and more in the mountains.",
    )
    speed_car = fields.Float(
        "Speed of a car, km/h", default=straight.SPEEDS_KMH["car"], digits=(4, 1)
    )
    speed_bike = fields.Float(
        "Speed of a bicycle, km/h", default=straight.SPEEDS_KMH["bike"], digits=(4, 1)
    )
    speed_foot = fields.Float(
        "Speed on foot, km/h", default=straight.SPEEDS_KMH["foot"], digits=(4, 1)
    )
    resting_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="After a failure nobody asks this server until then.",
    )
    last_error = fields.Char("Last trouble", readonly=True, copy=False)
    last_error_at = fields.Datetime("Last trouble at", readonly=True, copy=False)
    state = fields.Selection(
        [("ready", "Ready"), ("resting", "Failing")], compute="_compute_state"
    )

    _table_range = models.Constraint(
        "CHECK (max_table_size BETWEEN 2 AND 10000)",
        "The largest table has from 2 to 10000 places.",
    )
    _timeout = models.Constraint(
        "CHECK (timeout_s BETWEEN 1 AND 120)", "Wait for 1 to 120 seconds."
    )
    _factors = models.Constraint(
        "CHECK (time_factor BETWEEN 0.2 AND 10 AND road_factor BETWEEN 1 AND 10)",
        "Traffic goes from 0.2 to 10, roads against the straight line from 1 to 10.",
    )
    _speeds = models.Constraint(
        "CHECK (LEAST(speed_car, speed_bike, speed_foot) >= 1"
        " AND GREATEST(speed_car, speed_bike, speed_foot) <= 150)",
        "Speeds go from 1 to 150 km/h.",
    )
    _straight_uniq = models.UniqueIndex(
        "(company_id) WHERE kind = 'straight' AND active",
        "A company has one straight line.",
    )

    @api.depends("resting_until")
    def _compute_state(self):
        now = fields.Datetime.now()
        for provider in self:
            resting = provider.resting_until and provider.resting_until > now
            provider.state = "resting" if resting else "ready"

    @api.constrains("kind", "url")
    def _check_url(self):
        for provider in self.filtered(lambda p: p.kind.endswith("_http")):
            parts = urlsplit(provider.url or "")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(
                    self.env._(
                        "%s needs the address of its server, such as"
                        " http://roads.example:5000.",
                        provider.name,
                    )
                )

    def write(self, vals):
        if not {"url", "kind"}.isdisjoint(vals):
            vals = {**vals, "resting_until": False, "last_error": False}
            self._forget_pairs()
            # A key belongs to its server: whoever points it elsewhere must know it.
            keyed_sudo = self.sudo().filtered("api_key")
            if keyed_sudo and "api_key" not in vals:
                keyed_sudo.api_key = False
        elif any(name.startswith("profile_") for name in vals):
            self._forget_pairs()
        return super().write(vals)

    def _forget_pairs(self):
        self.env["loyalty.delivery.matrix.pair"].sudo().search(
            [("provider_id", "in", self.ids)]
        ).unlink()

    @api.model
    def _chain(self, company):
        """Who is asked for a company, in order, without the straight line."""
        return self.sudo().search(
            [("company_id", "=", company.id), ("kind", "!=", "straight")]
        )

    @api.model
    def _straight(self, company):
        """The company's straight line; a new one, not stored, where it set none."""
        found = self.sudo().search(
            [("company_id", "=", company.id), ("kind", "=", "straight")], limit=1
        )
        return found or self.sudo().new(
            {
                "kind": "straight",
                "company_id": company.id,
                "road_factor": straight.ROAD_FACTOR,
                **{f"speed_{way}": kmh for way, kmh in straight.SPEEDS_KMH.items()},
            }
        )

    def _pace(self, profile, speed_kmh=0, road_factor=0):
        """How one drives by the straight line; a zone's own figures count if given.

        A zone tells the speed of a car, which a bicycle does not share.
        """
        own = self[f"speed_{profile}"]
        speed = speed_kmh if speed_kmh and profile == "car" else own
        return Pace(road_factor or self.road_factor, speed)

    def _is_resting(self):
        return bool(self.resting_until and self.resting_until > fields.Datetime.now())

    def _rest(self, error):
        """Leave a server alone for a while, and keep what it said for the manager."""
        now = fields.Datetime.now()
        if self.env.cr.readonly:
            return
        self.sudo().write(
            {
                "resting_until": now + BREAK,
                "last_error": str(error),
                "last_error_at": now,
            }
        )

    def _roads(self):
        """The adapter that speaks with this source.

        :raise RoadsError: it cannot be asked from here
        """
        adapter = ADAPTERS.get(self.kind)
        if not adapter:
            raise RoadsError(self.env._("This source cannot be asked."))
        provider_sudo = self.sudo()
        headers = {"User-Agent": f"loyalty-delivery ({_ascii(self.company_id.name)})"}
        if provider_sudo.api_key:
            headers["Authorization"] = provider_sudo.api_key
        names = {
            profile: name
            for profile in ("car", "bike", "foot")
            if (name := self[f"profile_{profile}"])
        }
        return adapter(Http(self.url, headers, read_s=self.timeout_s), names)

    def _is_cached(self):
        """Whether asking costs enough to keep the answers."""
        return True

    def _largest_table(self):
        return self.max_table_size

    def _line_places(self):
        return LINE_PLACES[self.kind]


def _ascii(text):
    return (text or "").encode("ascii", "ignore").decode().strip() or "shop"
