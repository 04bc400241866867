import json
from datetime import timedelta
from uuid import uuid4

from odoo import fields
from odoo.tests import HttpCase, new_test_user

from ..engine.phone_events import milliseconds
from .courier_common import CourierCommon, jpeg

OWN = {"X-Courier-Page": "1"}
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class TestCourierPages(CourierCommon, HttpCase):
    """What phones and strangers get from the courier's addresses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_trip = cls._make_trip(cls.mher, 1)
        cls.user = new_test_user(
            cls.env,
            "levon_phone",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[cls.company.id],
        )
        cls.levon.user_id = cls.user

    def _post(self, path, data, **headers):
        return self.url_open(
            f"/courier/api/{path}",
            data=json.dumps(data),
            headers={"Content-Type": "application/json", **OWN, **headers},
        )

    def _get(self, path):
        return self.url_open(f"/courier/api/{path}")

    def _post_events(self, trip, *events):
        return self._post("events", {"trip": trip.id, "events": list(events)})

    def _open_link(self, trip=None, pin=None):
        token, right = self.env["loyalty.delivery.access"]._issue(trip or self.trip)
        return token, right, self._post("open", {"token": token, "pin": pin or right})

    def _now_event(self, kind, stop=None, **payload):
        return self._event(kind, stop, at=fields.Datetime.now(), **payload)

    # -- who comes in -----------------------------------------------------------------

    def test_a_link_and_its_pin_become_a_cookie_that_scripts_cannot_read(self):
        token, _pin, answer = self._open_link()
        self.assertEqual(answer.json(), {"trip": self.trip.id})
        cookie = answer.headers["Set-Cookie"]
        for part in ("HttpOnly", "SameSite=Strict", "Path=/courier"):
            self.assertIn(part, cookie)
        self.assertNotIn(token, cookie)
        self.assertEqual(
            [trip["id"] for trip in self._get("trips").json()["trips"]], [self.trip.id]
        )
        hello = self._get("hello").json()
        self.assertEqual((hello["courier"], hello["name"]), (self.levon.id, "Levon"))

    def test_a_link_opens_on_one_phone_until_it_is_let_go(self):
        token, pin, _answer = self._open_link()
        mine = self.opener.cookies.copy()
        self.opener.cookies.clear(path="/courier", domain="127.0.0.1")
        answer = self._post("open", {"token": token, "pin": pin})
        self.assertEqual(
            (answer.status_code, answer.json()["error"]), (403, "link_elsewhere")
        )
        self.assertEqual(self._get("trips").status_code, 401)
        self.opener.cookies.update(mine)
        self.assertEqual(self._post("logout", {}).status_code, 200)
        self.opener.cookies.clear(path="/courier", domain="127.0.0.1")
        self.assertEqual(
            self._post("open", {"token": token, "pin": pin}).status_code, 200
        )

    def test_wrong_pins_lock_and_tell_how_many_are_left(self):
        token, pin, answer = self._open_link(pin="nonsense")
        self.assertEqual(answer.json(), {"error": "pin_wrong", "left": 4})
        for _try in range(4):
            answer = self._post("open", {"token": token, "pin": "000"})
        self.assertEqual(answer.json(), {"error": "link_locked", "left": 0})
        answer = self._post("open", {"token": token, "pin": pin})
        self.assertEqual(
            (answer.status_code, answer.json()["error"]), (403, "link_locked")
        )
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_strangers_learn_nothing_and_are_slowed_down(self):
        for token in ("", "x" * 5000, str(uuid4()), None, {"a": 1}):
            answer = self._post("open", {"token": token, "pin": "1"})
            self.assertEqual(
                (answer.status_code, answer.json()["error"]), (404, "link_gone")
            )
        for _try in range(26):
            answer = self._post("open", {"token": "guess", "pin": "1"})
        self.assertEqual(
            (answer.status_code, answer.json()["error"]), (429, "too_many")
        )

    def test_without_link_and_account_there_is_nothing(self):
        self.assertIsNone(self._get("hello").json()["courier"])
        self.assertEqual(self._get("trips").status_code, 401)
        self.assertEqual(self._get(f"trip/{self.trip.id}").status_code, 401)
        answer = self._post_events(self.trip, self._now_event("take"))
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(self.trip.state, "planned")

    def test_a_courier_with_an_account_sees_his_trips_alone(self):
        self.authenticate("levon_phone", "levon_phone")
        trips = self._get("trips").json()["trips"]
        self.assertEqual([trip["id"] for trip in trips], [self.trip.id])
        self.assertEqual(self._get(f"trip/{self.trip.id}").status_code, 200)
        for trip_id in (self.other_trip.id, 10**9):
            self.assertEqual(self._get(f"trip/{trip_id}").status_code, 404)
        answer = self._post_events(self.other_trip, self._now_event("take"))
        self.assertEqual(answer.status_code, 404)
        answer = self._post(
            "position", {"trip": self.other_trip.id, "pos": {"lat": 1, "lon": 1}}
        )
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.other_trip.state, "planned")

    def test_a_dispatcher_is_no_courier_of_anybody(self):
        new_test_user(
            self.env,
            "page_dispatcher",
            groups="loyalty_delivery.group_delivery_dispatcher",
        )
        self.authenticate("page_dispatcher", "page_dispatcher")
        self.assertEqual(self._get(f"trip/{self.trip.id}").status_code, 401)

    def test_a_trip_that_was_taken_away_is_gone_from_the_phone(self):
        self._open_link()
        self.trip.courier_id = self.mher
        self.assertEqual(self._get(f"trip/{self.trip.id}").status_code, 401)

    def test_other_sites_cannot_post(self):
        self._open_link()
        event = self._now_event("take")
        data = {"trip": self.trip.id, "events": [event]}
        for headers in (
            {"X-Courier-Page": "0"},
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            self.assertEqual(self._post("events", data, **headers).status_code, 403)
        answer = self.url_open("/courier/api/logout", data={"a": 1})
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(self.trip.state, "planned")

    # -- what the page gets -----------------------------------------------------------

    def test_the_shell_is_the_same_for_all_and_says_nothing(self):
        before = self.url_open("/courier")
        self._open_link()
        after = self.url_open("/courier/t")
        self.assertEqual(before.text, after.text)
        self.assertNotIn("Levon", after.text)
        for name, value in PRIVATE.items():
            self.assertEqual(after.headers[name], value)
        policy = after.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'; script-src 'self'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotRegex(after.text, r"<script(?![^>]* src=)| on\w+=")

    def test_answers_are_kept_by_nobody_on_the_way(self):
        self._open_link()
        for path in ("hello", "trips", f"trip/{self.trip.id}", "nothing"):
            headers = self._get(path).headers
            for name, value in PRIVATE.items():
                self.assertEqual(headers[name], value, path)

    def test_the_worker_keeps_the_shell_and_its_assets(self):
        worker = self.url_open("/courier/service-worker.js")
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/courier")
        shell = self.url_open("/courier").text
        for link in self.env["ir.qweb"]._get_asset_links(
            "loyalty_delivery.assets_courier"
        ):
            self.assertIn(link, worker.text)
            self.assertIn(link, shell)
            size = len(self.url_open(link).content)
            self.assertTrue(0 < size < 150_000, size)
        manifest = self.url_open("/courier/manifest.webmanifest").json()
        self.assertEqual(
            (manifest["scope"], manifest["display"]), ("/courier", "standalone")
        )
        for icon in manifest["icons"]:
            self.assertEqual(self.url_open(icon["src"]).status_code, 200)

    def test_the_trip_is_one_answer_with_all_that_is_needed(self):
        self.company.write({"delivery_qr_payload": "Sum={cents}", "phone": "+37410"})
        self.stop.write(
            {"door_note": "Code 45", "phone": "+37491", "address": "Abovyan 1"}
        )
        self._open_link()
        trip = self._get(f"trip/{self.trip.id}").json()
        self.assertEqual([stop["id"] for stop in trip["stops"]], self.trip.stop_ids.ids)
        first = trip["stops"][0]
        self.assertEqual(first["cod"], 23000)
        self.assertEqual(first["door_note"], "Code 45")
        self.assertEqual(
            [item["key"] for item in first["items"]], ["item:0", "item:1", "item:2"]
        )
        self.assertTrue(first["qr"]["bits"])
        self.assertIn(self.reason.id, [reason["id"] for reason in trip["reasons"]])
        self.assertEqual(trip["company"]["phone"], "+37410")
        self.assertTrue(trip["texts"]["delivered"])
        again = self._get(f"trip/{self.trip.id}?known={trip['hash']}").json()
        self.assertEqual(again["hash"], trip["hash"])
        self.assertNotIn("stops", again)
        self.stop.door_note = "Code 46"
        fresh = self._get(f"trip/{self.trip.id}?known={trip['hash']}").json()
        self.assertEqual(fresh["stops"][0]["door_note"], "Code 46")

    def test_stops_at_one_door_are_told_to_be_together(self):
        place = {"address": "Abovyan 1", "latitude": 40.1, "longitude": 44.5}
        self.trip.stop_ids[:2].write(place)
        self._open_link()
        stops = self._get(f"trip/{self.trip.id}").json()["stops"]
        doors = [stop["door"] for stop in stops]
        self.assertEqual(doors[0], doors[1])
        self.assertNotEqual(doors[0], doors[2])

    def test_a_trip_of_forty_stops_is_small(self):
        trip = self._make_trip(self.levon, 40)
        trip.stop_ids.write({"address": "Abovyan St 12, apt 7\nYerevan 0001"})
        self._open_link(trip)
        answer = self._get(f"trip/{trip.id}")
        self.assertEqual(len(answer.json()["stops"]), 40)
        self.assertLess(len(answer.content), 60_000)

    # -- what the page tells ----------------------------------------------------------

    def test_events_are_answered_one_by_one(self):
        self._open_link()
        event = self._now_event("deliver", self.stop, cod=23000, method="cash")
        answer = self._post_events(
            self.trip, event, {"uuid": "x"}, self._now_event("fly"), event
        )
        self.assertEqual(
            [result["status"] for result in answer.json()["results"]],
            ["applied", "rejected", "rejected", "dup"],
        )
        drift = answer.json()["now"] - milliseconds(fields.Datetime.now())
        self.assertLess(abs(drift), timedelta(minutes=1) / timedelta(milliseconds=1))
        self.assertRecordValues(
            self.stop, [{"state": "delivered", "cod_collected": 23000}]
        )
        self.assertNotIn(
            self.opener.cookies["courier_phone"], self.stop.done_event_id.device
        )

    def test_a_body_that_is_none_is_refused(self):
        self._open_link()
        for data in ([], "text", {"trip": "1"}, {"trip": self.trip.id, "events": 5}):
            self.assertEqual(self._post("events", data).status_code, 400, data)
        answer = self.url_open("/courier/api/events", data=b"{", headers=OWN)
        self.assertEqual(answer.status_code, 400)
        many = {"trip": self.trip.id, "events": [{}] * 201}
        self.assertEqual(self._post("events", many).status_code, 400)
        deep = b'{"trip":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
        for path in ("open", "events", "position"):
            answer = self.url_open(f"/courier/api/{path}", data=deep, headers=OWN)
            self.assertEqual(answer.status_code, 400, path)

    def test_pictures_come_as_a_form(self):
        self._open_link()
        event = self._now_event("deliver", self.stop, cod=23000, method="cash")
        self._post_events(self.trip, event)
        values = {
            "trip": str(self.trip.id),
            "event": event["uuid"],
            "uuid": str(uuid4()),
            "kind": "signature",
        }

        def send(**more):
            return self.url_open(
                "/courier/api/proof",
                data={**values, **more},
                files={"file": ("a.jpg", jpeg(), "image/jpeg")},
                headers=OWN,
            )

        statuses = [send().json()["status"] for _each in range(2)]
        self.assertEqual(statuses, ["applied", "dup"])
        self.assertEqual(len(self.stop.proof_ids), 1)
        self.assertEqual(send(trip=str(self.other_trip.id)).status_code, 404)
        self.assertEqual(send(trip="x").status_code, 400)
        self.assertEqual(send(trip="1" * 5000).status_code, 400)

    def test_positions_are_kept(self):
        self._open_link()
        self._post_events(self.trip, self._now_event("depart"))
        here = {"lat": 40.18, "lon": 44.51, "acc": 10}
        answer = self._post("position", {"trip": self.trip.id, "pos": here})
        self.assertEqual(answer.status_code, 200)
        latest = self.env["loyalty.delivery.position"]._latest(self.trip)
        self.assertEqual(latest[self.trip].latitude, 40.18)
        bad = {"trip": self.trip.id, "pos": {"lat": 400, "lon": 0}}
        self.assertEqual(self._post("position", bad).status_code, 400)

    def test_the_page_speaks_the_courier_s_language(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.levon.partner_id.lang = "fa_IR"
        self._open_link()
        hello = self._get("hello").json()
        self.assertEqual((hello["lang"], hello["direction"]), ("fa-IR", "rtl"))
