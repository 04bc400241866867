"""Members, rules and the planner, for the tests of messages."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.loyalty_club.tests.common import LoyaltyCommon


class SmsCommon(LoyaltyCommon):
    """Ani is a member with an Armenian phone; only the rules of a test are on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.multiplier_ids.active = False
        cls.events = cls.env["loyalty.sms.event"]
        cls.logs = cls.env["loyalty.sms.rule.log"]
        cls.messages = cls.env["loyalty.message"]
        cls.env["loyalty.sms.rule"].search([]).active = False
        cls.events.search([("planned_at", "=", False)]).write(
            {"planned_at": "2020-01-01"}
        )
        cls.ani.country_id = cls.env.ref("base.am")

    @classmethod
    def _template(cls, body, **values):
        return cls.env["loyalty.sms.template"].create(
            {"name": "Test", "body": body, **values}
        )

    @classmethod
    def _rule(cls, event, body="Hello {{ first_name }}", **values):
        values.setdefault("template_id", cls._template(body).id)
        values.setdefault("company_id", cls.company.id)
        values.setdefault("name", event)
        return cls.env["loyalty.sms.rule"].create({"event": event, **values})

    @contextmanager
    def _no_commits(self):
        """Batches stay in the transaction of the test."""
        with patch.object(
            IrCron, "_commit_progress", lambda self, *args, **kwargs: float("inf")
        ):
            yield

    def _plan(self):
        self.env.flush_all()
        with self._no_commits():
            self.events._cron_plan()
        self.env.invalidate_all()

    def _happened(self, code=None, partner=None):
        """Events of this test, by code."""
        domain = [("partner_id", "=", (partner or self.ani).id)]
        if code:
            domain.append(("code", "=", code))
        return self.events.search(domain, order="id")

    def _told(self, partner=None):
        return self.messages.search(
            [("partner_id", "=", (partner or self.ani).id)], order="id"
        )
