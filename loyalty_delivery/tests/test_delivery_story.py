"""Friday 6 March of the story: twelve stops, two couriers, one evening."""

import io
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

from freezegun import freeze_time
from PIL import Image

from odoo import Command, fields

from odoo.addons.base.models.ir_cron import IrCron

from ..engine.phone_events import milliseconds
from .books_common import BooksCommon
from .common import DOORS

FRIDAY = "2026-03-06"
# What Levon's customers pay at the door before Ani's 23 000; 0: paid already.
LEVON_CASH = (8000, 0, 12500, 0, 10000, 8000)
LEVON_SLOTS = (10, 10, 10, 12, 12, 12)
MHER_SLOTS = (10, 12, 12, 14, 14)


@contextmanager
def at(clock, day=FRIDAY):
    """A moment by the clocks of Yerevan."""
    moment = datetime.fromisoformat(f"{day} {clock}:00") - timedelta(hours=4)
    with freeze_time(moment):
        yield moment


def window(hour):
    """A slot of two hours, in UTC."""
    return {
        "date": FRIDAY,
        "window_start": f"{FRIDAY} {hour - 4:02}:00:00",
        "window_end": f"{FRIDAY} {hour - 2:02}:00:00",
    }


def drawing():
    stream = io.BytesIO()
    Image.new("RGB", (200, 100), "navy").save(stream, "PNG")
    return stream.getvalue()


