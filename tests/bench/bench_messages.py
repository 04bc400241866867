"""Messages through a real Kannel, beside the ERP's own queue of SMS.

Starts Kannel, a message centre and the worker on this machine, and measures in one run:
putting messages in the queue; handing them over with every report of delivery stored;
the ERP's own queue with a provider that does nothing, and with one that speaks to the
same Kannel as the ERP's own provider does, one request after the other. Fails when a
message is lost or doubled, not when the machine is slow.
"""

import os
import sys
import time
from collections import Counter
from urllib.parse import urlencode

import requests
from support import measure

COUNT = int(os.environ.get("MESSAGES", "6000"))
QUEUED = int(os.environ.get("QUEUED", "20000"))
CORE = int(os.environ.get("CORE_MESSAGES", "1000"))
TIMEOUT_S = 180


def values(gateway, number, **more):
    """One advertising message: its only report is the last one."""
    return {
        "company_id": gateway.company_id.id,
        "gateway_id": gateway.id,
        "number": number,
        "body": "Թանկագին հաճախորդ, Ձեր միավորները սպասում են Ձեզ",
        "encoding": "UCS2",
        "segments": 1,
        "message_class": "marketing",
        **more,
    }


def enqueue(gateway_id):
    """How many messages a second go into the queue, the commit included."""
    with measure.environment() as env:
        gateway = env["loyalty.sms.gateway"].browse(gateway_id)
        vals_list = [
            values(
                gateway,
                f"+3749{number:07d}",
                dedupe_key=f"bench:{gateway_id}:{number}",
                not_before="2099-01-01 00:00:00",
                expires_at="2099-01-02 00:00:00",
            )
            for number in range(QUEUED)
        ]
        with measure.taken(env) as taken:
            written = env["loyalty.message"]._enqueue(vals_list)
            env.cr.commit()
        if len(written) != QUEUED:
            sys.exit(f"{len(written)} of {QUEUED} messages were queued.")
        env.cr.execute("DELETE FROM loyalty_message WHERE id = ANY(%s)", [written.ids])
    return taken


def hand_over(gateway_id, kannel, mask, last):
    """Seconds until all were handed over, and until all are in their last state.

    :param mask: the reports that the gateway is asked for
    """
    kannel.centre("reset")
    with measure.environment() as env:
        env.cr.execute(
            "DELETE FROM loyalty_message WHERE gateway_id = %s", [gateway_id]
        )
        gateway = env["loyalty.sms.gateway"].browse(gateway_id)
        gateway.report_mask = mask
        numbers = [f"+3749{number:05d}00" for number in range(COUNT)]
        env["loyalty.message"]._enqueue([values(gateway, each) for each in numbers])
    began, handed = time.perf_counter(), 0.0
    while True:
        time.sleep(0.1)
        states = count_states(gateway_id)
        passed = time.perf_counter() - began
        if not handed and not states["queued"] and not states["sending"]:
            handed = passed
        if states[last] == COUNT:
            break
        if passed > TIMEOUT_S:
            sys.exit(f"Not all is {last} after {TIMEOUT_S} s: {dict(states)}")
    # The message centre may be behind Kannel.
    support_until(lambda: len(kannel.arrived()) >= COUNT)
    if Counter(kannel.arrived()) != Counter(each[1:] for each in numbers):
        sys.exit("The message centre lost a message, or had one twice.")
    return handed, passed


def support_until(condition):
    """Wait for a while; what is wrong then is told by who asks."""
    end = time.perf_counter() + 30
    while not condition() and time.perf_counter() < end:
        time.sleep(0.1)


def count_states(gateway_id):
    """``{state: count}`` of the messages of a gateway."""
    with measure.environment() as env:
        env.cr.execute(
            "SELECT state, count(*) FROM loyalty_message WHERE gateway_id = %s"
            " GROUP BY state",
            [gateway_id],
        )
        return Counter(dict(env.cr.fetchall()))


