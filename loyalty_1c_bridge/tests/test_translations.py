import re

from lxml import html

from odoo.tests import TransactionCase, tagged

from .common import OnecCommon
from .translation_common import TranslationChecks, is_at, words_of

CODES = {"ru": "ru_RU", "hy": "hy_AM", "ka": "ka_GE", "fa": "fa_IR"}
# What customers get by mail.
CUSTOMER_PLACES = (
    r"arch_db:loyalty_1c_bridge\.onec_reconcile_body"
    r"|model:mail\.template,(body_html|subject):loyalty_1c_bridge"
)
SCREENS = (
    r"model:ir\.ui\.menu,name:"
    r"|model:ir\.actions\.(act_window|client|server|report),name:"
    r"|arch_db:loyalty_1c_bridge\."
    r"|model:ir\.model\.fields\.selection,name:"
)


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationChecks, TransactionCase):
    addon = "loyalty_1c_bridge"
    languages = set(CODES)

    def test_customers_read_their_statement_in_the_four_languages(self):
        read = {entry.msgid for entry in self.template if is_at(entry, CUSTOMER_PLACES)}
        self.assertIn("Opening balance", read)
        for lang, file in self.files.items():
            with self.subTest(lang):
                self.assertFalse(read - set(words_of(file)))

    def test_accountants_work_in_russian(self):
        texts = {entry.msgid for entry in self.template if is_at(entry, SCREENS)}
        self.assertIn("Reconciliation statement", texts)
        self.assertFalse(texts - set(words_of(self.files["ru"])))

    def test_the_statement_has_the_words_of_russian_bookkeeping(self):
        words = words_of(self.files["ru"])
        self.assertEqual(
            [
                words[text]
                for text in (
                    "Reconciliation statement",
                    "Opening balance",
                    "Turnover",
                    "Closing balance",
                    "Posted in 1C",
                )
            ],
            [
                "Акт сверки взаимных расчётов",
                "Сальдо на начало",
                "Обороты за период",
                "Сальдо на конец",
                "Проведён в 1С",
            ],
        )


@tagged("post_install", "-at_install")
class TestTranslatedErrors(OnecCommon):
    """What the other side did wrong is told in the accountant's language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._loyalty_offer_armenian()
        for code in CODES.values():
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(
            ["loyalty_1c_bridge"], list(CODES.values()), overwrite=True
        )

    def _explanations(self, lang):
        messages = self.env["onec.message"].with_context(lang=lang)
        return messages._explanations({})

    def test_each_error_is_told_in_russian_and_armenian(self):
        english = self._explanations("en_US")
        self.assertIn("bank_signature", english)
        for lang, letters in (("ru_RU", "[а-яё]"), ("hy_AM", "[ա-և]")):
            told = self._explanations(lang)
            self.assertEqual(set(told), set(english))
            for code, text in told.items():
                with self.subTest(lang=lang, code=code):
                    self.assertNotEqual(text, english[code])
                    self.assertTrue(re.search(letters, text))

    def test_the_mail_and_the_statement_are_in_the_language_of_the_customer(self):
        template = self.env.ref("loyalty_1c_bridge.onec_reconcile_mail_template")
        body = self.env.ref("loyalty_1c_bridge.onec_reconcile_body")
        english = html.fromstring(body.with_context(lang="en_US").arch_db)
        for code in CODES.values():
            with self.subTest(code):
                own = html.fromstring(body.with_context(lang=code).arch_db)
                self.assertNotEqual(own.findtext(".//h3"), english.findtext(".//h3"))
                self.assertNotEqual(
                    template.with_context(lang=code).subject,
                    template.with_context(lang="en_US").subject,
                )
