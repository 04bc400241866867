"""An HTTP provider on the loopback which misbehaves when asked to."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Call:
    """A request as the provider received it."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def form(self):
        found = parse_qs(self.body.decode(), keep_blank_values=True)
        return {name: values[0] for name, values in found.items()}

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Reply:
    """What the provider answers; ``document`` is sent as JSON unless it is text."""

    status: int = 200
    document: object = ""
    headers: dict = field(default_factory=dict)


class FakeProvider:
    """Answers with ``self.responder(call)``, in the manner of ``self.mode``.

    Modes: ``answer``, ``garbage``, ``slow``, ``cut`` (the line is closed after the
    request was read), ``half`` (in the middle of the answer), ``hang_up`` (the answer
    is whole, then the line is closed without a word).
    """

    def __init__(self, responder):
        self.responder = responder
        self.mode = "answer"
        self.released = threading.Event()
        self.calls = []
        self.connections = set()
        self.closed = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(fake):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                """Nothing on the terminal."""

            def answer(self):
                size = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                call = Call(
                    self.command,
                    parts.path,
                    {n: v[0] for n, v in parse_qs(parts.query).items()},
                    dict(self.headers.items()),
                    self.rfile.read(size),
                )
                fake.calls.append(call)
                fake.connections.add(self.client_address)
                if fake.mode == "cut":
                    self.close_connection = True
                    return
                if fake.mode == "slow":
                    fake.released.wait(10)
                    return
                self.reply(fake.responder(call))

            do_GET = do_POST = answer

            def finish(self):
                super().finish()
                self.connection.close()
                fake.closed += 1

            def reply(self, reply):
                body = reply.document
                if fake.mode == "garbage":
                    reply, body = Reply(200), "<html>Welcome to nginx!</html>"
                if not isinstance(body, str):
                    body = json.dumps(body)
                data = body.encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if fake.mode == "half":
                    data = data[: len(data) // 2]
                self.wfile.write(data)
                if fake.mode in ("half", "hang_up"):
                    self.close_connection = True

        return Handler
