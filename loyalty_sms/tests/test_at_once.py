"""Two transactions do the same at once: what they leave is committed, in a clone."""

import time

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "database_breaking")
class TestAtOnce(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.name = f"At once {time.time()}"
            company = env["res.company"].create({"name": cls.name})
            env = env(context={"allowed_company_ids": company.ids})
            club = company._loyalty_club() or env["loyalty.program"].create(
                {
                    "name": cls.name,
                    "program_type": "loyalty",
                    "applies_on": "both",
                    "trigger": "auto",
                    "is_club": True,
                    "company_id": company.id,
                }
            )
            partner = env["res.partner"].create(
                {"name": cls.name, "phone": "+37493999999", "company_id": company.id}
            )
            card = club._enroll(partner)
            env["loyalty.feedback.policy"]._of(company).thanks_points = 50
            cls.feedback_id = env["loyalty.feedback"]._request(partner, partner).id
            cls.company_id, cls.partner_id = company.id, partner.id
            cls.card_id = card.id
            cr.commit()  # pylint: disable=invalid-commit

    def _env(self, cr):
        context = {"allowed_company_ids": [self.company_id]}
        return api.Environment(cr, SUPERUSER_ID, context)

    def _do(self, cr, work):
        result = work(self._env(cr))
        self._env(cr).flush_all()
        return result

    @mute_logger("odoo.sql_db")
    def _at_once(self, work):
        """``work(env)`` in two transactions, the second of which does it again.

        :return: what the first and what the second returned
        """
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")  # its view of the data begins
            mine = self._do(first, work)
            first.commit()  # pylint: disable=invalid-commit
            with self.assertRaises(SerializationFailure):
                self._do(second, work)
            second.rollback()
            its = self._do(second, work)
            second.commit()  # pylint: disable=invalid-commit
            return mine, its

    def test_a_message_with_a_key_is_queued_once(self):
        def enqueue(env):
            values = {
                "company_id": self.company_id,
                "number": "+37493999999",
                "body": "Barev",
                "dedupe_key": f"at-once:{self.name}",
            }
            return len(env["loyalty.message"]._enqueue([values]))

        self.assertEqual(self._at_once(enqueue), (1, 0))

    def test_an_answer_given_twice_is_thanked_for_once(self):
        def answer(env):
            feedback = env["loyalty.feedback"].browse(self.feedback_id)
            feedback._answer({"rating": 5}, "link")
            return feedback.thanks_points

        self.assertEqual(self._at_once(answer), (50, 50))
        with self.registry.cursor() as cr:
            card = self._env(cr)["loyalty.card"].browse(self.card_id)
            self.assertEqual(card.points, 50)

    def test_an_event_that_another_tells_takes_no_other_with_it(self):
        def emit(env, *keys):
            partner = env["res.partner"].browse(self.partner_id)
            env["loyalty.sms.event"]._emit_many(
                ("birthday", partner, key, (None, None), {}, self.company_id)
                for key in keys
            )

        both, only = f"both:{self.name}", f"only:{self.name}"
        with (
            self.registry.cursor() as first,
            self.registry.cursor() as second,
            mute_logger("odoo.sql_db"),
            self.assertNoLogs("odoo.addons.loyalty_sms", "ERROR"),
        ):
            second.execute("SELECT 1")
            emit(self._env(first), both)
            first.commit()  # pylint: disable=invalid-commit
            emit(self._env(second), both, only)
            second.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            events = self._env(cr)["loyalty.sms.event"].search(
                [("partner_id", "=", self.partner_id), ("code", "=", "birthday")]
            )
            self.assertEqual(
                sorted(events.mapped("dedupe_key")),
                [f"birthday:{both}", f"birthday:{only}"],
            )
            events.planned_at = "2020-01-01"
            self._env(cr)["loyalty.message"].search(
                [("company_id", "=", self.company_id)]
            ).write({"state": "cancelled"})
            cr.commit()  # pylint: disable=invalid-commit
