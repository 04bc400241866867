from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from .test_eta import MINUTE, TEN, RoadCommon


@tagged("post_install", "-at_install")
class TestApology(RoadCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "delivery_apology_minutes": 30,
                "delivery_apology_points": 100,
                "delivery_apology_hours": 4,
                "delivery_apology_partner_cap": 150,
                "delivery_apology_company_cap": 1000,
            }
        )
        cls.card = cls.env["loyalty.card"].create(
            {"program_id": cls.club.id, "partner_id": cls.ani.id}
        )
        cls.stops.write({"window_start": TEN, "window_end": TEN + 60 * MINUTE})
        cls.apologies = cls.env["loyalty.delivery.apology"]
        cls._leave()

    def _deliver(self, stop, minutes, state="delivered", **values):
        came = TEN + minutes * MINUTE
        stop._transition(state, {"done_at": came, **values})
        return self.apologies.search([("stop_id", "=", stop.id)])

    def _give(self, hours=0):
        told = []
        later = TEN + timedelta(hours=hours)
        with (
            patch.object(
                type(self.ani),
                "_loyalty_notify",
                lambda partner, event, values: told.append((event, values)) or True,
            ),
            freeze_time(later),
        ):
            self.apologies._cron_give()
        return told

    def test_points_are_given_when_nobody_refused(self):
        apology = self._deliver(self.first, 95)
        self.assertRecordValues(
            apology, [{"state": "proposed", "minutes_late": 35, "cost": 100}]
        )
        self.assertEqual(self._give(3), [])
        self.assertLedger(self.card, 0)
        [(event, values)] = self._give(5)
        self.assertEqual((event, values["points"]), ("delivery_apology", 100))
        self.assertEqual(apology.state, "given")
        self.assertLedger(self.card, 100)
        self.assertEqual(self._give(6), [])
        self.assertLedger(self.card, 100)

    def test_approved_is_given_at_once(self):
        apology = self._deliver(self.first, 95)
        apology.action_approve()
        self.assertEqual(len(self._give()), 1)
        self.assertLedger(self.card, 100)

    def test_refused_is_never_given(self):
        apology = self._deliver(self.first, 95)
        apology.action_veto()
        self.assertEqual(self._give(5), [])
        self.assertLedger(self.card, 0)

    def test_in_time_or_a_little_late_is_no_reason(self):
        self.assertFalse(self._deliver(self.first, 89))

    def test_the_time_at_the_door_counts_and_not_of_handing_over(self):
        self.assertFalse(self._deliver(self.first, 120, arrived_at=TEN + 50 * MINUTE))

    def test_the_customers_own_fault_is_no_reason(self):
        reason = self.env["loyalty.delivery.reason"].create(
            {"name": "Came down late", "customer_fault": True}
        )
        self.assertFalse(
            self._deliver(self.first, 95, state="partial", reason_id=reason.id)
        )

    def test_a_correction_withdraws_it_and_a_new_one_renews_it(self):
        apology = self._deliver(self.first, 95)
        self.first._transition("failed", {"done_at": TEN + 95 * MINUTE})
        self.assertEqual(apology.state, "vetoed")
        self._deliver(self.first, 100)
        self.assertRecordValues(apology, [{"state": "proposed", "minutes_late": 40}])

    def test_caps_hold(self):
        self._deliver(self.first, 95)
        second = self._deliver(self.second, 100)
        self._give(5)
        self.assertLedger(self.card, 100)
        self.assertEqual(second.state, "capped")
        self.assertEqual(second.note, "A customer gets at most 150 points a month.")
        self.company.write(
            {"delivery_apology_partner_cap": 900, "delivery_apology_company_cap": 150}
        )
        third = self._deliver(self.third, 105)
        self._give(6)
        self.assertEqual(third.note, "The company gives at most 150 points a month.")
        self.assertLedger(self.card, 100)

    def test_off_when_no_minutes_are_set(self):
        self.company.delivery_apology_minutes = 0
        self.assertFalse(self._deliver(self.first, 300))
