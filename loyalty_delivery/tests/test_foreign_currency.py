from freezegun import freeze_time

from odoo import Command

from .books_common import BooksCommon


@freeze_time("2026-03-06 08:00:00")
class TestForeignCurrency(BooksCommon):
    """An order in dollars is paid at the door in the company's drams, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.env["res.currency.rate"].search(
            [("currency_id", "=", cls.usd.id), ("company_id", "=", cls.company.id)]
        ).unlink()
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.usd.id,
                "company_id": cls.company.id,
                "name": "2026-01-01",
                "inverse_company_rate": 400,
            }
        )
        cls.company.delivery_invoice_on_delivery = True
        cls.company.delivery_till_journal_id = cls.cash
        cls.cashier = cls._user("fx", "loyalty_delivery.group_delivery_cashier")

    def _dollar_delivery(self):
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": self.usd.id}
        )
        carrier = self._make_carrier()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.ani.id,
                "pricelist_id": pricelist.id,
                "carrier_id": carrier.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.beans.id,
                            "product_uom_qty": 1,
                            "price_unit": 50,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.action_assign()
        stop = order.delivery_stop_ids
        stop.write(
            {
                "address": "Abovyan 1",
                "latitude": 40.18,
                "longitude": 44.51,
                "geo_quality": "manual",
            }
        )
        return order, stop

    def test_dollars_are_collected_booked_and_settled_in_drams(self):
        order, stop = self._dollar_delivery()
        self.assertEqual(order.currency_id, self.usd)
        self.assertRecordValues(
            stop,
            [
                {
                    "currency_id": self.company.currency_id.id,
                    "amount_total": 20000,
                    "cod_due": 20000,
                    "state": "ready",
                }
            ],
        )
        self.trip._transition("planned")
        stop._transition("planned", {"trip_id": self.trip.id})
        self.trip._transition("en_route")
        stop._transition("out")
        self._deliver(stop, cod_collected=20000)
        self._book()
        self.assertEqual(stop.booking_ids.mapped("state"), ["done"])
        self.assertRecordValues(
            stop.payment_ids,
            [{"amount": 20000, "currency_id": self.company.currency_id.id}],
        )
        invoice = order.invoice_ids
        self.assertEqual((invoice.currency_id, invoice.amount_total), (self.usd, 50))
        self.assertEqual(invoice.amount_residual, 0)
        self.trip._transition("returned", {"returned_at": "2026-03-06 16:00:00"})
        settle = (
            self.env["loyalty.delivery.settle"]
            .with_user(self.cashier)
            .create({"courier_id": self.levon.id, "counted": 20000})
        )
        settle.action_count()
        self.assertEqual((settle.expected, settle.difference), (20000, 0))
        settle.action_settle()
        self.assertEqual(self.trip.state, "settled")

    def test_what_was_paid_in_dollars_before_is_not_asked_for(self):
        order, stop = self._dollar_delivery()
        order._create_invoices()
        order.invoice_ids.action_post()
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=order.invoice_ids.ids
        ).create({"journal_id": journal.id, "amount": 20}).action_create_payments()
        stop._refresh()
        self.assertEqual(stop.cod_due, 12000)
