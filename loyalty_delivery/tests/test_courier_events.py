from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import mute_logger

from .courier_common import FRIDAY, CourierCommon


@freeze_time(FRIDAY)
class TestCourierEvents(CourierCommon):
    def _deliver(self, stop=None, **more):
        stop = stop or self.stop
        return self._event("deliver", stop, cod=stop.cod_due, method="cash", **more)

    def test_a_trip_is_driven_from_taking_it_to_coming_back(self):
        first, second, third = self.trip.stop_ids
        told = self._told(
            self._event("take"),
            self._event("depart"),
            self._event("arrive", first),
            self._deliver(signed_by="Ani"),
            self._event("deliver", second, note="at the neighbour"),
            self._event("fail", third, reason=self.reason.id),
            self._event("return"),
        )
        self.assertEqual(told, ["applied"] * 7)
        self.assertRecordValues(
            self.trip,
            [{"state": "returned", "started_at": FRIDAY, "returned_at": FRIDAY}],
        )
        self.assertRecordValues(
            first + second + third,
            [
                {
                    "state": "delivered",
                    "cod_collected": 23000,
                    "payment_method": "cash",
                    "signed_by": "Ani",
                    "done_at": FRIDAY,
                    "reason_id": False,
                    "note": False,
                },
                {
                    "state": "delivered",
                    "cod_collected": 0,
                    "payment_method": False,
                    "signed_by": False,
                    "done_at": FRIDAY,
                    "reason_id": False,
                    "note": "at the neighbour",
                },
                {
                    "state": "failed",
                    "cod_collected": 0,
                    "payment_method": False,
                    "signed_by": False,
                    "done_at": FRIDAY,
                    "reason_id": self.reason.id,
                    "note": False,
                },
            ],
        )

    def test_an_event_that_comes_again_is_applied_once(self):
        event = self._deliver()
        self.assertEqual(self._told(event), ["applied"])
        self.assertEqual(self._told(event, event), ["dup", "dup"])
        self.assertEqual(
            self.events.search_count([("client_uuid", "=", event["uuid"])]), 1
        )
        self.assertEqual(self.stop.cod_collected, 23000)

    def test_a_second_tab_cannot_confirm_again(self):
        self._told(self._deliver())
        changes = []
        stops = type(self.stop)
        with patch.object(
            stops, "_on_transition", lambda stop, old: changes.append(old)
        ):
            told = self._tell(
                self._deliver(), self._event("fail", self.stop, reason=self.reason.id)
            )
        self.assertEqual([status for status, _reason in told], ["conflict"] * 2)
        self.assertIn("Delivered", told[0][1])
        self.assertFalse(changes)
        self.assertRecordValues(
            self.stop, [{"state": "delivered", "cod_collected": 23000}]
        )

    def test_one_bad_event_harms_no_other(self):
        second = self.trip.stop_ids[1]
        told = self._told(
            {"uuid": "nonsense"},
            self._event("fly", self.stop),
            self._event("deliver", self.stop, cod=-5, method="cash"),
            self._event("deliver", self.stop),
            self._event("fail", self.stop),
            self._event("deliver", second),
        )
        self.assertEqual(told, ["rejected"] * 5 + ["applied"])
        self.assertEqual(self.stop.state, "out")
        self.assertEqual(second.state, "delivered")

    def test_characters_that_cannot_be_kept_harm_no_other(self):
        told = self._told(
            {"uuid": "\x00", "kind": "take"},
            self._event("note", self.stop, note="a\x00b"),
            self._event("note", self.stop, note="\ud800"),
            self._event("note", self.stop, note="Դուռը 🚪"),
        )
        self.assertEqual(told, ["rejected"] * 3 + ["applied"])
        self.assertEqual(self.stop.note, "Դուռը 🚪")

    def test_a_fault_of_the_server_leaves_the_event_on_the_phone(self):
        event = self._deliver()
        second = self._event("deliver", self.trip.stop_ids[1])
        stops = type(self.stop)

        def fail(stop, old_states):
            if self.stop in stop.filtered(lambda each: each.state == "delivered"):
                raise ZeroDivisionError

        with (
            patch.object(stops, "_on_transition", fail),
            mute_logger(
                "odoo.addons.loyalty_delivery.models.loyalty_delivery_event_receive"
            ),
        ):
            self.assertEqual(self._told(event, second), ["retry", "applied"])
        self.assertIn(self.stop.state, ("planned", "out"))
        self.assertEqual(self._told(event), ["applied"])
        self.assertEqual(self.stop.state, "delivered")

    def test_what_the_dispatcher_cancelled_stays_cancelled_and_is_told(self):
        self.stop._transition("cancelled")
        messages = len(self.trip.message_ids)
        [(status, reason)] = self._tell(self._deliver())
        self.assertEqual(status, "conflict")
        self.assertIn("cancelled", reason)
        self.assertRecordValues(self.stop, [{"state": "cancelled", "cod_collected": 0}])
        self.assertEqual(len(self.trip.message_ids), messages + 1)
        self.assertIn(self.stop.name, self.trip.message_ids[0].body)

    def test_a_stop_of_another_trip_is_out_of_reach(self):
        other = self._make_trip(self.mher, 1)
        [(status, reason)] = self._tell(self._event("deliver", other.stop_ids))
        self.assertEqual(status, "conflict")
        self.assertNotIn(other.stop_ids.name, reason)
        self.assertEqual(other.stop_ids.state, "planned")
        self.assertFalse(self.events.search([("stop_id", "=", other.stop_ids.id)]))

    def test_an_event_of_another_trip_is_no_duplicate(self):
        other = self._make_trip(self.mher, 1)
        event = self._event("take")
        self.assertEqual(self._told(event), ["applied"])
        self.assertEqual(self._told(event, trip=other), ["rejected"])
        self.assertEqual(other.state, "planned")

    def test_a_part_delivery_keeps_what_was_handed_over(self):
        handed = [
            {"key": f"item:{number}", "name": name, "qty": quantity, "unit": ""}
            for number, (name, quantity) in enumerate(
                (("Coffee", 1), ("Tea", 0), ("Sugar", 0))
            )
        ]
        event = self._event(
            "partial",
            self.stop,
            lines={"item:0": 1, "item:1": 0},
            reason=self.reason.id,
            cod=8000,
            method="card",
        )
        self.assertEqual(self._told(event), ["applied"])
        self.assertRecordValues(
            self.stop,
            [
                {
                    "state": "partial",
                    "delivered_lines": {"items": handed},
                    "cod_collected": 8000,
                    "payment_method": "card",
                    "reason_id": self.reason.id,
                }
            ],
        )

    def test_everything_handed_over_is_a_whole_delivery(self):
        lines = {"item:0": 1, "item:1": 1, "item:2": 1}
        event = self._event("partial", self.stop, lines=lines, cod=23000, method="qr")
        self.assertEqual(self._told(event), ["applied"])
        self.assertRecordValues(
            self.stop, [{"state": "delivered", "delivered_lines": False}]
        )

    def test_more_than_there_is_cannot_be_handed_over(self):
        for lines in ({"item:0": 2}, {"move:1": 1}, {"item:0": -1}, {}, None):
            event = self._event("partial", self.stop, lines=lines, cod=0)
            self.assertEqual(self._told(event), ["rejected"], lines)
        self.assertEqual(self.stop.state, "planned")

    def test_a_confirmation_is_taken_back_and_corrected(self):
        wrong = self._deliver()
        self._told(wrong)
        undo = self._event("undo", self.stop, of=wrong["uuid"])
        right = self._event("fail", self.stop, reason=self.reason.id, note="closed")
        self.assertEqual(self._told(undo, right), ["applied"] * 2)
        self.assertRecordValues(
            self.stop,
            [
                {
                    "state": "failed",
                    "cod_collected": 0,
                    "payment_method": False,
                    "note": "closed",
                }
            ],
        )
        self.assertEqual(self._told(undo, wrong), ["dup", "dup"])
        self.assertEqual(self.stop.state, "failed")

    def test_an_undo_of_what_was_corrected_since_changes_nothing(self):
        wrong = self._deliver()
        self._told(wrong, self._event("undo", self.stop), self._deliver())
        late = self._event("undo", self.stop, of=wrong["uuid"])
        self.assertEqual(self._told(late), ["conflict"])
        self.assertEqual(self.stop.state, "delivered")

    def test_nothing_is_taken_back_after_its_time(self):
        self._told(self._deliver())
        self.assertEqual(self.stop.undo_until, FRIDAY + timedelta(minutes=15))
        with freeze_time(FRIDAY + timedelta(minutes=15, seconds=1)):
            # The phone's clock does not help.
            [(status, reason)] = self._tell(self._event("undo", self.stop, at=FRIDAY))
        self.assertEqual(status, "rejected")
        self.assertIn("dispatcher", reason)
        self.assertEqual(self.stop.state, "delivered")

    def test_a_failure_that_is_tried_again_already_is_not_taken_back(self):
        self._told(self._event("fail", self.stop, reason=self.reason.id))
        self.stop._try_again()
        self.assertEqual(self._told(self._event("undo", self.stop)), ["conflict"])
        self.assertEqual(self.stop.state, "failed")

    def test_the_time_to_correct_is_the_company_s(self):
        self.company.delivery_undo_minutes = 0
        self._told(self._deliver())
        with freeze_time(FRIDAY + timedelta(seconds=1)):
            self.assertEqual(self._told(self._event("undo", self.stop)), ["rejected"])
        self.assertEqual(self.stop.state, "delivered")

    def test_a_settled_trip_is_closed(self):
        self._told(self._deliver(), self._event("return"))
        self.trip._transition("settled")
        told = self._told(
            self._event("undo", self.stop),
            self._event("deliver", self.trip.stop_ids[1]),
            self._event("depart"),
        )
        self.assertEqual(told, ["conflict"] * 3)
        self.assertRecordValues(
            self.trip.stop_ids,
            [{"state": "delivered"}, {"state": "out"}, {"state": "out"}],
        )

    def test_what_happened_without_network_has_its_own_time(self):
        eleven = FRIDAY + timedelta(hours=1)
        event = {**self._deliver(), "offset_ms": 0}
        with freeze_time(eleven):
            self._told(event, sent_ms=event["client_ms"] + 3600_000)
        self.assertEqual(self.stop.done_at, FRIDAY)
        self.assertRecordValues(
            self.stop.done_event_id,
            [
                {
                    "server_time": eleven,
                    "happened_at": FRIDAY,
                    "gap_s": 3600,
                    "is_flagged": True,
                }
            ],
        )

    def test_a_clock_that_is_wrong_moves_no_delivery(self):
        # The phone is two hours behind, and says so by what it sends with.
        event = self._deliver(at=FRIDAY - timedelta(hours=2))
        self._told(event, sent_ms=event["client_ms"])
        self.assertEqual(self.stop.done_at, FRIDAY)
        self.assertRecordValues(
            self.stop.done_event_id,
            [
                {
                    "client_time": FRIDAY - timedelta(hours=2),
                    "clock_offset_s": -7200,
                    "gap_s": 0,
                    "is_flagged": True,
                }
            ],
        )

    def test_nothing_happens_in_the_future(self):
        event = self._deliver(at=FRIDAY + timedelta(days=1))
        self._told({**event, "offset_ms": 0})
        self.assertEqual(self.stop.done_at, FRIDAY)

    def test_events_are_never_changed_or_deleted(self):
        self._told(self._deliver())
        event = self.stop.done_event_id
        with self.assertRaises(UserError):
            event.write({"outcome": "rejected"})
        with self.assertRaises(UserError):
            event.unlink()
        self.assertEqual(event.outcome, "applied")

    def test_a_reason_that_is_no_number_is_refused_for_good(self):
        for reason in (True, "1", 10**20, [1], None):
            event = self._event("fail", self.stop, reason=reason)
            self.assertEqual(self._told(event), ["rejected"], reason)
        self.assertEqual(self.stop.state, "planned")

    def test_a_reason_of_another_company_is_unknown(self):
        foreign = self.reason.copy({"company_id": self.env.ref("base.main_company").id})
        event = self._event("fail", self.stop, reason=foreign.id)
        self.assertEqual(self._told(event), ["rejected"])
        self.assertEqual(self.stop.state, "planned")

    def test_a_late_arrival_does_not_reopen_a_delivery(self):
        self._told(self._deliver(), self._event("arrive", self.stop))
        self.assertEqual(self.stop.state, "delivered")

    def test_a_trip_that_was_not_released_is_not_driven(self):
        self.trip._transition("draft")
        self.assertEqual(self._told(self._event("depart")), ["conflict"])
        self.assertEqual(self.trip.state, "draft")

    def test_the_first_confirmation_leaves_the_depot(self):
        self._told(self._deliver())
        self.assertRecordValues(
            self.trip, [{"state": "en_route", "started_at": fields.Datetime.now()}]
        )
        self.assertEqual(
            self.trip.stop_ids.mapped("state"), ["delivered", "out", "out"]
        )
