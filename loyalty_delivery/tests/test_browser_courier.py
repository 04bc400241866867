"""The courier's page in a real browser whose network is cut in the middle."""

import json
import time

from odoo.tests import HttpCase
from odoo.tests.common import ChromeBrowser

from .courier_common import CourierCommon

PATIENCE_S = 40
# A stroke with a finger over the pad.
SIGN = """
    const pad = document.querySelector("canvas.pad");
    pad.scrollIntoView();
    pad.setPointerCapture = () => null;
    const box = pad.getBoundingClientRect();
    const at = (type, x) => pad.dispatchEvent(new PointerEvent(type, {
        bubbles: true, pointerId: 1, clientX: box.left + x, clientY: box.top + x / 2,
    }));
    at("pointerdown", 10);
    for (let x = 15; x < 150; x += 5) { at("pointermove", x); }
    at("pointerup", 150);
"""
# The same event sixteen times at once, past the page's own queue.
SIXTEEN = """
    const event = %s;
    const body = JSON.stringify({trip: %s, sent_ms: Date.now(), events: [event]});
    const headers = {"X-Courier-Page": "1", "Content-Type": "application/json"};
    const send = () => fetch("/courier/api/events", {method: "POST", headers, body});
    const answers = await Promise.all(Array.from({length: 16}, send));
    const told = await Promise.all(answers.map((answer) => answer.json()));
    return told.map((each) => each.results[0].status).sort();
"""


