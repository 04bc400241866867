from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon


class CostCommon(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.sms.gateway"].search([]).active = False
        cls.gateway = cls.env["loyalty.sms.gateway"].create(
            {"name": "Phone", "company_id": cls.company.id, "channel": "sms"}
        )
        cls.amd = cls.company.currency_id
        cls.env["loyalty.sms.tariff"].create(
            [
                {
                    "gateway_id": cls.gateway.id,
                    "prefix": prefix,
                    "price": price,
                    "currency_id": cls.amd.id,
                    "valid_from": "2020-01-01",
                }
                for prefix, price in (("+374", 8.4), ("+37491", 10))
            ]
        )
        cls.manager = cls._user("sms_manager", "loyalty_sms.group_sms_manager")
        cls.marketer = cls._user("sms_user", "loyalty_sms.group_sms_user")
        cls.messages = cls.env["loyalty.message"]

    @classmethod
    def _budget(cls, amount, **values):
        return cls.env["loyalty.sms.budget"].create(
            {"company_id": cls.company.id, "amount": amount, **values}
        )

    @classmethod
    def _queue(cls, cost=10.0, message_class="marketing", **values):
        return cls.messages._enqueue(
            [
                {
                    "company_id": cls.company.id,
                    "partner_id": cls.ani.id,
                    "number": "+37491234567",
                    "message_class": message_class,
                    "body": "Hello",
                    "segments": 1,
                    "gateway_id": cls.gateway.id,
                    "estimated_cost": cost,
                    "currency_id": cls.amd.id,
                    **values,
                }
            ]
        )


class TestEstimate(CostCommon):
    def test_estimate_counts_segments_of_each_rendered_text(self):
        boris = self.env["res.partner"].create(
            {"name": "B" * 200, "phone": "+37499123456"}
        )
        nobody = self.env["res.partner"].create({"name": "No number"})
        template = self.env["loyalty.sms.template"].create(
            {"name": "T", "body": "Dear {{ name }}"}
        )
        estimate = template._estimate(self.ani | boris | nobody)
        self.assertEqual(
            (estimate.messages, estimate.histogram, estimate.problems),
            (2, {1: 1, 2: 1}, {"no_number": 1}),
        )
        self.assertEqual(
            (estimate.segments_min, estimate.segments_avg, estimate.segments_max),
            (1, 1.5, 2),
        )
        # 10 for Ani's operator, 2 × 8.4 for the other; drams have no cents.
        self.assertEqual(estimate.total, self.amd.round(26.8))
        self.assertEqual(estimate.unpriced, 0)

    def test_a_number_without_tariff_is_counted_apart(self):
        self.ani.phone = "+995555123456"
        template = self.env["loyalty.sms.template"].create({"name": "T", "body": "Hi"})
        estimate = template._estimate(self.ani)
        self.assertEqual((estimate.total, estimate.unpriced), (0, 1))

    def test_the_form_knows_the_price_to_the_chosen_customer(self):
        templates = self.env["loyalty.sms.template"].with_user(self.marketer)
        price = templates.editor_price(self.ani.id, "service", self.company.id)
        self.assertEqual((price["amount"], price["currency_id"]), (10, self.amd.id))
        price = templates.editor_price(False, "service", self.company.id)
        self.assertEqual(price["amount"], 8.4)


class TestBudget(CostCommon):
    def test_queued_messages_are_spent_at_once(self):
        budget = self._budget(100)
        self._queue(30)
        budget.invalidate_recordset()
        self.assertEqual((budget.spent, budget.left), (30, 70))

    def test_marketing_beyond_the_budget_is_not_sent_and_says_why(self):
        self._budget(25)
        first, second, third = (self._queue() for _n in range(3))
        self.assertEqual((first | second).mapped("state"), ["queued", "queued"])
        self.assertRecordValues(third, [{"state": "suppressed", "reason": "budget"}])

    def test_one_batch_stops_within_itself(self):
        self._budget(25)
        values = {
            "company_id": self.company.id,
            "message_class": "marketing",
            "estimated_cost": 10.0,
            "currency_id": self.amd.id,
        }
        written = self.messages._enqueue([values, values, values])
        self.assertEqual(
            sorted(written.mapped("state")), ["queued", "queued", "suppressed"]
        )

    def test_what_the_customer_waits_for_goes_and_counts(self):
        budget = self._budget(5)
        message = self._queue(message_class="transactional")
        budget.invalidate_recordset()
        self.assertEqual((message.state, budget.spent, budget.left), ("queued", 10, 0))

    def test_a_repeated_message_is_spent_once(self):
        budget = self._budget(100)
        self._queue(dedupe_key="once")
        self._queue(dedupe_key="once")
        budget.invalidate_recordset()
        self.assertEqual(budget.spent, 10)

    def test_without_a_budget_there_is_no_limit(self):
        self.assertEqual(self._queue(10**9).state, "queued")

    def test_a_budget_of_the_month_stands_before_that_of_every_month(self):
        with freeze_time("2031-03-08"):
            self._budget(5)
            self._budget(50, month="2031-03-20")
            self.assertEqual(self._queue().state, "queued")
        with freeze_time("2031-04-08"):
            self.assertEqual(self._queue().reason, "budget")

    def test_a_new_month_begins_with_nothing_spent(self):
        with freeze_time("2031-03-30"):
            budget = self._budget(15)
            self._queue()
            budget.invalidate_recordset()
            self.assertEqual(budget.left, 5)
        with freeze_time("2031-04-02"):
            budget.invalidate_recordset()
            self.assertEqual(budget.left, 15)

    def test_reported_prices_correct_the_estimate_at_night(self):
        budget = self._budget(100)
        message = self._queue(30)
        message.sudo().cost = 40
        self.env.flush_all()
        self.env["loyalty.sms.spending"]._cron_recount()
        budget.invalidate_recordset()
        self.assertEqual(budget.spent, 40)

    def test_managers_are_warned_once_when_most_is_spent(self):
        budget = self._budget(100, warn_percent=50)
        self._queue(40)
        self.assertFalse(budget.activity_ids)
        self._queue(20)
        warned = budget.activity_ids.filtered(lambda a: a.user_id == self.manager)
        self.assertEqual(len(warned), 1)
        self._queue(10)
        self.assertEqual(len(budget.activity_ids), len(budget._managers()))

    def test_messages_that_find_a_gateway_get_its_price(self):
        message = self._queue(0, gateway_id=False, message_class="service", segments=3)
        self.messages._route_waiting()
        message.invalidate_recordset()
        self.assertRecordValues(
            message,
            [
                {
                    "gateway_id": self.gateway.id,
                    "estimated_cost": 30.0,
                    "currency_id": self.amd.id,
                }
            ],
        )

    def test_a_campaign_beyond_the_budget_is_not_approved(self):
        budget = self._budget(100)
        campaign = self.env["loyalty.sms.campaign"].new(
            {
                "company_id": self.company.id,
                "message_class": "marketing",
                "cost_estimate": 150,
            }
        )
        with self.assertRaisesRegex(UserError, "are left this month"):
            campaign._check_approver()
        budget.amount = 200
        campaign._check_approver()

    # -- access ---------------------------------------------------------------------
    def test_only_managers_raise_budgets(self):
        budget = self._budget(100)
        with self.assertRaises(AccessError):
            budget.with_user(self.marketer).amount = 1000
        self.assertEqual(budget.with_user(self.marketer).amount, 100)
        self.env.cr.precommit.run()  # what follows is a change, not the creation
        raised = budget.with_user(self.manager).with_context(
            tracking_disable=False, mail_notrack=False
        )
        raised.amount = 1000
        self.assertEqual(budget.amount, 1000)
        self.env.cr.precommit.run()
        noted = budget.message_ids.sudo().tracking_value_ids
        self.assertEqual(noted.mapped("new_value_float"), [1000])


class TestMessageReport(CostCommon):
    def test_rates_and_costs_by_operator(self):
        arrived, lost, unsent = (
            self._queue(10, number=number)
            for number in ("+37491000001", "+37491000002", "+37499000003")
        )
        arrived.sudo().state = "delivered"
        lost.sudo().state = "failed"
        unsent.sudo().write({"state": "suppressed", "reason": "capped"})
        self.env.flush_all()
        rows = (
            self.env["loyalty.message.report"]
            .with_user(self.marketer)
            ._read_group(
                [("company_id", "=", self.company.id)],
                ["prefix"],
                ["messages:sum", "delivery_rate:avg", "cost:sum", "not_sent:sum"],
                order="prefix",
            )
        )
        self.assertEqual(rows, [("+37491", 2, 50.0, 20.0, 0), ("+37499", 0, 0, 0, 1)])

    def test_a_withdrawal_within_a_day_is_laid_at_the_message(self):
        message = self._queue()
        message.sudo().state = "delivered"
        self.env["loyalty.consent"]._record(
            [
                {
                    "partner_id": self.ani.id,
                    "number": "+37491234567",
                    "channel": "sms",
                    "purpose": "marketing",
                    "action": "opt_out",
                    "source": "message",
                }
            ]
        )
        self.env.flush_all()
        row = self.env["loyalty.message.report"].browse(message.id)
        self.assertEqual(row.opt_outs, 1)

    def test_the_hour_is_that_of_the_company(self):
        with freeze_time("2031-03-08 20:30:00"):
            message = self._queue()
        self.env.flush_all()
        row = self.env["loyalty.message.report"].browse(message.id)
        self.assertEqual(row.hour, "00")

    def test_strangers_see_no_analysis(self):
        stranger = self._user("sms_nobody", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["loyalty.message.report"].with_user(stranger).search([])
