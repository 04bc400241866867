from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .test_card_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestCheck(OperationsCommon):
    """Somebody changed the database by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give(cls.card, 100)
        cls._give(cls.card, 50, pending=True)
        cls.card._post_points([cls.card._entry("spend", -30)])
        cls._give(cls.other, 10)
        cls.admin = cls._user("admin_ops", "loyalty_club.group_loyalty_admin")

    def _tamper(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def _lines(self):
        check = self.env["loyalty.check"]._run()
        return check.line_ids.filtered(lambda line: line.card_id == self.card)

    def _repair(self, lines, user=None):
        wizard = (
            self.env["loyalty.check.repair"]
            .with_user(user or self.manager)
            .create({"line_ids": lines.ids, "reason": "Changed by hand"})
        )
        wizard.action_repair()
        self.env.invalidate_all()

    def assertDifferences(self, *expected):
        lines = self._lines()
        self.assertEqual(
            {(line.kind, line.expected, line.found) for line in lines}, set(expected)
        )
        self.assertTrue(all(lines.mapped("proposal")))
        return lines

    def assertRepaired(self, lines, balance=70, pending=50):
        self._repair(lines)
        self.assertLedger(self.card, balance, pending)
        self.assertFalse(self._lines())
        self.assertRecordValues(
            lines,
            [
                {
                    "state": "repaired",
                    "reason": "Changed by hand",
                    "repaired_by_id": self.manager.id,
                }
            ]
            * len(lines),
        )
        self.assertIn("Changed by hand", self.card.message_ids[0].body)

    def test_a_sound_ledger_has_no_differences(self):
        self.other._post_points([self.other._entry("reverse", -40, allow_debt=True)])
        self.assertDifferences()
        check = self.env["loyalty.check"]._run()
        self.assertGreaterEqual(check.card_count, 2)
        self.assertFalse(
            check.line_ids.filtered(lambda line: line.card_id == self.other),
            "a debt is no difference",
        )

    def test_a_changed_balance(self):
        self._tamper("UPDATE loyalty_card SET points = 900 WHERE id = %s", self.card.id)
        lines = self.assertDifferences(("balance", 70, 900))
        self.assertRepaired(lines)

    def test_changed_pending_points(self):
        self._tamper(
            "UPDATE loyalty_card SET pending_points = 5 WHERE id = %s", self.card.id
        )
        lines = self.assertDifferences(("pending", 50, 5))
        self.assertRepaired(lines)

    def test_lots_that_hold_too_much(self):
        self._tamper(
            "UPDATE loyalty_point_lot SET remaining = 95"
            " WHERE card_id = %s AND state = 'open'",
            self.card.id,
        )
        lines = self.assertDifferences(("lots", 70, 95))
        self.assertRepaired(lines)
        self.assertEqual(
            self.card.move_ids[:2].mapped(lambda m: (m.kind, m.points, m.reason)),
            [("adjust", 25, "Changed by hand"), ("adjust", -25, "Changed by hand")],
        )

    def test_lots_that_hold_too_little(self):
        self._tamper(
            "UPDATE loyalty_point_lot SET remaining = 10"
            " WHERE card_id = %s AND state = 'open'",
            self.card.id,
        )
        lines = self.assertDifferences(("lots", 70, 10))
        self.assertRepaired(lines)

    def test_pending_lots_that_differ(self):
        self._tamper(
            "UPDATE loyalty_point_lot SET remaining = 20"
            " WHERE card_id = %s AND state = 'pending'",
            self.card.id,
        )
        lines = self.assertDifferences(("pending_lots", 50, 20))
        self.assertRepaired(lines)

    def test_a_deleted_entry(self):
        spent = self.card.move_ids.filtered(lambda m: m.kind == "spend")
        middle = self.card.move_ids - spent
        self._tamper(
            "DELETE FROM loyalty_point_move WHERE id = %s",
            middle.filtered("pending_points").id,
        )
        lines = self.assertDifferences(
            ("pending", 0, 50),
            ("pending_lots", 0, 50),
            ("length", 2, 3),
            ("sequence", 2, 3),
        )
        self.assertRepaired(lines, 70, 0)

    def test_a_deleted_first_entry(self):
        first = self.card.move_ids.sorted("sequence_number")[0]
        self._tamper("DELETE FROM loyalty_point_move WHERE id = %s", first.id)
        lines = self.assertDifferences(
            ("balance", -30, 70),
            ("lots", 0, 70),
            ("length", 2, 3),
            ("sequence", 1, 2),
        )
        self.assertRepaired(lines, -30, 50)

    def test_a_miscounted_card_can_post_again(self):
        self._tamper(
            "UPDATE loyalty_card SET ledger_length = 1 WHERE id = %s", self.card.id
        )
        lines = self.assertDifferences(("length", 3, 1))
        self.assertRepaired(lines)
        self._give(self.card, 5)
        self.assertLedger(self.card, 75, 50)

    def test_a_lot_out_of_range(self):
        self._tamper(
            "ALTER TABLE loyalty_point_lot"
            " DROP CONSTRAINT loyalty_point_lot_remaining_range"
        )
        self._tamper(
            "UPDATE loyalty_point_lot SET remaining = 700"
            " WHERE card_id = %s AND state = 'open'",
            self.card.id,
        )
        lines = self.assertDifferences(("lots", 70, 700), ("lot_range", 100, 700))
        self.assertRepaired(lines)

    def test_a_closed_lot_with_points(self):
        self.card._post_points([self.card._entry("spend", -70)])
        self._tamper(
            "UPDATE loyalty_point_lot SET remaining = 7"
            " WHERE card_id = %s AND state = 'closed'",
            self.card.id,
        )
        lines = self.assertDifferences(("lot_range", 0, 7))
        self.assertRepaired(lines, 0, 50)

    def test_only_managers_repair_and_never_without_a_reason(self):
        self._tamper("UPDATE loyalty_card SET points = 900 WHERE id = %s", self.card.id)
        lines = self._lines()
        with self.assertRaises(AccessError):
            lines.with_user(self.officer)._repair("No")
        with self.assertRaises(UserError):
            lines.with_user(self.manager)._repair("  ")
        self.assertEqual(self.card.points, 900)
        self.assertEqual(lines.state, "open")
        with self.assertRaises(AccessError):
            self.env["loyalty.check"].with_user(self.officer).action_run()

    def test_the_nightly_check_calls_the_administrators(self):
        checks = self.env["loyalty.check"]
        checks._cron_check()
        clean = checks.search([], limit=1)
        self.assertFalse(clean.activity_ids)
        self.assertEqual(clean.state, "clean")
        self._tamper("UPDATE loyalty_card SET points = 900 WHERE id = %s", self.card.id)
        checks._cron_check()
        check = checks.search([], limit=1)
        self.assertEqual((check.difference_count, check.state), (1, "different"))
        self.assertIn(self.admin, check.activity_ids.user_id)
        self.assertEqual(self.card.points, 900, "nothing is repaired by itself")
        action = check.with_user(self.manager).action_repair_all()
        self.assertEqual(action["context"]["default_line_ids"], check.line_ids.ids)
        self._repair(check.line_ids)
        self.assertEqual(check.state, "done")

    def test_a_manager_checks_at_once(self):
        action = self.env["loyalty.check"].with_user(self.manager).action_run()
        check = self.env["loyalty.check"].browse(action["res_id"])
        self.assertEqual(check.with_user(self.manager).state, "clean")
