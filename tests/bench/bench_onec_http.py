"""How long 1C waits for an answer: ``checkauth``, ``init`` and pieces of a file.

Starts a server of its own on the loopback over a scratch database and talks to it as
1C does: a connection a request, the password every time. ``file`` is told with and
without its body, so the difference is the transfer. Fails above ``LIMIT_MS``.
"""

import base64
import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles

from support import measure

REQUESTS = int(os.environ.get("REQUESTS", "60"))
LIMIT_MS = float(os.environ.get("LIMIT_MS", "300"))
PIECE = 10 << 20


@contextlib.contextmanager
def server():
    """Port of an Odoo that serves the scratch database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "odoo", "server", "-c", measure.CONF),
            *("-d", measure.DATABASE, f"--db-filter=^{measure.DATABASE}$"),
            *("--http-interface=127.0.0.1", f"--http-port={port}"),
            *("--max-cron-threads=0", "--log-level=error"),
        ]
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port, process):
    for _attempt in range(600):
        if process.poll() is not None:
            sys.exit("The server ended before it answered.")
        with contextlib.suppress(OSError):
            ask(port, "GET", "/web/health")
            return
        time.sleep(0.1)
    sys.exit("The server did not answer within a minute.")


def ask(port, method, path, body=None, headers=None):
    """``(milliseconds, answer)`` of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    with contextlib.closing(connection):
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse().read()
    return (time.perf_counter() - began) * 1000, answer


def make_backend():
    """``(id, path of the address, headers, folder)`` of a new 1C base."""
    with measure.environment() as env:
        backend = env["onec.backend"].create({"name": "Bench", "use_cml": True})
        backend.max_unpacked_mb = 100_000
        token, password = backend._new_credentials()
        secret = base64.b64encode(f"{backend.login}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}"}
        path = f"/loyalty_1c/{token}/1c_exchange"
        return backend.id, path, headers, backend._directory()


def remove_backend(backend_id, folder):
    with measure.environment() as env:
        env["onec.backend"].browse(backend_id).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def log_in(port, path, headers):
    """Headers and the rest of the query of a conversation."""
    text = ask(port, "GET", f"{path}?type=catalog&mode=checkauth", None, headers)[1]
    lines = text.decode().split("\n")
    if lines[0] != "success":
        sys.exit(f"checkauth answered {lines}")
    return {**headers, "Cookie": f"{lines[1]}={lines[2]}"}, f"&{lines[3]}"


def run(port, path, headers, tail, method="GET", body=None, clients=1):
    """Sorted milliseconds of many requests, each client in its own conversation."""

    def client(number):
        own, sessid = log_in(port, path, headers)
        taken = []
        for _each in range(REQUESTS // clients):
            query = f"{path}?type=catalog{tail}{number}{sessid}"
            milliseconds, answer = ask(port, method, query, body, own)
            if not answer.startswith((b"success", b"zip=")):
                sys.exit(f"{tail} answered {answer[:200]!r}")
            taken.append(milliseconds)
        return taken

    with ThreadPoolExecutor(clients) as pool:
        return sorted(
            value for part in pool.map(client, range(clients)) for value in part
        )


def main():
    measure.start()
    backend_id, path, headers, folder = make_backend()
    measure.say(measure.machine())
    slow = []
    image = b"\xff\xd8\xff" + bytes(1020)
    # A piece that begins like the file it belongs to replaces it: the disk stays small.
    piece = image + bytes(PIECE - len(image))
    try:
        with server() as port:
            run(port, path, headers, "&mode=init&n=")
            measure.table("Request", "clients", "p50, ms", "p95, ms", "worst, ms")
            for name, tail, method, body in (
                ("checkauth", "&mode=checkauth&n=", "GET", None),
                ("init", "&mode=init&n=", "GET", None),
                ("file, 1 KB", "&mode=file&filename=1.jpg&n=", "POST", image),
                ("file, 10 MB", "&mode=file&filename=2.jpg&n=", "POST", piece),
            ):
                for clients in (1, 4):
                    taken = run(port, path, headers, tail, method, body, clients)
                    cuts = quantiles(taken, n=20)
                    measure.row(name, clients, cuts[9], cuts[18], taken[-1])
                    # One client: what the answer costs, not what the queue does.
                    if clients == 1 and cuts[18] > LIMIT_MS:
                        slow.append(f"{name}: {cuts[18]:.0f} ms")
    finally:
        remove_backend(backend_id, folder)
    if slow:
        sys.exit(f"Slower than {LIMIT_MS:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
