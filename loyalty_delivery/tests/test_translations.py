import json
import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from ..models.courier_texts import TEXTS
from .books_common import BooksCommon
from .common import DeliveryCommon
from .courier_common import CourierCommon
from .test_tracking_page import TrackingCommon
from .translation_common import (
    CODES,
    TranslationChecks,
    is_at,
    load_languages,
    read_files,
    words_of,
)

CUSTOMER_PLACES = (
    r"model:loyalty\.delivery\.reason,name:"
    r"|model:mail\.template,(body_html|subject):"
    r"|ir\.actions\.report,print_report_name:"
    r"|arch_db:loyalty_delivery\.(tracking_|portal_|sale_order_portal_"
    r"|route_sheet|waybill|slips|settlement_receipt|pay_sheet)"
    r"|selection__loyalty_delivery_(stop|trip)__state__"
    r"|selection__loyalty_delivery_event__kind__"
    r"|loyalty_delivery/(controllers|reports)/"
    r"|loyalty_delivery/models/(courier_texts|delivery_carrier|sale_order_\w+"
    r"|loyalty_delivery_(event_apply|event_receive|proof|slot_rules|zone_slots"
    r"|stop_(slot|feedback|paper)|trip_paper))\.py"
)
# What dispatchers, cashiers and managers work with all day.
STAFF_PLACES = (
    r"model:ir\.ui\.menu,name:"
    r"|model:ir\.actions\.(act_window|client|server|report),name:"
    r"|selection__loyalty_delivery_\w+__"
    r"|arch_db:loyalty_delivery\."
    r"|loyalty_delivery/(static/src|models|wizards|controllers|reports)/"
)
MAILS = ("planned", "started", "late", "done", "failed", "apology")
TAG = re.compile(r"<[^>]+>")


def plain(markup):
    """The words of a text with tags, one space between them."""
    return re.sub(r"\s+", " ", TAG.sub(" ", markup)).strip()


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationChecks, TransactionCase):
    addon = "loyalty_delivery"
    places = CUSTOMER_PLACES
    others = ("Sorry for the late delivery %s", "Outside our delivery zones")

    def test_dispatchers_and_cashiers_work_in_russian(self):
        texts = {entry.msgid for entry in self.template if is_at(entry, STAFF_PLACES)}
        self.assertIn("Settle a courier", texts)
        self.assertIn("How the board works", texts)
        self.assertFalse(texts - set(words_of(self.files["ru"])))


@tagged("post_install", "-at_install")
class TestTranslatedTracking(TrackingCommon, HttpCase):
    """What customers read about their delivery."""

    ON_THE_WAY = (
        "Your courier comes",
        "Doors before yours:",
        "Your courier",
        "Your delivery",
        "On its way",
    )
    AT_HOME = ("How was the delivery?", "Delivered", "A tip for the courier?")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_languages(cls.env, "loyalty_delivery")
        cls.words = {
            lang: words_of(file)
            for lang, file in read_files("loyalty_delivery").items()
        }

    def _page(self):
        return html.fromstring(self.url_open(self.url).content)

    def _check(self, lang, phrases):
        page = self._page()
        text = re.sub(r"\s+", " ", page.text_content())
        for phrase in phrases:
            with self.subTest(lang=lang, phrase=phrase):
                self.assertIn(plain(self.words[lang][phrase]), text)
                self.assertNotRegex(text, rf"{re.escape(phrase)}(?!\w)")
        return page

    def test_customers_follow_the_courier_in_their_language(self):
        for lang, code in CODES.items():
            self.stop.partner_id.lang = code
            self._check(lang, self.ON_THE_WAY)

    def test_customers_rate_in_their_language(self):
        self.stop._transition("delivered", {"done_at": self.now})
        for lang, code in CODES.items():
            self.stop.partner_id.lang = code
            self._check(lang, self.AT_HOME)

    def test_persian_page_runs_from_right_to_left(self):
        self.stop.partner_id.lang = "fa_IR"
        page = self._check("fa", self.ON_THE_WAY)
        self.assertEqual((page.get("lang"), page.get("dir")), ("fa-IR", "rtl"))

    def test_mails_are_written_in_the_language_of_the_customer(self):
        for mail in MAILS:
            template = self.env.ref(f"loyalty_delivery.mail_delivery_{mail}")
            english = template.with_context(lang="en_US")
            for lang, code in CODES.items():
                with self.subTest(mail=mail, lang=lang):
                    own = template.with_context(lang=code)
                    self.assertNotEqual(own.subject, english.subject)
                    heading = html.fromstring(own.body_html).findtext(".//h2")
                    self.assertTrue(heading.strip())
                    self.assertFalse(re.search(r"[A-Za-z]", heading))

    def test_reasons_of_failure_are_told_in_the_language_of_the_reader(self):
        reason = self.env.ref("loyalty_delivery.reason_not_at_home")
        for lang, code in CODES.items():
            with self.subTest(lang):
                name = reason.with_context(lang=code).name
                self.assertEqual(name, self.words[lang]["Nobody at home"])