class TestBrowserCourier(CourierCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.long_trip = cls._make_trip(
            cls.levon, 4, planned_start="2026-03-06 06:00:00"
        )
        cls.doors = cls.long_trip.stop_ids.sorted("sequence")
        for number, stop in enumerate(cls.doors):
            stop.contact_name = f"Customer {number}"
        cls.doors[0].cod_due = 23000

    def setUp(self):
        super().setUp()
        self.phone = ChromeBrowser(self)
        self.addCleanup(self.phone.stop)

    # -- the hand on the phone --------------------------------------------------------

    def _run(self, code):
        """The value of ``code``, the body of an asynchronous function."""
        answer = self.phone._websocket_request(
            "Runtime.evaluate",
            params={
                "expression": f"(async () => {{ {code} }})()",
                "awaitPromise": True,
                "returnByValue": True,
            },
            timeout=PATIENCE_S,
        )
        self.assertNotIn("exceptionDetails", answer, code)
        return answer["result"].get("value")

    def _until(self, expression, wanted=True):
        """Wait until the page is so; it may be loading meanwhile."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            value = self._run(f"return document.body && ({expression})")
            if value == wanted:
                return
            time.sleep(0.1)
        shown = self._run("return document.body.innerText")
        self.fail(f"{expression} is {value}, not {wanted}. The page shows:\n{shown}")

    def _tap(self, selector):
        found = f"document.querySelector({json.dumps(selector)})"
        self._until(f"Boolean({found})")
        self._run(f"{found}.click()")

    def _network(self, is_on):
        self.phone._websocket_request(
            "Network.emulateNetworkConditions",
            params={
                "offline": not is_on,
                "latency": 0,
                "downloadThroughput": -1,
                "uploadThroughput": -1,
            },
        )

        reached = self._run(
            "return fetch('/courier/api/hello').then(() => true, () => false)"
        )
        self.assertEqual(reached, is_on)

    def _waiting(self, count):
        self._until("Number(document.querySelector('.count').dataset.waiting)", count)

    def _open_trip(self):
        token, pin = self.env["loyalty.delivery.access"]._issue(self.long_trip)
        self.env.flush_all()
        self.env.cr.clear()
        self.phone._websocket_request("Network.enable")
        self.phone.navigate_to(f"{self.base_url()}/courier/t#{token}")
        self._until("Boolean(document.querySelector('input.pin'))")
        self.assertEqual(
            self._run("return location.href"), f"{self.base_url()}/courier"
        )
        self._run(f"document.querySelector('input.pin').value = '{pin}'")
        self._tap("button[type=submit]")
        self._tap("[data-step=take]")
        self._tap("[data-step=depart]")
        self._until("Boolean(document.querySelector('[data-step=back]'))")
        self._waiting(0)
        self._run("await navigator.serviceWorker.ready")

    def _finish(self, stop, way="deliver", code=""):
        self._run(f"location.hash = '#/stop/{stop.id}'")
        self._tap(f"[data-do={way}]")
        self._until("Boolean(document.querySelector('[data-do=confirm]'))")
        self._run(code)
        self._tap("[data-do=confirm]")
        self._until("location.hash", "#/")
        self._until(
            f"Boolean(document.querySelector('li[data-stop=\"{stop.id}\"] .state'))"
        )

    def _reload(self):
        self._run("window.isOld = true")
        self.phone._websocket_request("Page.reload")
        self._until("!window.isOld && Boolean(document.querySelector('.stops'))")

    # -- the journey ------------------------------------------------------------------

    def test_three_stops_without_network_are_applied_once_when_it_is_back(self):
        paid, whole, failed, left = self.doors
        with self.allow_requests(browser=self.phone):
            self._open_trip()
            self._network(False)
            self._finish(paid, code=SIGN)
            self._finish(whole)
            reason = f"[data-reason='{self.reason.id}']"
            self._finish(failed, "fail", f'document.querySelector("{reason}").click();')
            self._waiting(4)
            self.assertEqual(paid.state, "out")
            # The page opens again from the phone alone, and knows everything.
            self._reload()
            self._waiting(4)
            self._until("document.querySelectorAll('li .state').length", 3)
            self.assertFalse(self._run("return navigator.onLine"))
            self._network(True)
            self._run("window.dispatchEvent(new Event('online'))")
            self._waiting(0)
            self._until("document.querySelector('.next').dataset.stop", str(left.id))
        self.env.invalidate_all()
        self.assertRecordValues(
            self.doors,
            [
                {
                    "state": "delivered",
                    "cod_collected": 23000,
                    "payment_method": "cash",
                },
                {"state": "delivered", "cod_collected": 0, "payment_method": False},
                {"state": "failed", "cod_collected": 0, "payment_method": False},
                {"state": "out", "cod_collected": 0, "payment_method": False},
            ],
        )
        self.assertEqual(failed.reason_id, self.reason)
        self.assertEqual(paid.proof_ids.mapped("kind"), ["signature"])
        told = self.events.search([("trip_id", "=", self.long_trip.id)])
        self.assertEqual(
            told.mapped("kind"), ["take", "depart", "deliver", "deliver", "fail"]
        )
        self.assertEqual(set(told.mapped("outcome")), {"applied"})

    def test_what_is_undone_at_once_never_leaves_the_phone(self):
        with self.allow_requests(browser=self.phone):
            self._open_trip()
            self._finish(self.doors[1])
            self._waiting(1)
            self._tap(".undo button")
            self._waiting(0)
            self._until("document.querySelectorAll('li .state').length", 0)
        self.env.invalidate_all()
        self.assertEqual(self.doors[1].state, "out")
        self.assertFalse(self.events.search([("stop_id", "=", self.doors[1].id)]))

    def test_sixteen_at_once_are_one(self):
        event = {
            "uuid": "6f4f6c1e-9f0f-4c3b-9d52-0c1f2c8d7a10",
            "kind": "deliver",
            "stop": self.doors[0].id,
            "client_ms": 1772784000000,
            "payload": {"cod": 23000, "method": "cash"},
        }
        with self.allow_requests(browser=self.phone):
            self._open_trip()
            told = self._run(SIXTEEN % (json.dumps(event), self.long_trip.id))
        self.assertEqual(told, ["applied"] + ["dup"] * 15)
        self.env.invalidate_all()
        self.assertEqual(self.doors[0].cod_collected, 23000)
        self.assertEqual(
            self.events.search_count([("stop_id", "=", self.doors[0].id)]), 1
        )

    def test_logging_out_leaves_nothing_on_the_phone(self):
        with self.allow_requests(browser=self.phone):
            self._open_trip()
            self._run("[...document.querySelectorAll('footer button')].at(-1).click()")
            self._tap("dialog button.bad")
            self._until("Boolean(document.querySelector('a.huge'))")
            kept = self._run(
                "return [localStorage.length, (await indexedDB.databases())"
                ".map((each) => each.name)]"
            )
        self.assertEqual(kept[0], 0)
        self.assertFalse([name for name in kept[1] if name != "courier-nobody"])
