"""Two workers at one task: what they leave is committed, the database is a clone."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "database_breaking")
class TestBookingConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Inside a test run every cursor is the test's own; these must be real.
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.stop_id, cls.booking_id = cls._make_task(env)
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def _make_task(cls, env):
        """A delivery of 1 000 in cash that waits to be booked."""
        company = env["res.company"].create({"name": "Two workers"})
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        env = env(context={"allowed_company_ids": company.ids})
        purse = env["account.journal"].create(
            {"name": "Purse", "type": "cash", "code": "PURSE"}
        )
        partner = env["res.partner"].create({"name": "Hurried courier"})
        courier = env["loyalty.delivery.courier"].create(
            {"partner_id": partner.id, "cash_journal_id": purse.id}
        )
        depot = env["loyalty.delivery.depot"].create({"name": "Two workers"})
        trip = env["loyalty.delivery.trip"].create(
            {"courier_id": courier.id, "depot_id": depot.id}
        )
        stop = env["loyalty.delivery.stop"].create(
            {"state": "ready", "partner_id": partner.id, "cod_due": 1000}
        )
        stop._transition("planned", {"trip_id": trip.id})
        stop._transition("out")
        paid = {"cod_collected": 1000, "payment_method": "cash"}
        stop._transition("delivered", {**paid, "done_at": "2026-03-06 10:00:00"})
        return stop.id, stop.booking_ids.id

    def _work_at_once(self, number):
        barrier = threading.Barrier(number)
        outcomes = []

        def work():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # All look at the same state of the database.
                cr.execute("SELECT 1")
                barrier.wait(timeout=30)
                bookings = env["loyalty.delivery.booking"]
                outcomes.append(bookings._work(self.booking_id))

        threads = [threading.Thread(target=work) for _number in range(number)]
        with mute_logger("odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=120)
        return sorted(outcomes)

    def test_several_workers_book_a_delivery_once(self):
        self.assertEqual(self._work_at_once(3), [0, 0, 1])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            booking = env["loyalty.delivery.booking"].browse(self.booking_id)
            self.assertEqual(booking.state, "done", booking.error)
            stop = env["loyalty.delivery.stop"].browse(self.stop_id)
            self.assertEqual(stop.payment_ids.mapped("amount"), [1000])
