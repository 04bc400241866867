"""What is answered to each request of a CommerceML client."""

import time

from odoo import fields

from ..engine.errors import ExchangeError
from ..models.onec_session_server import COOKIE

EXCHANGES = ("catalog", "sale", "reference")
# Clients ask again at once when they hear "progress": the request is held for a while.
HOLD_SECONDS = 8
PAUSE_SECONDS = 0.25
VERSION = "2.09"


class LoginNeeded(Exception):
    """Nothing in the request says who it is from."""


class Conversation:
    """One request, with the base it is for and the conversation it belongs to."""

    def __init__(self, backend, request):
        self.env = backend.env
        self.backend = backend
        self.params = request.httprequest.args
        self.exchange = self.params.get("type", "")
        self.dispatcher = request.dispatcher
        self._http = request.httprequest
        self._address = self._http.remote_addr or ""
        self._session = self.env["onec.session"]

    def answer(self):
        """Text of the answer; what is refused is an error.

        :raise ExchangeError, UserError: it could not be done; nothing was
        :raise LoginNeeded: there is no login at all
        """
        if not self.backend._allows(self._address, self._http.is_secure):
            raise ExchangeError("address_refused", self._address)
        mode = self.params.get("mode", "")
        method = getattr(self, f"_mode_{mode}", None) if mode.isidentifier() else None
        if self.exchange not in EXCHANGES or method is None:
            raise ExchangeError("mode_unsupported", f"{self.exchange} {mode}"[:80])
        if mode == "checkauth":
            return self._mode_checkauth()
        self._session = self._find_session()
        return method() if self._session else self._refusal()

    # --- who is there ---------------------------------------------------------------

    def _is_known(self):
        """Whether the request brings the right password, or needs none.

        A wrong one counts; too many of them, and the address has to wait.
        """
        failures = self.env["onec.login.failure"]
        given = self._http.authorization
        if given is None or given.type != "basic":
            if self._http.headers.get("Authorization"):
                return False
            return self.backend.accept_token
        if failures._is_blocked(self.backend, self._address):
            raise ExchangeError("login_blocked", self._address)
        if self.backend._check_password(given.username, given.password):
            return True
        failures._note(self.backend, self._address)
        return False

    def _refusal(self):
        """Answer to a request that nobody vouches for."""
        has_secret = self._http.headers.get("Authorization") or self._cookie()
        if not (has_secret or self.params.get("sessid")):
            raise LoginNeeded
        return "failure\n" + self.env._("Login, password or session are wrong.")

    def _cookie(self):
        return self._http.cookies.get(COOKIE)

    def _find_session(self):
        """The conversation the request belongs to; none for strangers.

        The cookie is enough, with the sessid when there is one. Without it, who knows
        the password may name the conversation by its sessid, or mean its last one.
        """
        sessions, sessid = self.env["onec.session"], self.params.get("sessid")
        who = (self.backend, self.exchange, self._address)
        if self._cookie():
            session = sessions._recall(*who, self._cookie(), sessid)
            if session:
                return session
        if not self._is_known():
            return sessions
        if sessid:
            return sessions._recall(*who, sessid=sessid)
        return sessions._latest(*who) or sessions._begin(*who)[0]

    # --- modes ----------------------------------------------------------------------

    def _mode_checkauth(self):
        if not self._is_known():
            return self._refusal()
        self.env["onec.login.failure"]._forgive(self.backend, self._address)
        _session, cookie, sessid = self.env["onec.session"]._begin(
            self.backend, self.exchange, self._address
        )
        # The fifth line is for the module of Bitrix, others do not read it.
        now = int(fields.Datetime.now().timestamp())
        return f"success\n{COOKIE}\n{cookie}\nsessid={sessid}\ntimestamp={now}\n"

    def _mode_init(self):
        self._session._touch()
        self._session._start_uploads()
        # УТ counts the lines: two, and no end of line after the second.
        lines = [
            f"zip={'yes' if self.backend.use_zip else 'no'}",
            f"file_limit={self.backend.file_limit}",
        ]
        if "version" in self.params:
            sessid = self.params.get("sessid")
            lines += [f"sessid={sessid}"] if sessid else []
            lines += [f"version={VERSION}"]
        return "\n".join(lines)

    def _mode_file(self):
        # A transaction that is done again must not add the piece again.
        if not self.dispatcher.taken:
            self._session._touch("uploading")
            self._session._receive(
                self.params.get("filename", ""), self.dispatcher.spool
            )
            self.dispatcher.taken = True
        return "success"

    def _mode_import(self):
        session = self._session
        session._touch("importing")
        messages = session._import_messages(self.params.get("filename", ""))
        until = time.monotonic() + HOLD_SECONDS
        while True:
            # What came is in the journal whatever happens to this request.
            self.env.cr.commit()  # pylint: disable=invalid-commit
            self.env.invalidate_all()
            state = messages._answer_state()
            left = until - time.monotonic()
            if state != "progress" or left <= 0:
                return messages._answer_text(state)
            if not messages._help(left):
                time.sleep(min(PAUSE_SECONDS, max(left, 0)))

    def _mode_query(self):
        self._session._touch()
        return self.backend._orders_query(self._session)

    def _mode_success(self):
        self._session._touch("done")
        self.backend._orders_success(self._session)
        return "success"

    def _mode_info(self):
        self._session._touch()
        return self.backend._orders_info()

    def _mode_deactivate(self):
        self._session._touch()
        self.backend._deactivate_untouched(
            self._session, self.params.get("timestamp", "")
        )
        return "success"

    def _mode_complete(self):
        self._session._touch("done")
        return "success"
