"""Which zone an address belongs to."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import areas


class LoyaltyDeliveryZone(models.Model):
    _inherit = "loyalty.delivery.zone"

    postal_codes = fields.Text(
        help="Codes, their beginnings or ranges, between commas or on lines:"
        " 0010-0019, 37. They count for addresses without a position, and for all"
        " addresses where no border is drawn."
    )
    cities = fields.Text(
        help="Between commas or on lines. They count as postal codes do."
    )
    # The ends of the border: most zones are ruled out by them.
    south = fields.Float(compute="_compute_box", store=True, digits=(10, 7))
    west = fields.Float(compute="_compute_box", store=True, digits=(10, 7))
    north = fields.Float(compute="_compute_box", store=True, digits=(10, 7))
    east = fields.Float(compute="_compute_box", store=True, digits=(10, 7))

    @api.depends("polygon")
    def _compute_box(self):
        for zone in self:
            ends = areas.box(zone.polygon) if zone.polygon else (0, 0, 0, 0)
            zone.south, zone.west, zone.north, zone.east = ends

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            self._clean_polygon(values)
        return super().create(vals_list)

    def write(self, vals):
        self._clean_polygon(vals)
        return super().write(vals)

    @api.model
    def _clean_polygon(self, values):
        if not values.get("polygon"):
            return
        try:
            values["polygon"] = areas.check_polygon(values["polygon"])
        except areas.BadArea as error:
            raise ValidationError(self._area_problem(error)) from error

    @api.constrains("postal_codes")
    def _check_postal_codes(self):
        for zone in self:
            try:
                areas.parse_codes(zone.postal_codes)
            except areas.BadArea as error:
                raise ValidationError(self._area_problem(error)) from error

    @api.model
    def _area_problem(self, error):
        if error.problem == "range":
            return self.env._(
                "“%s” is no range of postal codes. Write the lower code first, both"
                " with the same number of digits: 0010-0019.",
                error.value,
            )
        if error.problem == "corners":
            return self.env._(
                "The border of a zone has from 3 to %(most)s different corners, this"
                " one has %(count)s. Draw it again.",
                most=areas.MAX_CORNERS,
                count=error.value,
            )
        if error.problem == "corner":
            return self.env._(
                "“%s” is no corner: latitude from -90 to 90 comes first, longitude from"
                " -180 to 180 after it.",
                error.value,
            )
        return self.env._(
            "The border of a zone is a list of corners, [latitude, longitude] each."
        )

    def _area(self):
        """The zone's area, parsed; see :class:`~..engine.areas.Area`."""
        self.ensure_one()
        corners = tuple((lat, lon) for lat, lon in self.polygon or ())
        return areas.Area(
            corners=corners,
            box=(self.south, self.west, self.north, self.east) if corners else None,
            codes=tuple(areas.parse_codes(self.postal_codes)),
            cities=frozenset(areas.parse_list(self.cities)),
        )

    @api.model
    def _find(self, lat, lon, zip_code, city, company):
        """The zone of an address, empty if it is outside all.

        Latitude and longitude that are both 0 say that the position is not known.
        """
        return self._find_many([(lat, lon, zip_code, city)], company)[0]

    @api.model
    def _find_many(self, addresses, company):
        """The zones of many addresses, read once.

        :param addresses: list of ``(latitude, longitude, postal code, city)``
        :return: list of zones, each of one record or empty, in the rights of the caller
        """
        zones_sudo = self.sudo().search([("company_id", "=", company.id)])
        parsed = [(zone.id, zone._area()) for zone in zones_sudo]
        found = []
        for lat, lon, zip_code, city in addresses:
            place = (lat, lon) if lat or lon else None
            found.append(
                self.browse(
                    next(
                        (
                            key
                            for key, area in parsed
                            if area.holds(place, zip_code, city)
                        ),
                        (),
                    )
                )
            )
        return found
