from odoo.tests import TransactionCase, tagged

from odoo.addons.loyalty_delivery.tests.translation_common import TranslationChecks


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationChecks, TransactionCase):
    addon = "loyalty_delivery_website_sale"
    places = (
        r"arch_db:loyalty_delivery_website_sale\."
        r"|loyalty_delivery_website_sale/(controllers|models)/"
    )
