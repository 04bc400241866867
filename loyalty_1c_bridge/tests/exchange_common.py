import shutil

from odoo.tests import HttpCase

from .common import OnecCommon
from .onec_client import OnecClient, Refused


class ExchangeCommon(OnecCommon, HttpCase):
    """A 1C base with an address, and clients that know its password."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.write({"use_cml": True, "use_zip": False})
        cls.token, cls.password = cls.backend._new_credentials()

    def setUp(self):
        super().setUp()
        # Clients of 1C send our cookie and no other; the tests' one is theirs.
        access = self.enterContext(self.allow_requests(all_requests=True))
        self.assertIsNone(access)
        self.addCleanup(shutil.rmtree, self.backend._directory(), ignore_errors=True)

    def _set(self, **values):
        """Change the base so that requests see it."""
        self.backend.write(values)
        self.env.flush_all()

    def _client(self, profile="ut", token=None, login=None, password=None):
        return OnecClient(
            self._address(token),
            self.backend.login if login is None else login,
            self.password if password is None else password,
            profile,
        )

    def _address(self, token=None):
        return f"{self.base_url()}/loyalty_1c/{token or self.token}/1c_exchange"

    def _refused(self, call, *args, **values):
        """What 1C logs when ``call`` is refused; what the server did stays done.

        ``assertRaises`` would take it back together with the error.
        """
        try:
            call(*args, **values)
        except Refused as error:
            return str(error)
        self.fail("1C was not refused")

    def _ready(self, profile="ut", exchange="catalog"):
        """A client after ``init``."""
        client = self._client(profile)
        client.checkauth(exchange)
        client.init(exchange)
        return client

    def _messages(self, backend=None):
        self.env.invalidate_all()
        return self.env["onec.message"].search(
            [("backend_id", "=", (backend or self.backend).id)], order="id"
        )

    def _session(self):
        return self.env["onec.session"].search([], order="id desc", limit=1)

    def _sessions(self):
        self.env.invalidate_all()
        return self.env["onec.session"].search([("backend_id", "=", self.backend.id)])
