import re
from pathlib import Path

import polib
from lxml import html

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

from .test_portal import PortalCommon

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]")
TAG = re.compile(r"<[^>]+>")

# Language: what 'My club' says, the way to the next tier, a kind of the ledger,
# the button of the join page, the title of the gift card page.
SENTENCES = {
    "ru_RU": (
        ("Ваша карта", "Показать на кассе", "Подарочные карты", "Ваш уровень: Bronze"),
        "До уровня «Silver» осталось",
        "Бонус",
        "Вступить в клуб",
        "Остаток подарочной карты",
    ),
    "hy_AM": (
        ("Ձեր քարտը", "Ցույց տալ դրամարկղում", "Նվեր քարտեր", "Ձեր մակարդակը՝ Bronze"),
        "«Silver» մակարդակին մնացել է",
        "Բոնուս",
        "Միանալ ակումբին",
        "Նվեր քարտի մնացորդը",
    ),
    "ka_GE": (
        ("თქვენი ბარათი", "სალაროსთან ჩვენება", "თქვენი დონე: Bronze"),
        "დონემდე „Silver“ დარჩა",
        "ბონუსი",
        "კლუბში გაწევრიანება",
        "სასაჩუქრე ბარათის ნაშთი",
    ),
    "fa_IR": (
        ("کارت شما", "نمایش در صندوق", "کارت‌های هدیه", "سطح شما: Bronze"),
        "تا سطح «Silver»",
        "پاداش",
        "عضویت در باشگاه",
        "مانده کارت هدیه",
    ),
}
ENGLISH = (
    "Your card",
    "Show at the till",
    "Gift cards",
    "Your tier",
    "Invite a friend",
    "Profile and consents",
    "On the way",
    "Waits for the payment",
)


