"""Printed cards are read back from the rendered PDF, as a scanner would."""

from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .test_gift_cards import GiftCardCommon

try:
    import pypdfium2
    import zxingcpp
except ImportError:
    pypdfium2 = zxingcpp = None


@tagged("post_install", "-at_install")
@skipUnless(pypdfium2 and _wkhtml().state == "ok", "needs wkhtmltopdf and a decoder")
class TestPrintedCards(GiftCardCommon):
    def _pdf(self, report, cards):
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(f"loyalty_club.{report}", cards.ids)
        )
        self.assertEqual(kind, "pdf")
        document = pypdfium2.PdfDocument(pdf)
        self.addCleanup(document.close)
        return document

    def _decoded(self, page):
        """``{(format, text): (width, height) in mm}`` of the symbols on a page."""
        scale = 300 / 72
        image = page.render(scale=scale).to_pil().convert("L")
        found = {}
        for symbol in zxingcpp.read_barcodes(image):
            where = symbol.position
            found[str(symbol.format), symbol.text] = (
                (where.top_right.x - where.top_left.x) * 25.4 / 300,
                (where.bottom_left.y - where.top_left.y) * 25.4 / 300,
            )
        return found

    def test_every_symbol_of_a_sheet_is_read_back(self):
        cards = self._batch(count=13).card_ids
        document = self._pdf("report_gift_sheet", cards)
        self.assertEqual(len(document), 2)
        found = {}
        for page in document:
            found |= self._decoded(page)
        wanted = {
            (kind, code)
            for code in cards.mapped("code")
            for kind in ("QR Code", "Code 128")
        }
        self.assertEqual(set(found), wanted)

    def test_symbols_are_large_enough_for_a_shop_scanner(self):
        document = self._pdf("report_gift_sheet", self.batch.card_ids[:1])
        sizes = {
            kind: size for (kind, _code), size in self._decoded(document[0]).items()
        }
        self.assertGreater(sizes["QR Code"][0], 18)
        # 0.25 mm a module, which the worst office printer still draws.
        self.assertGreater(sizes["Code 128"][0], 60)

    def test_sheet_shows_value_validity_and_code_in_groups(self):
        card = self._batch(count=1, expiration_date="2027-12-31").card_ids
        text = self._text(self._pdf("report_gift_sheet", card)[0])
        self.assertRegex(text, r"10,000\s")
        self.assertIn("12/31/2027", text)
        groups = " ".join(card.code[i : i + 4] for i in range(0, 17, 4))
        self.assertIn(groups, text)

    def _text(self, page):
        return page.get_textpage().get_text_range()

    def test_member_cards_have_the_size_of_a_credit_card(self):
        names = ("Անի Սարգսյան", "ნინო ბერიძე", "Мария Иванова", "مریم رضایی")
        partners = self.env["res.partner"].create([{"name": name} for name in names])
        cards = self.env["loyalty.card"]
        for partner in partners:
            cards |= self._enroll(partner)
        document = self._pdf("report_member_card", cards)
        self.assertEqual(len(document), 4)
        for page, card in zip(document, cards, strict=True):
            with self.subTest(card.partner_id.name):
                width, height = (round(side * 25.4 / 72) for side in page.get_size())
                self.assertEqual((width, height), (86, 54))
                self.assertEqual(
                    set(self._decoded(page)),
                    {("QR Code", card.code), ("Code 128", card.code)},
                )
        self.assertIn("Անի Սարգսյան", self._text(document[0]))
        self.assertIn("ნინო ბერიძე", self._text(document[1]))
        self.assertIn("Bronze", self._text(document[2]))

    def test_poster_of_a_shop_leads_to_its_registration_page(self):
        document = self._pdf("report_join_poster", self.kentron)
        self.assertEqual(
            set(self._decoded(document[0])), {("QR Code", self.kentron.join_url)}
        )
        self.assertIn(self.kentron.join_token, self.kentron.join_url)
        self.assertIn("Kentron", self._text(document[0]))


@tagged("post_install", "-at_install")
class TestPrinting(GiftCardCommon):
    def test_pages_name_no_address_with_a_code(self):
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "loyalty_club.report_gift_sheet", self.batch.card_ids.ids
            )[0]
            .decode()
        )
        self.assertNotIn("/report/barcode", html)
        self.assertIn("data:image/png;base64,", html)
        for code in self.batch.card_ids.mapped("code"):
            self.assertNotIn(code, html)  # only in groups, and in the pictures

    def test_cashier_cannot_print_gift_cards(self):
        cashier = self._user("print_cashier", "loyalty_club.group_loyalty_cashier")
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(cashier)._render_qweb_html(
                "loyalty_club.report_gift_sheet", self.batch.card_ids.ids
            )

    def test_a_member_card_is_no_gift_card(self):
        member = self._enroll()
        render = self.env["ir.actions.report"]._render_qweb_html
        with self.assertRaisesRegex(UserError, "no gift cards"):
            render("loyalty_club.report_gift_sheet", member.ids)
        with self.assertRaisesRegex(UserError, "no member cards"):
            render("loyalty_club.report_member_card", self.batch.card_ids.ids)

    def test_missing_printing_program_is_named(self):
        with (
            patch.object(
                type(self.env["ir.actions.report"]),
                "get_wkhtmltopdf_state",
                return_value="install",
            ),
            self.assertRaisesRegex(UserError, "wkhtmltopdf"),
        ):
            self.batch.action_print()
        self.assertEqual((self.batch.state, self.batch.printed_count), ("generated", 0))

    def test_large_batches_are_printed_in_parts(self):
        path = "odoo.addons.loyalty_club.models.loyalty_gift_batch.PRINTED_AT_ONCE"
        report = type(self.env["ir.actions.report"])
        with (
            patch(path, 2),
            patch.object(report, "get_wkhtmltopdf_state", lambda self: "ok"),
        ):
            first = self.batch.action_print()
            self.assertEqual(self.batch.state, "generated")
            second = self.batch.action_print()
            self.assertEqual(self.batch.state, "printed")
        printed = first["context"]["active_ids"] + second["context"]["active_ids"]
        self.assertEqual(printed, self.batch.card_ids.sorted("id").ids)
