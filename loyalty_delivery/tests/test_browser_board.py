import datetime

from odoo.tests import HttpCase, tagged

from odoo.addons.loyalty_club.tests.browser import mend_assets

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestBrowserBoard(PlanCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mend_assets(cls.env)
        # Without the internet: what tells that pictures are missing is no error here.
        cls.company.delivery_tile_url = False
        cls.today = datetime.date.today()
        cls.env["loyalty.delivery.stop"].search([("date", "=", cls.today)]).unlink()
        cls.board_stops = cls._make_stops(4, date=cls.today)

    def test_a_dispatcher_moves_by_hand_takes_back_plans_and_applies(self):
        self.start_tour(
            "/odoo/delivery-board",
            "loyalty_delivery_board_by_hand",
            login=self.dispatcher.login,
        )
        plan = self.env["loyalty.delivery.plan"].search(
            [("date", "=", self.today)], limit=1
        )
        self.assertEqual(plan.state, "queued")
        moved = self.board_stops.filtered("trip_id")
        self.assertEqual(len(moved), 1, "what was taken back is not in a route")
        self._run_plans()
        self.assertEqual(plan.state, "done")
        self.assertEqual(len(self.board_stops.filtered("trip_id")), 1)
        self.start_tour(
            "/odoo/delivery-board",
            "loyalty_delivery_board_apply",
            login=self.dispatcher.login,
        )
        self.board_stops.invalidate_recordset()
        self.assertEqual(set(self.board_stops.mapped("state")), {"planned"})
        self.assertTrue(all(self.board_stops.mapped("eta")))

    def test_a_zone_is_drawn_on_the_map(self):
        manager = self._user("board_manager", "loyalty_delivery.group_delivery_manager")
        self.start_tour(
            "/odoo/delivery-zones/new", "loyalty_delivery_zone", login=manager.login
        )
        zone = self.env["loyalty.delivery.zone"].search(
            [("name", "=", "Kentron")], order="id desc", limit=1
        )
        self.assertEqual(len(zone.polygon), 3)
        # Drawn around the depot, which the map shows before anything else.
        for latitude, longitude in zone.polygon:
            self.assertAlmostEqual(latitude, self.depot.latitude, delta=0.2)
            self.assertAlmostEqual(longitude, self.depot.longitude, delta=0.2)
