"""Parallel transactions for the last place; they commit: the database is a clone."""

import threading
from datetime import timedelta
from functools import partial

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "database_breaking")
class TestSlotConcurrency(BaseCase):
    """Several customers at the same second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            zone = env["loyalty.delivery.zone"].create(
                {"name": "Hurried", "postal_codes": "99001", "base_fee": 100}
            )
            cls.day = fields.Date.today() + timedelta(days=3)
            slot = env["loyalty.delivery.slot"].create(
                {
                    "zone_id": zone.id,
                    "date": cls.day,
                    "hour_from": 10,
                    "hour_to": 12,
                    "capacity": 1,
                }
            )
            product = env["product.product"].create(
                {"name": "Hurried", "type": "service", "taxes_id": False}
            )
            carrier = env["delivery.carrier"].create(
                {
                    "name": "Hurried",
                    "delivery_type": "own_courier",
                    "product_id": product.id,
                }
            )
            cls.ids = (zone.id, slot.id, product.id, carrier.id)
            cr.commit()  # pylint: disable=invalid-commit
        cls.addClassCleanup(cls._retire)

    @classmethod
    def _retire(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["loyalty.delivery.zone"].browse(cls.ids[0]).active = False
            env["delivery.carrier"].browse(cls.ids[3]).active = False
            cr.commit()  # pylint: disable=invalid-commit

    def _in_own_transaction(self, work):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = retrying(partial(work, env), env)
            cr.commit()  # pylint: disable=invalid-commit
            return result

    def _at_once(self, *works):
        barrier = threading.Barrier(len(works))
        outcomes = [None] * len(works)

        def run(index, work):
            first = [True]

            def attempt(env):
                env.cr.execute("SELECT 1")
                if first:
                    first.clear()
                    barrier.wait(timeout=30)
                return work(env)

            try:
                outcomes[index] = self._in_own_transaction(attempt)
            except UserError as error:
                outcomes[index] = error

        threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
        with mute_logger("odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=120)
        return outcomes

    def _quotation(self, env):
        partner = env["res.partner"].create({"name": "Hurried", "zip": "99001"})
        return (
            env["sale.order"]
            .create(
                {
                    "partner_id": partner.id,
                    "carrier_id": self.ids[3],
                    "order_line": [Command.create({"product_id": self.ids[2]})],
                }
            )
            .id
        )

    def test_the_last_place_is_taken_once(self):
        orders = [self._in_own_transaction(self._quotation) for _number in range(3)]

        def choose(env, order_id):
            env["sale.order"].browse(order_id)._delivery_choose(self.ids[1], self.day)
            return order_id

        outcomes = self._at_once(*(partial(choose, order_id=i) for i in orders))
        taken = [o for o in outcomes if o in orders]
        refused = [o for o in outcomes if isinstance(o, UserError)]
        self.assertEqual((len(taken), len(refused)), (1, 2), outcomes)

        def holders(env):
            return (
                env["sale.order"].search([("delivery_slot_id", "=", self.ids[1])]).ids
            )

        self.assertEqual(self._in_own_transaction(holders), taken)
