from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .feedback_common import FeedbackCommon


@tagged("post_install", "-at_install")
class TestFeedbackRequest(FeedbackCommon):
    def test_request_tells_the_rules_the_link_and_keeps_no_token(self):
        order = self._order(1000)
        feedback, token = self._ask(record=order, branch=self.kentron)
        code, partner, key, record, values = self.events[-1]
        self.assertEqual(code, "rating_request")
        self.assertEqual(partner, self.ani)
        self.assertEqual(key, f"rating_request:{feedback.id}")
        self.assertEqual(record, feedback)
        self.assertEqual(values["document"], order.display_name)
        self.assertEqual(values["branch"], "Kentron")
        self.assertGreaterEqual(len(token), 22, "128 bits in six bits a letter")
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(f)::text FROM loyalty_feedback f WHERE id = %s",
            [feedback.id],
        )
        self.assertNotIn(token, self.env.cr.fetchone()[0])
        self.assertEqual(self.env["loyalty.feedback"]._find_by_token(token), feedback)

    def test_document_is_asked_about_once(self):
        order = self._order(1000)
        self._ask(record=order)
        again = self.env["loyalty.feedback"]._request(self.ani, order)
        self.assertFalse(again)
        self.assertEqual(len(self.events), 1)

    def test_request_lists_whom_and_what_to_rate(self):
        courier = self.env["res.partner"].create({"name": "Karen"})
        feedback, _token = self._ask(
            operator=self.marketer, courier=courier, products=self.product
        )
        self.assertRecordValues(
            feedback.line_ids,
            [
                {"subject": "operator", "name": self.marketer.name, "rating": 0},
                {"subject": "courier", "name": "Karen", "rating": 0},
                {"subject": "product", "name": "Coffee beans", "rating": 0},
            ],
        )

    def test_unknown_tokens_find_nothing(self):
        self._ask()
        for token in ("", "x", "x" * 5000, None):
            self.assertFalse(self.env["loyalty.feedback"]._find_by_token(token))


@tagged("post_install", "-at_install")
class TestPurchasesAsked(FeedbackCommon):
    def setUp(self):
        super().setUp()
        self.policy.write({"after_purchase": True, "delay_hours": 3})

    def _run(self, hours=4):
        when = fields.Datetime.now() + timedelta(hours=hours)
        with freeze_time(when), self.enter_registry_test_mode():
            self.env.ref("loyalty_sms.cron_feedback_request").method_direct_trigger()
        return self.env["loyalty.feedback"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_purchase_is_asked_about_some_hours_later_and_once(self):
        invoice = self._invoice(20000)
        self.assertFalse(self._run(hours=2))
        feedback = self._run(hours=4)
        self.assertRecordValues(
            feedback,
            [
                {
                    "partner_id": self.ani.id,
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "state": "asked",
                }
            ],
        )
        self.assertEqual(feedback.line_ids.product_id, self.product)
        self.assertEqual(self._run(hours=5), feedback)
        self.assertEqual(len(self.events), 1)

    def test_member_is_left_in_peace_between_requests(self):
        self._invoice(20000)
        self._run()
        self._invoice(5000)
        self.assertEqual(len(self._run()), 1)
        self.policy.rest_days = 0
        self.assertEqual(len(self._run(hours=5)), 2)

    def test_two_purchases_of_a_day_are_one_question(self):
        self._invoice(20000)
        second = self._invoice(5000)
        self.assertEqual(self._run().res_id, second.id)

    def test_purchase_taken_back_is_not_asked_about(self):
        invoice = self._invoice(20000)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self._run())

    def test_nobody_is_asked_where_it_is_switched_off(self):
        self.policy.after_purchase = False
        self._invoice(20000)
        self.assertFalse(self._run())

    def test_purchases_long_ago_are_forgotten(self):
        self._invoice(20000)
        self.assertFalse(self._run(hours=24 * 4))


