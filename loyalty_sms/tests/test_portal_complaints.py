from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import complaint as page
from .test_complaints import ComplaintCommon
from .test_feedback_page import PageCommon


class PortalCommon(PageCommon, ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani_user = cls._portal_user("feed_ani", cls.ani)
        cls.boris_user = cls._portal_user("feed_boris", cls.boris)

    @classmethod
    def _portal_user(cls, login, partner):
        return cls._user(
            login,
            "base.group_portal",
            partner_id=partner.id,
            name=partner.name,
            email=f"{partner.name.lower()}@example.com",
        )

    def _post(self, url, status=200, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self._get(url, data, status)


@tagged("post_install", "-at_install")
class TestPortalComplaints(PortalCommon):
    def setUp(self):
        super().setUp()
        self.authenticate("feed_ani", "feed_ani")

    def _mine(self):
        mine = [("partner_id", "=", self.ani.id)]
        return self.env["loyalty.complaint"].search(mine)

    def test_customer_opens_a_complaint_and_follows_it(self):
        self.assertIn("/my/complaints", self._get("/my/home").text)
        self.assertIn(
            "You have none, and we hope", self._text(self._get("/my/complaints"))
        )
        response = self._post(
            "/my/complaints/new", name="Cold coffee", description="On Monday"
        )
        complaint = self._mine()
        self.assertRecordValues(
            complaint,
            [{"name": "Cold coffee", "description": "On Monday", "source": "portal"}],
        )
        self.assertTrue(response.url.endswith(f"/my/complaints/{complaint.id}"))
        self.assertIn("Received", self._text(response))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self._answer_as(self.marketer, complaint, "A new cup is yours")
        text = self._text(self._get(f"/my/complaints/{complaint.id}"))
        self.assertIn("A new cup is yours", text)
        self.assertIn("We are looking into it", text)

    def test_notes_stay_inside(self):
        complaint = self._complain()
        complaint.message_post(body="A difficult one", subtype_xmlid="mail.mt_note")
        text = self._get(f"/my/complaints/{complaint.id}").text
        self.assertNotIn("A difficult one", text)

    def test_customer_adds_words_and_no_markup(self):
        complaint = self._complain()
        response = self._post(
            f"/my/complaints/{complaint.id}", text="<script>x()</script> hello"
        )
        self.assertNotIn("<script>x()", response.text)
        self.assertIn("hello", self._text(response))
        message = complaint._shown_messages()
        self.assertEqual(message.author_id, self.ani)
        self.assertFalse(message.attachment_ids)

    def test_complaints_of_others_do_not_exist(self):
        other = self._complain(self.boris, name="Of Boris")
        with mute_logger("odoo.http"):
            self._get(f"/my/complaints/{other.id}", status=404)
            self._post(f"/my/complaints/{other.id}", status=404, text="I am here")
            self._get("/my/complaints/999999999", status=404)
        self.assertNotIn("Of Boris", self._get("/my/complaints").text)
        self.assertFalse(other._shown_messages())

    def test_empty_complaints_are_refused_in_words(self):
        response = self._post("/my/complaints/new", name=" ", description="x")
        self.assertIn("in a few words", self._text(response))
        self.assertFalse(self._mine())

    def test_floods_are_stopped(self):
        self.patch(page, "EACH_USER", 1)
        for number in range(3):
            self._post("/my/complaints/new", name=f"No. {number}", description="x")
        self.assertEqual(self._mine().mapped("name"), ["No. 0"])

    def test_strangers_are_sent_to_the_login(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self._get("/my/complaints").url)

    def test_apology_is_shown(self):
        self.policy.apology_points = 500
        complaint = self._complain()
        complaint._apologise(300)
        text = self._text(self._get(f"/my/complaints/{complaint.id}"))
        self.assertIn("300", text)


@tagged("post_install", "-at_install")
class TestPortalRules(PortalCommon):
    def test_portal_users_read_the_own_and_write_nothing(self):
        own = self._complain().with_user(self.ani_user)
        other = self._complain(self.boris).with_user(self.ani_user)
        self.assertEqual(own.read(["name", "state"])[0]["name"], "Cold coffee")
        self.assertEqual(own.search([]), own)
        with self.assertRaises(AccessError):
            other.read(["name"])
        for change in (
            lambda: own.write({"name": "x"}),
            lambda: own.action_solve(),
            lambda: own.message_post(body="x"),
            lambda: own.create({"name": "x", "partner_id": self.ani.id}),
            lambda: own.unlink(),
            lambda: own.read(["escalated_at"]),
            lambda: own.read(["rating_text"]),
            lambda: self.env["loyalty.feedback"].with_user(self.ani_user).search([]),
        ):
            with self.assertRaises(AccessError):
                change()
        self.assertRecordValues(own.sudo(), [{"name": "Cold coffee", "state": "new"}])
