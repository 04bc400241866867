"""HTTP to the gateways: connections kept alive, and what was not sent told apart.

Each thread has connections of its own. The certificate is verified, redirects are not
followed, an answer is never read further than a megabyte nor longer than the timeout.
"""

import http.client
import select
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

ANSWER_LIMIT = 1024 * 1024
IDLE_LIMIT_S = 30


class NotSentError(Exception):
    """No byte of the request left: it is safe to try again."""


class BrokenError(Exception):
    """The line broke after the request had begun: nobody knows whether it arrived."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway answered; header names are in lower case."""

    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def retry_after_s(self):
        """Seconds that the gateway asks to wait, 0 when it does not say.

        >>> Answer(429, {"retry-after": "7"}, b"").retry_after_s
        7
        >>> Answer(429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"},
        ...        b"").retry_after_s
        0
        """
        value = self.headers.get("retry-after", "").strip()
        return min(int(value), 3600) if value.isascii() and value.isdigit() else 0


class Transport:
    """Connections of all threads of a process to all gateways.

    :param timeout_s: for the whole answer, from the end of the request
    :param connect_timeout_s: for the connection and the handshake
    """

    def __init__(self, timeout_s=15, connect_timeout_s=5, tls=None):
        self.timeout_s = timeout_s
        self.connect_timeout_s = connect_timeout_s
        self._tls = tls
        self._local = threading.local()

    def request(self, method, url, headers=None, body=b""):
        """Ask and read the answer.

        :raise NotSentError: the request surely was not received
        :raise BrokenError: it may have been
        """
        scheme, host, port, target = _split_url(url)
        key = scheme, host, port
        connection = self._connection(key)
        try:
            answer, reusable = self._talk(
                connection, method, target, headers or {}, body
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            raise BrokenError(_describe(error)) from error
        if reusable:
            self._pool()[key] = connection, time.monotonic()
        else:
            connection.close()
        return answer

    def close(self):
        """Close the connections of the calling thread."""
        pool = self._pool()
        while pool:
            pool.popitem()[1][0].close()

    def _pool(self):
        if not hasattr(self._local, "pool"):
            self._local.pool = {}
        return self._local.pool

    def _connection(self, key):
        connection, since = self._pool().pop(key, (None, 0))
        if connection:
            if time.monotonic() - since < IDLE_LIMIT_S and _is_quiet(connection.sock):
                return connection
            connection.close()
        return self._connect(*key)

    def _context(self):
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _connect(self, scheme, host, port):
        try:
            if scheme == "https":
                connection = http.client.HTTPSConnection(
                    host, port, timeout=self.connect_timeout_s, context=self._context()
                )
            else:
                connection = http.client.HTTPConnection(
                    host, port, timeout=self.connect_timeout_s
                )
            connection.connect()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotSentError(_describe(error)) from error
        return connection

    def _talk(self, connection, method, target, headers, body):
        connection.sock.settimeout(self.timeout_s)
        end = time.monotonic() + self.timeout_s
        connection.request(method, target, body=body or None, headers=headers)
        response = connection.getresponse()
        chunks, size = [], 0
        while chunk := response.read1(65536):
            size += len(chunk)
            if size > ANSWER_LIMIT:
                raise ValueError("the answer is longer than a megabyte")
            if time.monotonic() > end:
                raise TimeoutError("the answer does not end")
            chunks.append(chunk)
        if response.length:  # fewer bytes than Content-Length promised
            raise http.client.IncompleteRead(b"", response.length)
        # Reading by pieces does not see the end, and the next request would be refused.
        response.close()
        answer = Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            b"".join(chunks),
        )
        reusable = not response.will_close
        response.close()  # its reader only: the connection waits for the next request
        return answer, reusable


def _split_url(url):
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise NotSentError("the address is malformed") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotSentError("the address is malformed")
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    if not target.isascii() or any(c <= " " or c == "\x7f" for c in target):
        raise NotSentError("the address is malformed")
    return parts.scheme, parts.hostname, port, target


def _is_quiet(sock):
    """Nothing to read on an idle connection: the other side has not closed it."""
    if sock is None or sock.fileno() < 0:
        return False
    poll = select.poll()
    poll.register(sock, select.POLLIN | select.POLLHUP | select.POLLERR)
    return not poll.poll(0)


def _describe(error):
    """The kind of trouble, without the address, which may hold a key."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'handshake failed'}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