@tagged("post_install", "-at_install")
class TestFeedbackAnswer(FeedbackCommon):
    def setUp(self):
        super().setUp()
        self.policy.thanks_points = 50

    def test_answer_is_stored_and_thanked_once(self):
        feedback, _token = self._ask()
        feedback._answer({"rating": 5}, "link")
        feedback._answer({"rating": 5}, "link")
        self.assertRecordValues(
            feedback,
            [
                {
                    "state": "answered",
                    "rating": 5,
                    "has_nps": False,
                    "source": "link",
                    "thanks_points": 50,
                    "rating_text": "★★★★★",
                }
            ],
        )
        self.assertLedger(self.card, 50)

    def test_answer_can_be_changed_for_a_while(self):
        feedback, _token = self._ask()
        feedback._answer({"rating": 4}, "link")
        feedback._answer({"rating": 5, "nps": 9, "comment": " Thanks! "}, "link")
        self.assertRecordValues(
            feedback,
            [{"rating": 5, "nps": 9, "comment": "Thanks!", "nps_kind": "promoter"}],
        )
        tomorrow = fields.Datetime.now() + timedelta(hours=25)
        with freeze_time(tomorrow), self.assertRaisesRegex(UserError, "no longer"):
            feedback._answer({"rating": 1}, "link")
        self.assertEqual(feedback.rating, 5)
        self.assertLedger(self.card, 50)

    def test_answer_after_the_last_day_is_refused(self):
        feedback, _token = self._ask()
        too_late = fields.Datetime.now() + timedelta(days=15)
        with freeze_time(too_late), self.assertRaises(UserError):
            feedback._answer({"rating": 5}, "link")
        self.assertEqual(feedback.state, "asked")
        self.assertLedger(self.card, 0)

    def test_values_off_the_scale_are_refused(self):
        feedback, _token = self._ask()
        for values in ({"rating": 0}, {"rating": 6}, {"nps": 11}, {"nps": -1}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "scale"):
                feedback._answer(values, "link")
        self.assertRecordValues(
            feedback, [{"state": "asked", "rating": 0, "has_nps": False}]
        )

    def test_people_and_goods_are_rated_by_themselves(self):
        feedback, _token = self._ask(operator=self.marketer, products=self.product)
        other, _token = self._ask(products=self.product)
        first, second = feedback.line_ids
        stars = {first.id: 3, second.id: 5, other.line_ids.id: 1}
        feedback._answer({"rating": 4, "lines": stars}, "link")
        self.assertEqual(feedback.line_ids.mapped("rating"), [3, 5])
        self.assertEqual(other.line_ids.rating, 0, "lines of others stay untouched")

    def test_who_is_no_member_gets_no_points(self):
        feedback = self._answered(5, self.boris)
        self.assertEqual(feedback.thanks_points, 0)

    def test_unanswered_requests_are_closed(self):
        feedback, _token = self._ask()
        answered = self._answered(5)
        too_late = fields.Datetime.now() + timedelta(days=15)
        with freeze_time(too_late), self.enter_registry_test_mode():
            self.env.ref("loyalty_sms.cron_feedback_expire").method_direct_trigger()
        self.assertEqual(feedback.state, "expired")
        self.assertEqual(answered.state, "answered")


@tagged("post_install", "-at_install")
class TestReplies(FeedbackCommon):
    def _reply(self, value, text=None, partner=None, message=None):
        feedback = self.env["loyalty.feedback"]
        message = message or self.env["loyalty.message"]
        partner = self.ani if partner is None else partner
        return feedback._answer_by_reply(partner, value, text or str(value), message)

    def test_number_answers_the_open_request(self):
        feedback, _token = self._ask()
        self.assertEqual(self._reply(5, "5, great service!"), feedback)
        self.assertRecordValues(
            feedback,
            [{"rating": 5, "source": "message", "comment": "great service"}],
        )

    def test_number_off_the_scale_is_no_rating(self):
        feedback, _token = self._ask()
        self.assertFalse(self._reply(9))
        self.assertEqual(feedback.state, "asked")

    def test_scale_of_recommendation_takes_0_to_10(self):
        self.policy.scale = "nps"
        feedback, _token = self._ask()
        self.assertEqual(self._reply(0), feedback)
        self.assertRecordValues(
            feedback,
            [{"nps": 0, "has_nps": True, "rating": 0, "nps_kind": "detractor"}],
        )

    def test_nobody_asked_means_no_rating(self):
        self.assertFalse(self._reply(5))
        self._ask(self.boris)
        self.assertFalse(self._reply(5))
        self.assertFalse(self._reply(5, partner=self.env["res.partner"]))

    def test_reply_to_a_message_answers_its_request(self):
        first, _token = self._ask()
        self._ask()
        message = self.env["loyalty.message"]._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.ani.id,
                    "channel": "sms",
                    "message_class": "survey",
                    "number": self.ani.phone,
                    "res_model": first._name,
                    "res_id": first.id,
                }
            ]
        )
        self.assertEqual(self._reply(4, message=message), first)
        self.assertFalse(
            self._reply(1, partner=self.boris, message=message),
            "somebody else does not answer for Ani",
        )
        self.assertEqual(first.rating, 4)

    def test_reply_after_the_last_day_is_no_rating(self):
        self._ask()
        with freeze_time(fields.Datetime.now() + timedelta(days=15)):
            self.assertFalse(self._reply(5))


