from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine.gateways.base import Inbound
from .common import SmsCommon


@tagged("post_install", "-at_install")
class TestPlanAccess(SmsCommon):
    """Who may see and change consents, replies, rules and limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani.consent_sms = True
        cls.other = cls._make_company("Other LLC")
        cls.user = cls._user("reader", "loyalty_sms.group_sms_user")
        cls.manager = cls._user("chief", "loyalty_sms.group_sms_manager")
        cls.cashier = cls._user("cashier", "loyalty_club.group_loyalty_cashier")
        cls.rule = cls._rule("points_earned", company_id=cls.other.id)
        cls.gateway = cls.env["loyalty.sms.gateway"].create(
            {"name": "Other", "company_id": cls.other.id}
        )

    def _seen(self, record, user):
        model = record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return record & model.search([("id", "in", record.ids)]).with_env(self.env)

    def test_what_belongs_to_another_company_is_not_seen(self):
        inbound = self.env["loyalty.sms.inbound"]._receive(
            self.gateway, [Inbound("+37499000000", "Hello?")]
        )
        self.events._emit("points_earned", self.ani, "other", self.rule)
        self._plan()
        log = self.logs.search([("rule_id", "=", self.rule.id)])
        limit = self.env["loyalty.sms.limit"].create(
            {"message_class": "survey", "company_id": self.other.id}
        )
        keyword = self.env["loyalty.sms.keyword"].create(
            {"word": "Basta", "kind": "stop", "company_id": self.other.id}
        )
        for record in (inbound, self.rule, log, limit, keyword):
            with self.subTest(record._name):
                self.assertTrue(record)
                self.assertFalse(self._seen(record, self.manager))
        self.manager.company_ids = [Command.link(self.other.id)]
        for record in (inbound, self.rule, log, limit, keyword):
            with self.subTest(record._name, company="own"):
                self.assertTrue(self._seen(record, self.manager))

    def test_cashiers_have_no_business_with_messages(self):
        for name in (
            "loyalty.consent",
            "loyalty.consent.state",
            "loyalty.sms.event",
            "loyalty.sms.inbound",
            "loyalty.sms.keyword",
            "loyalty.sms.limit",
            "loyalty.sms.holiday",
            "loyalty.sms.rule",
            "loyalty.sms.rule.log",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.cashier).search([])

    def test_users_change_no_settings(self):
        for name, values in (
            ("loyalty.sms.keyword", {"word": "Basta", "kind": "stop"}),
            ("loyalty.sms.holiday", {"name": "Day", "date": "2026-01-01"}),
            ("loyalty.sms.limit", {"message_class": "survey", "cap_group": "x"}),
        ):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    self.env[name].with_user(self.user).create(values)
                self.assertTrue(self.env[name].with_user(self.manager).create(values))

    def test_the_history_is_no_field_of_a_cashiers_customers(self):
        partners = self.env["res.partner"]
        self.assertNotIn("consent_ids", partners.with_user(self.cashier).fields_get())
        self.assertIn("consent_ids", partners.with_user(self.user).fields_get())

    def test_a_cashier_writes_a_consent_and_its_proof(self):
        self.ani.loyalty_branch_id = self.kentron
        self.kentron.operator_ids = self.cashier
        self._enroll()
        self.ani.with_user(self.cashier).sudo().consent_sms = False
        row = self.env["loyalty.consent"].search(
            [("partner_id", "=", self.ani.id)], limit=1
        )
        self.assertRecordValues(
            row, [{"action": "opt_out", "user_id": self.cashier.id}]
        )

    def test_portal_users_see_nothing_of_it(self):
        portal = self._user("guest", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env["loyalty.consent"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.ani.with_user(portal).action_view_consents()

    def test_a_product_waits_for_customers_of_its_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        requests = self.env["loyalty.stock.request"]
        with self.assertRaises(UserError):
            requests.create({"product_id": self.product.id, "partner_id": foreign.id})
        self.assertFalse(requests.search([("partner_id", "=", foreign.id)]))
