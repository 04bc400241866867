from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .common import DeliveryCommon

DAY = "2026-03-06"


class TestDeliveryBoard(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._user(
            "board_dispatcher", "loyalty_delivery.group_delivery_dispatcher"
        )
        cls.stops = cls._make_stops(4)

    def _board(self, user=None):
        return self.env["loyalty.delivery.trip"].with_user(user or self.dispatcher)

    def _to(self, courier, *stops, **values):
        moves = [
            {"stop_id": stop.id, "courier_id": courier.id, **values} for stop in stops
        ]
        return self._board().board_move(moves, DAY)

    def test_a_member_shows_by_the_name_of_the_tier(self):
        self.stops[0].tier_id = self.silver
        rows = self.env["loyalty.delivery.board.values"]._stop_rows(
            [("id", "in", self.stops[:2].ids)]
        )
        tiers = {row["id"]: row["tier"] for row in rows}
        self.assertEqual(tiers, {self.stops[0].id: "Silver", self.stops[1].id: ""})

    def test_the_first_stop_of_a_courier_makes_the_trip(self):
        answer = self._to(self.levon, self.stops[0])
        trip = self.stops[0].trip_id
        self.assertRecordValues(
            trip, [{"courier_id": self.levon.id, "state": "draft", "version": 1}]
        )
        self.assertEqual([row["id"] for row in answer["trips"]], trip.ids)
        self.assertRecordValues(
            self.stops[0],
            [{"state": "planned", "sequence": 1, "courier_id": self.levon.id}],
        )

    def test_no_delivery_goes_into_a_trip_of_another_company(self):
        other = self._make_company("Other LLC")
        depot = self.depot.copy({"company_id": other.id})
        courier = self.env["loyalty.delivery.courier"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Vahe"}).id,
                "company_id": other.id,
                "depot_id": depot.id,
            }
        )
        self.dispatcher.company_ids |= other
        both = [self.company.id, other.id]
        board = self._board().with_context(allowed_company_ids=both)
        move = {"stop_id": self.stops[0].id, "courier_id": courier.id}
        with self.assertRaisesRegex(UserError, "Other LLC cannot take it"):
            board.board_move([move], DAY)
        self.assertRecordValues(
            self.stops[0], [{"state": "ready", "trip_id": False, "sequence": 0}]
        )

    def test_a_route_has_times_by_the_clock_of_the_depot(self):
        self._to(self.levon, *self.stops[:2])
        trip = self.stops[0].trip_id
        # He works from 9:00 in Yerevan (5:00 UTC) and loads for 15 minutes.
        self.assertEqual(str(trip.planned_start), "2026-03-06 05:15:00")
        first, second = self.stops[:2]
        self.assertEqual((first.eta - trip.planned_start).seconds, first.leg_s)
        self.assertEqual((second.eta - first.eta).seconds, 300 + second.leg_s)
        self.assertGreater(trip.planned_m, first.leg_m + second.leg_m)
        self.assertTrue(trip.matrix_source)

    def test_a_stop_moves_within_its_route(self):
        self._to(self.levon, *self.stops)
        self._to(self.levon, self.stops[3], sequence=1)
        ordered = self.stops.sorted("sequence")
        self.assertEqual(
            ordered.ids, [self.stops[3].id, *self.stops[:3].ids], "moved to the front"
        )
        self.assertEqual(ordered.mapped("sequence"), [1, 2, 3, 4])

    def test_a_stop_taken_out_is_ready_again(self):
        self._to(self.levon, *self.stops[:2])
        self._board().board_move([{"stop_id": self.stops[0].id}], DAY)
        self.assertRecordValues(
            self.stops[0],
            [{"state": "ready", "trip_id": False, "eta": False, "leg_m": 0}],
        )
        self.assertEqual(self.stops[1].sequence, 1)

    def test_a_finished_stop_stays_where_it_is(self):
        self._to(self.levon, *self.stops[:2])
        self.stops[0]._transition("delivered")
        with self.assertRaisesRegex(UserError, "Delivered"):
            self._to(self.mher, self.stops[0])
        self.assertEqual(self.stops[0].courier_id, self.levon)

    def test_goods_on_the_road_change_hands_only_on_purpose(self):
        self._to(self.levon, self.stops[0])
        self.stops[0].trip_id._transition("planned")
        self.stops[0].trip_id._transition("en_route")
        self.stops[0]._transition("out")
        with self.assertRaisesRegex(UserError, "Levon has the goods"):
            self._to(self.mher, self.stops[0])
        self.assertEqual(self.stops[0].courier_id, self.levon)
        self._to(self.mher, self.stops[0], handover=True)
        self.assertRecordValues(
            self.stops[0], [{"courier_id": self.mher.id, "state": "planned"}]
        )

    def test_nothing_is_put_before_what_is_driven(self):
        self._to(self.levon, *self.stops[:2])
        trip = self.stops[0].trip_id
        trip._transition("planned")
        trip._transition("en_route")
        self.stops[0]._transition("delivered")
        self._to(self.levon, self.stops[2], sequence=1)
        self.assertEqual(self.stops[:3].mapped("sequence"), [1, 3, 2])
        self.assertEqual(self.stops[2].state, "out")

    def test_changes_are_undone_one_after_another(self):
        self._to(self.levon, *self.stops[:2])
        trip = self.stops[0].trip_id
        figures = trip.read(["planned_start", "planned_end", "planned_m"])
        eta = self.stops.mapped("eta")
        self._to(self.mher, self.stops[1])
        self._board().board_undo(DAY)
        self.assertEqual(self.stops.mapped("eta"), eta)
        self.assertEqual(
            trip.read(["planned_start", "planned_end", "planned_m"]), figures
        )
        self.assertFalse(
            self.env["loyalty.delivery.trip"].search(
                [("courier_id", "=", self.mher.id)]
            )
        )
        answer = self._board().board_undo(DAY)
        self.assertEqual(self.stops.mapped("state"), ["ready"] * 4)
        self.assertEqual(answer["removed_trip_ids"], trip.ids)
        self.assertFalse(answer["can_undo"])
        with self.assertRaisesRegex(UserError, "nothing of yours"):
            self._board().board_undo(DAY)

    def test_work_of_another_dispatcher_is_not_undone(self):
        self._to(self.levon, self.stops[0])
        other = self._user("board_other", "loyalty_delivery.group_delivery_dispatcher")
        with self.assertRaisesRegex(UserError, "nothing of yours"):
            self._board(other).board_undo(DAY)
        self._board(other).board_move([{"stop_id": self.stops[0].id}], DAY)
        with self.assertRaisesRegex(UserError, "changed since"):
            self._board().board_undo(DAY)
        self.assertFalse(self.stops[0].trip_id)

    def test_a_board_is_read_with_as_many_queries_for_any_number_of_stops(self):
        self._to(self.levon, *self.stops)
        self._board().board_read(DAY)
        counts = []
        for _turn in range(3):
            self._make_stops(40)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            board = self._board().board_read(DAY)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(board["stops"]), 124)
        # The first time caches of rights are filled.
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 25)

    def test_the_board_tells_what_is_there(self):
        self._to(self.levon, *self.stops[:3])
        board = self._board().board_read(DAY)
        self.assertEqual(board["counters"]["all"], 4)
        self.assertEqual(board["counters"]["unplanned"], 1)
        self.assertEqual(board["counters"]["states"], {"planned": 3, "ready": 1})
        self.assertTrue(board["can_undo"])
        self.assertEqual(
            {row["name"]: row["works"] for row in board["couriers"]},
            {"Levon": True, "Mher": True},
        )

    def test_only_dispatchers_use_the_board(self):
        for login, group in (
            ("board_cashier", "loyalty_delivery.group_delivery_cashier"),
            ("board_auditor", "loyalty_club.group_loyalty_auditor"),
            ("board_portal", "base.group_portal"),
        ):
            board = self._board(self._user(login, group))
            move = [{"stop_id": self.stops[0].id, "courier_id": self.levon.id}]
            for call in (
                lambda board=board: board.board_read(DAY),
                lambda board=board, move=move: board.board_move(move, DAY),
                lambda board=board: board.board_lock(self.stops.ids, "courier"),
                lambda board=board: board.board_undo(DAY),
            ):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    call()
        self.assertFalse(self.stops.trip_id)

    def test_a_locked_stop_says_so(self):
        self._to(self.levon, self.stops[0])
        answer = self._board().board_lock(self.stops[0].ids, "courier")
        self.assertEqual(answer["stops"][0]["lock"], "courier")
        with self.assertRaisesRegex(UserError, "no courier yet"):
            self._board().board_lock(self.stops[1].ids, "courier")
        self._board().board_undo(DAY)
        self.assertEqual(self.stops[0].lock, "none")

    def test_a_move_is_compared_with_how_it_was(self):
        self._to(self.levon, *self.stops[:3])
        trip = self.stops[0].trip_id
        km = round(trip.planned_m / 1000, 1)
        answer = self._to(self.mher, self.stops[2])
        trips = trip | self.stops[2].trip_id
        self.assertEqual(answer["compare"]["before"]["km"], km)
        self.assertEqual(
            answer["compare"]["after"]["km"],
            round(sum(trips.mapped("planned_m")) / 1000, 1),
        )

    def test_open_boards_hear_what_changed(self):
        self.env.cr.precommit.run()
        sent = []
        bus = type(self.env["bus.bus"])
        with patch.object(bus, "_sendone", lambda _bus, *message: sent.append(message)):
            self._to(self.levon, self.stops[0])
            self.env.cr.precommit.run()
        ((channel, kind, message),) = [
            row for row in sent if row[1] == "loyalty_delivery/board"
        ]
        self.assertEqual(channel, (self.company, "loyalty_delivery"))
        self.assertEqual(kind, "loyalty_delivery/board")
        self.assertEqual(message["date"], DAY)
        self.assertEqual([row["id"] for row in message["stops"]], self.stops[0].ids)

    def test_only_dispatchers_of_the_company_hear_of_it(self):
        channels = self.env["ir.websocket"].with_user(self.dispatcher)._board_channels()
        self.assertEqual(channels, [(self.company, "loyalty_delivery")])
        cashier = self._user("deaf_cashier", "loyalty_delivery.group_delivery_cashier")
        socket = self.env["ir.websocket"].with_user(cashier)
        self.assertEqual(socket._board_channels(), [])

    def test_who_may_set_couriers_days(self):
        values = {"courier_id": self.levon.id, "date": DAY, "works": False}
        shifts = self.env["loyalty.delivery.shift"]
        shifts.with_user(self.dispatcher).create(values)
        self.assertFalse(self.levon._hours(DAY))
        for login, group in (
            ("shift_cashier", "loyalty_delivery.group_delivery_cashier"),
            ("shift_auditor", "loyalty_club.group_loyalty_auditor"),
            ("shift_portal", "base.group_portal"),
        ):
            user = self._user(login, group)
            with self.subTest(login=login), self.assertRaises(AccessError):
                shifts.with_user(user).create({**values, "courier_id": self.mher.id})
        self.assertTrue(self.mher._hours(DAY))

    def test_changes_are_written_by_no_hand(self):
        self._to(self.levon, self.stops[0])
        changes = self.env["loyalty.delivery.change"].with_user(self.dispatcher)
        change = changes.search([], limit=1)
        with self.assertRaises(AccessError):
            change.write({"before": {}})
        with self.assertRaises(AccessError):
            changes.create({"name": "x"})
