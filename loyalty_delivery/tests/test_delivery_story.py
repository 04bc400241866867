"""Friday 6 March of the story: twelve stops, two couriers, one evening."""

from uuid import uuid4

from freezegun import freeze_time

from odoo import Command, fields

from ..engine.phone_events import milliseconds
from .books_common import BooksCommon

NOON = "2026-03-06 08:00:00"  # UTC; noon in Yerevan


class TestDeliveryStory(BooksCommon):
    @classmethod
    @freeze_time(NOON)
    def setUpClass(cls):
        super().setUpClass()
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
        cls.card = cls._enroll()
        cls.card.sudo().tier_id = cls.silver
        cls.anis = cls._make_anis_delivery()
        cls.levons = cls._make_stops(6) | cls.anis
        cls.mhers = cls._make_stops(5)
        boris = cls._make_customer()
        for stop, cash in zip(
            cls.levons[:6], (8000, 0, 12500, 0, 10000, 8000), strict=True
        ):
            stop.write({"cod_due": cash, "partner_id": boris.id})
        (cls.levons | cls.mhers).amount_total = 10000
        cls.second = cls._make_trip(cls.mher)
        for trip, stops in ((cls.trip, cls.levons), (cls.second, cls.mhers)):
            for place, stop in enumerate(stops, 1):
                stop._transition("planned", {"trip_id": trip.id, "sequence": place})
            trip._transition("planned")

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
        stop = cls.env["loyalty.delivery.stop"].search(
            [("picking_ids", "in", cls.order.picking_ids.ids)]
        )
        stop.write(
            {
                "window_start": "2026-03-06 10:00:00",
                "window_end": "2026-03-06 12:00:00",
                "date": "2026-03-06",
            }
        )
        stop._pin(40.1889, 44.5205)
        return stop

    def _tell(self, kind, stop=None, uuid=None, trip=None, **payload):
        """What a phone sends; the server answers with a status."""
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

    def _deliver_all(self, stops, trip=None):
        for stop in stops:
            paid = {"cod": stop.cod_due, "method": "cash"} if stop.cod_due else {}
            status = self._tell("deliver", stop, trip=trip, **paid)
            self.assertEqual(status, "applied")

    def _drive_levons_day(self):
        self._tell("depart")
        self._deliver_all(self.levons[:2])
        third = self.levons[2]
        self._tell("fail", third, reason=self.not_home.id)
        with freeze_time("2026-03-06 08:30:00"):
            self._book(self.env["loyalty.delivery.booking"]._due())
        again = third._following()
        again._transition("planned", {"trip_id": self.trip.id, "sequence": 8})
        again._transition("out")
        self._deliver_all(self.levons[3:6])
        lost_answer = str(uuid4())
        paid = {"cod": 23000, "method": "cash"}
        first = self._tell("deliver", self.anis, uuid=lost_answer, **paid)
        repeat = self._tell("deliver", self.anis, uuid=lost_answer, **paid)
        self.assertEqual((first, repeat), ("applied", "dup"))
        self._deliver_all(again)
        self._tell("return")
        return again

    @freeze_time(NOON)
    def test_friday(self):
        self.assertRecordValues(
            self.anis, [{"fee_amount": 0, "perk_amount": 1000, "cod_due": 23000}]
        )
        again = self._drive_levons_day()
        self._tell("depart", trip=self.second)
        self._deliver_all(self.mhers, trip=self.second)
        self._tell("return", trip=self.second)
        stops = self.levons | self.mhers
        self.assertEqual(len(stops), 12)
        self.assertEqual(
            stops.mapped("state"), ["delivered"] * 2 + ["failed"] + ["delivered"] * 9
        )
        self.assertRecordValues(
            again,
            [{"name": self.levons[2].name, "attempt_no": 2, "state": "delivered"}],
        )
        with freeze_time("2026-03-06 09:00:00"):
            self._book(self.env["loyalty.delivery.booking"]._due())
        self._check_anis_delivery()
        self._settle_the_evening()

    def _check_anis_delivery(self):
        """One delivery, one payment, the goods gone, the points there."""
        self.assertRecordValues(
            self.anis.payment_ids,
            [{"amount": 23000, "journal_id": self.purse.id, "state": "paid"}],
        )
        self.assertEqual(self.order.picking_ids.state, "done")
        self.assertIn(self.order.invoice_ids.payment_state, ("paid", "in_payment"))
        self.assertLedger(self.card, 1035)

    def _settle_the_evening(self):
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
        self.assertEqual((self.trip.state, self.second.state), ("settled", "returned"))