@tagged("post_install", "-at_install")
class TestTranslatedCourierPage(CourierCommon, HttpCase):
    """What couriers read on their phones, with an account or by a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_languages(cls.env, "loyalty_delivery")
        files = read_files("loyalty_delivery")
        cls.words = {lang: words_of(file) for lang, file in files.items()}

    def _post(self, path, data):
        return self.url_open(
            f"/courier/api/{path}",
            data=json.dumps(data),
            headers={"Content-Type": "application/json", "X-Courier-Page": "1"},
        )

    def _open_link(self):
        token, pin = self.env["loyalty.delivery.access"]._issue(self.trip)
        self._post("open", {"token": token, "pin": pin}).raise_for_status()

    def _check_texts(self):
        for lang, code in CODES.items():
            self.levon.partner_id.lang = code
            hello = self.url_open("/courier/api/hello").json()
            self.assertEqual(hello["lang"], code.replace("_", "-"))
            self.assertEqual(hello["direction"], "rtl" if lang == "fa" else "ltr")
            self.assertEqual(set(hello["texts"]), set(TEXTS))
            for key, english in TEXTS.items():
                with self.subTest(lang=lang, key=key):
                    expected = self.words[lang][english._source]
                    self.assertEqual(hello["texts"][key], expected)

    def test_couriers_with_a_link_read_their_own_language(self):
        self._open_link()
        self._check_texts()

    def test_couriers_with_an_account_read_their_own_language(self):
        self.levon.user_id = new_test_user(
            self.env,
            "levon_reads",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        self.authenticate("levon_reads", "levon_reads")
        self._check_texts()

    def test_reasons_on_the_phone_are_in_the_courier_s_language(self):
        self._open_link()
        for lang, code in CODES.items():
            self.levon.partner_id.lang = code
            data = self.url_open(f"/courier/api/trip/{self.trip.id}").text
            name = self.words[lang]["Nobody at home"]
            with self.subTest(lang):
                self.assertIn(name, json.dumps(json.loads(data), ensure_ascii=False))

    def test_what_is_not_accepted_is_told_in_the_courier_s_language(self):
        self._open_link()
        self.stop._transition("cancelled")
        for lang, code in CODES.items():
            self.levon.partner_id.lang = code
            now = fields.Datetime.now()
            event = self._event("deliver", self.stop, at=now, cod=0, method="cash")
            answer = self._post("events", {"trip": self.trip.id, "events": [event]})
            (told,) = answer.json()["results"]
            with self.subTest(lang):
                self.assertNotEqual(told["status"], "applied")
                self.assertTrue(told["reason"])
                self.assertFalse(re.search(r"[A-Za-z]{3}", told["reason"]))


@tagged("post_install", "-at_install")
class TestTranslatedChoice(DeliveryCommon, HttpCase):
    """What customers read when they choose a time, and when there is none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_languages(cls.env, "loyalty_delivery")
        files = read_files("loyalty_delivery")
        cls.words = {lang: words_of(file) for lang, file in files.items()}
        cls.zone = cls._make_zone(neighbour_points=50)
        cls.carrier = cls._make_carrier()
        cls.slot = cls.env["loyalty.delivery.slot"].create(
            {
                "zone_id": cls.zone.id,
                "date": fields.Date.today() + timedelta(days=3),
                "hour_from": 10,
                "hour_to": 12,
                "capacity": 1,
            }
        )
        cls.user = cls._user("ani.words", "base.group_portal", password="ani.words")
        cls.user.partner_id.write({"zip": "0010", "city": "Yerevan"})
        cls.order = cls._order(5000, cls.user.partner_id)
        price = cls.carrier.rate_shipment(cls.order)["price"]
        cls.order.set_delivery_line(cls.carrier, price)
        cls.order.action_quotation_sent()

    def test_times_are_chosen_in_the_language_of_the_customer(self):
        view = "loyalty_delivery.portal_delivery_time"
        for lang, code in CODES.items():
            arch = self.env.ref(view).with_context(lang=code).arch_db
            for phrase in ("Take this time", "Delivery time of"):
                with self.subTest(lang=lang, phrase=phrase):
                    self.assertIn(self.words[lang][phrase], arch)
                    self.assertNotIn(phrase, arch)

    def test_a_time_that_is_gone_is_told_in_the_language_of_the_customer(self):
        english = "This delivery time is not free any more. Choose another one."
        day = self.slot.date + timedelta(days=1)
        for lang, code in CODES.items():
            order = self.order.with_context(lang=code)
            with (
                self.subTest(lang),
                self.assertRaisesRegex(UserError, re.escape(self.words[lang][english])),
            ):
                order._delivery_choose(self.slot.id, day)
            self.assertFalse(order.delivery_slot_id)

    def test_an_address_outside_is_refused_in_the_language_of_the_customer(self):
        self.order.partner_shipping_id.write({"zip": "9999", "city": "Nowhere"})
        for lang, code in CODES.items():
            answer = self.carrier.with_context(lang=code).rate_shipment(
                self.order.with_context(lang=code)
            )
            with self.subTest(lang):
                self.assertFalse(answer["success"])
                told = answer["error_message"].replace("Nowhere", "")
                self.assertNotIn("deliver", told)
                self.assertRegex(told, r"[^\x00-\x7f]")


