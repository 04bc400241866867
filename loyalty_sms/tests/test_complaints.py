from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .feedback_common import FeedbackCommon


class ComplaintCommon(FeedbackCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lusine = cls._user("feed_lusine", "loyalty_club.group_loyalty_cashier")
        cls.manager = cls._user("feed_manager", "loyalty_sms.group_sms_manager")
        cls.kentron.operator_ids = cls.lusine
        cls.policy.write({"manager_id": cls.manager.id, "owner_id": cls.marketer.id})

    @classmethod
    def _complain(cls, partner=None, **values):
        return cls.env["loyalty.complaint"].create(
            {
                "name": "Cold coffee",
                "partner_id": (partner or cls.ani).id,
                "branch_id": cls.kentron.id,
                **values,
            }
        )

    def _answer_as(self, user, complaint, text="We are sorry"):
        return complaint.with_user(user).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )


@tagged("post_install", "-at_install")
class TestComplaintsFromRatings(ComplaintCommon):
    def test_bad_rating_opens_a_complaint_with_owner_and_deadline(self):
        feedback, _token = self._ask(branch=self.kentron)
        feedback._answer({"rating": 1}, "message")
        complaint = feedback.complaint_ids
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": self.ani.id,
                    "branch_id": self.kentron.id,
                    "source": "rating",
                    "state": "new",
                    "owner_id": self.lusine.id,
                    "res_model": feedback.res_model,
                    "res_id": feedback.res_id,
                }
            ],
        )
        due = complaint.deadline - complaint.create_date
        self.assertAlmostEqual(due / timedelta(hours=1), 24, places=1)
        self.assertEqual(complaint.activity_ids.user_id, self.lusine)
        self.assertTrue(complaint.number)

    def test_rating_again_opens_no_second_complaint(self):
        feedback, _token = self._ask()
        feedback._answer({"rating": 1}, "link")
        feedback._answer({"rating": 2, "comment": "It was cold"}, "link")
        self.assertEqual(len(feedback.complaint_ids), 1)
        self.assertEqual(feedback.complaint_ids.description, "It was cold")

    def test_better_rating_is_noted_in_the_complaint(self):
        feedback, _token = self._ask()
        feedback._answer({"rating": 1}, "link")
        feedback._answer({"rating": 5}, "link")
        self.assertIn("★★★★★", feedback.complaint_ids.message_ids[0].body)

    def test_good_ratings_open_none(self):
        for rating in (3, 4, 5):
            self.assertFalse(self._answered(rating).complaint_ids)

    def test_limit_is_the_shops(self):
        self.policy.complaint_stars = 0
        self.assertFalse(self._answered(1).complaint_ids)
        self.policy.complaint_stars = 3
        self.assertTrue(self._answered(3).complaint_ids)

    def test_low_recommendation_opens_a_complaint(self):
        feedback, _token = self._ask()
        feedback._answer({"nps": 0}, "link")
        self.assertTrue(feedback.complaint_ids)

    def test_nobody_answers_complaints_about_oneself(self):
        feedback, _token = self._ask(branch=self.kentron, operator=self.lusine)
        feedback._answer({"rating": 1}, "link")
        self.assertEqual(feedback.complaint_ids.owner_id, self.marketer)

    def test_staff_opens_one_from_a_rating_by_hand(self):
        feedback = self._answered(4, comment="But the cup was dirty")
        feedback.with_user(self.marketer).action_open_complaint()
        feedback.with_user(self.marketer).action_open_complaint()
        self.assertRecordValues(
            feedback.complaint_ids,
            [{"source": "staff", "description": "But the cup was dirty"}],
        )


