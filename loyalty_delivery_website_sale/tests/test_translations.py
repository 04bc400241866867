from odoo.tests import TransactionCase, tagged

from odoo.addons.loyalty_delivery.tests.translation_common import (
    CODES,
    TranslationChecks,
    load_languages,
    words_of,
)

ADDON = "loyalty_delivery_website_sale"


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationChecks, TransactionCase):
    addon = ADDON
    places = (
        r"arch_db:loyalty_delivery_website_sale\."
        r"|loyalty_delivery_website_sale/(controllers|models)/"
    )

    def test_the_checkout_asks_for_the_time_in_the_language_of_the_customer(self):
        load_languages(self.env, ADDON)
        view = self.env.ref(f"{ADDON}.delivery_times")
        for lang, code in CODES.items():
            arch = view.with_context(lang=code).arch_db
            with self.subTest(lang):
                self.assertIn(words_of(self.files[lang])["Delivery time"], arch)
                self.assertNotIn("Choose a time", arch)
