import re

from lxml import html

from odoo.tests import TransactionCase, tagged

from ..engine import fitting, segments, wording
from ..models.event_catalogue import EVENT_VARIABLES
from ..models.variables import MEMBER_VARIABLES
from .test_history import HistoryCommon
from .test_portal_complaints import PortalCommon
from .translation_common import LANGUAGES, TranslationChecks, is_at, read_files

CUSTOMER_PLACES = (
    r"model:loyalty\.sms\.(template,body|template,name|rule,name):"
    r"|arch_db:loyalty_sms\.(feedback|portal|preferences)_"
    r"|selection__loyalty_message__channel__"
    r"|loyalty_sms/controllers/"
    r"|loyalty_sms/models/(loyalty_complaint_portal|loyalty_feedback|"
    r"loyalty_feedback_line|res_partner_preferences)\.py"
)
# What cashiers and officers see of the messages of a customer.
STAFF_PLACES = (
    r"selection__loyalty_message__(state|reason|message_class|channel)__"
    r"|selection__loyalty_sms_inbound__(state|kind|channel)__"
    r"|selection__loyalty_complaint__(state|source|priority)__"
    r"|arch_db:loyalty_sms\.res_partner_view_form_"
    r"|loyalty_sms/models/loyalty_message_(shown|conversation)\.py"
    r"|loyalty_sms/models/res_partner_history\.py"
    r"|loyalty_sms/static/src/(conversation|stars_field)/"
)
BODY = re.compile(r"model:loyalty\.sms\.template,body:loyalty_sms\.template_(\w+)$")
CODES = {"ru": "ru_RU", "hy": "hy_AM", "ka": "ka_GE", "fa": "fa_IR"}
NAMES = {
    "ru": {"first_name": "Анна", "friend": "Борис"},
    "hy": {"first_name": "Անի", "friend": "Բորիս"},
    "ka": {"first_name": "ანა", "friend": "ბორისი"},
    "fa": {"first_name": "آنا", "friend": "بهرام"},
}
USUAL = {"amount": 90000, "earned": 5400, "points": 6000, "document": "S00017"}
SHORT_LINK = "shop.am/a1B2c3D4"
# As they are with an address of a usual length, and its https.
LONG_LINK = "https://club.shop.am/u/a1B2c3D4e5F6g7H8"
# A greeting, a card and a link; a wish and a link; five facts and a link.
TWO_SEGMENTS = {"welcome", "birthday", "debt_reminder"}


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationChecks, TransactionCase):
    addon = "loyalty_sms"
    places = CUSTOMER_PLACES
    others = (
        "Apology for %s",
        "Rated %(rating)s: %(subject)s",
        "Thanks for your rating",
        "Thanks for your review",
        "%s (holds a code)",
    )

    def test_staff_reads_the_messages_of_a_customer_in_russian(self):
        texts = {entry.msgid for entry in self.template if is_at(entry, STAFF_PLACES)}
        self.assertIn("No time left outside quiet hours", texts)
        self.assertIn("What comes next", texts)
        self.assertFalse(texts - set(self._words("ru")))

    def _bodies(self, lang):
        """``(template, text)`` of the shipped templates in ``lang``."""
        for entry in self.files[lang]:
            for place, _line in entry.occurrences:
                if found := BODY.match(place):
                    yield found[1], entry.msgstr

    def _measured(self, lang, text, link):
        variables = {one.name: one for one in (*MEMBER_VARIABLES, *EVENT_VARIABLES)}
        values = {name: one.sample for name, one in variables.items()}
        values.update(USUAL, **NAMES[lang])
        values.update({name: link for name in values if name.endswith("_link")})
        kinds = {name: one.kind for name, one in variables.items()}
        style = wording.Style(CODES[lang], "Asia/Yerevan", "AMD", 0)
        filled = wording.fill(text, values, style, kinds)
        return segments.count(fitting.fit(filled, "smart")).segments

    def test_shipped_words_are_there_for_each_template(self):
        shipped = self.env["loyalty.sms.template"].search([]).get_external_id()
        names = {
            name.removeprefix("loyalty_sms.template_")
            for name in shipped.values()
            if name.startswith("loyalty_sms.template_")
        }
        self.assertTrue(names)
        for lang in LANGUAGES:
            with self.subTest(lang):
                self.assertEqual({name for name, _text in self._bodies(lang)}, names)

    def test_shipped_words_fit_one_segment_in_usual_cases(self):
        for lang in LANGUAGES:
            for name, text in self._bodies(lang):
                with self.subTest(lang=lang, template=name):
                    most = 2 if name in TWO_SEGMENTS else 1
                    measured = self._measured(lang, text, SHORT_LINK)
                    self.assertLessEqual(measured, most)
                    self.assertLessEqual(self._measured(lang, text, LONG_LINK), 2)

    def test_shipped_words_name_the_commands_that_are_understood(self):
        words = self.env["loyalty.sms.keyword"].search([]).mapped("word")
        known = {word.casefold() for word in words}
        commands = {
            "ru": ("СТОП", "СТАРТ", "БАЛАНС", "ДА"),
            "hy": ("ԴԱԴԱՐ", "ՍԿՍԵԼ", "ԲԱԼԱՆՍ", "ԱՅՈ"),
            "ka": ("შეწყვეტა", "დაწყება", "ბალანსი", "დიახ"),
            "fa": ("لغو", "شروع", "موجودی", "بله"),
        }
        for lang, expected in commands.items():
            bodies = dict(self._bodies(lang))
            names = ("reply_start", "reply_stop", "reply_help", "consent_asked")
            for word, name in zip(expected, names, strict=True):
                with self.subTest(lang=lang, word=word):
                    self.assertIn(word, bodies[name])
                    self.assertIn(word.casefold(), known)


