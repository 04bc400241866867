from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.loyalty_delivery.engine.geo import haversine_m
from odoo.addons.loyalty_delivery.engine.roads.base import RoadsError, Table

from .common import DEPOT, DOORS, DeliveryCommon

LOGGER = "odoo.addons.loyalty_delivery.models.loyalty_delivery_matrix"


class Server:
    """Roads that are twice the straight line, at 10 m/s; asked through ``calls``."""

    def __init__(self, error=None, islands=(), factor=2):
        self.error = error
        self.islands = islands
        self.factor = factor
        self.calls = []

    def table(self, places, rows, columns, profile):
        self.calls.append((tuple(rows), tuple(columns), profile))
        if self.error:
            raise self.error
        metres = [
            [self._metres(places[row], places[column]) for column in columns]
            for row in rows
        ]
        return Table(metres, [[m and round(m / 10) for m in line] for line in metres])

    def lines(self, places, profile):
        self.calls.append((len(places), profile))
        if self.error:
            raise self.error
        return [
            [list(a), [b[0], a[1]], list(b)]
            for a, b in zip(places, places[1:], strict=False)
        ]

    def asked(self):
        return sum(len(rows) * len(columns) for rows, columns, _profile in self.calls)

    def _metres(self, a, b):
        if a == b:
            return 0
        if a in self.islands or b in self.islands:
            return None
        return round(haversine_m(a, b) * self.factor)


