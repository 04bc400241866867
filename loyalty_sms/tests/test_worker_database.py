from unittest.mock import Mock, patch

from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo.tests import TransactionCase, tagged

from ..worker.database import TRIES, Database


@tagged("post_install", "-at_install")
class TestWorkerDatabase(TransactionCase):
    """A transaction that lost against another is done again, not given up."""

    def test_a_lost_transaction_of_the_worker_is_done_again(self):
        for error in (SerializationFailure, DeadlockDetected):
            work = Mock(side_effect=[error(), error(), "done"])
            with self.subTest(error):
                self.assertEqual(Database(self.env.cr.dbname).call(work), "done")

    def test_it_is_given_up_in_the_end(self):
        calls = []

        def work(_env):
            calls.append(1)
            raise SerializationFailure

        with patch("time.sleep"), self.assertRaises(SerializationFailure):
            Database(self.env.cr.dbname).call(work)
        self.assertEqual(len(calls), TRIES)

    def test_a_lost_transaction_of_the_scheduler_is_done_again(self):
        messages, errors = self.env["loyalty.message"], [SerializationFailure()]

        def work():
            if errors:
                raise errors.pop()
            return 7

        with (
            patch.object(self.env.cr, "rollback"),
            patch.object(type(self.env["ir.cron"]), "_commit_progress"),
        ):
            self.assertEqual(messages._cron_step(work), 7)
