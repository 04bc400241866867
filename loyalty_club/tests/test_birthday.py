from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.loyalty_club.models.res_partner import ResPartner

from .test_card_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestBirthday(OperationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bronze.write({"birthday_points": 500, "birthday_points_days": 10})
        cls.ani.birthday = "1990-03-08"

    def _run(self, moment):
        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            return float("inf")

        with freeze_time(moment), patch.object(IrCron, "_commit_progress", commit):
            self.env["loyalty.card"]._cron_birthday_gifts(batch_size=1)

    def test_the_gift_comes_once_a_year(self):
        self._run("2026-03-07 10:00:00")
        self.assertLedger(self.card, 0)
        self._run("2026-03-08 10:00:00")
        self._run("2026-03-08 11:00:00")
        self.assertLedger(self.card, 500)
        self.assertLedger(self.other, 0)
        self.assertRecordValues(
            self.card.move_ids,
            [{"kind": "bonus", "key": f"birthday:2026:{self.card.id}"}],
        )
        self.assertEqual(str(self.card.lot_ids.expiration_date), "2026-03-18")
        self._run("2027-03-08 10:00:00")
        self.assertLedger(self.card, 1000)

    def test_a_birthday_on_which_the_server_rested_is_made_up_for_soon(self):
        self._run("2026-03-12 10:00:00")
        self.assertLedger(self.card, 0)
        self._run("2026-03-11 10:00:00")
        self._run("2026-03-11 11:00:00")
        self.assertLedger(self.card, 500)
        self.assertEqual(str(self.card.lot_ids.expiration_date), "2026-03-18")

    def test_the_day_begins_where_the_shop_is(self):
        # 20:30 in London is half past midnight in Yerevan.
        self._run("2026-03-07 20:30:00")
        self.assertLedger(self.card, 500)

    def test_who_was_born_on_29_february(self):
        self.ani.birthday = "1992-02-29"
        self._run("2028-02-28 10:00:00")
        self.assertLedger(self.card, 0)
        self._run("2028-02-29 10:00:00")
        self.assertLedger(self.card, 500)
        self._run("2027-02-28 10:00:00")
        self.assertLedger(self.card, 1000)

    def test_without_days_the_gift_lives_as_the_program_says(self):
        self.bronze.birthday_points_days = 0
        self._run("2026-03-08 10:00:00")
        self.assertEqual(str(self.card.lot_ids.expiration_date), "2027-03-31")

    def test_tiers_without_a_gift_and_closed_cards_get_none(self):
        self.davit.birthday = "1985-03-08"
        self.other._set_tier(self.gold, "Test")
        self.card.state = "closed"
        self._run("2026-03-08 10:00:00")
        self.assertLedger(self.card, 0)
        self.assertLedger(self.other, 0)

    def test_the_member_is_told(self):
        told = []

        def notify(partner, event, values):
            told.append((partner, event, values))

        with patch.object(ResPartner, "_loyalty_notify", notify):
            self._run("2026-03-08 10:00:00")
        self.assertEqual(
            told,
            [(self.ani, "birthday", {"points": 500, "valid_until": "2026-03-18"})],
        )
