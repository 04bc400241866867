from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DeliveryCommon

MODELS = (
    "loyalty.delivery.alert",
    "loyalty.delivery.notice",
    "loyalty.delivery.apology",
)


@tagged("post_install", "-at_install")
class TestAlertAccess(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._user(
            "alert_d", "base.group_user,loyalty_delivery.group_delivery_dispatcher"
        )
        cls.stranger = cls._user("alert_u", "base.group_user")
        cls.auditor = cls._user(
            "alert_a", "base.group_user,loyalty_club.group_loyalty_auditor"
        )
        cls.stop = cls._make_stops(1)
        cls.alert = cls.env["loyalty.delivery.alert"]._raise("failed", stop=cls.stop)
        cls.apology = cls.env["loyalty.delivery.apology"].create(
            {
                "stop_id": cls.stop.id,
                "company_id": cls.company.id,
                "partner_id": cls.ani.id,
                "points": 100,
                "veto_until": "2099-01-01 00:00:00",
            }
        )

    def test_dispatcher_sees_and_acknowledges_with_a_note(self):
        alert = self.alert.with_user(self.dispatcher)
        alert.note = "called her"
        alert.action_acknowledge()
        self.assertRecordValues(
            self.alert,
            [
                {
                    "state": "acknowledged",
                    "acknowledged_by_id": self.dispatcher.id,
                    "note": "called her",
                }
            ],
        )
        alert.action_resolve()
        self.assertEqual(self.alert.state, "resolved")
        self.assertTrue(self.alert.resolved_at)

    def test_nobody_makes_or_deletes_them_by_hand(self):
        for model in MODELS:
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.dispatcher).create({})
        for record in (self.alert, self.apology):
            with self.assertRaises(AccessError):
                record.with_user(self.dispatcher).unlink()
            self.assertTrue(record.exists())

    def test_others_read_nothing(self):
        for model in MODELS:
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.stranger).search([])

    def test_auditor_reads_and_decides_nothing(self):
        self.alert.with_user(self.auditor).read(["text"])
        with self.assertRaises(AccessError):
            self.alert.with_user(self.auditor).action_acknowledge()
        with self.assertRaises(AccessError):
            self.alert.with_user(self.auditor).action_resolve()
        for action in ("action_approve", "action_veto"):
            with self.assertRaises(AccessError):
                getattr(self.apology.with_user(self.auditor), action)()
        self.assertEqual((self.alert.state, self.apology.state), ("open", "proposed"))

    def test_the_customer_s_link_is_not_for_who_only_reads(self):
        with self.assertRaises(AccessError):
            self.stop.with_user(self.auditor).action_open_tracking()
        action = self.stop.with_user(self.dispatcher).action_open_tracking()
        self.assertIn("/d/", action["url"])

    def test_alerts_of_other_companies_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stop = self.stop.sudo().copy({"company_id": company.id, "depot_id": False})
        alert = self.env["loyalty.delivery.alert"].sudo()._raise("failed", stop=stop)
        seen = self.env["loyalty.delivery.alert"].with_user(self.dispatcher).search([])
        self.assertIn(self.alert, seen)
        self.assertNotIn(alert, seen)

    def test_dispatcher_cannot_give_more_than_was_proposed(self):
        apology = self.apology.with_user(self.dispatcher)
        with self.assertRaises(AccessError):
            apology.write({"points": 5000})
        with self.assertRaises(AccessError):
            apology.write({"state": "given"})
        self.assertRecordValues(self.apology, [{"points": 100, "state": "proposed"}])

    def test_decided_once(self):
        self.apology.with_user(self.dispatcher).action_veto()
        with self.assertRaises(UserError):
            self.apology.with_user(self.dispatcher).action_approve()
        self.assertEqual(self.apology.state, "vetoed")
