import logging
from statistics import median

from odoo import api, models

from ..engine.geo import contains
from ..engine.roads.base import NotHereError

_logger = logging.getLogger(__name__)

# Worse than these, an address is looked for again.
KNOWN_WELL = ("manual", "learned", "house")
FEWEST_NEIGHBOURS = 3


class LoyaltyDeliveryGeoAddress(models.Model):
    _inherit = "loyalty.delivery.geo.address"

    def _find(self):
        """Look for what is not known well, without asking anybody outside."""
        unknown = self.filtered(lambda address: address.quality not in KNOWN_WELL)
        unknown._find_in_networks()
        unknown.filtered(lambda a: a.quality in ("zip", "none"))._find_at_customers()
        unknown.filtered(lambda a: a.quality == "none")._find_area()
        unknown.filtered(lambda a: a.quality in ("zip", "none"))._queue()

    def _find_in_networks(self):
        """Look in the road networks that are built on this machine."""
        for company, addresses in self.grouped("company_id").items():
            for gazetteer in self._gazetteers(company):
                unknown = addresses.filtered(lambda a: a.quality in ("zip", "none"))
                for address in unknown:
                    found = gazetteer.find(address._searched_text())
                    if found:
                        place = found.latitude, found.longitude
                        address._place_at(place, found.quality, "gazetteer")

    def _searched_text(self):
        """The address with its postal code and city, which tell towns apart."""
        said = set(self.name.replace(",", " ").casefold().split())
        missing = [
            part
            for part in (self.zip, self.city)
            if part and not said.issuperset(part.casefold().split())
        ]
        return ", ".join(filter(None, [self.name, " ".join(missing)]))

    @api.model
    def _gazetteers(self, company):
        networks = self.env["loyalty.delivery.road.network"].sudo()
        for network in networks.search(
            [("company_id", "in", [company.id, False]), ("built_at", "!=", False)]
        ):
            try:
                yield network._gazetteer()
            except NotHereError as error:
                _logger.info("addresses are not looked up: %s", error)

    def _find_at_customers(self):
        """The customer's own coordinates, when the delivery goes to that address.

        Zero is how the ERP writes "unknown", and it does so on every change of address.
        """
        for address in self:
            for stop in address.stop_ids.sudo():
                partner = stop._geo_partner()
                place = partner.partner_latitude, partner.partner_longitude
                if all(place) and stop._is_partner_address():
                    address._place_at(place, "street", "customer")
                    break

    def _find_area(self):
        """The middle of what is known of the postal code or city, else of the zone."""
        neighbours = self._neighbours()
        for address in self:
            area = address.company_id, address.zip or address.city
            places = neighbours.get(area) if area[1] else None
            if not places or len(places) < FEWEST_NEIGHBOURS:
                zone = address.stop_ids.sudo().zone_id[:1]
                places = _inner_place(zone.polygon)
            if places:
                middle = tuple(
                    round(median(axis), 7) for axis in zip(*places, strict=True)
                )
                address._place_at(middle, "zip", "area")

    def _neighbours(self):
        """``{(company, postal code or city): places}`` of addresses known well."""
        wanted = [address.zip or address.city for address in self]
        if not any(wanted):
            return {}
        known = self.search_fetch(
            [
                ("company_id", "in", self.company_id.ids),
                ("quality", "in", ("manual", "learned", "house", "street")),
                "|",
                ("zip", "in", [text for text in wanted if text]),
                ("city", "in", [text for text in wanted if text]),
            ],
            ["company_id", "zip", "city", "latitude", "longitude"],
            limit=5000,
        )
        found = {}
        for address in known:
            for name in {address.zip, address.city} - {False}:
                found.setdefault((address.company_id, name), []).append(
                    (address.latitude, address.longitude)
                )
        return found

    def _queue(self):
        """Ask the address service later, in companies that have one."""
        services = self.env["loyalty.delivery.geo.service"].sudo()
        asked = services.search([("company_id", "in", self.company_id.ids)]).company_id
        self.env["loyalty.delivery.geo.request"]._add(
            self.filtered(lambda address: address.company_id in asked)
        )


def _inner_place(polygon):
    """A place of a polygon, as a list of one: its middle, when that lies inside."""
    if not polygon or len(polygon) < 3:
        return []
    ring = [tuple(corner) for corner in polygon]
    middle = tuple(sum(axis) / len(ring) for axis in zip(*ring, strict=True))
    return [middle if contains(ring, middle) else ring[0]]