def core_queue(send):
    """The ERP's own queue, with ``send(number, text)`` as its provider.

    :return: what creating took, and what sending took
    """
    from odoo.addons.sms.tools.sms_api import SmsApiBase

    class Provider(SmsApiBase):
        def _send_sms_batch(self, messages, delivery_reports_url=False):
            return [
                {
                    "uuid": each["uuid"],
                    "state": send(each["number"], message["content"]),
                }
                for message in messages
                for each in message["numbers"]
            ]

    with measure.environment() as env:
        company = type(env["res.company"])
        before = company._get_sms_api_class
        company._get_sms_api_class = lambda self: Provider
        try:
            with measure.taken(env) as created:
                sms = env["sms.sms"].create(
                    [
                        {"number": f"+3749{number:05d}00", "body": "Barev"}
                        for number in range(CORE)
                    ]
                )
                env.cr.commit()
            with measure.taken(env) as sent:
                while env["sms.sms"].search_count([("state", "=", "outgoing")]):
                    env["sms.sms"]._process_queue()
            if set(sms.mapped("state")) != {"pending"}:
                sys.exit("The ERP's own queue did not send.")
            sms.unlink()
        finally:
            company._get_sms_api_class = before
    return created, sent


def speaker(kannel):
    """A provider as the ERP's own: a request for each message, and wait."""
    from odoo.addons.loyalty_sms.tests.kannel import PASSWORD, USER

    def send(number, text):
        query = {"username": USER, "password": PASSWORD, "to": number, "text": text}
        answer = requests.get(f"{kannel.url}?{urlencode(query)}", timeout=5)
        return "success" if answer.status_code == 202 else "server_error"

    return send


def main():
    measure.start()
    with measure.environment():
        pass  # the addons are known from here on
    from odoo.addons.loyalty_sms.tests import kannel as support
    from odoo.addons.loyalty_sms.tests.worker_process import (
        WorkerProcess,
    )

    measure.say(measure.machine())
    if not support.is_installed():
        sys.exit("Debian's package kannel is not installed.")
    worker = WorkerProcess(measure.DATABASE)
    with measure.environment() as env:
        gateway_id = make_gateway(env, support, worker.port)
    try:
        with support.Kannel() as kannel:
            with measure.environment() as env:
                gateway = env["loyalty.sms.gateway"].browse(gateway_id)
                gateway.kannel_url = kannel.url
            queued = enqueue(gateway_id)
            created, sent = core_queue(lambda number, text: "success")
            created_2, spoken = core_queue(speaker(kannel))
            worker.start()
            time.sleep(2)
            handed, _same = hand_over(gateway_id, kannel, "none", "accepted")
            _handed, stored = hand_over(gateway_id, kannel, "few", "delivered")
            worker.stop()
    finally:
        worker.close()
        with measure.environment() as env:
            env.cr.execute(
                "DELETE FROM loyalty_message WHERE gateway_id = %s", [gateway_id]
            )
            env["loyalty.sms.gateway"].browse(gateway_id).active = False
    report(queued, (created, sent), (created_2, spoken), handed, stored)


def make_gateway(env, support, port):
    """A gateway to the Kannel of this run."""
    return (
        env["loyalty.sms.gateway"]
        .create(
            {
                "name": "Bench",
                "kind": "kannel",
                "login": support.USER,
                "secret": support.PASSWORD,
                "report_mask": "few",
                "webhook_base": f"http://127.0.0.1:{port}",
            }
        )
        .id
    )


def report(queued, nothing, spoken, handed, stored):
    """The tables."""
    ours_in = QUEUED / queued.wall
    core_in = CORE / nothing[0].wall
    ours, all_stored = COUNT / handed, COUNT / stored
    core = CORE / spoken[1].wall
    measure.table("a second", "ours", "the ERP's own", "ratio")
    measure.row(
        "put in the queue",
        f"{ours_in:,.0f}",
        f"{core_in:,.0f}",
        f"{ours_in / core_in:.1f}",
    )
    measure.row(
        "handed over to Kannel, no reports asked for",
        f"{ours:,.0f}",
        f"{core:,.0f}",
        f"{ours / core:.1f}",
    )
    measure.row(
        "handed over, and every report of delivery stored",
        f"{all_stored:,.0f}",
        "no reports",
        f"{all_stored / core:.1f}",
    )
    measure.row(
        "sent by a provider that does nothing",
        "–",
        f"{CORE / nothing[1].wall:,.0f}",
        "",
    )
    measure.say()
    measure.say(
        f"{COUNT:,} messages, each once at the message centre, all delivered; the"
        " worker with 4 threads; Kannel, centre, PostgreSQL and worker on this machine."
    )


if __name__ == "__main__":
    main()
