from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .feedback_common import FeedbackCommon


class HistoryCommon(FeedbackCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._user("feed_officer", "loyalty_club.group_loyalty_officer")
        cls.cashier = cls._user("feed_cashier", "loyalty_club.group_loyalty_cashier")
        cls.admin = cls._user("feed_admin", "loyalty_sms.group_sms_admin")

    @classmethod
    def _message(cls, partner=None, **values):
        """A message as the planner writes it, a minute older than the one before."""
        partner = partner or cls.ani
        return cls.env["loyalty.message"]._enqueue(
            [
                {
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "number": partner.phone,
                    "channel": "sms",
                    "message_class": "service",
                    "body": "You have 600 points",
                    **values,
                }
            ]
        )

    @classmethod
    def _reply(cls, text, date=None, partner=None):
        partner = partner or cls.ani
        return cls.env["loyalty.sms.inbound"].create(
            {
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "number": partner.phone,
                "channel": "sms",
                "text": text,
                "kind": "other",
                "create_date": date or fields.Datetime.now(),
            }
        )


@tagged("post_install", "-at_install")
class TestMasks(HistoryCommon):
    def setUp(self):
        super().setUp()
        self.secret = self._message(body="Your code is 4711", is_secret=True)
        self.plain = self._message()

    def test_codes_are_shown_to_nobody_in_lists(self):
        for user in (self.marketer, self.officer, self.admin):
            with self.subTest(user.login):
                rows = (self.secret | self.plain).with_user(user).read(["body_shown"])
                texts = {row["id"]: row["body_shown"] for row in rows}
                self.assertNotIn("4711", texts[self.secret.id])
                self.assertEqual(texts[self.plain.id], "You have 600 points")

    def test_whole_text_is_the_administrators(self):
        self.assertIn("4711", self.secret.with_user(self.admin).body)
        for user in (self.marketer, self.officer):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.secret.with_user(user).read(["body"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.secret.with_user(user).search([("body", "ilike", "4711")])
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.secret.with_user(user).read(["provider_template"])

    def test_codes_are_not_found_by_trying(self):
        messages = self.env["loyalty.message"].with_user(self.marketer)
        found = messages.search([("body_shown", "ilike", "600 points")])
        self.assertIn(self.plain, found)
        self.assertFalse(messages.search([("body_shown", "ilike", "4711")]))
        self.assertFalse(messages.search([("body_shown", "=", "Your code is 4711")]))

    def test_cashiers_read_no_messages(self):
        with self.assertRaises(AccessError):
            self.plain.with_user(self.cashier).read(["state"])
        with self.assertRaises(AccessError):
            self.env["loyalty.message"].with_user(self.cashier).get_conversation(
                self.ani.id
            )

    def test_nobody_writes_history_by_hand(self):
        for user in (self.marketer, self.officer, self.admin):
            message = self.plain.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                message.write({"state": "delivered"})
            with self.subTest(user.login), self.assertRaises(AccessError):
                message.unlink()
        self.assertEqual(self.plain.state, "queued")

    def test_everybody_who_reads_messages_opens_the_form(self):
        gateway = self.env["loyalty.sms.gateway"].create(
            {"name": "A", "company_id": self.company.id}
        )
        rule = self.env["loyalty.sms.rule"].search([], limit=1)
        message = self._message(
            gateway_id=gateway.id, rule_id=rule.id, template_id=rule.template_id.id
        )
        for user in (self.marketer, self.officer, self.admin):
            with self.subTest(user.login):
                form = Form(message.with_user(user))
                self.assertEqual(form.body_shown, "You have 600 points")


@tagged("post_install", "-at_install")
class TestConversation(HistoryCommon):
    def _conversation(self, partner=None, user=None, before=None):
        messages = self.env["loyalty.message"].with_user(user or self.marketer)
        return messages.get_conversation((partner or self.ani).id, before)

    def test_messages_stand_in_time_order_with_their_states(self):
        now = fields.Datetime.now()
        self._message(
            body="Second", state="delivered", create_date=now - timedelta(hours=1)
        )
        self._message(
            body="First",
            state="suppressed",
            reason="opted_out",
            create_date=now - timedelta(hours=2),
        )
        self._message(
            channel="email",
            number="ani@example.com",
            body="Third",
            state="failed",
            error_text="No such mailbox",
        )
        self._message(self.boris, body="Of Boris")
        found = self._conversation()
        self.assertEqual(
            [(b["text"], b["status"], b["channel_name"]) for b in found["past"]],
            [
                ("First", "Not sent: Consent withdrawn", "SMS"),
                ("Second", "Delivered", "SMS"),
                ("Third", "Failed: No such mailbox", "E-mail"),
            ],
        )
        self.assertFalse(found["next"])
        self.assertFalse(found["has_more"])

    def test_what_comes_next_stands_apart(self):
        later = fields.Datetime.now() + timedelta(hours=8)
        self._message(body="Now")
        self._message(body="Tomorrow", not_before=later)
        found = self._conversation()
        self.assertEqual([b["text"] for b in found["past"]], ["Now"])
        self.assertEqual([b["text"] for b in found["next"]], ["Tomorrow"])
        self.assertIn("Waits until", found["next"][0]["status"])

    def test_what_the_customer_wrote_stands_between(self):
        now = fields.Datetime.now()
        self._message(
            body="Did you like it?",
            state="delivered",
            create_date=now - timedelta(hours=2),
        )
        self._reply("5, thanks", now - timedelta(hours=1))
        self._reply("Of Boris", now, self.boris)
        for user in (self.marketer, self.officer):
            past = self._conversation(user=user)["past"]
            self.assertEqual(
                [(b["direction"], b["text"]) for b in past],
                [("out", "Did you like it?"), ("in", "5, thanks")],
            )

    def test_rules_that_wait_are_announced(self):
        rule = self.env["loyalty.sms.rule"].search([], limit=1)
        event = self.env["loyalty.sms.event"].create(
            {
                "code": rule.event,
                "dedupe_key": "test",
                "company_id": self.company.id,
                "partner_id": self.ani.id,
            }
        )
        self.env["loyalty.sms.rule.log"].create(
            {
                "rule_id": rule.id,
                "event_id": event.id,
                "partner_id": self.ani.id,
                "company_id": self.company.id,
                "due_at": fields.Datetime.now() + timedelta(hours=2),
                "state": "waiting",
            }
        )
        for user in (self.marketer, self.officer):
            [bubble] = self._conversation(user=user)["next"]
            self.assertEqual(bubble["text"], rule.name)

    def test_long_histories_come_page_by_page(self):
        now = fields.Datetime.now()
        for number in range(45):
            self._message(
                body=str(number),
                state="delivered",
                create_date=now - timedelta(minutes=100 - number),
            )
        found = self._conversation()
        self.assertEqual(
            [b["text"] for b in found["past"]], list(map(str, range(5, 45)))
        )
        self.assertTrue(found["has_more"])
        earlier = self._conversation(before=found["past"][0]["date"])
        self.assertEqual([b["text"] for b in earlier["past"]], list("01234"))
        self.assertFalse(earlier["has_more"])

    def test_codes_stay_masked(self):
        self._message(body="Your code is 4711", is_secret=True)
        for user in (self.marketer, self.officer, self.admin):
            [bubble] = self._conversation(user=user)["past"]
            self.assertNotIn("4711", str(bubble))

    def test_customers_out_of_sight_have_no_conversation(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self._conversation(hidden)


@tagged("post_install", "-at_install")
class TestTimeline(HistoryCommon):
    def _rows(self, partner=None, user=None):
        return (
            self.env["loyalty.timeline"]
            .with_user(user or self.marketer)
            .search([("partner_id", "=", (partner or self.ani).id)])
        )

    def test_everything_comes_together(self):
        invoice = self._invoice(20000)
        self._pay(invoice)
        self._message(body="Thanks for 20 000")
        feedback = self._answered(1, comment="Cold")
        self._order(1000, self.boris)
        self.ani.consent_sms = True
        self._reply("Where are you?")
        rows = self._rows()
        by_kind = {}
        for row in rows:
            by_kind.setdefault(row.kind, []).append(row)
        self.assertEqual(
            set(by_kind) - {"tier"},
            {
                "purchase",
                "points",
                "message",
                "rating",
                "complaint",
                "consent",
                "reply",
            },
        )
        [purchase] = by_kind["purchase"]
        self.assertEqual(purchase.amount, 20000)
        self.assertIn(invoice.name, purchase.title)
        self.assertEqual(sum(row.points for row in by_kind["points"]), 600)
        self.assertIn("Thanks for 20 000", by_kind["message"][0].title)
        self.assertEqual(by_kind["reply"][0].title, "SMS · Where are you?")
        self.assertEqual(by_kind["rating"][0].title, "★☆☆☆☆ · Cold")
        self.assertIn(feedback.complaint_ids.number, by_kind["complaint"][0].title)
        self.assertEqual(rows.mapped("date"), sorted(rows.mapped("date"), reverse=True))

    def test_ids_are_stable_and_rows_open_their_documents(self):
        invoice = self._invoice(20000)
        [row] = self._rows().filtered(lambda row: row.kind == "purchase")
        self._message()
        again = self.env["loyalty.timeline"].browse(row.id)
        self.assertEqual((again.res_model, again.res_id), (invoice._name, invoice.id))
        action = row.sudo().action_open()
        self.assertEqual(action["res_id"], invoice.id)
        self.assertLess(max(self._rows().ids), 2**53, "whole in JavaScript")

    def test_codes_stay_masked(self):
        self._message(body="Your code is 4711", is_secret=True)
        for user in (self.marketer, self.officer, self.admin):
            self.assertNotIn("4711", str(self._rows(user=user).mapped("title")))

    def test_cashiers_have_no_history_page(self):
        with self.assertRaises(AccessError):
            self._rows(user=self.cashier)

    def test_other_companies_see_nothing(self):
        self._message()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketer.company_ids |= other
        rows = self._rows().with_context(allowed_company_ids=other.ids)
        self.assertFalse(
            rows.search([("partner_id", "=", self.ani.id)]).filtered("company_id")
        )

    def test_one_customer_is_read_by_index(self):
        self.env.flush_all()
        timeline = self.env["loyalty.timeline"]
        query = timeline._search([("partner_id", "=", self.ani.id)], limit=40)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        text = "\n".join(row[0] for row in plan)
        self.assertIn("loyalty_message_partner_idx", text)
        self.assertNotIn("Seq Scan on loyalty_message", text)


@tagged("post_install", "-at_install")
class TestPartnerForm(HistoryCommon):
    def test_counts_on_the_form(self):
        self._message()
        self._answered(4)
        self._answered(1)
        ani = self.ani.with_user(self.marketer)
        self.assertEqual(ani.loyalty_message_count, 1)
        self.assertEqual(ani.loyalty_feedback_average, 2.5)
        self.assertEqual(ani.loyalty_feedback_count, 2)
        self.assertEqual(ani.loyalty_complaint_count, 1)
        for open_mine in (
            ani.action_view_loyalty_messages,
            ani.action_view_loyalty_feedback,
            ani.action_view_loyalty_complaints,
            ani.action_view_loyalty_timeline,
        ):
            action = open_mine()
            self.assertEqual(action["domain"], [("partner_id", "=", self.ani.id)])

    def test_tab_is_for_those_who_read_messages(self):
        form = "loyalty_conversation"
        partners = self.env["res.partner"]
        sees = {self.marketer: True, self.officer: True, self.cashier: False}
        for user, shown in sees.items():
            with self.subTest(user.login):
                arch = partners.with_user(user).get_view(view_type="form")["arch"]
                self.assertEqual(form in arch, shown)


@tagged("post_install", "-at_install")
class TestFeedbackReport(FeedbackCommon):
    def _report(self, domain, group):
        rows = self.env["loyalty.feedback.report"].with_user(self.marketer)
        mine = [("company_id", "=", self.company.id), *domain]
        return {
            key: (rating, score)
            for key, rating, score in rows._read_group(
                mine, [group], ["rating:avg", "nps:avg"]
            )
        }

    def _visit(self, rating, nps, **subjects):
        feedback, _token = self._ask(**subjects)
        feedback._answer({"rating": rating, "nps": nps}, "link")
        return feedback

    def test_scores_by_branch_operator_courier_and_product(self):
        karen = self.env["res.partner"].create({"name": "Karen"})
        first = self._visit(
            5,
            10,
            branch=self.kentron,
            operator=self.marketer,
            courier=karen,
            products=self.product,
        )
        courier_line = first.line_ids.filtered("courier_id")
        first._answer({"lines": {courier_line.id: 3}}, "link")
        self._visit(3, 4, branch=self.kentron, operator=self.marketer)
        self._visit(4, 8, branch=self.arabkir, courier=karen)
        visits = [("subject", "=", "visit")]
        self.assertEqual(
            self._report(visits, "branch_id"),
            {self.kentron: (4.0, 0.0), self.arabkir: (4.0, 0.0)},
        )
        operators = self._report([("subject", "=", "operator")], "user_id")
        self.assertEqual(operators, {self.marketer: (4.0, 0.0)})
        couriers = self._report([("subject", "=", "courier")], "courier_id")
        self.assertEqual(
            couriers, {karen: (3.5, 50.0)}, "its own stars, else the visit's"
        )
        products = self._report([("subject", "=", "product")], "product_id")
        self.assertEqual(products, {self.product: (5.0, 100.0)})

    def test_score_of_all_is_that_of_the_engine(self):
        for rating, nps in ((5, 10), (5, 9), (4, 7), (1, 0)):
            self._visit(rating, nps, branch=self.kentron)
        score = self.env["loyalty.feedback.report"]._score(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((score.promoters, score.passives, score.detractors), (2, 1, 1))
        self.assertEqual(score.score, 25)

    def test_unanswered_requests_do_not_count(self):
        self._ask(branch=self.kentron)
        self.assertFalse(self._report([], "branch_id"))
