"""The city of the story: a depot in Yerevan, two couriers, and the shop of the club."""

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

# The depot, and doors in the order in which a walker would pass them.
DEPOT = (40.1772, 44.5126)
DOORS = (
    (40.1811, 44.5144),
    (40.1850, 44.5152),
    (40.1889, 44.5205),
    (40.1925, 44.5089),
    (40.1960, 44.5011),
    (40.2005, 44.4950),
    (40.1901, 44.4871),
    (40.1833, 44.4902),
    (40.1790, 44.5003),
    (40.1744, 44.5081),
    (40.1699, 44.5152),
    (40.1655, 44.5204),
)


class DeliveryCommon(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.depot = cls.env["loyalty.delivery.depot"].create(
            {"name": "Kentron", "latitude": DEPOT[0], "longitude": DEPOT[1]}
        )
        cls.levon, cls.mher = cls._make_couriers("Levon", "Mher")

    @classmethod
    def _make_couriers(cls, *names, **values):
        partners = cls.env["res.partner"].create([{"name": name} for name in names])
        return cls.env["loyalty.delivery.courier"].create(
            [
                {"partner_id": partner.id, "depot_id": cls.depot.id, **values}
                for partner in partners
            ]
        )

    @classmethod
    def _make_stops(cls, count=1, **values):
        """Deliveries at the doors, ready to be planned."""
        return cls.env["loyalty.delivery.stop"].create(
            [
                {
                    "date": "2026-03-06",
                    "state": "ready",
                    "partner_id": cls.ani.id,
                    "depot_id": cls.depot.id,
                    "latitude": DOORS[number % len(DOORS)][0],
                    "longitude": DOORS[number % len(DOORS)][1],
                    "geo_quality": "house",
                    **values,
                }
                for number in range(count)
            ]
        )