class TestDeliveryStory(BooksCommon):
    @classmethod
    def setUpClass(cls):
        with at("09:00", "2026-03-02"):
            super().setUpClass()
            cls.depot.partner_id = cls.env["res.partner"].create(
                {"name": "Depot", "tz": "Asia/Yerevan"}
            )
            cls._agree_on_money()
        cls._live_anis_week()
        with at("08:00"):
            cls.anis = cls._make_anis_delivery()
            cls._plan_friday()

    @classmethod
    def _agree_on_money(cls):
        cls.company.write(
            {
                "delivery_invoice_on_delivery": True,
                "delivery_till_journal_id": cls.cash.id,
            }
        )
        cls.mher.cash_journal_id = cls.env["account.journal"].create(
            {"name": "Purse of Mher", "type": "cash", "code": "MHER"}
        )
        cls.cashier = cls._user("cashier", "loyalty_delivery.group_delivery_cashier")
        cls.not_home = cls.env["loyalty.delivery.reason"].create(
            {"name": "Nobody at home", "try_again": True}
        )
        scheme = cls.env["loyalty.delivery.pay.scheme"].create(
            {
                "name": "City",
                "rate_ids": [Command.create({"basis": "stop", "rate": 700})],
            }
        )
        cls.env["loyalty.delivery.pay.assignment"].create(
            {
                "courier_id": cls.levon.id,
                "scheme_id": scheme.id,
                "date_from": "2026-03-01",
            }
        )

    @classmethod
    def _live_anis_week(cls):
        """Monday to Thursday of the story: Silver, with 4 515 points."""
        with at("10:00", "2026-03-02"):
            cls.card = cls._enroll()
            cls._pay(cls._invoice(20000))
        with at("12:00", "2026-03-03"):
            tuesday = cls._invoice(90000)
            cls._pay(tuesday)
        with at("16:00", "2026-03-04"):
            order = cls._order(50000)
            order.action_loyalty_spend(3000)
            order.action_confirm()
            invoice = order._create_invoices()
            invoice.action_post()
            cls._pay(invoice)
        with at("11:00", "2026-03-05"):
            cls._pay(cls._credit(tuesday, 10000))
            cls.card._update_tiers()

    @classmethod
    def _make_anis_delivery(cls):
        """The order of 23 000 that goes by the couriers, free for Silver."""
        cls._make_zone()
        cls.carrier = cls._make_carrier()
        cls.goods = cls._make_goods(price=23000)
        cls.ani.write(
            {
                "street": "Abovyan 3",
                "zip": "0010",
                "city": "Yerevan",
                "country_id": cls.env.ref("base.am").id,
            }
        )
        cls.order = cls._delivered_order(23000, partner=cls.ani)
        cls.order.picking_ids.action_assign()
        stop = cls.order.delivery_stop_ids
        stop.write(window(14))
        stop._pin(*DOORS[6])
        return stop

    @classmethod
    def _plan_friday(cls):
        boris = cls._make_customer()
        others = cls._make_stops(6)
        for stop, cash, hour in zip(others, LEVON_CASH, LEVON_SLOTS, strict=True):
            stop.write({"cod_due": cash, "partner_id": boris.id, **window(hour)})
        cls.levons = others | cls.anis
        cls.mhers = cls._make_stops(5, partner_id=boris.id)
        for stop, hour in zip(cls.mhers, MHER_SLOTS, strict=True):
            stop.write(window(hour))
        (others | cls.mhers).amount_total = 10000
        cls.second = cls._make_trip(cls.mher)
        for trip, stops in ((cls.trip, cls.levons), (cls.second, cls.mhers)):
            for place, stop in enumerate(stops, 1):
                stop._transition("planned", {"trip_id": trip.id, "sequence": place})
            trip._recompute_times()
            trip._transition("planned")

    # -- the phone --------------------------------------------------------------------
    def _tell(self, kind, stop=None, uuid=None, trip=None, **payload):
        """What a phone sends now; the server answers with a status."""
        event = {
            "uuid": uuid or str(uuid4()),
            "kind": kind,
            "stop": stop.id if stop else None,
            "client_ms": milliseconds(fields.Datetime.now()),
            "payload": payload,
        }
        (answer,) = self.env["loyalty.delivery.event"]._receive(
            trip or self.trip, [event]
        )
        return answer["status"]

    def _deliver(self, stop, trip=None):
        paid = {"cod": stop.cod_due, "method": "cash"} if stop.cod_due else {}
        self.assertEqual(self._tell("deliver", stop, trip=trip, **paid), "applied")

    def _sign(self, event_uuid, uuid):
        """The picture of the signature, as the phone sends it after the event."""
        status, _reason = self.env["loyalty.delivery.proof"]._store(
            self.trip, event_uuid, uuid, "signature", drawing()
        )
        return status

    def _told_to(self, partner):
        """``{event: values}`` of the messages that went out now."""
        told = {}

        def notify(to, event, values):
            if to == partner:
                told[event] = values
            return True

        with (
            patch.object(type(partner), "_loyalty_notify", notify),
            patch.object(IrCron, "_commit_progress", lambda *a, **k: 1000.0),
        ):
            self.env["loyalty.delivery.notice"]._cron_tell()
        return told

    # -- Friday -----------------------------------------------------------------------
    def test_friday(self):
        self.assertEqual(self.card.tier_id, self.silver)
        self.assertLedger(self.card, 4515)
        self.assertRecordValues(
            self.anis,
            [
                {
                    "fee_amount": 0,
                    "perk_amount": 1000,
                    "amount_total": 23000,
                    "cod_due": 23000,
                }
            ],
        )
        self.assertEqual(len(self.levons | self.mhers), 12)
        self._leave_at_ten()
        again = self._drive_until_two()
        self._deliver_to_ani()
        self._come_home(again)
        with at("17:00"):
            self._book(self.env["loyalty.delivery.booking"]._due())
        self._check_anis_delivery()
        self._settle_the_evening()

    def _leave_at_ten(self):
        with at("10:00") as ten:
            self.assertEqual(self._tell("depart"), "applied")
            told = self._told_to(self.ani)
        self.assertEqual(self.trip.started_at, ten)
        self.assertEqual(told["delivery_started"]["eta"], "14:00–15:00")
        self.assertEqual(told["delivery_started"]["courier"], "Levon")

    def _drive_until_two(self):
        """Two doors, a third where nobody is, three more; what failed comes again."""
        third = self.levons[2]
        for clock, stop in zip(("10:20", "10:40"), self.levons[:2], strict=True):
            with at(clock):
                self._deliver(stop)
        with at("11:00"):
            self.assertEqual(
                self._tell("fail", third, reason=self.not_home.id), "applied"
            )
            self.env["loyalty.delivery.stop.again"].create(
                {
                    "stop_ids": [Command.set(third.ids)],
                    "date": FRIDAY,
                    "hour_from": 14,
                    "hour_to": 16,
                }
            ).action_apply()
        again = third._following()
        with at("11:05"):
            failed = self.env["loyalty.delivery.alert"].search(
                [("kind", "=", "failed"), ("stop_id", "=", third.id)]
            )
            self.assertEqual(failed.state, "open")
            again._transition("planned", {"trip_id": self.trip.id, "sequence": 8})
            self.assertEqual(failed.state, "resolved")
            again._transition("out")
        for clock, stop in zip(
            ("12:10", "12:40", "13:10"), self.levons[3:6], strict=True
        ):
            with at(clock):
                self._deliver(stop)
        self.assertRecordValues(
            again,
            [
                {
                    "name": third.name,
                    "attempt_no": 2,
                    "window_start": datetime(2026, 3, 6, 10),
                    "window_end": datetime(2026, 3, 6, 12),
                    "cod_due": 12500,
                }
            ],
        )
        return again

    def _deliver_to_ani(self):
        """The answer is lost: the phone sends it again, and Levon presses again."""
        lost, pressed_again, signature = (str(uuid4()) for _number in range(3))
        paid = {"cod": 23000, "method": "cash", "signed_by": "Ani"}
        with at("14:40") as moment:
            first = self._tell("deliver", self.anis, uuid=lost, **paid)
            self.assertEqual(self._sign(lost, signature), "applied")
        with at("14:41"):
            repeat = self._tell("deliver", self.anis, uuid=lost, **paid)
            second = self._tell("deliver", self.anis, uuid=pressed_again, **paid)
            self.assertEqual(self._sign(lost, signature), "dup")
            told = self._told_to(self.ani)
        self.assertEqual((first, repeat, second), ("applied", "dup", "conflict"))
        self.assertIn("#rate", told["delivery_done"]["rating_link"])
        self.assertRecordValues(
            self.anis, [{"state": "delivered", "done_at": moment, "signed_by": "Ani"}]
        )

    def _come_home(self, again):
        with at("15:10"):
            self._deliver(again)
        with at("15:30"):
            self.assertEqual(self._tell("return"), "applied")
            self._tell("depart", trip=self.second)
            for stop in self.mhers:
                self._deliver(stop, trip=self.second)
            self._tell("return", trip=self.second)
        states = (self.levons | self.mhers).mapped("state")
        self.assertEqual(states, ["delivered"] * 2 + ["failed"] + ["delivered"] * 9)
        self.assertEqual(again.state, "delivered")
        self.assertFalse(again._following())

    def _check_anis_delivery(self):
        """One delivery, payment and signature; the goods gone, the points there."""
        self.assertRecordValues(
            self.anis.payment_ids,
            [{"amount": 23000, "journal_id": self.purse.id, "state": "paid"}],
        )
        self.assertEqual(self.anis.proof_ids.mapped("kind"), ["signature"])
        self.assertFalse(self.anis.proof_ids.is_void)
        self.assertEqual(self.order.picking_ids.state, "done")
        self.assertEqual(len(self.order.invoice_ids), 1)
        self.assertIn(self.order.invoice_ids.payment_state, ("paid", "in_payment"))
        self.assertLedger(self.card, 5550)
        self.assertIn("130,000", self.card.tier_progress_text)

    def _settle_the_evening(self):
        with at("19:00"):
            settle = (
                self.env["loyalty.delivery.settle"]
                .with_user(self.cashier)
                .create({"courier_id": self.levon.id, "counted": 61000})
            )
            settle.action_count()
            settle.reason = "Wrong change"
            settle.action_settle()
        settlement = settle.settlement_id.sudo()
        self.assertRecordValues(
            settlement,
            [
                {
                    "state": "done",
                    "expected": 61500,
                    "counted": 61000,
                    "difference": -500,
                    "pay_amount": 4900,
                }
            ],
        )
        loss = settlement.move_id.line_ids.filtered(lambda line: line.balance == 500)
        self.assertEqual(loss.account_id.account_type, "expense")
        self.assertEqual((self.trip.state, self.second.state), ("settled", "returned"))
        self.assertEqual(self.levon.cash_carried, 0)
