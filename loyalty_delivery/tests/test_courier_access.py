from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..models.loyalty_delivery_access import TRIES
from .courier_common import FRIDAY, CourierCommon

GROUP = "loyalty_delivery.group_delivery_"
REFUSED = (
    "loyalty.delivery.access",
    "loyalty.delivery.courier",
    "loyalty.delivery.depot",
    "loyalty.delivery.event",
    "loyalty.delivery.position",
    "loyalty.delivery.proof",
    "loyalty.delivery.reason",
    "loyalty.delivery.settings",
    "loyalty.delivery.slot",
    "loyalty.delivery.stop",
    "loyalty.delivery.trip",
    "loyalty.delivery.zone",
)


@freeze_time(FRIDAY)
class TestCourierAccess(CourierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls.env["loyalty.delivery.access"]
        cls.dispatcher = cls._new_user("dispatcher", GROUP + "dispatcher")
        cls.manager = cls._new_user("manager", GROUP + "manager")

    @classmethod
    def _new_user(cls, login, groups):
        return new_test_user(
            cls.env,
            f"courier_{login}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[cls.company.id],
        )

    def _issued(self):
        token, pin = self.access._issue(self.trip)
        return self.access._by_token(token), token, pin

    def _wrong(self, pin):
        return f"{(int(pin) + 1) % 10**6:06}"

    def test_a_dispatcher_is_shown_link_and_pin_once(self):
        trip = self.trip.with_user(self.dispatcher)
        action = trip.action_courier_link()
        shown = action["context"]
        token = shown["default_url"].split("/courier/t#")[1]
        access = self.access._by_token(token)
        self.assertEqual(access.trip_id, self.trip)
        self.assertEqual(len(token), 32)
        self.assertRegex(shown["default_pin"], r"^\d{6}$")
        for value in access.read()[0].values():
            self.assertNotIn(token, str(value))
            self.assertNotEqual(shown["default_pin"], value)
        self.assertEqual(trip.link_state, "new")
        fields_shown = self.env["loyalty.delivery.link"]._fields
        for name in ("url", "pin", "qr"):
            self.assertFalse(fields_shown[name].store, name)

    def test_hashes_are_for_nobody(self):
        self._issued()
        links = self.trip.with_user(self.dispatcher).access_ids
        for name in ("token_hash", "pin_hash", "device_hash"):
            with self.assertRaises(AccessError):
                links.read([name])

    def test_a_new_link_ends_the_one_before(self):
        _old, token, _pin = self._issued()
        new, new_token, _pin = self._issued()
        self.assertFalse(self.access._by_token(token))
        self.assertEqual(self.access._by_token(new_token), new)

    def test_the_right_pin_opens_on_one_phone(self):
        access, _token, pin = self._issued()
        secret, _left = access._open(pin, None)
        self.assertEqual(self.access._by_device(secret), access)
        self.assertFalse(access._is_of_other_device(secret))
        self.assertTrue(access._is_of_other_device("another"))
        self.assertTrue(access._is_of_other_device(""))
        self.assertNotIn(secret, access.read()[0].values())
        self.assertFalse(self.access._by_device("another"))
        self.assertFalse(self.access._by_device(""))

    def test_wrong_pins_lock_the_link(self):
        access, _token, pin = self._issued()
        for left in reversed(range(TRIES)):
            self.assertEqual(access._open(self._wrong(pin), None), (None, left))
        self.assertEqual(access._open(pin, None), (None, 0))
        self.assertEqual(self.trip.link_state, "locked")
        self.assertFalse(access.device_hash)

    def test_a_second_trip_opens_on_the_same_phone(self):
        access, _token, pin = self._issued()
        secret, _left = access._open(pin, None)
        afternoon = self._make_trip(self.levon, 1)
        token, pin = self.access._issue(afternoon)
        again, _left = self.access._by_token(token)._open(pin, secret)
        self.assertEqual(again, secret)
        self.assertEqual(self.access._by_device(secret).trip_id, self.trip + afternoon)

    def test_another_courier_on_the_phone_gets_a_secret_of_his_own(self):
        access, _token, pin = self._issued()
        secret, _left = access._open(pin, None)
        other = self._make_trip(self.mher, 1)
        token, pin = self.access._issue(other)
        mine, _left = self.access._by_token(token)._open(pin, secret)
        self.assertNotEqual(mine, secret)
        self.assertEqual(self.access._by_device(mine).trip_id, other)

    def test_a_link_lasts_until_two_hours_after_the_return(self):
        _access, token, _pin = self._issued()
        self.trip._transition("en_route", {"started_at": FRIDAY})
        self.assertTrue(self.access._by_token(token))
        self.trip._transition("returned", {"returned_at": FRIDAY})
        with freeze_time(FRIDAY + timedelta(hours=1, minutes=59)):
            self.assertTrue(self.access._by_token(token))
        with freeze_time(FRIDAY + timedelta(hours=2, minutes=1)):
            self.assertFalse(self.access._by_token(token))

    def test_a_link_ends_with_the_release_the_courier_or_the_button(self):
        access, token, pin = self._issued()
        secret, _left = access._open(pin, None)
        self.trip._transition("draft")
        self.assertFalse(self.access._by_token(token))
        self.assertFalse(self.access._by_device(secret))
        self.trip._transition("planned")
        self.trip.courier_id = self.mher
        self.assertFalse(self.access._by_token(token))
        self.trip.courier_id = self.levon
        self.assertTrue(self.access._by_token(token))
        self.trip.with_user(self.dispatcher).action_courier_link_revoke()
        self.assertFalse(self.access._by_token(token))
        self.assertFalse(self.access._by_device(secret))
        self.assertEqual(self.trip.link_state, "none")

    def test_who_is_a_courier_no_more_is_out_at_once(self):
        access, token, pin = self._issued()
        secret, _left = access._open(pin, None)
        self.assertEqual(access._by_device(secret), access)
        self.levon.active = False
        self.assertFalse(access._by_device(secret))
        self.assertFalse(access._by_token(token))

    def test_a_trip_that_is_not_released_has_no_link(self):
        self.trip._transition("draft")
        with self.assertRaises(UserError):
            self.trip.with_user(self.dispatcher).action_courier_link()
        self.assertFalse(self.trip.access_ids)

    def test_only_dispatchers_make_links(self):
        for user in (
            self._new_user("cashier", GROUP + "cashier"),
            self._new_user("employee", "base.group_user"),
            self._new_user("phone", "base.group_portal"),
        ):
            for action in ("action_courier_link", "action_courier_link_revoke"):
                with self.assertRaises(AccessError):
                    getattr(self.trip.with_user(user), action)()
        self.assertFalse(self.trip.access_ids)

    def test_a_courier_with_an_account_has_no_rights_on_any_model(self):
        user = self._new_user("levon", "base.group_portal")
        self.levon.user_id = user
        self.env["loyalty.delivery.proof"].flush_model()
        for model in REFUSED:
            records = self.env[model].with_user(user)
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(records.has_access(operation), (model, operation))
            with self.assertRaises(AccessError):
                records.search([])
        orders = self.env["sale.order"].with_user(user)
        pickings = self.env["stock.picking"].with_user(user)
        self.assertFalse(orders.search([]))
        self.assertFalse(pickings.search([]))
        for model in ("sale.order", "stock.picking", "res.partner"):
            self.assertFalse(self.env[model].with_user(user).has_access("write"))
        with self.assertRaises(AccessError):
            self.ani.with_user(user).read(["phone"])
        with self.assertRaises(AccessError):
            self.stop.with_user(user).read(["phone"])

    def test_events_and_proofs_are_read_only_for_all(self):
        for model in ("event", "proof", "position", "access"):
            records = self.env[f"loyalty.delivery.{model}"].with_user(self.manager)
            self.assertTrue(records.has_access("read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(records.has_access(operation), (model, operation))

    def test_managers_set_the_page_up_for_their_company(self):
        settings = self.env["loyalty.delivery.settings"].with_user(self.manager)
        self.assertEqual(
            settings.default_get(["delivery_proof"])["delivery_proof"], "none"
        )
        settings.create(
            {
                "delivery_undo_minutes": 30,
                "delivery_proof": "both",
                "delivery_qr_payload": "ST00012|Sum={cents}",
            }
        ).action_save()
        self.assertRecordValues(
            self.company,
            [
                {
                    "delivery_undo_minutes": 30,
                    "delivery_proof": "both",
                    "delivery_qr_payload": "ST00012|Sum={cents}",
                }
            ],
        )

    def test_a_qr_with_places_that_nothing_fills_is_refused(self):
        settings = self.env["loyalty.delivery.settings"].with_user(self.manager)
        for template in (
            "{iban}",
            "{",
            "{amount.__class__}",
            "{}",
            "{amount:.2f}",
            "{amount:>999999999}",
            "{document!r}",
            "x" * 501,
        ):
            with self.assertRaisesRegex(UserError, "QR"):
                settings.create({"delivery_qr_payload": template}).action_save()
        self.assertFalse(self.company.delivery_qr_payload)

    def test_dispatchers_do_not_set_the_page_up(self):
        settings = self.env["loyalty.delivery.settings"].with_user(self.dispatcher)
        with self.assertRaises(AccessError):
            settings.create({"delivery_undo_minutes": 600})
        self.assertEqual(self.company.delivery_undo_minutes, 15)

    def test_a_link_that_is_over_is_forgotten_after_a_month(self):
        old, token, _pin = self._issued()
        old._revoke()
        valid, _token, _pin = self._issued()
        self.env.cr.execute(
            "UPDATE loyalty_delivery_access SET create_date = %s",
            [fields.Datetime.now() - timedelta(days=31)],
        )
        self.access.invalidate_model()
        self.access._gc_access()
        self.assertFalse(old.exists())
        self.assertTrue(valid.exists())
        self.assertFalse(self.access._by_token(token))
