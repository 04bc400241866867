"""Takes the calls of gateways: reports of delivery and what customers write.

A call is answered once its rows are committed, many calls in one transaction: what the
gateway was told is safe, and what it was not told it says again.
"""

import asyncio
import contextlib
import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from ..engine.gateways import webhook
from ..engine.gateways.base import RawRequest
from .database import LOST

_logger = logging.getLogger(__name__)

COMMIT_EVERY_S = 0.02
# A stranger has this long for a whole call, a gateway that proved itself longer.
FIRST_S = 10
IDLE_S = 75
HEADERS_LIMIT = 32 * 1024
MAX_HEADERS = 64
MAX_CONNECTIONS = 512
# Of one address; a proxy on this machine speaks for everybody.
MAX_EACH = 64
LOCAL = ("127.0.0.1", "::1")
MAX_WAITING = 5000
KEYS_FOR_S = 5.0
PREFIX = "/loyalty_sms/cb/"


class RefusedError(Exception):
    """The call is answered with ``status`` and the line is closed."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Receiver:
    """A small server of its own thread.

    :param called: is called, from that thread, when new rows are committed
    """

    def __init__(self, database, host, port, called):
        self.database = database
        self.address = (host, port)
        self.called = called
        self.received = 0
        self.port = port
        self._ready = threading.Event()
        self._loop = None
        self._thread = threading.Thread(target=self._run, name="sms-receive")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sms-inbox")
        self._waiting = []
        self._keys, self._keys_read = {}, 0.0
        self._connections = Counter()
        self._error = None

    def start(self):
        """Listen; the port is known when this returns.

        :raise OSError: the port is taken
        """
        self._thread.start()
        self._ready.wait()
        if self._error:
            raise self._error

    def stop(self):
        """Answer what was taken, then stop."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(timeout=15)
        self._writer.shutdown(wait=True)

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        try:
            server = await asyncio.start_server(
                self._converse, *self.address, backlog=1024, limit=HEADERS_LIMIT
            )
        except OSError as error:
            self._error = error
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        committer = asyncio.create_task(self._commit_for_ever())
        self._ready.set()
        await self._over.wait()
        server.close()
        committer.cancel()
        await self._commit()

    # -- one line ---------------------------------------------------------------------
    async def _converse(self, reader, writer):
        remote = (writer.get_extra_info("peername") or ("",))[0]
        self._connections[remote] += 1
        try:
            # A gateway that goes away calls again.
            with contextlib.suppress(
                OSError, asyncio.IncompleteReadError, asyncio.TimeoutError
            ):
                keep, patience = self._has_room(remote), FIRST_S
                while keep:
                    keep = await self._answer_one(reader, writer, remote, patience)
                    patience = IDLE_S
        finally:
            self._connections -= Counter([remote])
            writer.close()

    def _has_room(self, remote):
        most = MAX_CONNECTIONS if remote in LOCAL else MAX_EACH
        return (
            self._connections[remote] <= most
            and self._connections.total() <= MAX_CONNECTIONS
        )

    async def _answer_one(self, reader, writer, remote, patience):
        """Read a call and answer it.

        :return: whether the line stays open for another
        """
        try:
            request, key, kind, keep = await asyncio.wait_for(
                _read(reader, remote), patience
            )
            reply = await self._judge(request, key, kind)
        except RefusedError as error:
            reply, keep = webhook.Reply(error.status, "", []), False
        # Who proves nothing holds no line.
        keep = keep and reply.status == HTTPStatus.OK
        body = reply.body.encode()
        phrase = HTTPStatus(reply.status).phrase
        writer.write(
            f"HTTP/1.1 {reply.status} {phrase}\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n"
            f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n".encode()
            + body
        )
        await asyncio.wait_for(writer.drain(), patience)
        return keep

    async def _judge(self, request, key, kind):
        gateway_id, provider = await self._gateway(key)
        if provider is None:
            return webhook.REFUSED
        reply = webhook.accept(provider, kind, request)
        if reply.rows:
            await self._store([{**row, "gateway_id": gateway_id} for row in reply.rows])
        return reply

    async def _gateway(self, key):
        """The gateway whose address has this key; the keys are read again at times."""
        now = self._loop.time()
        # A key that is not known may be a new gateway's; strangers do not make us ask
        # more than once a second.
        age = now - self._keys_read
        if age >= KEYS_FOR_S or (key not in self._keys and age >= 1):
            self._keys_read = now
            try:
                self._keys = await self._loop.run_in_executor(
                    self._writer, self.database.call, _keys_of_gateways
                )
            except LOST:
                self._keys_read = 0.0
                if not self._keys:
                    raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE) from None
        return self._keys.get(key, (None, None))

    # -- the inbox --------------------------------------------------------------------
    async def _store(self, rows):
        """Have the rows written; returns once they are committed.

        :raise RefusedError: they could not be
        """
        if len(self._waiting) >= MAX_WAITING:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE)
        done = self._loop.create_future()
        self._waiting.append((rows, done))
        if not await done:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE)

    async def _commit_for_ever(self):
        while True:
            await asyncio.sleep(COMMIT_EVERY_S)
            await self._commit()

    async def _commit(self):
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        rows = [row for rows, _done in waiting for row in rows]
        try:
            await self._loop.run_in_executor(self._writer, self._write, rows)
            is_written = True
        except LOST as error:
            _logger.warning("calls were not stored, they will come again: %s", error)
            is_written = False
        except Exception:
            _logger.exception("calls were not stored, they will come again")
            is_written = False
        for _rows, done in waiting:
            if not done.done():
                done.set_result(is_written)
        if is_written:
            self.received += len(rows)
            self.called()

    def _write(self, rows):
        self.database.call(lambda env: env["loyalty.message.inbox"]._store(rows))


