from odoo.tests import TransactionCase, tagged

from odoo.addons.loyalty_1c_bridge.tests.translation_common import (
    TranslationChecks,
    words_of,
)


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationChecks, TransactionCase):
    addon = "loyalty_1c_bridge_pos"
    languages = {"ru", "hy"}

    def test_all_is_in_russian(self):
        self.assertEqual(
            set(words_of(self.files["ru"])),
            {entry.msgid for entry in self.template},
        )