@tagged("post_install", "-at_install")
class TestLateLanguage(TransactionCase):
    def test_a_language_that_is_added_later_brings_the_words_of_messages(self):
        languages = self.env["res.lang"].with_context(active_test=False)
        languages._loyalty_offer_armenian()
        armenian = languages.search([("code", "=", "hy_AM")])
        templates = self.env["loyalty.sms.template"]
        template = self.env.ref("loyalty_sms.template_purchase")
        if armenian.active:
            template.update_field_translations("body", {"hy_AM": False})
        self.assertNotIn("hy_AM", template.texts)
        wizard = self.env["base.language.install"].create(
            {"lang_ids": [(6, 0, armenian.ids)]}
        )
        wizard.lang_install()
        templates.invalidate_model()
        self.assertIn("միավոր", template.with_context(lang="hy_AM").body)
        rendered = template._render_for(
            self.env["res.partner"].create({"name": "Ani", "lang": "hy_AM"}),
            values_by_partner={},
        )
        (words,) = rendered.values()
        self.assertEqual((words.lang, words.fallback), ("hy_AM", False))


@tagged("post_install", "-at_install")
class TestTranslatedPages(PortalCommon, HistoryCommon):
    PAGES = {
        "/my/messages": ("Messages", "My ratings", "What I may get"),
        "/my/ratings": ("My ratings", "Rate now"),
        "/my/complaints": ("My complaints", "New complaint", "Received"),
        "/my/complaints/new": ("What went wrong?", "In a few words", "Send"),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._loyalty_offer_armenian()
        for code in CODES.values():
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(
            ["loyalty_sms"], list(CODES.values()), overwrite=True
        )
        cls._ask()
        cls.env["loyalty.complaint"]._open_by_customer(cls.ani, "Late", "By a day")
        cls._message(body="600", state="delivered", channel="email")

    def test_customers_read_their_pages_in_their_language(self):
        files = read_files("loyalty_sms")
        for lang, code in CODES.items():
            words = {entry.msgid: entry.msgstr for entry in files[lang]}
            self.ani_user.lang = code
            self.authenticate("feed_ani", "feed_ani")
            for url, phrases in self.PAGES.items():
                text = self._text(self._get(url))
                for phrase in phrases:
                    with self.subTest(lang=lang, url=url, phrase=phrase):
                        self.assertIn(words[phrase], text)
                        self.assertNotIn(phrase, text)
            with self.subTest(lang=lang):
                text = self._text(self._get("/my/messages"))
                self.assertIn(words["E-mail"], text)

    def test_persian_pages_run_from_right_to_left(self):
        self.ani.lang = "fa_IR"
        path = "/u/" + self.ani._stop_link("sms", self.company).rsplit("/", 1)[1]
        root = html.fromstring(self._get(path).content)
        styles = " ".join(root.xpath("//link[@rel='stylesheet']/@href"))
        self.assertIn("rtl", styles)
        self.assertEqual((root.get("lang"), root.get("dir")), ("fa-IR", "rtl"))
