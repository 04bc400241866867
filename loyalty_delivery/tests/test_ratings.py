from freezegun import freeze_time

from odoo.exceptions import UserError

from .courier_common import FRIDAY, CourierCommon


@freeze_time(FRIDAY)
class TestRatings(CourierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trip.stop_ids._transition("delivered", {"done_at": FRIDAY})
        cls.second, cls.third = cls.trip.stop_ids[1:]
        cls.alerts = cls.env["loyalty.delivery.alert"]

    def _open(self):
        return self.alerts.search(
            [("kind", "=", "bad_rating"), ("state", "!=", "resolved")]
        )

    def test_a_bad_rating_is_told_with_its_words_until_it_is_a_good_one(self):
        self.second._rate(3)
        self.assertFalse(self._open())
        self.stop._rate(2, "The box\nwas open")
        alert = self._open()
        self.assertRecordValues(
            alert, [{"stop_id": self.stop.id, "courier_id": self.levon.id}]
        )
        self.assertEqual(alert.text, "Bad rating · ★★☆☆☆ The box was open")
        self.stop._rate(1)
        self.assertEqual(self._open(), alert)
        self.assertIn("★☆☆☆☆ The box", alert.detail)
        self.stop._rate(5)
        self.assertEqual(alert.state, "resolved")

    def test_a_rating_that_is_refused_is_told_to_nobody(self):
        self.stop.rated_at = "2026-03-01 08:00:00"
        with self.assertRaisesRegex(UserError, "cannot be rated"):
            self.stop._rate(1, "Late")
        self.assertFalse(self._open())
        self.assertFalse(self.stop.rating)

    def test_a_courier_has_the_average_of_who_rated(self):
        self.stop._rate(5)
        self.second._rate(2)
        self.assertRecordValues(
            self.levon | self.mher,
            [
                {"rating_avg": 3.5, "rated_count": 2},
                {"rating_avg": 0, "rated_count": 0},
            ],
        )
        action = self.levon.action_ratings()
        rated = self.env["loyalty.delivery.stop"].search(action["domain"])
        self.assertEqual(rated, self.stop | self.second)

    def test_the_average_is_one_query_for_all_couriers(self):
        more = self._make_couriers("Gor", "Narek", "Tigran")
        (self.levon | self.mher | more).invalidate_recordset()
        with self.assertQueryCount(1):
            (self.levon | self.mher | more).mapped("rating_avg")

    def test_ratings_and_tips_are_in_the_report(self):
        self.stop._rate(4)
        self.second._rate(1)
        self.third._promise_tip(500)
        report = self.env["loyalty.delivery.report"]
        self.env.flush_all()
        ((average, tips),) = report._read_group(
            [("courier_id", "=", self.levon.id)], [], ["rating:avg", "tip:sum"]
        )
        self.assertEqual((average, tips), (2.5, 500))
        bad = report.search([("rating", "in", (1, 2))])
        self.assertEqual(bad.stop_id, self.second)
