"""How requests of 1C reach us: the body untouched, the answer always plain text."""

import logging
import re
import socket
import threading

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from odoo.http import Dispatcher, Response

from ..engine import storage
from ..engine.errors import ExchangeError

_logger = logging.getLogger(__name__)

PREFIX = "/loyalty_1c/"
# A body has this long, and one second more for every so many bytes of it.
BODY_SECONDS = 30
BYTES_A_SECOND = 32_000
# 1C gives up after three minutes.
BODY_SECONDS_MOST = 170
_SECRETS = re.compile(r"(/loyalty_1c/)[^/?\s]+|((?:sessid|token|password)=)[^&\s]+")


class MaskSecrets(logging.Filter):
    """The access log must not hold the key of the address."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(value) for value in record.args)
        record.msg = _masked(record.msg)
        return True


def _masked(value):
    if not isinstance(value, str) or "loyalty_1c" not in value:
        return value
    return _SECRETS.sub(r"\1\2***", value)


logging.getLogger("werkzeug").addFilter(MaskSecrets())


def answer(text, status=200, headers=()):
    """``text`` as 1C reads it: LF only, the charset stated, never kept by a cache."""
    return Response(
        text if isinstance(text, bytes) else text.replace("\r", "").encode(),
        status=status,
        headers=[
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *headers,
        ],
    )


class OnecDispatcher(Dispatcher):
    """Type of route for machines that send files as the body, whatever they call it.

    Forms are not parsed: parameters are those of the address, and a body that is
    labelled as a form is still a file. The body is read once, when the endpoint asks
    for it, also if the transaction has to be done again.
    """

    routing_type = "loyalty_1c"

    def __init__(self, request):
        super().__init__(request)
        self._part = None
        self.taken = False

    @classmethod
    def is_compatible_with(cls, request):
        return request.httprequest.path.startswith(PREFIX)

    def dispatch(self, endpoint, args):
        self.request.params = {**self.request.httprequest.args, **args}
        return endpoint(**args)

    def handle_error(self, exc):
        if isinstance(exc, RequestEntityTooLarge):
            return answer("failure\nThe file is too large.")
        if isinstance(exc, HTTPException) and exc.code and exc.code != 500:
            return answer(f"failure\n{exc.name}")
        _logger.error("1c request failed: %s", type(exc).__name__)
        return answer("failure\nThe server could not do this now. Try again later.")

    def spool(self, directory, limit):
        """Path of the body, streamed into a new file of ``directory``.

        :raise ExchangeError: ``body_large`` before anything is read when the request
            announces too much, ``body_short`` when it ends early or takes too long
        """
        if self._part is None:
            httprequest = self.request.httprequest
            length = httprequest.content_length
            if length is not None and length > limit:
                raise ExchangeError("body_large", size=length, limit=limit)
            # The request itself, behind the proxy that hides its stream.
            wrapped = httprequest.get_data.__self__
            with _Deadline(wrapped.environ, length or 0):
                try:
                    self._part = storage.spool(
                        wrapped.stream.read, directory, limit, length
                    )
                except (HTTPException, OSError) as error:
                    raise ExchangeError("body_short", length=length) from error
        return self._part


class _Deadline:
    """Closes the reading side of the connection of a body that does not end."""

    def __init__(self, environ, length):
        self._socket = environ.get("werkzeug.socket") or environ.get("socket")
        seconds = min(BODY_SECONDS + length / BYTES_A_SECOND, BODY_SECONDS_MOST)
        self._timer = threading.Timer(seconds, self._close)
        self._timer.daemon = True

    def __enter__(self):
        if self._socket is not None:
            self._timer.start()
        return self

    def __exit__(self, *exc_info):
        self._timer.cancel()

    def _close(self):
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError as error:
            _logger.info("1c connection was closed already: %s", error)