@tagged("post_install", "-at_install")
class TestTranslationFiles(TransactionCase):
    """The .po files themselves, without loading them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(file_path("loyalty_club/i18n/loyalty_club.pot")).parent
        cls.template = polib.pofile(str(folder / "loyalty_club.pot"))
        cls.files = {path.stem: polib.pofile(str(path)) for path in folder.glob("*.po")}

    def test_the_languages_of_the_shops_are_there(self):
        self.assertEqual(set(self.files), {"ru", "hy", "ka", "fa"})

    def test_placeholders_and_tags_are_those_of_the_english_text(self):
        for lang, file in self.files.items():
            self.assertTrue(file)
            for entry in file:
                with self.subTest(lang=lang, text=entry.msgid):
                    self.assertTrue(entry.msgstr)
                    for pattern in (PLACEHOLDER, TAG):
                        self.assertEqual(
                            sorted(pattern.findall(entry.msgid)),
                            sorted(pattern.findall(entry.msgstr)),
                        )

    def test_nothing_is_fuzzy_obsolete_or_twice(self):
        for lang, file in self.files.items():
            with self.subTest(lang):
                texts = [entry.msgid for entry in file]
                self.assertEqual(len(texts), len(set(texts)))
                self.assertFalse(file.fuzzy_entries())
                self.assertFalse(file.obsolete_entries())

    def test_each_translated_text_is_in_the_template(self):
        known = {entry.msgid for entry in self.template}
        for lang, file in self.files.items():
            with self.subTest(lang):
                self.assertFalse({entry.msgid for entry in file} - known)


@tagged("post_install", "-at_install")
class TestTranslatedPages(PortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._loyalty_offer_armenian()
        for lang in SENTENCES:
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.module.module"]._load_module_terms(
            ["loyalty_club"], list(SENTENCES), overwrite=True
        )
        cls.card = cls._enroll()
        cls.card._post_points([cls.card._entry("bonus", 4321)])
        cls._invoice(20000)
        cls.company.loyalty_self_registration = True

    def _sign_in(self, lang):
        self.ani_user.lang = lang
        self.authenticate("ani_portal", "ani_portal")

    def test_member_reads_the_club_in_the_own_language(self):
        for lang, (phrases, progress, kind, *_others) in SENTENCES.items():
            with self.subTest(lang):
                self._sign_in(lang)
                text = self._text(self._page("/my/club"))
                for phrase in (*phrases, progress):
                    self.assertIn(phrase, text)
                for phrase in ENGLISH:
                    self.assertNotIn(phrase, text)
                self.assertIn(kind, self._text(self._page("/my/club/history")))

    def test_progress_sentence_is_in_the_language_of_the_reader(self):
        for lang, (_phrases, progress, *_others) in SENTENCES.items():
            with self.subTest(lang):
                text = self.card.with_context(lang=lang).tier_progress_text
                self.assertIn(progress, text)
                self.assertNotIn(" to Silver", text)

    def test_points_without_a_name_of_the_shop_are_called_points_by_the_reader(self):
        names = {
            "ru_RU": "баллов",
            "hy_AM": "միավոր",
            "ka_GE": "ქულა",
            "fa_IR": "امتیاز",
        }
        for lang, name in names.items():
            with self.subTest(lang):
                card = self.card.with_context(lang=lang)
                self.assertEqual(card._points_text(5), f"5 {name}")
        self.assertEqual(self.card._points_text(5), "5 Points")
        self.club.portal_point_name = "Arevs"
        armenian = self.card.with_context(lang="hy_AM")
        self.assertEqual(armenian._points_text(5), "5 Arevs")

    def test_the_highest_tier_is_named_in_the_language_of_the_reader(self):
        self.card._set_tier(self.gold, "a test")
        english = self.card.with_context(lang="en_US").tier_progress_text
        self.assertEqual(english, "The highest tier is reached")
        for lang in SENTENCES:
            with self.subTest(lang):
                text = self.card.with_context(lang=lang).tier_progress_text
                self.assertTrue(text)
                self.assertNotEqual(text, english)

    def test_strangers_read_the_public_pages_in_the_language_of_the_browser(self):
        self.kentron._ensure_join_token()
        join = f"/club/join/{self.kentron.join_token}"
        for lang, (*_others, button, title) in SENTENCES.items():
            # Without a session the language is the one the browser asks for.
            self.authenticate(None, None)
            del self.opener.cookies["session_id"]
            headers = {"Accept-Language": lang.replace("_", "-")}
            with self.subTest(lang):
                page = self.url_open("/gift-card", headers=headers)
                self.assertIn(title, self._text(page))
                page = self.url_open(join, headers=headers)
                self.assertIn(button, self._text(page))

    def test_persian_pages_run_from_right_to_left(self):
        self._sign_in("fa_IR")
        page = self._page("/my/club").text
        self.assertIn("/web.assets_frontend.rtl.", page)

    def test_card_codes_read_from_left_to_right_in_every_language(self):
        """In a Persian page groups of digits would change places."""
        self._sign_in("fa_IR")
        code = self.card._grouped_code()
        for url in ("/my/club", "/my/club/card"):
            with self.subTest(url):
                page = html.fromstring(self._page(url).content)
                shown = page.xpath(f"//*[normalize-space(text())='{code}']")
                self.assertEqual([node.get("dir") for node in shown], ["ltr"])
        page = html.fromstring(self._page("/gift-card").content)
        self.assertEqual(page.xpath("//input[@name='code']/@dir"), ["ltr"])


@tagged("post_install", "-at_install")
class TestArmenianLanguage(TransactionCase):
    def test_armenian_is_offered_and_left_alone_when_it_exists(self):
        languages = self.env["res.lang"].with_context(active_test=False)
        languages._loyalty_offer_armenian()
        armenian = languages.search([("code", "=", "hy_AM")])
        self.assertEqual(len(armenian), 1)
        armenian.date_format = "%d/%m/%Y"
        languages._loyalty_offer_armenian()
        armenian.invalidate_recordset()
        self.assertRecordValues(
            languages.search([("code", "=like", "hy%")]),
            [{"code": "hy_AM", "date_format": "%d/%m/%Y", "url_code": "hy"}],
        )
