from odoo.tests import TransactionCase, tagged

from odoo.addons.loyalty_sms.tests.translation_common import TranslationChecks


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationChecks, TransactionCase):
    addon = "loyalty_sms_survey"
    # The reason of points, in the member's history.
    others = ("Thanks for answering: %s",)
