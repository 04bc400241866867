from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..models import onec_login_failure
from .exchange_common import ExchangeCommon
from .onec_client import OnecClient


@tagged("post_install", "-at_install")
class TestOnecExchangeHostile(ExchangeCommon):
    """Strangers, and those who took a cookie."""

    def test_a_stranger_at_a_wrong_address_learns_nothing(self):
        client = self._client(token="x" * 32)
        self.assertIn("not known", self._refused(client.checkauth))
        self.assertEqual(client.status, 200)
        self.assertFalse(self._sessions())

    def test_the_secret_of_the_address_is_long_and_only_its_hash_is_kept(self):
        self.assertGreaterEqual(len(self.token), 128 / 6)
        self.env.cr.execute(
            "SELECT count(*) FROM onec_backend b WHERE to_jsonb(b)::text LIKE ANY (%s)",
            [[f"%{self.token}%", f"%{self.password}%"]],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_without_any_login_the_answer_asks_for_one(self):
        client = self._client(login="")
        self.assertIn("failure", self._refused(client.checkauth))
        self.assertEqual(client.status, 401)
        self.assertIn("Basic", client.answered.getheader("WWW-Authenticate"))
        client.call("GET", "?type=catalog&mode=init")
        self.assertEqual(client.status, 401)

    def test_a_wrong_login_or_password_is_a_failure_with_status_200(self):
        for values in ({"password": "wrong"}, {"login": "admin"}, {"password": ""}):
            client = self._client(**values)
            with self.subTest(values):
                self.assertIn("wrong", self._refused(client.checkauth))
                self.assertEqual(client.status, 200)
        for header in ("Basic !!!", "Bearer x", "Basic", "Digest username=1"):
            client = self._client()
            client.headers["Authorization"] = header
            with self.subTest(header):
                self.assertIn("failure", self._refused(client.checkauth))
                self.assertEqual(client.status, 200)
        self.assertFalse(self._sessions())

    def test_the_password_of_a_user_opens_nothing(self):
        client = self._client(login="admin", password="admin")
        self.assertIn("failure", self._refused(client.checkauth))

    def test_many_wrong_passwords_have_to_wait_and_only_at_that_address(self):
        for _each in range(onec_login_failure.MOST):
            self._refused(self._client(password="guess").checkauth)
        self.assertIn("15 minutes", self._refused(self._client().checkauth))
        failures = self.env["onec.login.failure"]
        self.assertFalse(failures._is_blocked(self.backend, "192.0.2.1"))
        later = fields.Datetime.now() + onec_login_failure.WINDOW
        with freeze_time(later):
            self.assertFalse(failures._is_blocked(self.backend, "127.0.0.1"))

    def test_the_right_password_forgives_the_wrong_ones(self):
        for _each in range(onec_login_failure.MOST - 1):
            self._refused(self._client(password="guess").checkauth)
        self._client().checkauth()
        self.env.invalidate_all()
        self.assertFalse(self.env["onec.login.failure"].search([]))

    def test_other_addresses_are_refused_where_some_are_allowed(self):
        self._set(allowed_addresses="192.0.2.0/24\n2001:db8::/32")
        self.assertIn("not accepted", self._refused(self._client().checkauth))
        self._set(allowed_addresses="127.0.0.0/8")
        self._client().checkauth()

    def test_http_from_the_internet_is_refused(self):
        self.assertFalse(self.backend._allows("8.8.8.8", secure=False))
        self.assertTrue(self.backend._allows("8.8.8.8", secure=True))
        self.assertTrue(self.backend._allows("192.168.1.7", secure=False))
        self.assertFalse(self.backend._allows("nonsense", secure=True))
        self.backend.allowed_addresses = "8.8.8.0/24"
        self.assertTrue(self.backend._allows("8.8.8.8", secure=False))
        self.assertFalse(self.backend._allows("192.168.1.7", secure=True))

    def test_a_base_that_is_archived_or_without_commerceml_has_no_address(self):
        for values in ({"use_cml": False}, {"use_cml": True, "active": False}):
            self._set(**values)
            with self.subTest(values):
                self.assertIn("not known", self._refused(self._client().checkauth))

    def test_a_new_password_ends_the_old_address_and_its_sessions(self):
        client = self._ready()
        old = self._address()
        self.token, self.password = self.backend._new_credentials()
        self.env.flush_all()
        self.assertIn("not known", client.ask("GET", "?type=catalog&mode=init"))
        client.url = client.url._replace(path=self._client().url.path)
        self.assertNotEqual(old, self._address())
        self.assertIn("failure", client.ask("GET", "?type=catalog&mode=init"))

    # --- sessions -------------------------------------------------------------------

    def _hijacked(self, client, tail=None):
        """Answer to a client that has the cookie, but not the password."""
        client.headers = {}
        tail = client.tail if tail is None else tail
        return client.ask("GET", f"?type=catalog&mode=init{tail}")

    def test_a_foreign_cookie_opens_nothing(self):
        other = self._make_backend("Чужая", use_cml=True)
        token, password = other._new_credentials()
        self.env.flush_all()
        foreign = OnecClient(self._address(token), other.login, password)
        foreign.checkauth()
        client = self._client(login="")
        client.cookie, client.tail = foreign.cookie, foreign.tail
        self.assertIn("failure", self._hijacked(client))
        self.assertEqual(client.status, 200)

    def test_a_made_up_cookie_opens_nothing(self):
        client = self._client(login="")
        for cookie in ("loyalty1c=" + "A" * 32, "loyalty1c=", "session_id=x"):
            client.cookie = cookie
            with self.subTest(cookie):
                self.assertIn("failure", self._hijacked(client))

    def test_a_cookie_with_a_wrong_sessid_opens_nothing(self):
        client = self._ready()
        self.assertIn("failure", self._hijacked(client, "&sessid=wrong"))

    def test_a_sessid_alone_opens_nothing(self):
        client = self._ready()
        client.forget_cookie = True
        self.assertIn("failure", self._hijacked(client))

    def test_a_cookie_of_the_catalogue_opens_no_orders(self):
        client = self._ready()
        client.headers = {}
        text = client.ask("GET", f"?type=sale&mode=query{client.tail}")
        self.assertIn("failure", text)

    def test_a_cookie_from_another_address_opens_nothing(self):
        client = self._ready()
        self._session().address = "192.0.2.1"
        self.env.flush_all()
        self.assertIn("failure", self._hijacked(client))

    def test_a_cookie_ends_after_an_hour_without_a_call(self):
        client = self._ready()
        with freeze_time(fields.Datetime.now()) as clock:
            clock.tick(3601)
            self.assertIn("failure", self._hijacked(client))
