"""The customer's page of a delivery, as a phone asks for it.

Makes a trip of forty stops on the road in a scratch database, starts a server of its
own on the loopback and asks it for the page, one client after the other and then
several at once. Fails when an answer is wrong, not when the machine is slow.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles

import requests
from support import measure

REQUESTS = int(os.environ.get("REQUESTS", "400"))
CLIENTS = int(os.environ.get("CLIENTS", "8"))
STOPS = 40


@contextlib.contextmanager
def server():
    """The address of an Odoo that serves the scratch database."""
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
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def wait_for(address, process):
    for _attempt in range(600):
        if process.poll() is not None:
            sys.exit("The server ended before it answered.")
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{address}/web/health", timeout=30)
            return
        time.sleep(0.1)
    sys.exit("The server did not answer within a minute.")


def make_trip():
    """The link of the last stop of a trip on the road."""
    with measure.environment() as env:
        now = env.cr.now()
        depot = env["loyalty.delivery.depot"].create(
            {"name": f"Bench {now}", "latitude": 40.1772, "longitude": 44.5126}
        )
        partner = env["res.partner"].create({"name": "Bench courier"})
        courier = env["loyalty.delivery.courier"].create(
            {"partner_id": partner.id, "depot_id": depot.id}
        )
        trip = env["loyalty.delivery.trip"].create(
            {"courier_id": courier.id, "depot_id": depot.id, "state": "en_route"}
        )
        customer = env["res.partner"].create({"name": "Bench customer"})
        stops = env["loyalty.delivery.stop"].create(
            [
                {
                    "partner_id": customer.id,
                    "depot_id": depot.id,
                    "trip_id": trip.id,
                    "sequence": number,
                    "state": "out",
                    "eta": now,
                }
                for number in range(STOPS)
            ]
        )
        return "/d/" + stops[-1]._tracking_url().rpartition("/")[2]


def ask(session, url):
    """Milliseconds of one answer."""
    began = time.perf_counter()
    response = session.get(url, timeout=30)
    taken = (time.perf_counter() - began) * 1000
    if response.status_code != 200 or b"data-state" not in response.content:
        sys.exit(f"{url} answered {response.status_code}.")
    return taken


def run(url, clients):
    """``(sorted milliseconds, requests a second)`` of several clients at once."""

    def client(count):
        with requests.Session() as session:
            return [ask(session, url) for _number in range(count)]

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        parts = pool.map(client, [REQUESTS // clients] * clients)
        taken = sorted(value for part in parts for value in part)
    return taken, len(taken) / (time.perf_counter() - began)


def main():
    measure.start()
    path = make_trip()
    measure.say(measure.machine())
    with server() as address:
        url = address + path
        run(url, 2)
        measure.table("Page", "clients", "p50, ms", "p95, ms", "a second")
        for name, part in (("whole", ""), ("living part", "?live=1")):
            for clients in (1, CLIENTS):
                taken, rate = run(url + part, clients)
                cuts = quantiles(taken, n=20)
                measure.row(name, clients, cuts[9], cuts[18], rate)


if __name__ == "__main__":
    main()