@tagged("post_install", "-at_install")
class TestTranslatedPaper(BooksCommon):
    """What couriers carry on paper."""

    SHEETS = {
        "route_sheet": ("Route sheet", "received, signature", "Planned:"),
        "waybill": ("Waybill", "Consignor:", "Weight, kg"),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_languages(cls.env, "loyalty_delivery")
        files = read_files("loyalty_delivery")
        cls.words = {lang: words_of(file) for lang, file in files.items()}
        cls.stops = cls._make_stops(2, address="Abovyan 1", cod_due=23000)
        for number, stop in enumerate(cls.stops, 1):
            stop._transition("planned", {"trip_id": cls.trip.id, "sequence": number})
        cls.trip._transition("planned")

    def test_papers_are_printed_in_the_language_of_the_reader(self):
        for lang, code in CODES.items():
            reports = self.env["ir.actions.report"].with_context(lang=code)
            for sheet, phrases in self.SHEETS.items():
                name = f"loyalty_delivery.{sheet}"
                page = reports._render_qweb_html(name, self.trip.ids)[0].decode()
                text = plain(page)
                for phrase in phrases:
                    with self.subTest(lang=lang, sheet=sheet, phrase=phrase):
                        self.assertIn(plain(self.words[lang][phrase]), text)
                        self.assertNotIn(phrase, text)
