from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_history import HistoryCommon
from .test_portal_complaints import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalMessages(PortalCommon, HistoryCommon):
    def setUp(self):
        super().setUp()
        self.authenticate("feed_ani", "feed_ani")

    def test_customer_reads_what_was_sent(self):
        self._message(body="You have 600 points", state="delivered")
        self._message(body="Your code is 4711", state="delivered", is_secret=True)
        self._message(body="Never left", state="suppressed", reason="quiet")
        self._message(self.boris, body="Of Boris", state="delivered")
        response = self._get("/my/messages")
        text = self._text(response)
        self.assertIn("You have 600 points", text)
        for hidden in ("4711", "Never left", "Of Boris"):
            self.assertNotIn(hidden, response.text)
        self.assertIn("/my/club/profile", response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_long_lists_have_pages(self):
        for number in range(25):
            self._message(body=f"Text {number:02}.", state="delivered")
        self.assertIn("Text 24.", self._get("/my/messages").text)
        second = self._get("/my/messages/page/2").text
        self.assertIn("Text 00.", second)
        self.assertNotIn("Text 24.", second)

    def test_customer_rates_in_the_portal(self):
        feedback, _token = self._ask()
        self.assertIn("Rate now", self._text(self._get("/my/ratings")))
        self._post(f"/my/ratings/{feedback.id}", rating="4")
        self.assertRecordValues(
            feedback, [{"state": "answered", "rating": 4, "source": "portal"}]
        )
        self.assertIn("★★★★☆", self._text(self._get("/my/ratings")))
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.authenticate("feed_ani", "feed_ani")
            response = self._post(f"/my/ratings/{feedback.id}", rating="1")
            self.assertIn("no longer", self._text(response))
        self.assertEqual(feedback.rating, 4)

    def test_ratings_of_others_do_not_exist(self):
        other = self._answered(5, self.boris, comment="Of Boris")
        self.assertNotIn("Of Boris", self._get("/my/ratings").text)
        with mute_logger("odoo.http"):
            self._get(f"/my/ratings/{other.id}", status=404)
            self._post(f"/my/ratings/{other.id}", status=404, rating="1")
        self.assertEqual(other.rating, 5)

    def test_forged_forms_are_refused(self):
        feedback, _token = self._ask()
        with mute_logger("odoo.http"):
            self._get(f"/my/ratings/{feedback.id}", {"rating": "1"}, status=400)
        self.assertEqual(feedback.state, "asked")
