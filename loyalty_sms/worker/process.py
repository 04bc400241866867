"""The worker: threads that send, apply, plan and keep house until told to stop."""

import logging
import select
import signal
import threading
import time

from odoo import fields, sql_db
from odoo.modules.registry import Registry

from .database import LOST, Database
from .receiver import Receiver
from .sender import Sender

_logger = logging.getLogger(__name__)

POLL_S = 1.0
BEAT_S = 5.0
MEND_S = 30.0
ASK_S = 60.0
PLAN_S = 5.0
# Of each campaign between two looks at events: a welcome does not wait for it.
PLAN_PORTIONS = 5
# After a lost connection to the database; each time twice as long.
LONGEST_PAUSE_S = 15.0
APPLY_BATCH = 1000


class Worker:
    """Sends the messages of one database.

    :param port: where gateways may call with reports, 0 for any free one, None for none
    """

    def __init__(self, name, port=None, host="127.0.0.1"):
        self.database = Database(name)
        self.stopping = threading.Event()
        self.due = threading.Event()
        self.called = threading.Event()
        self.started_at = fields.Datetime.now()
        self.senders = {}
        self.receiver = None
        if port is not None:
            self.receiver = Receiver(self.database, host, port, self.called.set)
        self._counted = (time.monotonic(), 0)

    # -- life -----------------------------------------------------------------------
    def run(self):
        """Work until :meth:`stop`; then finish what is in hand."""
        threads = [
            threading.Thread(target=self._repeat, args=args, name=args[0], daemon=True)
            for args in (
                ("sms-listen", self._listen),
                ("sms-apply", self._apply),
                ("sms-plan", self._plan),
            )
        ]
        if self.receiver:
            self.receiver.start()
        for thread in threads:
            thread.start()
        _logger.info("worker started: %s, port %s", self.database.name, self.port)
        self._repeat("sms-house", self._keep_house)
        _logger.info("worker finishes what is in hand: %s", self.database.name)
        self._drain(threads)
        _logger.info("worker stopped: %s", self.database.name)

    @property
    def port(self):
        return self.receiver.port if self.receiver else 0

    def stop(self, *_args):
        """Begin to stop; safe in a signal handler."""
        self.stopping.set()
        self.due.set()
        self.called.set()

    def catch_signals(self):
        """SIGTERM and SIGINT stop it."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def _drain(self, threads):
        for sender in self.senders.values():
            sender.stop()
        for sender in self.senders.values():
            sender.join()
        if self.receiver:
            self.receiver.stop()
        for thread in threads:
            thread.join(timeout=10)
        try:
            while self.database.change(self._apply_some):
                continue
            self.database.call(lambda env: self._beat(env, "stopped"))
        except LOST:
            _logger.warning("worker could not say good-bye: the database is away")

    def _repeat(self, name, work):
        """Do a thread's work for ever; a lost database is waited for."""
        pause = 0.5
        while not self.stopping.is_set():
            try:
                work()
                pause = 0.5
            except LOST as error:
                _logger.warning("database is away, %s waits: %s", name, error)
                sql_db.close_db(self.database.name)
                self.stopping.wait(pause)
                pause = min(LONGEST_PAUSE_S, pause * 2)
            except Exception:
                _logger.exception("worker thread failed, it begins again: %s", name)
                self.stopping.wait(pause)
                pause = min(LONGEST_PAUSE_S, pause * 2)

    # -- listening ------------------------------------------------------------------
    def _listen(self):
        """Wake the senders when a transaction that queued messages was committed."""
        connection = self.database.connection()
        try:
            with connection.cursor() as cursor:
                cursor.execute("LISTEN loyalty_sms")
            self.due.set()
            while not self.stopping.is_set():
                if not select.select([connection], [], [], POLL_S)[0]:
                    continue
                connection.poll()
                if connection.notifies:
                    connection.notifies.clear()
                    self.due.set()
        finally:
            connection.close()

    # -- reports --------------------------------------------------------------------
    def _apply(self):
        while not self.stopping.is_set():
            self.called.wait(POLL_S)
            self.called.clear()
            while self.database.change(self._apply_some) and not self.stopping.is_set():
                continue

    @staticmethod
    def _apply_some(env):
        return env["loyalty.message"]._apply_inbox(APPLY_BATCH) >= APPLY_BATCH

    # -- planning -------------------------------------------------------------------
    def _plan(self):
        while not self.stopping.wait(PLAN_S):
            with Registry(self.database.name).cursor() as cr:
                env = self.database.environment(cr)
                if hasattr(env["loyalty.sms.event"], "_cron_plan"):
                    env["loyalty.sms.event"]._cron_plan()
            with Registry(self.database.name).cursor() as cr:
                campaigns = self.database.environment(cr)["loyalty.sms.campaign"]
                campaigns._cron_plan(PLAN_PORTIONS)
            self.due.set()

    # -- the house ------------------------------------------------------------------
    def _keep_house(self):
        look = beat = mend = ask = 0.0
        while not self.stopping.is_set():
            self.due.wait(POLL_S)
            self.due.clear()
            now = time.monotonic()
            Registry(self.database.name).check_signaling()
            while self.database.change(
                lambda env: env["loyalty.message"]._keep_house()
            ):
                continue
            if now >= mend:
                mend = now + MEND_S
                self.database.change(lambda env: env["loyalty.message"]._mend())
            if now >= beat:
                beat = now + BEAT_S
                self.database.call(lambda env: self._beat(env, "running"))
            if now >= look:
                look = now + POLL_S
                self._look_after_senders()
            if now >= ask:
                ask = now + ASK_S
                with Registry(self.database.name).cursor() as cr:
                    self.database.environment(cr)["loyalty.message"]._ask_gateways()
            for sender in self.senders.values():
                sender.wake()

    def _look_after_senders(self):
        """A sender for each gateway that may send, with its settings of now."""
        wanted = self.database.call(_settings_of_gateways)
        for gateway_id in [*self.senders]:
            if self.senders[gateway_id].settings != wanted.get(gateway_id):
                self.senders[gateway_id].stop()
                self.senders.pop(gateway_id).join()
        for gateway_id, settings in wanted.items():
            if gateway_id not in self.senders:
                sender = Sender(self.database, gateway_id, settings, self.stopping)
                self.senders[gateway_id] = sender
                sender.start()

    def _beat(self, env, state):
        sent = sum(sender.sent for sender in self.senders.values())
        since, before = self._counted
        now = time.monotonic()
        self._counted = (now, sent)
        rate = max(0, sent - before) / max(0.001, now - since)
        env["loyalty.sms.worker"]._beat(
            kind="worker",
            started_at=self.started_at,
            state="draining"
            if self.stopping.is_set() and state == "running"
            else state,
            port=self.port,
            sent=sent,
            received=self.receiver.received if self.receiver else 0,
            rate=0.0 if state == "stopped" else rate,
        )


def _settings_of_gateways(env):
    """What a sender depends on; it begins anew when any of it changes."""
    found = {}
    gateways = env["loyalty.sms.gateway"].search([("is_paused", "=", False)])
    for gateway in gateways:
        provider = gateway._provider_or_none()
        if provider is not None:
            found[gateway.id] = (provider, gateway.tps, gateway.window)
    return found
