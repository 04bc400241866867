from odoo.addons.loyalty_delivery.engine.geo import haversine_m

from .common import DEPOT, DOORS, DeliveryCommon


class TestDeliveryMatrix(DeliveryCommon):
    def _matrix(self, places=(DEPOT, *DOORS), profile="car", **options):
        return self.env["loyalty.delivery.matrix"]._matrix(
            list(places), profile, self.company, **options
        )

    def test_without_any_server_the_straight_line_answers(self):
        matrix = self._matrix()
        straight = haversine_m(DEPOT, DOORS[0])
        self.assertEqual(matrix.metres[0][1], round(straight * 1.4))
        self.assertEqual(matrix.seconds[0][1], round(straight * 1.4 / 25 * 3.6))
        self.assertEqual((matrix.pairs, matrix.estimated), (156, 156))
        self.assertEqual(matrix.source, "straight line × 1.4")

    def test_a_walker_and_a_zone_have_their_own_pace(self):
        straight = haversine_m(DEPOT, DOORS[0])
        self.assertEqual(
            self._matrix(profile="foot").seconds[0][1], round(straight * 1.4 / 5 * 3.6)
        )
        slow = self._matrix([DEPOT, DOORS[0]], zone_speeds=[(10, 2.0)] * 2)
        self.assertEqual(slow.metres[0][1], round(straight * 2))
        self.assertEqual(slow.seconds[0][1], round(straight * 2 / 10 * 3.6))
        walk = self._matrix([DEPOT, DOORS[0]], "foot", zone_speeds=[(10, 2.0)] * 2)
        self.assertEqual(walk.seconds[0][1], round(straight * 2 / 5 * 3.6))

    def test_the_companys_straight_line_counts(self):
        self.env["loyalty.delivery.matrix.provider"].create(
            {"name": "Hills", "kind": "straight", "road_factor": 2, "speed_car": 20}
        )
        matrix = self._matrix()
        straight = haversine_m(DEPOT, DOORS[0])
        self.assertEqual(matrix.metres[0][1], round(straight * 2))
        self.assertEqual(matrix.source, "straight line × 2")

    def test_no_places_and_one_place_are_no_trouble(self):
        self.assertEqual(self._matrix([]).metres, [])
        self.assertEqual(self._matrix([DEPOT]).metres, [[0]])
        self.assertEqual(
            self.env["loyalty.delivery.matrix"]._geometry([DEPOT], "car", self.company)[
                0
            ],
            [],
        )

    def test_the_line_without_a_server_is_straight(self):
        lines, source = self.env["loyalty.delivery.matrix"]._geometry(
            [DEPOT, *DOORS[:2]], "car", self.company
        )
        self.assertEqual(lines, [[[*DEPOT], [*DOORS[0]]], [[*DOORS[0]], [*DOORS[1]]]])
        self.assertEqual(source, "straight line × 1.4")

    def test_queries_do_not_grow_with_the_places(self):
        self._matrix()
        with self.assertQueryCount(2):
            self._matrix()
        with self.assertQueryCount(2):
            self._matrix([(40 + i / 1000, 44 + i / 1000) for i in range(200)])
