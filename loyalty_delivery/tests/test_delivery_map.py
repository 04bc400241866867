from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import DeliveryCommon

SQUARE = [[40.17, 44.50], [40.17, 44.53], [40.19, 44.53]]


@tagged("post_install", "-at_install")
class TestDeliveryMap(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls.env["loyalty.delivery.zone"].create(
            {"name": "Centre", "code": "C", "polygon": SQUARE}
        )
        cls.dispatcher = cls._user(
            "map_dispatcher", "loyalty_delivery.group_delivery_dispatcher"
        )
        cls.stranger = cls._user("map_stranger", "base.group_user")

    def test_a_dispatcher_reads_what_lies_under_the_maps(self):
        read = self.zone.with_user(self.dispatcher).map_read()
        self.assertIn(
            {
                "id": self.zone.id,
                "name": "Centre",
                "code": "C",
                "color": 0,
                "polygon": SQUARE,
            },
            read["zones"],
        )
        self.assertIn(
            {"id": self.depot.id, "name": "Kentron", "lat": 40.1772, "lng": 44.5126},
            read["depots"],
        )
        self.assertIn("openstreetmap.org", read["tiles"]["url"])
        self.assertIn("OpenStreetMap", read["tiles"]["attribution"])

    def test_who_has_nothing_to_do_with_deliveries_reads_no_map(self):
        with self.assertRaises(AccessError):
            self.zone.with_user(self.stranger).map_read()

    def test_a_map_of_another_company_is_not_read(self):
        other = self.env["res.company"].create({"name": "Other town"})
        with self.assertRaises(AccessError):
            self.zone.with_user(self.dispatcher).map_read(other.id)

    def test_a_depot_that_is_nowhere_is_not_drawn(self):
        self.depot.write({"latitude": 0, "longitude": 0})
        depots = self.zone.with_user(self.dispatcher).map_read()["depots"]
        self.assertNotIn(self.depot.id, [depot["id"] for depot in depots])

    def test_pictures_are_switched_off_by_emptying_the_address(self):
        self.env.company.delivery_tile_url = False
        tiles = self.zone.with_user(self.dispatcher).map_read()["tiles"]
        self.assertEqual(tiles["url"], "")

    def test_an_address_without_places_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "has {z}, {x} and {y}"):
            self.env.company.delivery_tile_url = "https://tiles.example.com/map.png"

    def test_an_address_that_is_no_web_page_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "begins with"):
            self.env.company.delivery_tile_url = "javascript:{z}{x}{y}"

    def test_who_made_the_map_must_be_said(self):
        with self.assertRaisesRegex(ValidationError, "Say who made the map"):
            self.env.company.delivery_tile_attribution = False

    def test_a_dispatcher_puts_a_pin(self):
        stop = self._make_stops(geo_quality="zip")
        stop.with_user(self.dispatcher).action_pin(40.2, 44.4)
        self.assertRecordValues(
            stop, [{"latitude": 40.2, "longitude": 44.4, "geo_quality": "manual"}]
        )

    def test_a_pin_that_is_not_on_earth_is_refused(self):
        stop = self._make_stops()
        place = (stop.latitude, stop.longitude)
        with self.assertRaisesRegex(UserError, "is not a place"):
            stop.with_user(self.dispatcher).action_pin(140.2, 44.4)
        self.assertEqual((stop.latitude, stop.longitude), place)

    def test_a_stranger_puts_no_pin(self):
        stop = self._make_stops()
        place = (stop.latitude, stop.longitude)
        with self.assertRaises(AccessError):
            stop.with_user(self.stranger).action_pin(40.2, 44.4)
        self.assertEqual((stop.latitude, stop.longitude), place)