@tagged("post_install", "-at_install")
class TestReviews(FeedbackCommon):
    def setUp(self):
        super().setUp()
        self.policy.review_points = 100

    def test_review_earns_points_after_approval_and_once(self):
        feedback = self._answered(5, comment="Best coffee", may_publish=True)
        self.assertEqual(feedback.review_state, "waiting")
        self.assertLedger(self.card, 0)
        feedback = feedback.with_user(self.marketer)
        feedback.action_publish()
        feedback.action_publish()
        self.assertEqual(feedback.review_state, "published")
        self.assertEqual(feedback.reviewed_by_id, self.marketer)
        self.assertLedger(self.card, 100)

    def test_refused_review_earns_nothing(self):
        feedback = self._answered(5, comment="Buy at my shop", may_publish=True)
        feedback.with_user(self.marketer).action_refuse()
        self.assertEqual(feedback.review_state, "refused")
        self.assertLedger(self.card, 0)

    def test_without_the_customers_leave_nothing_is_published(self):
        feedback = self._answered(5, comment="Between us")
        self.assertFalse(feedback.review_state)
        with self.assertRaisesRegex(UserError, "may be published"):
            feedback.with_user(self.marketer).action_publish()
        self.assertFalse(feedback.review_state)

    def test_changed_words_are_approved_again(self):
        feedback = self._answered(5, comment="Fine", may_publish=True)
        feedback.with_user(self.marketer).action_publish()
        feedback._answer({"comment": "Call me at +37400000000"}, "link")
        self.assertEqual(feedback.review_state, "waiting")

    def test_leave_taken_back_hides_the_review(self):
        feedback = self._answered(5, comment="Fine", may_publish=True)
        feedback.with_user(self.marketer).action_publish()
        feedback._answer({"may_publish": False}, "link")
        self.assertFalse(feedback.review_state)


@tagged("post_install", "-at_install")
class TestFeedbackAccess(FeedbackCommon):
    def test_ratings_are_read_and_never_written_by_people(self):
        feedback = self._answered(2, comment="Cold").with_user(self.marketer)
        self.assertEqual(feedback.comment, "Cold")
        for change in (
            lambda: feedback.write({"rating": 5}),
            lambda: feedback.unlink(),
            lambda: feedback.line_ids.create({"feedback_id": feedback.id}),
            lambda: feedback.token_hash,
        ):
            with self.assertRaises(AccessError):
                change()
        self.assertEqual(feedback.rating, 2)

    def test_cashiers_do_not_read_ratings(self):
        feedback = self._answered(2)
        cashier = self._user("feed_cashier", "loyalty_club.group_loyalty_cashier")
        with self.assertRaises(AccessError):
            feedback.with_user(cashier).read(["rating"])

    def test_officers_read_and_do_not_publish(self):
        feedback = self._answered(5, comment="Fine", may_publish=True)
        officer = self._user("feed_officer", "loyalty_club.group_loyalty_officer")
        self.assertEqual(feedback.with_user(officer).rating, 5)
        with self.assertRaises(AccessError):
            feedback.with_user(officer).action_publish()
        self.assertEqual(feedback.review_state, "waiting")

    def test_other_companies_do_not_see_ratings(self):
        feedback = self._answered(5)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketer.company_ids |= other
        stranger = self.env["loyalty.feedback"].with_user(self.marketer)
        stranger = stranger.with_context(allowed_company_ids=other.ids)
        self.assertFalse(stranger.search([("id", "=", feedback.id)]))

    def test_everybody_who_reads_ratings_opens_the_form(self):
        feedback = self._answered(2, comment="Cold")
        officer = self._user("feed_officer", "loyalty_club.group_loyalty_officer")
        for user in (self.marketer, officer):
            with self.subTest(user.login):
                self.assertEqual(Form(feedback.with_user(user)).comment, "Cold")

    def test_manager_opens_the_settings_of_the_company(self):
        manager = self._user("feed_manager", "loyalty_sms.group_sms_manager")
        policies = self.env["loyalty.feedback.policy"].with_user(manager)
        action = policies.action_open_mine()
        self.assertEqual(action["res_id"], self.policy.id)
        with Form(self.policy.with_user(manager)) as form:
            form.after_purchase = True
            form.owner_id = self.marketer.with_user(manager)
        self.assertEqual(self.policy.owner_id, self.marketer)

    def test_settings_are_the_managers(self):
        policy = self.policy.with_user(self.marketer)
        self.assertEqual(policy.scale, "stars")
        with self.assertRaises(AccessError):
            policy.scale = "nps"
        manager = self._user("feed_manager", "loyalty_sms.group_sms_manager")
        self.policy.with_user(manager).scale = "nps"
        self.assertEqual(self.policy.scale, "nps")
