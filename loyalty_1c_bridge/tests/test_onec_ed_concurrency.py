"""Several processes exchange at once: what they leave is committed."""

import threading
import time
import uuid
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .test_onec_ed_send import EdCommon

ROUNDS = 6


@tagged("post_install", "-at_install", "database_breaking")
class TestOnecEdConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        patcher = patch.object(
            cls.registry["onec.backend"], "_ed_build", EdCommon._built
        )
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def setUp(self):
        super().setUp()
        # Inside a test run every cursor is the test's own; these must be real.
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].create({"name": f"Ed {time.time()}"})
            backend = env["onec.backend"].create(
                {
                    "name": "Concurrent",
                    "company_id": company.id,
                    "use_ed": True,
                    "ed_node_code": "ОД",
                    "ed_peer_code": "БП",
                    "ed_version": "1.19",
                    "namespace_uuid": str(uuid.uuid4()),
                }
            )
            self.backend_id = backend.id
            cr.commit()  # pylint: disable=invalid-commit

    def _queue(self, env, name):
        partner = env["res.partner"].create({"name": name})
        env["onec.outbox"].create(
            {
                "backend_id": self.backend_id,
                "otype": "partner",
                "model": "res.partner",
                "res_id": partner.id,
            }
        )

    def _exchange(self, index, start, errors):
        """A process that finishes operations and collects, over and over."""
        try:
            start.wait(timeout=30)
            for number in range(ROUNDS):
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    self._queue(env, f"P{index}-{number}")
                    cr.commit()  # pylint: disable=invalid-commit
                    backend = env["onec.backend"].browse(self.backend_id)
                    backend._ed_guarded(lambda: self._send(backend))  # noqa: B023
        except Exception as error:  # noqa: BLE001 the test's thread tells it
            errors.append(error)

    def _send(self, backend):
        message = backend._ed_collect()
        time.sleep(0.02)  # let the other process come in between
        if message:
            backend._ed_publish(message)
            backend.env.cr.commit()  # pylint: disable=invalid-commit
            backend._ed_handed_over(message)

    @mute_logger("odoo.sql_db", "odoo.addons.loyalty_1c_bridge")
    def test_two_processes_never_use_a_number_twice_and_lose_nothing(self):
        start, errors = threading.Barrier(2), []
        threads = [
            threading.Thread(target=self._exchange, args=(index, start, errors))
            for index in range(2)
        ]
        with patch("odoo.modules.module.current_test", False):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(errors, [])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            backend = env["onec.backend"].browse(self.backend_id)
            with patch("odoo.modules.module.current_test", False):
                backend._ed_guarded(lambda: self._send(backend))
            messages = env["onec.message"].search(
                [("backend_id", "=", self.backend_id)], order="number"
            )
            numbers = messages.mapped("number")
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
            self.assertEqual(backend.ed_last_sent_no, numbers[-1])
            rows = env["onec.outbox"].search([("backend_id", "=", self.backend_id)])
            self.assertEqual(len(rows), 2 * ROUNDS)
            self.assertEqual(set(rows.mapped("state")), {"sent"})
            last = messages[-1]
            self.assertEqual(sorted(last.cursor["rows"]), sorted(rows.ids))
            self.assertEqual(len(last.line_ids), 2 * ROUNDS)

    def test_a_process_that_finds_another_collecting_leaves_it_alone(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one = api.Environment(first, SUPERUSER_ID, {})
            self._queue(one, "Ани")
            first.commit()  # pylint: disable=invalid-commit
            self.assertTrue(one["onec.backend"].browse(self.backend_id)._ed_collect())
            two = api.Environment(second, SUPERUSER_ID, {})
            self.assertFalse(two["onec.backend"].browse(self.backend_id)._ed_collect())
            first.rollback()
