import re
from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import feedback as page
from .feedback_common import FeedbackCommon


class PageCommon(FeedbackCommon, HttpCase):
    def _get(self, url, data=None, status=200):
        response = self.url_open(url, data=data)
        self.assertEqual(response.status_code, status, url)
        return response

    def _text(self, response):
        main = html.fromstring(response.content).xpath("//main")[0]
        return re.sub(r"\s+", " ", main.text_content())


@tagged("post_install", "-at_install")
class TestFeedbackPage(PageCommon):
    def setUp(self):
        super().setUp()
        self.policy.thanks_points = 50
        self.feedback, token = self._ask(branch=self.kentron, products=self.product)
        self.url = f"/f/{token}"

    def test_page_asks_and_looking_changes_nothing(self):
        response = self._get(self.url + "?rating=1")
        text = self._text(response)
        self.assertIn("Kentron", text)
        self.assertIn("How did you like it?", text)
        self.assertEqual(self.feedback.state, "asked")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_one_tap_rates_and_thanks(self):
        text = self._text(self._get(self.url, {"rating": "5"}))
        self.assertIn("Thank you!", text)
        self.assertIn("50", text)
        self.assertRecordValues(
            self.feedback, [{"state": "answered", "rating": 5, "source": "link"}]
        )
        self._get(self.url, {"rating": "5"})
        self.assertLedger(self.card, 50)

    def test_what_no_browser_sends_is_no_error(self):
        for data in (
            {"rating": "5", "comment": "a\0b\ud800".encode("utf-8", "surrogatepass")},
            {"rating": "5", "line_" + "9" * 5000: "1"},
            {"rating": "9" * 5000, "line_²": "1"},
        ):
            self._get(self.url, data)
        self.assertEqual(self.feedback.rating, 5)
        self.assertTrue(self.feedback.comment.startswith("ab"))

    def test_more_is_told_after_the_tap(self):
        self._get(self.url, {"rating": "5"})
        line = self.feedback.line_ids
        self._get(
            self.url,
            {f"line_{line.id}": "4", "comment": "Lovely", "may_publish": "1"},
        )
        self._get(self.url, {"nps": "10"})
        self.assertRecordValues(
            self.feedback,
            [
                {
                    "rating": 5,
                    "nps": 10,
                    "comment": "Lovely",
                    "may_publish": True,
                    "review_state": "waiting",
                }
            ],
        )
        self.assertEqual(line.rating, 4)

    def test_nonsense_is_answered_in_words_and_stores_nothing(self):
        for data in ({"rating": "6"}, {"rating": "99999999"}, {"nps": "11"}):
            with self.subTest(data):
                self.assertIn("scale", self._text(self._get(self.url, data)))
        self.assertEqual(self.feedback.state, "asked")
        self.assertEqual(self.feedback.rating, 0)

    def test_lines_of_other_requests_are_not_rated(self):
        other, _token = self._ask(self.boris, products=self.product)
        self._get(self.url, {"rating": "5", f"line_{other.line_ids.id}": "1"})
        self.assertEqual(other.line_ids.rating, 0)

    def test_late_page_says_so(self):
        with freeze_time(fields.Datetime.now() + timedelta(days=15)):
            self.assertIn("closed", self._text(self._get(self.url)))
            self.assertIn("no longer", self._text(self._get(self.url, {"rating": "1"})))
        self.assertEqual(self.feedback.state, "asked")

    def test_unknown_links_are_not_found(self):
        with mute_logger("odoo.http"):
            self._get("/f/AAAAAAAAAAAAAAAAAAAAAA", status=404)
            self._get("/f/AAAAAAAAAAAAAAAAAAAAAA", {"rating": "5"}, status=404)

    def test_guessing_is_stopped(self):
        self.patch(page, "EACH_ADDRESS", 2)
        self._get(self.url)
        self._get(self.url)
        response = self._get(self.url, {"rating": "1"}, status=429)
        self.assertIn("Too many attempts", self._text(response))
        self.assertEqual(self.feedback.state, "asked")

    def test_markup_in_words_stays_words(self):
        self._get(self.url, {"rating": "5", "comment": "<script>alert(1)</script>"})
        self.assertNotIn("<script>alert", self._get(self.url).text)

    def test_recommendation_is_asked_first_where_the_shop_chose_so(self):
        self.policy.scale = "nps"
        _feedback, token = self._ask(self.boris)
        text = self._text(self._get(f"/f/{token}"))
        self.assertIn("recommend us", text)
        self.assertNotIn("How did you like it?", text)


@tagged("post_install", "-at_install")
class TestLanguages(PageCommon):
    WORDS = {
        "ru_RU": ("Вам понравилось?", "Спасибо!"),
        "hy_AM": ("Ձեզ դո՞ւր եկավ։", "Շնորհակալությո՛ւն"),
        "ka_GE": ("მოგეწონათ?", "გმადლობთ!"),
        "fa_IR": ("راضی بودید؟", "سپاسگزاریم!"),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in cls.WORDS:
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.module.module"]._load_module_terms(
            ["loyalty_sms"], list(cls.WORDS), overwrite=True
        )

    def test_page_speaks_the_customers_language(self):
        for lang, (question, thanks) in self.WORDS.items():
            self.ani.lang = lang
            _feedback, token = self._ask()
            with self.subTest(lang):
                response = self._get(f"/f/{token}")
                text = self._text(response)
                self.assertIn(question, text)
                self.assertNotIn("How did you like it?", text)
                answered = self._text(self._get(f"/f/{token}", {"rating": "5"}))
                self.assertIn(thanks, answered)
                for english in ("Your rating", "Send", "Tell us more", "recommend us"):
                    self.assertNotIn(english, answered)

    def test_persian_is_written_from_right_to_left(self):
        self.ani.lang = "fa_IR"
        _feedback, token = self._ask()
        root = html.fromstring(self._get(f"/f/{token}").content)
        self.assertEqual((root.get("lang"), root.get("dir")), ("fa-IR", "rtl"))
        styles = " ".join(root.xpath("//link[@rel='stylesheet']/@href"))
        self.assertIn("rtl", styles)

    def test_stars_of_products_begin_where_the_language_does(self):
        for lang, direction in (("ru_RU", "rtl"), ("fa_IR", "ltr")):
            self.ani.lang = lang
            _feedback, token = self._ask(products=self.product)
            page = self._get(f"/f/{token}", {"rating": "5"})
            stars = html.fromstring(page.content).xpath(
                "//div[@class='o_loyalty_line_stars']"
            )
            with self.subTest(lang):
                self.assertEqual({star.get("dir") for star in stars}, {direction})
