import hashlib
import re
from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import DeliveryCommon


class TrackingCommon(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        cls.now = now
        cls.trip = cls.env["loyalty.delivery.trip"].create(
            {
                "courier_id": cls.levon.id,
                "depot_id": cls.depot.id,
                "date": fields.Date.today(),
                "state": "en_route",
                "started_at": now,
            }
        )
        cls.stops = cls._make_stops(3, trip_id=cls.trip.id, date=fields.Date.today())
        for number, stop in enumerate(cls.stops, 1):
            stop.write(
                {
                    "sequence": number,
                    "leg_s": 600,
                    "state": "out",
                    "eta": now + timedelta(minutes=15 * number),
                    "amount_total": 23000,
                    "cod_due": 23000 if number == 3 else 0,
                    "address": "Abovyan 1",
                }
            )
        cls.stop = cls.stops[2]
        cls.url = cls._link(cls.stop)

    @classmethod
    def _link(cls, stop):
        return "/d/" + stop._tracking_url().partition("/d/")[2]


@tagged("post_install", "-at_install")
class TestTrackingPage(TrackingCommon, HttpCase):
    def _get(self, url, data=None, status=200, **kwargs):
        response = self.url_open(url, data=data, **kwargs)
        self.assertEqual(response.status_code, status, url)
        return response

    def _text(self, response):
        page = html.fromstring(response.content)
        return re.sub(r"\s+", " ", page.text_content())

    def test_customer_sees_the_state_and_nothing_of_others(self):
        response = self._get(self.url)
        text = self._text(response)
        self.assertIn("Your courier comes", text)
        self.assertIn("Doors before yours: 2", text)
        self.assertIn("Levon", text)
        self.assertIn("23,000", text)
        self.assertNotIn("Abovyan", text)
        for other in self.stops[:2]:
            self.assertNotIn(other.name, text)

    def test_page_is_kept_nowhere(self):
        headers = self._get(self.url).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("Set-Cookie", headers)

    def test_strangers_learn_nothing_and_are_stopped(self):
        text = self._text(self._get("/d/" + "A" * 32, status=404))
        self.assertIn("This link is not known", text)
        self._get("/d/" + "A" * 500, status=404)
        for _attempt in range(60):
            status = self.url_open("/d/" + "B" * 32).status_code
        self.assertEqual(status, 429)
        # Who has a link is no stranger.
        self._get(self.url)

    def test_page_closes_some_days_after_the_delivery(self):
        self.stop._transition("delivered", {"done_at": self.now})
        self._get(self.url)
        self.stop.done_at = self.now - timedelta(days=7, minutes=1)
        text = self._text(self._get(self.url, status=410))
        self.assertIn("This page is closed", text)
        self._get(self.url + "/rate", {"rating": "5"}, status=410)
        self.assertFalse(self.stop.rating)

    def test_only_a_hash_and_a_salt_are_stored_for_nobody_to_read(self):
        token = self.url.removeprefix("/d/")
        self.assertEqual(len(token), 32)
        stop_sudo = self.stop.sudo()
        self.assertEqual(
            stop_sudo.track_hash, hashlib.sha256(token.encode()).hexdigest()
        )
        self.assertNotIn(stop_sudo.track_salt, token)
        dispatcher = self._user("track_d", "loyalty_delivery.group_delivery_manager")
        for name in ("track_hash", "track_salt"):
            with self.assertRaises(AccessError):
                self.stop.with_user(dispatcher).read([name])
        self.assertEqual(self._link(self.stop), self.url)
        self.assertNotEqual(self._link(self.stops[0]), self.url)

    def test_rating_once_and_changeable_for_a_day(self):
        self._get(self.url + "/rate", {"rating": "5"}, status=422)
        self.assertFalse(self.stop.rating)
        self.stop._transition("delivered", {"done_at": self.now})
        self._get(self.url + "/rate", {"rating": "4", "comment": "Kind"})
        self.assertRecordValues(self.stop, [{"rating": 4, "rating_comment": "Kind"}])
        self._get(self.url + "/rate", {"rating": "5"})
        self.assertRecordValues(self.stop, [{"rating": 5, "rating_comment": "Kind"}])
        self.stop.rated_at = self.now - timedelta(days=1, minutes=1)
        self._get(self.url + "/rate", {"rating": "1"}, status=422)
        self.assertEqual(self.stop.rating, 5)

    def test_what_no_browser_sends_is_no_error(self):
        self.stop._transition("delivered", {"done_at": self.now})
        for rating in ("9", "²", "", "5" * 5000):
            self._get(self.url + "/rate", {"rating": rating}, status=422)
        bad = {"rating": "5", "comment": b"a\0b" + "\ud800".encode("utf-8", "replace")}
        self._get(self.url + "/rate", bad)
        self.assertEqual(self.stop.rating, 5)

    def test_position_is_shown_when_this_door_is_next(self):
        position = self.env["loyalty.delivery.position"].create(
            {
                "trip_id": self.trip.id,
                "company_id": self.company.id,
                "latitude": 40.18034,
                "longitude": 44.51337,
                "time": self.now,
            }
        )
        self.assertNotIn("Distance to you", self._text(self._get(self.url)))
        self.stops[:2]._transition("delivered", {"done_at": self.now})
        page = self._get(self.url)
        self.assertIn("You are next.", self._text(page))
        self.assertIn("Distance to you", self._text(page))
        self.assertEqual(self.stop._page_facts()["place"], (40.1805, 44.5135))
        self.assertNotIn(b"40.18034", page.content)
        position.time = self.now - timedelta(minutes=11)
        self.assertNotIn("Distance to you", self._text(self._get(self.url)))

    def test_page_asked_for_the_living_part_alone(self):
        response = self._get(self.url + "?live=1")
        self.assertNotIn(b"<head", response.content)
        self.assertIn("Doors before yours: 2", self._text(response))

    def test_persian_page_reads_from_the_right(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.stop.partner_id.lang = "fa_IR"
        page = html.fromstring(self._get(self.url).content)
        self.assertEqual(page.get("dir"), "rtl")
        self.assertEqual(page.get("lang"), "fa-IR")

    def test_note_reaches_the_courier_until_he_leaves(self):
        self._get(self.url + "/note", {"note": "Code 12"}, status=422)
        self.assertFalse(self.stop.door_note)
        self.stop.state = "planned"
        self._get(self.url + "/note", {"note": "Code 12"})
        self.assertEqual(self.stop.door_note, "Code 12")

    def test_courier_is_no_more_shown_after_the_delivery(self):
        self.levon.partner_id.phone = "+37499111222"
        self.assertIn(b"+37499111222", self._get(self.url).content)
        self.stop._transition("delivered", {"done_at": self.now})
        self.assertNotIn(b"+37499111222", self._get(self.url).content)


@tagged("post_install", "-at_install")
class TestTip(TrackingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.transfer_allowed = True
        cls.card = cls.club._card_of(cls.ani) or cls._make_card(cls.ani)
        cls.env["loyalty.card"]._post_points([cls.card._entry("opening", 1000)])
        cls.stop._transition("delivered", {"done_at": cls.now})

    @classmethod
    def _make_card(cls, partner):
        return cls.env["loyalty.card"].create(
            {"program_id": cls.club.id, "partner_id": partner.id}
        )

    def test_tip_in_points_moves_once(self):
        theirs = self._make_card(self.levon.partner_id)
        stop = self.stop.sudo()
        with self.assertRaisesRegex(UserError, "at most 500"):
            stop._tip_points(501)
        self.assertEqual(self.card.points, 1000)
        stop._tip_points(200)
        self.assertEqual((self.card.points, theirs.points), (800, 200))
        with self.assertRaises(UserError):
            stop._tip_points(200)
        self.assertEqual((self.card.points, theirs.points), (800, 200))

    def test_without_a_courier_in_the_club_points_are_not_offered(self):
        self.assertFalse(self.stop.sudo()._tip_cards()[0])

    def test_tip_in_money_is_a_promise(self):
        stop = self.stop.sudo()
        stop.company_id.delivery_tip_url = "https://pay.example/{amount}"
        with self.assertRaisesRegex(UserError, "at most"):
            stop._promise_tip(50000)
        stop._promise_tip(500)
        self.assertEqual(stop.tip_amount, 500)
        self.assertEqual(stop._tip_link(), "https://pay.example/500")

    def test_the_link_to_pay_tips_runs_no_script(self):
        for url in ("javascript:alert(1)", "data:text/html,x", "//evil.example"):
            with self.assertRaises(ValidationError):
                self.company.delivery_tip_url = url


@freeze_time("2026-03-06 09:00:00")
class TestTimeTold(DeliveryCommon):
    def test_time_is_told_as_a_window_of_the_depots_clock(self):
        self.depot.partner_id = self.env["res.partner"].create(
            {"name": "Depot", "tz": "Asia/Yerevan"}
        )
        stop = self._make_stops(1, state="out", eta="2026-03-06 10:20:00")
        self.assertEqual(stop._eta_words(), "14:00–15:00")

    def test_promised_slot_is_told_until_the_courier_leaves(self):
        self.depot.partner_id = self.env["res.partner"].create(
            {"name": "Depot", "tz": "Asia/Yerevan"}
        )
        stop = self._make_stops(
            1,
            state="planned",
            eta="2026-03-07 10:20:00",
            window_start="2026-03-07 10:00:00",
            window_end="2026-03-07 12:00:00",
        )
        self.assertEqual(stop._eta_words(), "7 March, 14:00–16:00")
