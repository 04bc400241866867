from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.roads import address as spelling
from ..engine.roads.fixes import WORST_ACCURACY_M, Fix, settle
from .constants import GEO_QUALITIES

# What the places of a town are known from, in the order in which they are believed.
SOURCES = [
    ("pin", "Set by hand"),
    ("learned", "Deliveries"),
    ("gazetteer", "Road network"),
    ("http", "Address service"),
    ("customer", "Customer's record"),
    ("area", "Middle of the area"),
]
FIXES_KEPT = 10


class LoyaltyDeliveryGeoAddress(models.Model):
    """Where an address is, however it is spelt: asked for once, known for ever."""

    _name = "loyalty.delivery.geo.address"
    _description = "Known address"
    _order = "write_date desc, id desc"

    name = fields.Char("Address", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    zip = fields.Char("Postal code", readonly=True)
    city = fields.Char(readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    latitude = fields.Float(digits=(10, 7))
    longitude = fields.Float(digits=(10, 7))
    quality = fields.Selection(
        GEO_QUALITIES, required=True, default="none", readonly=True
    )
    source = fields.Selection(SOURCES, readonly=True)
    fixes = fields.Json(
        readonly=True,
        help="Where couriers stood when they delivered:"
        " [latitude, longitude, accuracy in metres, delivery].",
    )
    fix_count = fields.Integer("Deliveries seen", readonly=True)
    stop_ids = fields.One2many("loyalty.delivery.stop", "geo_address_id", "Deliveries")

    _key_uniq = models.Constraint(
        "UNIQUE(company_id, key)", "This address is in the list already."
    )
    _place = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "Latitude goes from -90 to 90, longitude from -180 to 180.",
    )
    _area_idx = models.Index("(company_id, zip) WHERE quality <> 'none'")

    def write(self, vals):
        by_hand = "quality" not in vals and not {"latitude", "longitude"}.isdisjoint(
            vals
        )
        if by_hand:
            vals = {**vals, "quality": "manual", "source": "pin"}
        result = super().write(vals)
        if by_hand:
            self._show_on_stops()
        return result

    def action_forget(self):
        """Forget the positions, and look for them again."""
        self.check_access("unlink")
        self.write({"quality": "none", "source": False, "fixes": False, "fix_count": 0})
        self._find()
        self._show_on_stops()

    @api.model
    def _of(self, company, texts):
        """The records of addresses, made where they are new.

        :param texts: ``{address as written: {"zip":, "city":, "country_id":}}``
        :return: ``{address as written: record}``, without those of no letters at all
        """
        keys = {text: found for text in texts if (found := spelling.key(text))}
        missing = set(keys.values()) - set(self._known(company, keys).mapped("key"))
        rows = [
            (
                company.id,
                key,
                ", ".join(filter(None, map(str.strip, text.splitlines()))),
                texts[text],
            )
            for text, key in keys.items()
            if key in missing
        ]
        self._insert(rows)
        by_key = {address.key: address for address in self._known(company, keys)}
        return {text: by_key[key] for text, key in keys.items()}

    @api.model
    def _known(self, company, keys):
        return self.sudo().search(
            [("company_id", "=", company.id), ("key", "in", list(set(keys.values())))]
        )

    @api.model
    def _insert(self, rows):
        """Two processes may meet the same new address at once: neither fails."""
        if not rows:
            return
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, 'none', 0, %s, %s, NOW() AT TIME ZONE 'UTC',"
                " NOW() AT TIME ZONE 'UTC')",
                company_id,
                key,
                name,
                area.get("zip") or None,
                area.get("city") or None,
                area.get("country_id") or None,
                self.env.uid,
                self.env.uid,
            )
            for company_id, key, name, area in sorted(rows, key=lambda row: row[:2])
        )
        self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_delivery_geo_address (company_id, key, name, zip,"
                " city, country_id, quality, fix_count, create_uid, write_uid,"
                " create_date, write_date) VALUES %s"
                " ON CONFLICT (company_id, key) DO NOTHING RETURNING id",
                values,
            )
        )

    def _place_at(self, place, quality, source):
        """Keep where addresses are, unless that is known better."""
        for address in self:
            if address.source == "pin" and source != "pin":
                continue
            address.write(
                {
                    "latitude": place[0],
                    "longitude": place[1],
                    "quality": quality,
                    "source": source,
                }
            )

    def _learn(self, latitude, longitude, accuracy, stop_id):
        """A courier delivered here; fixes of two deliveries that agree are a position.

        A delivery that was taken back and confirmed again counts once.

        :return: whether the position is now known from deliveries
        """
        self.ensure_one()
        if not 0 <= accuracy <= WORST_ACCURACY_M:
            return False
        others = [fix for fix in self.fixes or [] if fix[3] != stop_id]
        fixes = [*others, [latitude, longitude, accuracy, stop_id]][-FIXES_KEPT:]
        self.write({"fixes": fixes, "fix_count": len(fixes)})
        place = settle([Fix(*fix[:3]) for fix in fixes])
        if not place or self.source == "pin":
            return False
        self._place_at(place, "learned", "learned")
        return True

    def _show_on_stops(self):
        """Deliveries that are not driven yet go where their address is now."""
        stops = self.stop_ids.sudo().filtered(
            lambda stop: (
                stop.state in ("draft", "ready", "planned")
                and stop.geo_quality != "manual"
            )
        )
        for stop in stops:
            stop._take_place(stop.geo_address_id)