def _keys_of_gateways(env):
    """``{webhook key: (gateway id, adapter)}``."""
    gateways = env["loyalty.sms.gateway"].search([("webhook_key", "!=", False)])
    return {
        gateway.webhook_key: (gateway.id, gateway._provider_or_none())
        for gateway in gateways
    }


async def _read(reader, remote):
    """One request off the line.

    :return: ``(RawRequest, key, kind, whether the line stays open)``
    :raise RefusedError: it is not one that we answer
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from None
    line, *lines = head.decode("latin-1").split("\r\n")[:-2]
    words = line.split(" ")
    if (
        len(words) != 3
        or not words[2].startswith("HTTP/1.")
        or len(lines) > MAX_HEADERS
    ):
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    headers = {}
    for text in lines:
        name, colon, value = text.partition(":")
        if not colon:
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        name = name.strip().lower()
        # Two lengths are two requests for whoever reads them differently.
        if name == "content-length" and name in headers:
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        headers[name] = value.strip()
    if "transfer-encoding" in headers:
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED)
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    if len(length) > 10 or int(length) > webhook.BODY_LIMIT:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = await reader.readexactly(int(length))
    method, target, version = words
    try:
        parts = urlsplit(target)
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise RefusedError(HTTPStatus.BAD_REQUEST) from None
    key, kind = _key_and_kind(parts.path)
    # Behind a proxy on the same machine the caller's own address is in its header.
    if remote in LOCAL and headers.get("x-forwarded-for"):
        remote = headers["x-forwarded-for"].rpartition(",")[2].strip()
    request = RawRequest(
        method,
        f"{parts.path}?{parts.query}" if parts.query else parts.path,
        dict(query),
        headers,
        body,
        remote,
    )
    asked = headers.get("connection", "").lower()
    keep = asked != "close" and (version == "HTTP/1.1" or asked == "keep-alive")
    return request, key, kind, keep


def _key_and_kind(path):
    if not path.startswith(PREFIX) or path.count("/") != PREFIX.count("/") + 1:
        raise RefusedError(HTTPStatus.NOT_FOUND)
    key, kind = path[len(PREFIX) :].split("/")
    return unquote(key), kind
