"""The same sale sent twice at the same second, in real parallel transactions."""

import uuid

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged

from . import test_concurrency


@tagged("post_install", "-at_install", "database_breaking")
class TestTillConcurrency(BaseCase):
    _in_own_transaction = test_concurrency.TestConcurrency._in_own_transaction
    _at_once = test_concurrency.TestConcurrency._at_once

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Names of companies and logins are unique, and what is committed here stays.
        cls.mark = uuid.uuid4().hex[:8]
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls._make_shop(env)
            cr.commit()  # pylint: disable=invalid-commit
        cls.addClassCleanup(cls._close_shop)

    @classmethod
    def _make_shop(cls, env):
        company = env["res.company"].create({"name": f"Two tills {cls.mark}"})
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        env.user.company_ids |= company
        env = env(context={"allowed_company_ids": company.ids})
        cashier = new_test_user(
            env,
            f"till_{cls.mark}",
            groups="loyalty_club.group_loyalty_cashier",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        cash = env["account.journal"].create(
            {"name": "Cash", "type": "cash", "code": "CSHT", "company_id": company.id}
        )
        branch = env["loyalty.branch"].create(
            {
                "name": "Kentron",
                "company_id": company.id,
                "journal_id": cash.id,
                "operator_ids": [Command.set(cashier.ids)],
            }
        )
        club = env["loyalty.program"].create(
            {
                "name": "Club of two tills",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "is_club": True,
                "company_id": company.id,
                "expiry_mode": "none",
                "rule_ids": [
                    Command.clear(),
                    Command.create(
                        {"reward_point_mode": "money", "reward_point_amount": 1}
                    ),
                ],
            }
        )
        card = club._enroll(env["res.partner"].create({"name": "Hurried"}))
        card.branch_id = branch
        cls.company_id, cls.branch_id = company.id, branch.id
        cls.cashier_id, cls.club_id, cls.card_id = cashier.id, club.id, card.id

    @classmethod
    def _close_shop(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["loyalty.program"].browse(cls.club_id).active = False
            env["loyalty.branch"].browse(cls.branch_id).active = False
            env["res.users"].browse(cls.cashier_id).active = False
            cr.commit()  # pylint: disable=invalid-commit

    def test_the_same_key_at_the_same_second_books_once(self):
        key = f"concurrent-{self.mark}"

        def sell(env):
            till = env["loyalty.till"].with_user(self.cashier_id)
            return till.with_context(allowed_company_ids=[self.company_id]).sell(
                {
                    "key": key,
                    "branch_id": self.branch_id,
                    "card_id": self.card_id,
                    "lines": [{"amount": 1000}],
                }
            )

        first, second = self._at_once(sell, sell)
        self.assertEqual(first["id"], second["id"])
        self.assertEqual(first["number"], second["number"])

        def look(env):
            receipts = env["account.move"].search([("loyalty_till_key", "=", key)])
            payments = env["account.payment"].search(
                [("company_id", "=", self.company_id)]
            )
            card = env["loyalty.card"].browse(self.card_id)
            return len(receipts), payments.mapped("amount"), card.points

        total = first["total"]
        self.assertEqual(self._in_own_transaction(look), (1, [total], first["balance"]))
        self.assertEqual(first["balance"], first["earned"])