@tagged("post_install", "-at_install")
class TestComplaintDeadlines(ComplaintCommon):
    def test_somebody_owns_it_when_nobody_was_named(self):
        self.policy.write({"manager_id": False, "owner_id": False})
        owner = self._complain(branch_id=False).owner_id
        self.assertTrue(owner.has_group("loyalty_sms.group_sms_manager"))
        self.assertIn(self.company, owner.company_ids)

    def test_owner_without_a_branch_is_whom_the_settings_name(self):
        self.assertEqual(self._complain(branch_id=False).owner_id, self.marketer)

    def test_working_hours_carry_friday_night_to_monday(self):
        self.policy.write(
            {
                "answer_hours": 4,
                "calendar_id": self.env["resource.calendar"]
                .create(
                    {
                        "name": "Office",
                        "tz": "Asia/Yerevan",
                        "company_id": self.company.id,
                        "attendance_ids": [
                            Command.clear(),
                            *(
                                Command.create(
                                    {
                                        "name": "Day",
                                        "dayofweek": str(day),
                                        "hour_from": 9,
                                        "hour_to": 18,
                                    }
                                )
                                for day in range(5)
                            ),
                        ],
                    }
                )
                .id,
            }
        )
        with freeze_time("2026-03-06 18:00:00"):  # Friday, 22:00 in Yerevan
            complaint = self._complain()
        self.assertEqual(complaint.deadline, datetime(2026, 3, 9, 9, 0))

    def test_late_complaints_reach_the_manager_once(self):
        late, fine = self._complain(), self._complain()
        late.deadline = fields.Datetime.now() - timedelta(hours=1)
        self.assertTrue(late.is_late)
        self._escalate()
        self.assertTrue(late.escalated_at)
        self.assertFalse(fine.escalated_at)
        self.assertIn(self.manager, late.activity_ids.user_id)
        self.assertIn(self.manager.partner_id, late.message_partner_ids)
        count = len(late.activity_ids)
        self._escalate()
        self.assertEqual(len(late.activity_ids), count)

    def _escalate(self):
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_sms.cron_complaint_escalate").method_direct_trigger()

    def test_answer_stops_the_clock_and_the_customers_words_start_it(self):
        complaint = self._complain()
        self._answer_as(self.lusine, complaint)
        self.assertFalse(complaint.deadline)
        self.assertTrue(complaint.answered_at)
        self.assertEqual(complaint.state, "progress")
        complaint._customer_says("Still cold")
        self.assertTrue(complaint.deadline)
        self.assertEqual(complaint.activity_ids.user_id, self.lusine)

    def test_late_are_found_by_search(self):
        late, fine = self._complain(), self._complain()
        late.deadline = fields.Datetime.now() - timedelta(hours=1)
        complaints = self.env["loyalty.complaint"]
        mine = [("id", "in", (late | fine).ids)]
        self.assertEqual(complaints.search([*mine, ("is_late", "=", True)]), late)
        self.assertEqual(complaints.search([*mine, ("is_late", "=", False)]), fine)
        late.state = "solved"
        self.assertFalse(complaints.search([*mine, ("is_late", "=", True)]))

    def test_closing_says_how_long_it_took(self):
        complaint = self._complain()
        with freeze_time(complaint.create_date + timedelta(hours=3)):
            self._answer_as(self.lusine, complaint)
        with freeze_time(complaint.create_date + timedelta(hours=5)):
            complaint.with_user(self.lusine).action_solve()
        self.env.flush_all()
        self.assertEqual(complaint.state, "solved")
        self.assertFalse(complaint.activity_ids)
        self.assertAlmostEqual(complaint.hours_to_answer, 3, places=1)
        self.assertAlmostEqual(complaint.hours_to_close, 5, places=1)


@tagged("post_install", "-at_install")
class TestComplaintAnswers(ComplaintCommon):
    def test_message_is_an_event_for_the_customer_and_a_note_is_none(self):
        complaint = self._complain()
        self.events.clear()
        complaint.with_user(self.lusine).message_post(
            body="He is always late", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(self.events)
        message = self._answer_as(self.lusine, complaint, "We are sorry")
        code, partner, key, record, values = self.events[-1]
        self.assertEqual(code, "complaint_answered")
        self.assertEqual(partner, self.ani)
        self.assertEqual(key, f"complaint_answered:{message.id}")
        self.assertEqual(record, complaint)
        self.assertEqual(values["answer"], "We are sorry")
        self.assertTrue(
            values["complaint_link"].endswith(f"/my/complaints/{complaint.id}")
        )

    def test_customers_words_open_a_closed_complaint_again(self):
        complaint = self._complain()
        complaint.action_solve()
        complaint._customer_says("It happened again")
        self.assertEqual(complaint.state, "progress")
        self.assertFalse(complaint.closed_at)

    def test_customer_sees_messages_and_no_notes(self):
        complaint = self._complain()
        complaint.message_post(body="secret", subtype_xmlid="mail.mt_note")
        self._answer_as(self.lusine, complaint, "We are sorry")
        complaint._customer_says("Thanks <b>a lot</b>")
        shown = complaint._shown_messages()
        self.assertEqual(len(shown), 2)
        self.assertIn("&lt;b&gt;", shown[1].body)


@tagged("post_install", "-at_install")
class TestApologies(ComplaintCommon):
    def setUp(self):
        super().setUp()
        self.policy.apology_points = 500
        self.complaint = self._complain()

    def _give(self, points, user=None, complaint=None):
        wizard = (
            self.env["loyalty.complaint.apologise"]
            .with_user(user or self.marketer)
            .with_context(default_complaint_id=(complaint or self.complaint).id)
            .create({"points": points})
        )
        return wizard.action_give()

    def test_apology_is_posted_and_counted(self):
        self._give(300)
        self.assertLedger(self.card, 300)
        self.assertEqual(self.complaint.apology_points, 300)
        self.assertEqual(self.complaint.apology_left, 200)
        self.assertIn("300", self.complaint.message_ids[0].body)

    def test_limit_holds_for_the_sum(self):
        self._give(300)
        for points in (201, 0, -5):
            with self.subTest(points), self.assertRaisesRegex(UserError, "limit"):
                self._give(points)
        self.assertLedger(self.card, 300)
        self._give(200)
        self.assertLedger(self.card, 500)

    def test_two_at_once_give_once(self):
        self._give(100)
        moves = self.card.move_ids.filtered(lambda m: m.kind == "bonus")
        self.assertEqual(moves.key, f"complaint:{self.complaint.id}:0")

    def test_who_is_no_member_gets_none(self):
        complaint = self._complain(self.boris)
        with self.assertRaisesRegex(UserError, "no member"):
            self._give(10, complaint=complaint)

    def test_cashiers_give_none(self):
        with self.assertRaises(AccessError):
            self._give(10, self.lusine)
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.lusine)._apologise(10)
        self.assertLedger(self.card, 0)


