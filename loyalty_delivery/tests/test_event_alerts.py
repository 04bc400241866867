from datetime import timedelta

from freezegun import freeze_time

from ..engine.phone_events import milliseconds
from .common import DOORS
from .courier_common import FRIDAY, CourierCommon

DEGREE_M = 111_195
MINUTE = timedelta(minutes=1)


@freeze_time(FRIDAY)
class TestEventAlerts(CourierCommon):
    """What phones tell oddly is told to the dispatcher."""

    def _open(self, kind):
        return self.env["loyalty.delivery.alert"].search(
            [("kind", "=", kind), ("state", "!=", "resolved")]
        )

    def _at_metres(self, event, metres, accuracy=15):
        latitude, longitude = DOORS[0]
        return event | {
            "pos": {
                "lat": latitude + metres / DEGREE_M,
                "lon": longitude,
                "acc": accuracy,
            }
        }

    def _arrive(self, metres, **values):
        event = self._event("arrive", self.stop)
        self.assertEqual(
            self._told(self._at_metres(event, metres, **values)), ["applied"]
        )

    # -- far from the door ------------------------------------------------------------
    def test_who_confirms_far_from_the_door_is_told_of(self):
        self._arrive(700)
        alert = self._open("off_zone")
        self.assertRecordValues(
            alert,
            [
                {
                    "stop_id": self.stop.id,
                    "trip_id": self.trip.id,
                    "courier_id": self.levon.id,
                    "severity": "0",
                }
            ],
        )
        self.assertEqual(alert.text, "Off the place · 700 m from the door")

    def test_at_the_door_it_is_well_again(self):
        self._arrive(700)
        alert = self._open("off_zone")
        given = self._event("deliver", self.stop, cod=23000, method="cash")
        self.assertEqual(self._told(self._at_metres(given, 30)), ["applied"])
        self.assertEqual(alert.state, "resolved")

    def test_what_was_taken_back_accuses_nobody(self):
        given = self._event("deliver", self.stop, cod=23000, method="cash")
        self._told(self._at_metres(given, 3000))
        alert = self._open("off_zone")
        self.assertTrue(alert)
        self._told(self._event("undo", self.stop, of=given["uuid"]))
        self.assertEqual(alert.state, "resolved")

    def test_an_uncertain_place_accuses_nobody(self):
        self._arrive(450)
        self._arrive(3000, accuracy=900)
        self._arrive(3000, accuracy=0)
        self.stop.geo_quality = "street"
        self._arrive(3000)
        self.assertFalse(self._open("off_zone"))
        self.stop.geo_quality = "house"
        self._arrive(3000)
        self.assertTrue(self._open("off_zone"))

    def test_a_note_is_written_anywhere(self):
        note = self._event("note", self.stop, note="Third floor")
        self.assertEqual(self._told(self._at_metres(note, 5000)), ["applied"])
        self.assertFalse(self._open("off_zone"))

    # -- at odd times -----------------------------------------------------------------
    def test_a_clock_that_is_wrong_is_told_of(self):
        wrong = self._event("depart", at=FRIDAY + 25 * MINUTE)
        self._told(wrong, sent_ms=milliseconds(FRIDAY + 25 * MINUTE))
        alert = self._open("clock")
        self.assertRecordValues(
            alert, [{"trip_id": self.trip.id, "minutes": 25, "severity": "0"}]
        )
        self.assertEqual(alert.text, "The phone's clock is off by 25 min")

    def test_news_that_are_old_are_told_of_once_for_the_trip(self):
        self._told(
            self._event("depart", at=FRIDAY - 40 * MINUTE),
            self._event("arrive", self.stop, at=FRIDAY - 20 * MINUTE),
        )
        alert = self._open("clock")
        self.assertEqual(len(alert), 1)
        self.assertEqual(
            alert.text, "Clock of the phone · Told 20 min after it happened"
        )

    def test_what_is_told_at_once_by_a_right_clock_raises_nothing(self):
        self._told(self._event("depart"), self._event("arrive", self.stop))
        self.assertFalse(self._open("clock"))

    def test_a_settled_trip_concerns_nobody(self):
        self._told(self._event("depart", at=FRIDAY - 40 * MINUTE))
        self._arrive(700)
        alerts = self._open("clock") | self._open("off_zone")
        self.assertEqual(len(alerts), 2)
        self.trip.stop_ids._transition("delivered", {"done_at": FRIDAY})
        self.trip._transition("returned", {"returned_at": FRIDAY})
        self.assertEqual(alerts.mapped("state"), ["open", "open"])
        self.trip._transition("settled")
        self.assertEqual(alerts.mapped("state"), ["resolved", "resolved"])

    # -- too much cash ----------------------------------------------------------------
    def test_cash_over_the_limit_is_told_of_at_the_door_where_it_is_taken(self):
        self.levon.cash_limit = 30000
        second = self.trip.stop_ids[1]
        second.cod_due = 8000
        self._told(self._event("deliver", self.stop, cod=23000, method="cash"))
        self.assertFalse(self._open("cash_limit"))
        given = self._event("deliver", second, cod=8000, method="cash")
        self._told(given)
        alert = self._open("cash_limit")
        self.assertEqual(alert.courier_id, self.levon)
        self.assertIn("31,000", alert.detail)
        self._told(self._event("undo", second, of=given["uuid"]))
        self.assertEqual(alert.state, "resolved")
