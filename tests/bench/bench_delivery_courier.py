"""What a courier waits for: a stop confirmed, the same told again, the trip read.

Each event is received in a transaction of its own with its commit, as a request does.
Fails when an event is applied twice or the trip is larger than 60 KB, not when the
machine is slow.
"""

import json
import statistics
import sys
import time
from uuid import uuid4

from support import measure

STOPS = 40


def make_trip():
    """A released trip of forty stops, each with something to collect."""
    with measure.environment() as env:
        partner = env["res.partner"].create({"name": "Bench courier"})
        depot = env["loyalty.delivery.depot"].create({"name": f"Bench {uuid4()}"})
        trip = env["loyalty.delivery.trip"].create(
            {
                "courier_id": env["loyalty.delivery.courier"]
                .create({"partner_id": partner.id})
                .id,
                "depot_id": depot.id,
            }
        )
        stops = env["loyalty.delivery.stop"].create(
            [
                {
                    "state": "ready",
                    "depot_id": depot.id,
                    "contact_name": "Ani Petrosyan",
                    "phone": "+37491234567",
                    "address": f"Abovyan St {number}, apt 7\nYerevan 0001",
                    "items": "Coffee beans 1 kg\nTea, 2 boxes\nSugar",
                    "cod_due": 23000,
                }
                for number in range(STOPS)
            ]
        )
        stops._transition("planned", {"trip_id": trip.id})
        trip._transition("planned")
        return trip.id, stops.ids


def timed(work):
    """Milliseconds that ``work(env)`` takes with its commit, and its result."""
    began = time.perf_counter()
    with measure.environment() as env:
        result = work(env)
    return (time.perf_counter() - began) * 1000, result


def receive(trip_id, events):
    """Statuses of events received for the trip."""

    def work(env):
        trip = env["loyalty.delivery.trip"].browse(trip_id)
        answers = env["loyalty.delivery.event"]._receive(trip, events)
        return [answer["status"] for answer in answers]

    return timed(work)


def line(name, times):
    """One row of figures."""
    ordered = sorted(times)
    high = ordered[int(len(ordered) * 0.95)]
    sys.stdout.write(
        f"{name:32} p50 {statistics.median(ordered):7.1f} ms  p95 {high:7.1f} ms\n"
    )


def main():
    measure.start()
    trip_id, stop_ids = make_trip()
    events = [
        {
            "uuid": str(uuid4()),
            "kind": "deliver",
            "stop": stop_id,
            "client_ms": int(time.time() * 1000),
            "payload": {"cod": 23000, "method": "cash"},
        }
        for stop_id in stop_ids
    ]
    reads = [
        timed(lambda env: env["loyalty.delivery.trip"].browse(trip_id)._phone_read())
        for _each in range(20)
    ]
    size = len(json.dumps(reads[0][1]).encode())
    first = [receive(trip_id, [event]) for event in events]
    again = [receive(trip_id, [event]) for event in events]
    batch, statuses = receive(trip_id, events)
    if {status for _ms, told in first for status in told} != {"applied"}:
        sys.exit("Not every event was applied.")
    if {status for _ms, told in again for status in told} | set(statuses) != {"dup"}:
        sys.exit("An event was applied twice.")
    if size > 60_000:
        sys.exit(f"The trip takes {size} bytes.")
    line("a stop confirmed", [took for took, _told in first])
    line("the same told again", [took for took, _told in again])
    line(f"{STOPS} told again in one batch", [batch])
    line(f"a trip of {STOPS} stops, {size} bytes", [took for took, _told in reads])


if __name__ == "__main__":
    main()
