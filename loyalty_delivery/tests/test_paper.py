from unittest import skipUnless
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .books_common import BooksCommon


@freeze_time("2026-03-06 06:00:00")
class TestPaper(BooksCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = [
            cls._make_sale((cls.beans, number, 23000), (cls.cups, 2, 500))
            for number in (1, 2)
        ]
        cls.stops = cls._make_stops(
            2,
            address="Abovyan 1",
            phone="+37491000001",
            door_note="Code 12B",
            cod_due=23000,
            window_start="2026-03-06 06:00:00",
            window_end="2026-03-06 08:00:00",
        )
        for stop, order, place in zip(cls.stops, cls.orders, (2, 1), strict=True):
            stop.picking_ids = order.picking_ids
            stop.sale_ids = order
            stop._transition("planned", {"trip_id": cls.trip.id, "sequence": place})
        cls.trip._transition("planned")
        cls.refused = cls.env["loyalty.delivery.reason"].create({"name": "Refused"})

    def _html(self, report):
        html = self.env["ir.actions.report"]._render_qweb_html(report, self.trip.ids)[0]
        return html.decode()

    def test_the_route_sheet_has_the_stops_in_order_with_their_money(self):
        html = self._html("loyalty_delivery.route_sheet")
        second, first = (html.index(stop.name) for stop in self.stops)
        self.assertLess(first, second)
        for text in ("10:00", "Code 12B", "+37491000001", "46,000", "Levon"):
            with self.subTest(text):
                self.assertIn(text, html)
        self.assertEqual(html.count("data:image/png;base64,"), 2)

    def test_the_waybill_sums_the_goods_of_the_trip(self):
        goods = self.trip._goods()
        self.assertEqual(
            [(row["name"], row["quantity"]) for row in goods],
            [("Beans", 3), ("Cups", 4)],
        )
        self.assertIn("Beans", self._html("loyalty_delivery.waybill"))

    def test_slips_and_invoices_follow_the_route_or_its_reverse(self):
        invoice = self.orders[0]._create_invoices()
        invoice.action_post()
        papers = self.trip._papers_in_order()
        slips = [document for kind, document in papers if kind == "slip"]
        self.assertEqual(
            slips, [self.orders[1].picking_ids, self.orders[0].picking_ids]
        )
        self.assertEqual(papers[-1], ("invoice", invoice))
        last_first = self.trip._papers_in_order(last_first=True)
        self.assertEqual(last_first[0], ("slip", self.orders[0].picking_ids))
        html = self._html("loyalty_delivery.slips")
        self.assertIn(self.orders[0].picking_ids.name, html)
        self.assertIn(invoice.name, html)

    def test_without_wkhtmltopdf_the_button_says_what_to_install(self):
        reports = type(self.env["ir.actions.report"])
        with (
            patch.object(reports, "get_wkhtmltopdf_state", lambda self: "install"),
            self.assertRaisesRegex(UserError, "wkhtmltopdf"),
        ):
            self.trip.with_user(self.dispatcher).action_print_route_sheet()

    @skipUnless(_wkhtml().state in ("ok", "upgrade"), "needs wkhtmltopdf")
    def test_papers_are_pdf(self):
        for name in ("route_sheet", "waybill", "slips"):
            with self.subTest(name):
                pdf, kind = (
                    self.env["ir.actions.report"]
                    .with_user(self.dispatcher)
                    .with_context(force_report_rendering=True)
                    ._render_qweb_pdf(f"loyalty_delivery.report_{name}", self.trip.ids)
                )
                self.assertEqual(kind, "pdf")
                self.assertTrue(pdf.startswith(b"%PDF"))

    # -- the desk ---------------------------------------------------------------
    def _desk(self, scanned):
        desk = Form(self.env["loyalty.delivery.desk"].with_user(self.dispatcher))
        desk.scanned = scanned
        return desk

    def test_the_desk_confirms_by_the_code_of_the_sheet(self):
        stop = self.stops[0]
        desk = self._desk(stop._paper_link())
        self.assertEqual(desk.stop_id, stop)
        self.assertEqual(desk.collected, 23000)
        desk.save().action_confirm()
        self.assertRecordValues(
            stop,
            [
                {
                    "state": "delivered",
                    "cod_collected": 23000,
                    "payment_method": "cash",
                }
            ],
        )
        self.assertEqual(self.trip.state, "en_route")
        self.assertEqual(stop.done_event_id.payload["desk"], self.dispatcher.name)
        self.assertEqual(stop.booking_ids.state, "waiting")

    def test_a_typed_number_is_enough_and_a_second_scan_changes_nothing(self):
        stop = self.stops[0]
        desk = self._desk(f" {stop.name.lower()} ")
        desk.outcome = "fail"
        desk.reason_id = self.refused
        desk.save().action_confirm()
        self.assertRecordValues(
            stop, [{"state": "failed", "reason_id": self.refused.id}]
        )
        with self.assertRaisesRegex(UserError, "finished already"):
            self._desk(stop.name).save().action_confirm()
        self.assertEqual(stop.state, "failed")

    def test_an_unknown_code_says_so(self):
        for code in ("nonsense", "", "%", "D_______"):
            with self.subTest(code), self.assertRaisesRegex(UserError, "No delivery"):
                self._desk(code).save().action_confirm()


@tagged("post_install", "-at_install")
class TestPaperPage(BooksCommon, HttpCase):
    def test_a_scanned_code_opens_nothing_to_strangers(self):
        (stop,) = self._make_stops(1)
        path = f"/courier/s/{stop._paper_code()}"
        answer = self.url_open(path, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
        self.authenticate("dispatcher", "dispatcher")
        answer = self.url_open(path, allow_redirects=False)
        self.assertTrue(
            answer.headers["Location"].endswith(f"/odoo/delivery-journal/{stop.id}")
        )
        answer = self.url_open("/courier/s/D999999", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)
        self._user("cashier", "loyalty_delivery.group_delivery_cashier")
        self.authenticate("cashier", "cashier")
        self.assertEqual(self.url_open(path).status_code, 404)
