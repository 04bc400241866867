"""Deliveries of real transfers, with the purse of a courier."""

from odoo import Command

from .common import DeliveryCommon


class BooksCommon(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.beans = cls._make_product("Beans", 23000, type="consu", is_storable=True)
        cls.cups = cls._make_product("Cups", 500, type="consu", is_storable=True)
        cls._stock(cls.beans, 100)
        cls._stock(cls.cups, 100)
        cls.purse = cls.env["account.journal"].create(
            {"name": "Purse of Levon", "type": "cash", "code": "LEVON"}
        )
        cls.levon.cash_journal_id = cls.purse
        cls.trip = cls._make_trip()
        cls.dispatcher = cls._user(
            "dispatcher", "loyalty_delivery.group_delivery_dispatcher"
        )

    @classmethod
    def _stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, quantity
        )

    @classmethod
    def _make_stops(cls, count=1, **values):
        return super()._make_stops(
            count,
            **{
                "address": "Abovyan 1, Yerevan",
                "window_start": "2026-03-06 10:00:00",
                "window_end": "2026-03-06 20:00:00",
                **values,
            },
        )

    @classmethod
    def _make_trip(cls, courier=None, **values):
        return cls.env["loyalty.delivery.trip"].create(
            {
                "date": "2026-03-06",
                "courier_id": (courier or cls.levon).id,
                "depot_id": cls.depot.id,
                **values,
            }
        )

    @classmethod
    def _make_sale(cls, *lines, partner=None):
        """A confirmed order of (product, quantity, price), goods reserved."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.ani).id,
                "warehouse_id": cls.warehouse.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(cls.tax.ids)],
                        }
                    )
                    for product, quantity, price in lines
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.action_assign()
        return order

    @classmethod
    def _make_delivery(cls, order=None, trip=None, **values):
        """A delivery of an order, on its way."""
        trip = trip or cls.trip
        (stop,) = cls._make_stops(
            1,
            sale_ids=[Command.set(order.ids)] if order else False,
            picking_ids=[Command.set(order.picking_ids.ids)] if order else False,
            **values,
        )
        stop._transition("planned", {"trip_id": trip.id})
        stop._transition("out")
        return stop

    @classmethod
    def _deliver(cls, stop, state="delivered", **values):
        stop._transition(
            state,
            {"done_at": "2026-03-06 10:40:00", "payment_method": "cash", **values},
        )

    @staticmethod
    def _told(quantities):
        """Quantities of moves as the courier's page tells them."""
        lines = [{"key": key, "qty": qty} for key, qty in quantities.items()]
        return {"lines": lines}

    @classmethod
    def _book(cls, bookings=None):
        """Do what the scheduler does, for all that waits."""
        if bookings is None:
            bookings = cls.env["loyalty.delivery.booking"].search(
                [("state", "=", "waiting")], order="id"
            )
        for booking in bookings:
            booking._book_or_fail()
        cls.env.invalidate_all()
