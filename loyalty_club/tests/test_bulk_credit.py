from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .test_card_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestBulkCredit(OperationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._enroll(cls.env["res.partner"].create({"name": "Nare"}))
        cls.third._set_tier(cls.gold, "Test")
        cls.other.branch_id = cls.kentron

    def _batch(self, user=None, **values):
        return (
            self.env["loyalty.bulk.credit"]
            .with_user(user or self.manager)
            .create(
                {
                    "program_id": self.club.id,
                    "reason": "Ten years of Arev",
                    "points": 50,
                    "target": "all",
                    **values,
                }
            )
        )

    def _run(self, portions=None, size=1):
        """Let the background job work, for a number of portions at most."""
        left = iter([*[1.0] * portions, 0.0] if portions else [])

        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            return next(left, float("inf") if portions is None else 0.0)

        with patch.object(IrCron, "_commit_progress", commit):
            self.env["loyalty.bulk.credit"]._cron_process(batch_size=size)
        self.env.invalidate_all()

    def test_it_says_in_numbers_what_it_will_do(self):
        batch = self._batch()
        self.assertEqual(batch.member_count, 3)
        self.assertIn("Credit 50 points to 3 members: 150 points", batch.summary)
        self.club.point_value = 2
        batch.invalidate_recordset()
        self.assertIn("300", batch.summary)

    @freeze_time("2026-03-02 08:00:00")
    def test_each_card_is_credited_once(self):
        batch = self._batch(expiration_date="2026-04-30")
        batch.action_start()
        self.assertEqual((batch.state, batch.total_count), ("running", 3))
        self.assertLedger(self.card, 0)
        self._run()
        for card in (self.card, self.other, self.third):
            self.assertLedger(card, 50)
            self.assertEqual(str(card.lot_ids.expiration_date), "2026-04-30")
            self.assertEqual(card.move_ids.key, f"bulk:{batch.id}:{card.id}")
        self.assertEqual((batch.state, batch.credited_count), ("done", 3))
        self.assertEqual(batch.progress, 100)
        # Whatever puts a card back into the queue, the key holds.
        batch.sudo().line_ids.write({"state": "todo"})
        self._run()
        self.assertLedger(self.card, 50)

    def test_it_goes_on_where_it_was_interrupted(self):
        batch = self._batch()
        batch.action_start()
        self._run(portions=1)
        self.assertEqual((batch.state, batch.credited_count), ("running", 1))
        self.assertAlmostEqual(batch.progress, 33.33, 1)
        self._run()
        self.assertEqual((batch.state, batch.credited_count), ("done", 3))
        self.assertLedger(self.card, 50)

    def test_a_sale_at_the_same_moment_wins_and_the_portion_comes_again(self):
        batch = self._batch()
        batch.action_start()
        self.env.flush_all()
        lines = type(self.env["loyalty.bulk.credit.line"])
        process, failures = lines._process, [SerializationFailure()]

        def failing(records):
            if failures:
                raise failures.pop()
            return process(records)

        with (
            patch.object(lines, "_process", failing),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            self._run()
        self.assertFalse(failures)
        self.assertEqual(batch.credited_count, 3)
        self.assertLedger(self.card, 50)

    def test_tiers_branches_filters_and_chosen_cards(self):
        for values, expected in (
            ({"target": "tier", "tier_ids": self.gold.ids}, self.third),
            ({"target": "branch", "branch_ids": self.kentron.ids}, self.other),
            (
                {
                    "target": "domain",
                    "card_domain": "[('partner_id.name', '=', 'Ani')]",
                },
                self.card,
            ),
            ({"target": "cards", "card_ids": self.card.ids}, self.card),
        ):
            with self.subTest(values["target"]):
                batch = self._batch(
                    **{
                        name: [Command.set(value)] if name.endswith("_ids") else value
                        for name, value in values.items()
                    }
                )
                batch.action_start()
                self.assertEqual(batch.line_ids.card_id, expected)

    def test_an_unreadable_filter_is_refused(self):
        with self.assertRaises(ValidationError):
            self._batch(target="domain", card_domain="[('no_such_field', '=', 1)]")
        with self.assertRaises(ValidationError):
            self._batch(target="domain", card_domain="__import__('os')")

    def test_closed_cards_get_nothing(self):
        batch = self._batch()
        self.third.state = "closed"
        batch.invalidate_recordset()
        self.assertEqual(batch.member_count, 2)
        batch.action_start()
        self.other.state = "closed"
        self._run()
        self.assertLedger(self.other, 0)
        self.assertEqual((batch.credited_count, batch.stopped_count), (1, 1))

    def test_the_rest_is_stopped(self):
        batch = self._batch()
        batch.action_start()
        self._run(portions=1)
        batch.action_stop()
        self._run()
        self.assertEqual(
            (batch.state, batch.credited_count, batch.stopped_count),
            ("cancelled", 1, 2),
        )
        balances = [card.points for card in (self.card, self.other, self.third)]
        self.assertEqual(sum(balances), 50)

    def test_what_is_left_is_taken_back(self):
        self._give(self.card, 7)
        batch = self._batch(expiration_date="2099-01-01")
        batch.action_start()
        self._run()
        self.card._post_points([self.card._entry("spend", -20)])
        batch.action_undo()
        self.assertEqual(batch.state, "undoing")
        self._run()
        self.assertEqual((batch.state, batch.undone_count), ("undone", 3))
        self.assertLedger(self.card, 7)
        self.assertLedger(self.other, 0)
        with self.assertRaises(UserError):
            batch.action_undo()
        self.assertLedger(self.card, 7)

    def test_points_of_a_merged_card_are_taken_back_too(self):
        batch = self._batch()
        batch.action_start()
        self._run()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.ani.id, self.davit.id], self.ani
        )
        self.assertLedger(self.card, 100)
        batch.action_undo()
        self._run()
        self.assertLedger(self.card, 0)

    def test_only_managers_and_only_by_the_buttons(self):
        with self.assertRaises(AccessError):
            self._batch(self.officer)
        batch = self._batch()
        with self.assertRaises(AccessError):
            batch.with_user(self.officer).action_start()
        with self.assertRaises(AccessError):
            batch.write({"state": "running"})
        with self.assertRaises(AccessError):
            self._batch(state="running")
        self.assertEqual(batch.state, "draft")
        batch.action_start()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            batch.write({"points": 5000})
        with self.assertRaises(UserError):
            batch.unlink()
        with self.assertRaises(UserError):
            batch.action_start()
        self.assertEqual((batch.points, batch.total_count), (50, 3))

    def test_nobody_or_too_late(self):
        with self.assertRaisesRegex(UserError, "No member"):
            self._batch(target="cards").action_start()
        with self.assertRaisesRegex(UserError, "expired"):
            self._batch(expiration_date="2020-01-01").action_start()
