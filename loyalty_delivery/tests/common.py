"""The city of the story: a depot in Yerevan, two couriers, and the shop of the club."""

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

# The depot, and doors in the order in which a walker would pass them.
DEPOT = (40.1772, 44.5126)
DOORS = (
    (40.1811, 44.5144),
    (40.1850, 44.5152),
    (40.1889, 44.5205),
    (40.1925, 44.5089),
    (40.1960, 44.5011),
    (40.2005, 44.4950),
    (40.1901, 44.4871),
    (40.1833, 44.4902),
    (40.1790, 44.5003),
    (40.1744, 44.5081),
    (40.1699, 44.5152),
    (40.1655, 44.5204),
)


class DeliveryCommon(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.depot = cls.env["loyalty.delivery.depot"].create(
            {"name": "Kentron", "latitude": DEPOT[0], "longitude": DEPOT[1]}
        )
        cls.levon, cls.mher = cls._make_couriers("Levon", "Mher")

    @classmethod
    def _make_couriers(cls, *names, **values):
        partners = cls.env["res.partner"].create([{"name": name} for name in names])
        return cls.env["loyalty.delivery.courier"].create(
            [
                {"partner_id": partner.id, "depot_id": cls.depot.id, **values}
                for partner in partners
            ]
        )

    @classmethod
    def _make_stops(cls, count=1, **values):
        """Deliveries at the doors, ready to be planned."""
        return cls.env["loyalty.delivery.stop"].create(
            [
                {
                    "date": "2026-03-06",
                    "state": "ready",
                    "partner_id": cls.ani.id,
                    "depot_id": cls.depot.id,
                    "latitude": DOORS[number % len(DOORS)][0],
                    "longitude": DOORS[number % len(DOORS)][1],
                    "geo_quality": "house",
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _make_zone(cls, **values):
        """Yerevan's postal codes; the story's price: 1 000, free from 30 000."""
        return cls.env["loyalty.delivery.zone"].create(
            {
                "name": "Yerevan",
                "postal_codes": "0001-0099",
                "depot_id": cls.depot.id,
                "base_fee": 1000,
                "is_free_from": True,
                "free_from": 30000,
                **values,
            }
        )

    @classmethod
    def _make_carrier(cls, **values):
        product = cls._make_product("Delivery", 0)
        return cls.env["delivery.carrier"].create(
            {
                "name": "Our couriers",
                "delivery_type": "own_courier",
                "product_id": product.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _make_goods(cls, name="Coffee machine", price=23000, quantity=1000, **values):
        """Goods on the shelf of the company's warehouse."""
        product = cls._make_product(
            name, price, type="consu", is_storable=True, **values
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        if quantity:
            cls.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, quantity
            )
        return product

    @classmethod
    def _make_customer(cls, name="Boris", door=0, **values):
        """A customer at one of the doors, whose position is known."""
        return cls.env["res.partner"].create(
            {
                "name": name,
                "phone": "+37491000001",
                "street": f"Abovyan {door + 1}",
                "zip": "0010",
                "city": "Yerevan",
                "country_id": cls.env.ref("base.am").id,
                **values,
            }
        )

    @classmethod
    def _delivered_order(cls, amount, partner=None, product=None, **values):
        """A confirmed order that goes by the couriers, the price of it on a line."""
        order = cls._order(
            amount, partner=partner, product=product or cls.goods, **values
        )
        rate = cls.carrier.rate_shipment(order)
        order.set_delivery_line(cls.carrier, rate["price"])
        order.action_confirm()
        return order