@tagged("post_install", "-at_install")
class TestComplaintAccess(ComplaintCommon):
    def test_cashiers_see_the_own_and_those_of_their_branches(self):
        own = self._complain()
        elsewhere = self._complain(branch_id=self.arabkir.id)
        given = self._complain(branch_id=self.arabkir.id, owner_id=self.lusine.id)
        seen = self.env["loyalty.complaint"].with_user(self.lusine).search([])
        self.assertEqual(seen & (own | elsewhere | given), own | given)
        with self.assertRaises(AccessError):
            elsewhere.with_user(self.lusine).write({"name": "Nothing"})
        own.with_user(self.lusine).action_start()
        self.assertEqual(own.state, "progress")
        with self.assertRaises(AccessError):
            own.with_user(self.lusine).unlink()

    def test_marketers_see_all_and_delete_none(self):
        complaint = self._complain(branch_id=self.arabkir.id).with_user(self.marketer)
        complaint.action_start()
        self.assertEqual(complaint.state, "progress")
        with self.assertRaises(AccessError):
            complaint.unlink()

    def test_everybody_concerned_opens_the_form(self):
        feedback, _token = self._ask(branch=self.kentron)
        feedback._answer({"rating": 1, "comment": "Cold"}, "link")
        officer = self._user("feed_officer", "loyalty_club.group_loyalty_officer")
        for user in (self.lusine, officer, self.marketer):
            with self.subTest(user.login):
                form = Form(feedback.complaint_ids.with_user(user))
                self.assertEqual(form.description, "Cold")
                form.description = "Cold"
                form.save()

    def test_cashier_opens_one_for_a_customer(self):
        form = Form(self.env["loyalty.complaint"].with_user(self.lusine))
        form.name = "Wrong change"
        form.partner_id = self.ani.with_user(self.lusine)
        form.branch_id = self.kentron.with_user(self.lusine)
        complaint = form.save()
        self.assertEqual(complaint.owner_id, self.lusine)
        self.assertTrue(complaint.deadline)

    def test_other_employees_see_none(self):
        clerk = self._user("feed_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["loyalty.complaint"].with_user(clerk).search([])

    def test_a_complaint_tells_no_name_of_a_foreign_document(self):
        secret = self.env["ir.config_parameter"].search([], limit=1)
        feedback, _token = self._ask(branch=self.kentron)
        mine = self.env["loyalty.complaint"].with_user(self.lusine)
        values = {
            "name": "Curious",
            "partner_id": self.ani.id,
            "branch_id": self.kentron.id,
            "owner_id": self.lusine.id,
        }
        document = {"res_model": secret._name, "res_id": secret.id}
        complaint = mine.create(values)
        for origin in (document, {"feedback_id": feedback.id}):
            with self.assertRaises(AccessError):
                mine.create({**values, **origin})
            with self.assertRaises(AccessError):
                complaint.write(origin)
            context = {f"default_{name}": value for name, value in origin.items()}
            other = mine.with_context(**context).create(values)
            self.assertFalse(other.document_name or other.rating_text)
        self.assertFalse(complaint.document_name or complaint.rating_text)
        # From the rating, the complaint has it.
        feedback.with_user(self.marketer).action_open_complaint()
        self.assertEqual(feedback.complaint_ids.source, "staff")
        self.assertTrue(feedback.complaint_ids.document_name)

    def test_other_companies_see_none(self):
        complaint = self._complain()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketer.company_ids |= other
        stranger = self.env["loyalty.complaint"].with_user(self.marketer)
        stranger = stranger.with_context(allowed_company_ids=other.ids)
        self.assertFalse(stranger.search([("id", "=", complaint.id)]))