class TestDeliveryProviders(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls._make_provider("Roads Ltd", 10)
        cls.places = [DEPOT, *DOORS]

    @classmethod
    def _make_provider(cls, name, sequence, **values):
        return cls.env["loyalty.delivery.matrix.provider"].create(
            {
                "name": name,
                "kind": "osrm_http",
                "url": "http://127.0.0.1:1",
                "sequence": sequence,
                **values,
            }
        )

    def _served(self, *servers, by=None):
        """Let sources be answered by fake servers, in the order of the records."""
        providers = by or self.provider
        of = dict(zip(providers.ids, servers, strict=True))
        return patch.object(
            self.registry["loyalty.delivery.matrix.provider"],
            "_roads",
            lambda provider: of[provider.id],
        )

    def _matrix(self, places=None, profile="car"):
        return self.env["loyalty.delivery.matrix"]._matrix(
            list(places or self.places), profile, self.company
        )

    def test_roads_are_asked_once_and_remembered(self):
        server = Server()
        with self._served(server):
            first = self._matrix()
            again = self._matrix()
        self.assertEqual(first.source, "Roads Ltd")
        self.assertEqual(first.estimated, 0)
        self.assertEqual(first.metres[0][1], round(haversine_m(DEPOT, DOORS[0]) * 2))
        self.assertEqual(first, again)
        self.assertEqual(len(server.calls), 1)

    def test_a_profile_has_its_own_memory(self):
        server = Server()
        with self._served(server):
            self._matrix()
            self._matrix(profile="bike")
        self.assertEqual([call[2] for call in server.calls], ["car", "bike"])

    def test_a_new_door_asks_for_its_row_and_column_only(self):
        server = Server()
        with self._served(server):
            self._matrix(self.places[:10])
            server.calls.clear()
            matrix = self._matrix(self.places[:11])
        self.assertEqual(server.asked(), 20)
        self.assertEqual(matrix.estimated, 0)

    def test_questions_are_no_larger_than_the_server_takes(self):
        self.provider.max_table_size = 4
        server = Server()
        with self._served(server):
            matrix = self._matrix()
        self.assertEqual(len(server.calls), 16)
        self.assertLessEqual(max(len(rows) for rows, _c, _p in server.calls), 4)
        self.assertEqual(matrix.estimated, 0)

    def test_a_pair_without_a_way_is_estimated_and_not_asked_again(self):
        server = Server(islands=[DOORS[3]])
        with self._served(server):
            first = self._matrix()
            again = self._matrix()
        straight = round(haversine_m(DEPOT, DOORS[3]) * 1.4)
        self.assertEqual(first.metres[0][4], straight)
        self.assertEqual(first.estimated, 24)
        self.assertEqual(first.source, "Roads Ltd")
        self.assertEqual(again, first)
        self.assertEqual(len(server.calls), 1)

    def test_the_next_source_is_asked_for_what_the_first_does_not_know(self):
        second = self._make_provider("Second", 20)
        one, other = Server(islands=[DOORS[3]]), Server(factor=3)
        with self._served(one, other, by=self.provider + second):
            matrix = self._matrix()
        self.assertEqual(matrix.estimated, 0)
        self.assertEqual(matrix.metres[0][1], round(haversine_m(DEPOT, DOORS[0]) * 2))
        self.assertEqual(matrix.metres[0][4], round(haversine_m(DEPOT, DOORS[3]) * 3))
        self.assertEqual(other.asked(), 24)

    @mute_logger(LOGGER)
    def test_a_dead_server_is_left_alone_for_five_minutes(self):
        server = Server(RoadsError("no connection to the server", True))
        with self._served(server):
            with freeze_time("2026-03-06 08:00:00"):
                matrix = self._matrix()
                self.assertEqual(self.provider.state, "resting")
                self._matrix()
                self._geometry()
            self.assertEqual(len(server.calls), 1)
            self.assertEqual(matrix.source, "straight line × 1.4")
            self.assertEqual(matrix.estimated, matrix.pairs)
            self.assertEqual(self.provider.last_error, "no connection to the server")
            server.error = None
            with freeze_time("2026-03-06 08:05:01"):
                self.assertEqual(self._matrix().source, "Roads Ltd")
        self.assertEqual(len(server.calls), 2)

    def test_what_is_remembered_serves_while_the_server_rests(self):
        with self._served(Server()):
            self._matrix()
        self.provider._rest(RoadsError("down"))
        with self._served(Server(AssertionError("must not be asked"))):
            matrix = self._matrix()
        self.assertEqual((matrix.source, matrix.estimated), ("Roads Ltd", 0))

    @mute_logger(LOGGER)
    def test_a_server_that_refuses_all_is_not_asked_for_all(self):
        self.provider.max_table_size = 2
        server = Server(RoadsError("HTTP 403: no key"))
        with self._served(server):
            self._matrix()
        self.assertEqual(len(server.calls), 3)
        self.assertEqual(self.provider.last_error, "HTTP 403: no key")

    def test_old_figures_are_asked_for_again(self):
        server = Server()
        with self._served(server):
            with freeze_time("2026-01-01"):
                self._matrix()
            with freeze_time("2026-03-31"):
                self._matrix()
            self.assertEqual(len(server.calls), 1)
            with freeze_time("2026-04-03"):
                self._matrix()
        self.assertEqual(len(server.calls), 2)
        dates = self.env["loyalty.delivery.matrix.pair"].search([]).mapped("date")
        self.assertEqual({str(date) for date in dates}, {"2026-04-03"})

    def test_cleaning_forgets_only_what_is_old(self):
        pair = self.env["loyalty.delivery.matrix.pair"]
        with self._served(Server()):
            with freeze_time("2026-01-01"):
                self._matrix(self.places[:2])
            with freeze_time("2026-04-30"):
                self._matrix(self.places[5:8])
                pair._gc_pairs()
        self.env.invalidate_all()
        self.assertEqual(pair.search_count([]), 6)

    def test_traffic_makes_the_way_longer_in_time_only(self):
        with self._served(Server()):
            free = self._matrix()
            self.provider.time_factor = 1.5
            busy = self._matrix()
        self.assertEqual(busy.metres, free.metres)
        self.assertEqual(busy.seconds[0][1], round(free.seconds[0][1] * 1.5))

    def test_neighbours_in_one_house_are_no_question(self):
        server = Server()
        with self._served(server):
            matrix = self._matrix([DEPOT, DEPOT, DOORS[0]])
        self.assertLessEqual(server.asked(), 4)
        self.assertEqual((matrix.pairs, matrix.metres[0][1]), (2, 0))
        self.assertEqual(matrix.metres[0][2], matrix.metres[1][2])

    def test_queries_do_not_grow_with_the_places(self):
        many = [(40 + n % 14 / 100, 44 + n // 14 / 100) for n in range(196)]
        with self._served(Server()):
            for places in (self.places, many):
                self._matrix(places)
                self.env.flush_all()
                with self.assertQueryCount(3):
                    self._matrix(places)

    def _geometry(self):
        return self.env["loyalty.delivery.matrix"]._geometry(
            self.places[:3], "car", self.company
        )

    def test_the_line_is_on_roads_where_they_are_known(self):
        with self._served(Server()):
            lines, source = self._geometry()
        self.assertEqual([len(line) for line in lines], [3, 3])
        self.assertEqual(source, "Roads Ltd")

    @mute_logger(LOGGER)
    def test_the_line_is_straight_where_the_server_is_dead(self):
        with self._served(Server(RoadsError("down", True))):
            lines, source = self._geometry()
        self.assertEqual([len(line) for line in lines], [2, 2])
        self.assertEqual(source, "straight line × 1.4")

    def test_a_long_route_is_asked_for_in_parts_that_meet(self):
        server = Server()
        places = [(40 + n / 1000, 44.5) for n in range(250)]
        with self._served(server):
            lines, _source = self.env["loyalty.delivery.matrix"]._geometry(
                places, "car", self.company
            )
        self.assertEqual([call[0] for call in server.calls], [100, 100, 52])
        self.assertEqual([line[0] for line in lines], [list(p) for p in places[:-1]])
        self.assertEqual([line[-1] for line in lines], [list(p) for p in places[1:]])

    def test_another_company_has_its_own_sources(self):
        other = self._make_company("Other LLC")
        with self._served(Server(AssertionError("not theirs"))):
            matrix = self.env["loyalty.delivery.matrix"]._matrix(
                self.places, "car", other
            )
        self.assertEqual(matrix.source, "straight line × 1.4")

    def test_a_key_does_not_follow_to_another_server(self):
        self.provider.api_key = "secret"
        manager = self._user("roads-manager", "loyalty_delivery.group_delivery_manager")
        theirs = self.provider.with_user(manager)
        with self.assertRaises(AccessError):
            theirs.read(["api_key"])
        theirs.url = "https://elsewhere.example"
        self.assertFalse(self.provider.api_key)

    def test_another_address_forgets_what_the_old_one_said(self):
        with self._served(Server()):
            self._matrix()
        self.provider.url = "http://127.0.0.1:2"
        self.assertFalse(self.env["loyalty.delivery.matrix.pair"].search([]))

    def test_an_address_that_is_none_is_refused(self):
        for wrong in ("", "roads.example", "file:///etc/passwd", "ftp://roads"):
            with self.assertRaisesRegex(ValidationError, "needs the address"):
                self.provider.url = wrong

    def test_trying_shows_both_figures(self):
        self._make_stops()
        with self._served(Server()):
            self.provider.action_try()
        self.assertIn("By car", self.provider.last_try)
        way = round(haversine_m(DEPOT, DOORS[0]) * 2)
        self.assertIn(f"{way} m", self.provider.last_try)

    def test_trying_a_dead_server_says_why(self):
        self._make_stops()
        with self._served(Server(RoadsError("no connection to the server", True))):
            self.provider.action_try()
        self.assertIn("no connection to the server", self.provider.last_try)

    def test_without_a_place_there_is_nothing_to_try(self):
        with self.assertRaisesRegex(UserError, "need a position"):
            self.provider.action_try()

    def test_a_dispatcher_looks_and_a_manager_changes(self):
        dispatcher = self._user("roads-d", "loyalty_delivery.group_delivery_dispatcher")
        provider = self.provider.with_user(dispatcher)
        self.assertEqual(provider.name, "Roads Ltd")
        for forbidden in (
            lambda: provider.write({"name": "x"}),
            provider.action_try,
            provider.action_calibrate,
            provider.unlink,
        ):
            with self.assertRaises(AccessError):
                forbidden()
        self.assertEqual(self.provider.name, "Roads Ltd")
        manager = self._user("roads-m", "loyalty_delivery.group_delivery_manager")
        self.provider.with_user(manager).name = "Ours"
        self.assertEqual(self.provider.name, "Ours")

    def test_a_portal_user_sees_nothing(self):
        portal = self._user("roads-p", "base.group_portal")
        for model in (
            "loyalty.delivery.matrix.provider",
            "loyalty.delivery.matrix.pair",
            "loyalty.delivery.road.network",
            "loyalty.delivery.geo.address",
            "loyalty.delivery.geo.request",
            "loyalty.delivery.geo.service",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
