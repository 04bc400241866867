from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .common import DOORS, DeliveryCommon

TEN = datetime(2026, 3, 6, 6)  # ten o'clock in Yerevan
MINUTE = timedelta(minutes=1)


class RoadCommon(DeliveryCommon):
    """Levon leaves at ten; a door each twenty minutes, five of them at the door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clock = freeze_time(TEN)
        cls.clock.start()
        cls.addClassCleanup(cls.clock.stop)
        commit = patch.object(IrCron, "_commit_progress", lambda *a, **k: 1000.0)
        cls.startClassPatcher(commit)
        cls.depot.partner_id = cls.env["res.partner"].create(
            {"name": "Depot", "tz": "Asia/Yerevan"}
        )
        cls.trip, cls.stops = cls._make_trip(cls.levon, 4)
        cls.first, cls.second, cls.third, cls.last = cls.stops
        cls.company.partner_id.email = "shop@example.com"
        # Tests with transactions of their own leave some behind.
        cls.env["loyalty.delivery.notice"].sudo().search([]).unlink()

    @classmethod
    def _make_trip(cls, courier, count):
        trip = cls.env["loyalty.delivery.trip"].create(
            {
                "courier_id": courier.id,
                "depot_id": cls.depot.id,
                "date": TEN.date(),
                "planned_start": TEN,
                "state": "planned",
            }
        )
        stops = cls._make_stops(count)
        for number, stop in enumerate(stops, 1):
            begin = TEN + number * 20 * MINUTE
            stop.write(
                {
                    "trip_id": trip.id,
                    "sequence": number,
                    "leg_s": 900,
                    "service_s": 300,
                    "plan_eta": begin - 5 * MINUTE,
                    "eta": begin - 5 * MINUTE,
                    "state": "planned",
                }
            )
        return trip, stops

    @classmethod
    def _leave(cls, minutes=0):
        cls.trip._transition("en_route", {"started_at": TEN + minutes * MINUTE})
        cls.stops._transition("out")

    def _minutes(self, stops):
        self.env.flush_all()
        return [int((stop.eta - TEN).total_seconds()) // 60 for stop in stops]

    def _told(self):
        """Tell what is due, and return ``[(event, values)]``."""
        told = []

        def notify(partner, event, values):
            told.append((event, values))
            return True

        with patch.object(type(self.ani), "_loyalty_notify", notify):
            self.env["loyalty.delivery.notice"]._cron_tell()
        return told


@tagged("post_install", "-at_install")
class TestExpectedArrivals(RoadCommon):
    def test_delay_of_one_door_moves_the_following(self):
        self._leave()
        self.assertEqual(self._minutes(self.stops), [15, 35, 55, 75])
        late = TEN + 40 * MINUTE
        with freeze_time(late):
            self.first._transition("delivered", {"done_at": late})
        self.assertEqual(self._minutes(self.stops[1:]), [55, 75, 95])

    def test_a_window_takes_the_delay_up(self):
        self.third.write(
            {"window_start": TEN + 120 * MINUTE, "window_end": TEN + 240 * MINUTE}
        )
        self._leave()
        self.assertEqual(self._minutes(self.stops), [15, 35, 120, 140])
        late = TEN + 60 * MINUTE
        with freeze_time(late):
            self.first._transition("delivered", {"done_at": late})
        self.assertEqual(self._minutes(self.stops[1:]), [75, 120, 140])

    def test_time_passes_though_nothing_is_told(self):
        self._leave()
        with freeze_time(TEN + 30 * MINUTE):
            self.env["loyalty.delivery.trip"]._cron_propagate()
        self.assertEqual(self._minutes(self.stops), [30, 50, 70, 90])

    def test_a_courier_who_has_not_left_moves_all_doors(self):
        with freeze_time(TEN + 25 * MINUTE):
            self.env["loyalty.delivery.trip"]._cron_propagate()
        self.assertEqual(self._minutes(self.stops), [40, 60, 80, 100])

    def test_a_plan_that_has_not_begun_stands(self):
        with freeze_time(TEN - 25 * MINUTE):
            self.env["loyalty.delivery.trip"]._cron_propagate()
        self.assertEqual(self._minutes(self.stops), [15, 35, 55, 75])

    def test_doors_in_another_order_are_estimated_by_the_line(self):
        self._leave()
        moment = TEN + 15 * MINUTE
        with freeze_time(moment):
            self.last._transition("delivered", {"done_at": moment})
            self.trip._propagate()
        back = self.first.eta - moment
        # From the fourth door back to the first: 1.4 km of street.
        self.assertTrue(2 * MINUTE < back < 8 * MINUTE, back)

    def test_position_shortens_the_leg(self):
        positions = self.env["loyalty.delivery.position"]
        self._leave()
        half = [
            (depot + door) / 2
            for depot, door in zip(
                (self.depot.latitude, self.depot.longitude), DOORS[0], strict=True
            )
        ]
        positions.create(
            {
                "trip_id": self.trip.id,
                "company_id": self.company.id,
                "latitude": half[0],
                "longitude": half[1],
                "time": TEN + 2 * MINUTE,
            }
        )
        with freeze_time(TEN + 3 * MINUTE):
            self.trip._propagate()
        self.assertEqual(self._minutes(self.first), [9])

    def test_queries_do_not_grow_with_trips_and_stops(self):
        self._leave()

        def queries(trips, minutes):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(TEN + minutes * MINUTE):
                trips._propagate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(self.trip, 40)
        few = queries(self.trip, 45)
        many = self.trip
        for courier in self._make_couriers("Aram", "Nare", "Hayk"):
            trip, stops = self._make_trip(courier, 12)
            trip._transition("en_route", {"started_at": TEN})
            stops._transition("out")
            many |= trip
        queries(many, 50)
        self.assertEqual(queries(many, 55), few)


@tagged("post_install", "-at_install")
class TestAlerts(RoadCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last.write(
            {"window_start": TEN + 60 * MINUTE, "window_end": TEN + 90 * MINUTE}
        )
        cls.alerts = cls.env["loyalty.delivery.alert"]

    def _open(self, *kinds):
        return self.alerts.search([("kind", "in", kinds), ("state", "!=", "resolved")])

    def test_lateness_is_predicted_and_becomes_real_and_ends(self):
        self._leave()
        self.assertFalse(self._open("predicted_late", "late"))
        with freeze_time(TEN + 40 * MINUTE):
            self.trip._propagate()
        alert = self._open("predicted_late", "late")
        self.assertRecordValues(
            alert,
            [
                {
                    "kind": "predicted_late",
                    "stop_id": self.last.id,
                    "courier_id": self.levon.id,
                    "minutes": 10,
                    "text": "Will be 10 min late",
                }
            ],
        )
        with freeze_time(TEN + 100 * MINUTE):
            self.trip._propagate()
        self.assertEqual(alert.state, "resolved")
        late = self._open("predicted_late", "late")
        self.assertRecordValues(late, [{"kind": "late", "severity": "2"}])
        with freeze_time(TEN + 101 * MINUTE):
            self.last._transition("delivered", {"done_at": TEN + 101 * MINUTE})
        self.assertEqual(late.state, "resolved")

    def test_prediction_that_is_no_more_true_resolves_itself(self):
        self._leave()
        with freeze_time(TEN + 40 * MINUTE):
            self.trip._propagate()
        alert = self._open("predicted_late")
        alert.action_acknowledge()
        self.assertEqual(alert.state, "acknowledged")
        with freeze_time(TEN + 41 * MINUTE):
            self.stops[:3]._transition("delivered", {"done_at": TEN + 41 * MINUTE})
        self.assertEqual(alert.state, "resolved")

    def test_an_alert_is_there_once_and_brought_up(self):
        self._leave()
        for minutes in (40, 45, 50):
            with freeze_time(TEN + minutes * MINUTE):
                self.trip._propagate()
        self.assertRecordValues(self._open("predicted_late"), [{"minutes": 20}])

    def test_a_courier_without_a_sign_is_idle(self):
        self._leave()
        with freeze_time(TEN + 34 * MINUTE):
            self.trip._propagate()
        self.assertFalse(self._open("idle"))
        with freeze_time(TEN + 36 * MINUTE):
            self.trip._propagate()
        alert = self._open("idle")
        self.assertEqual(alert.trip_id, self.trip)
        self.assertEqual(alert.minutes, 21)
        with freeze_time(TEN + 37 * MINUTE):
            self.first._transition("arrived", {"arrived_at": TEN + 37 * MINUTE})
        self.assertEqual(alert.state, "resolved")

    def test_a_failed_door_is_told_at_once_until_corrected(self):
        self._leave()
        reason = self.env["loyalty.delivery.reason"].create({"name": "Not at home"})
        self.third._transition(
            "failed", {"done_at": TEN, "reason_id": reason.id, "note": "no answer"}
        )
        alert = self._open("failed")
        self.assertEqual(alert.stop_id, self.third)
        self.assertEqual(alert.text, "Failed · Not at home · no answer")
        self.third._transition("delivered", {"done_at": TEN})
        self.assertEqual(alert.state, "resolved")

    def test_board_shows_what_is_not_resolved(self):
        self._leave()
        alert = self.alerts._raise("failed", stop=self.third)
        seen = self.env["loyalty.delivery.trip"]._board_alerts(TEN.date(), self.company)
        self.assertEqual([row["id"] for row in seen], [alert.id])
        self.assertEqual(seen[0]["stop_id"], self.third.id)
        alert.action_resolve()
        self.assertFalse(
            self.env["loyalty.delivery.trip"]._board_alerts(TEN.date(), self.company)
        )

    def test_words_of_other_parts_and_their_end(self):
        alert = self.alerts._raise(
            "cash_limit", courier=self.levon, detail="61 000 of 50 000"
        )
        self.assertFalse(
            self.alerts._raise("cash_limit", courier=self.levon, detail="62 000")
        )
        self.assertEqual(alert.text, "Too much cash · 62 000")
        self.alerts._resolve("cash_limit", couriers=self.levon)
        self.assertEqual(alert.state, "resolved")


@tagged("post_install", "-at_install")
class TestNotices(RoadCommon):
    def test_the_story_is_told_to_ani(self):
        ani_stop = self.last
        ani_stop.write(
            {
                "leg_s": 3 * 3600 + 900,
                "eta": TEN + 260 * MINUTE,
                "promised_start": TEN + 4 * 60 * MINUTE,
                "promised_end": TEN + 6 * 60 * MINUTE,
            }
        )
        self._leave()
        told = self._told()
        self.assertEqual([event for event, _values in told], ["delivery_started"] * 4)
        values = told[3][1]
        self.assertEqual(values["eta"], "14:00–15:00")
        self.assertEqual(values["courier"], "Levon")
        self.assertIn("/d/", values["track_link"])
        self.assertEqual(ani_stop.told_start, TEN + 4 * 60 * MINUTE)

        (self.first | self.second)._transition(
            "delivered", {"done_at": TEN + 40 * MINUTE}
        )
        self.assertEqual(
            [event for event, _values in self._told()], ["delivery_done"] * 2
        )
        failing = self.third
        failing._transition("failed", {"done_at": TEN + 60 * MINUTE})
        [(event, values)] = self._told()
        self.assertEqual(event, "delivery_failed")
        self.assertEqual(values["document"], failing.name)

    def test_told_once_though_corrected_and_confirmed_again(self):
        self._leave()
        self._told()
        self.first._transition("delivered", {"done_at": TEN + 20 * MINUTE})
        [(event, values)] = self._told()
        self.assertEqual(event, "delivery_done")
        self.assertEqual(values["rating_link"], values["track_link"] + "#rate")
        self.first._transition("out", {"done_at": False})
        self.first._transition("partial", {"done_at": TEN + 20 * MINUTE})
        self.assertEqual(self._told(), [])

    def test_what_was_taken_back_at_once_is_told_to_nobody(self):
        self._leave()
        self._told()
        self.first._transition("failed", {"done_at": TEN + 20 * MINUTE})
        self.first._transition("out", {"done_at": False})
        self.assertEqual(self._told(), [])
        self.first._transition("delivered", {"done_at": TEN + 20 * MINUTE})
        self.assertEqual([event for event, _v in self._told()], ["delivery_done"])

    def test_late_is_told_when_it_matters_and_not_again(self):
        self._leave()
        self._told()
        with freeze_time(TEN + 30 * MINUTE):
            self.trip._propagate()
            self.assertEqual(self._told(), [])
        with freeze_time(TEN + 70 * MINUTE):
            self.trip._propagate()
            told = self._told()
        self.assertEqual({event for event, _values in told}, {"delivery_late"})
        self.assertEqual(len(told), 4)
        self.assertEqual(told[0][1]["minutes"], 55)
        self.assertEqual(told[0][1]["eta"], "10:30–11:30")
        with freeze_time(TEN + 72 * MINUTE):
            self.trip._propagate()
            self.assertEqual(self._told(), [])

    def test_planned_once_and_anew_on_another_day(self):
        stop = self._make_stops(1, trip_id=self.trip.id)
        stop._transition("planned")
        stop.eta = TEN + 60 * MINUTE
        self.assertEqual([event for event, _v in self._told()], ["delivery_planned"])
        stop._transition("ready")
        stop._transition("planned")
        self.assertEqual(self._told(), [])
        stop._transition("ready")
        stop.write({"date": "2026-03-07", "eta": TEN + 25 * 60 * MINUTE})
        stop._transition("planned")
        [(event, values)] = self._told()
        self.assertEqual(event, "delivery_planned")
        self.assertIn("7 March", values["eta"])

    def test_email_when_nothing_else_carries_it(self):
        self.ani.email = "ani@example.com"
        self._leave()
        with patch.object(type(self.ani), "_loyalty_notify", return_value=False):
            self.env["loyalty.delivery.notice"]._cron_tell()
        mails = self.env["mail.mail"].search(
            [("model", "=", self.first._name), ("res_id", "in", self.stops.ids)]
        )
        self.assertEqual(len(mails), 4)
        mail = mails.filtered(lambda each: each.res_id == self.first.id)
        self.assertIn("10:00–11:00", mail.subject)
        self.assertIn(self.first._tracking_url(), mail.body_html)
        self.assertEqual(mail.recipient_ids, self.ani)
        self.assertEqual(set(self.stops.notice_ids.mapped("carried_by")), {"email"})

    def test_nobody_is_told_twice_by_rule_and_email(self):
        self.ani.email = "ani@example.com"
        self._leave()
        self.assertEqual(len(self._told()), 4)
        self.assertFalse(
            self.env["mail.mail"].search([("res_id", "in", self.stops.ids)])
        )
        self.assertEqual(set(self.stops.notice_ids.mapped("carried_by")), {"message"})

    def test_a_message_that_breaks_keeps_nobody_up(self):
        self._leave()

        def notify(partner, event, values):
            if values["document"] == self.first.name:
                raise ValueError("broken template")
            return True

        with (
            patch.object(type(self.ani), "_loyalty_notify", notify),
            self.assertLogs("odoo.addons.loyalty_delivery", "ERROR"),
        ):
            self.env["loyalty.delivery.notice"]._cron_tell()
        self.assertEqual(self.first.notice_ids.state, "failed")
        self.assertEqual(set(self.stops[1:].notice_ids.mapped("state")), {"told"})
