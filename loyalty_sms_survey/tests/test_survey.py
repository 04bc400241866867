from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestSurveys(LoyaltyCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._enroll()
        cls.boris = cls.env["res.partner"].create(
            {"name": "Boris", "phone": "+37491765432"}
        )
        cls.survey = cls.env["survey.survey"].create(
            {
                "title": "Our coffee",
                "access_mode": "token",
                "users_login_required": False,
                "loyalty_points": 100,
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": "Would you recommend us?",
                            "question_type": "scale",
                            "is_nps": True,
                        }
                    )
                ],
            }
        )
        cls.question = cls.survey.question_ids
        cls.template = cls.env["loyalty.sms.template"].create(
            {
                "name": "Survey",
                "message_class": "survey",
                "survey_id": cls.survey.id,
                "body": "Tell us: {{ survey_link }}",
            }
        )
        cls.marketer = cls._user("survey_marketer", "loyalty_sms.group_sms_user")

    def _links(self, partners):
        template = self.template.with_user(self.marketer)
        rendered = template._render_for(partners)
        return {
            partner_id: text.body.removeprefix("Tell us: ")
            for partner_id, text in rendered.items()
        }

    def _answers(self, partner=None):
        mine = [("survey_id", "=", self.survey.id)]
        if partner:
            mine.append(("partner_id", "=", partner.id))
        return self.env["survey.user_input"].search(mine)

    def _finish(self, partner, value):
        self._links(partner)
        answer = self._answers(partner).filtered(lambda a: a.state != "done")
        answer._save_lines(self.question, str(value))
        answer._mark_done()
        return answer

    # -- links --------------------------------------------------------------------
    def test_each_customer_gets_an_own_link_and_the_same_again(self):
        both = self.ani | self.boris
        links = self._links(both)
        self.assertEqual(len(set(links.values())), 2)
        self.assertEqual(self._links(both), links)
        self.assertEqual(len(self._answers()), 2)
        token = self._answers(self.ani).access_token
        self.assertTrue(links[self.ani.id].endswith(f"/q/{token}"))

    def test_preview_makes_no_link(self):
        self.assertIn("survey_link", self.template._samples())
        rendered = self.template._render_for(
            self.ani, values_by_partner={self.ani.id: self.template._samples()}
        )
        self.assertIn("/q/", rendered[self.ani.id].body)
        self.assertFalse(self._answers())

    def test_link_opens_the_survey(self):
        link = self._links(self.ani)[self.ani.id]
        response = self.url_open("/q/" + link.rsplit("/", 1)[1])
        self.assertEqual(response.status_code, 200)
        self.assertIn("/survey/", response.url)
        self.assertIn("Our coffee", response.text)

    def test_unknown_links_are_not_found(self):
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/q/nothing").status_code, 404)

    def test_text_with_a_link_names_its_survey(self):
        refused = self.assertRaisesRegex(ValidationError, "choose which")
        with refused, self.env.cr.savepoint():
            self.template.survey_id = False
        self.assertEqual(self.template.survey_id, self.survey)

    # -- points -------------------------------------------------------------------
    def test_points_are_given_once(self):
        self._finish(self.ani, 9)
        self.assertLedger(self.card, 100)
        self._finish(self.ani, 10)
        self.assertEqual(len(self._answers(self.ani)), 2)
        self.assertLedger(self.card, 100)

    def test_who_is_no_member_or_only_tries_gets_none(self):
        self._finish(self.boris, 9)
        trial = self.env["survey.user_input"].create(
            {
                "survey_id": self.survey.id,
                "partner_id": self.ani.id,
                "test_entry": True,
            }
        )
        trial._mark_done()
        self.assertLedger(self.card, 0)

    # -- recommendation -------------------------------------------------------------
    def test_recommendation_counts_for_the_score(self):
        answer = self._finish(self.ani, 9)
        feedback = self.env["loyalty.feedback"].search(
            [("res_model", "=", "survey.user_input"), ("res_id", "=", answer.id)]
        )
        self.assertRecordValues(
            feedback,
            [
                {
                    "partner_id": self.ani.id,
                    "state": "answered",
                    "source": "survey",
                    "nps": 9,
                    "nps_kind": "promoter",
                    "thanks_points": 0,
                }
            ],
        )
        self._finish(self.boris, 8)
        score = self.env["loyalty.feedback.report"]._score(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((score.promoters, score.passives), (1, 1))

    def test_bad_recommendation_opens_a_complaint(self):
        self._finish(self.ani, 1)
        complaint = self.env["loyalty.complaint"].search(
            [("partner_id", "=", self.ani.id)]
        )
        self.assertEqual(complaint.source, "rating")
        self.assertEqual(complaint.feedback_id.nps, 1)

    def test_recommendation_is_a_scale_from_0_to_10(self):
        with self.assertRaisesRegex(ValidationError, "0 to 10"):
            self.question.scale_min = 1
        with self.assertRaisesRegex(ValidationError, "0 to 10"):
            self.question.question_type = "text_box"

    # -- rights -------------------------------------------------------------------
    def test_marketers_choose_surveys_and_change_none(self):
        survey = self.survey.with_user(self.marketer)
        self.assertEqual(survey.title, "Our coffee")
        with self.assertRaises(AccessError):
            survey.write({"loyalty_points": 9999})
        with self.assertRaises(AccessError):
            self.env["survey.user_input"].with_user(self.marketer).search([])
        self.assertEqual(self.survey.loyalty_points, 100)
