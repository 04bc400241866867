"""Threads that send the messages of one gateway."""

import logging
import threading

from ..engine.handover import Handover
from .database import LOST, GatewayLock
from .dispatch import dispatch

_logger = logging.getLogger(__name__)

# While one lane writes down what came of its batch, the other has its own under way.
LANES = 2
POLL_S = 1.0


class Sender:
    """Sends for a gateway as long as it holds its lock.

    :param settings: ``(adapter, messages a second, requests at the same time)``
    """

    def __init__(self, database, gateway_id, settings, stopping):
        self.database = database
        self.gateway_id = gateway_id
        self.settings = settings
        self.sent = 0
        self._stopped = threading.Event()
        self._stopping = stopping
        self._due = threading.Event()
        self._claiming = threading.Lock()
        self._lock = GatewayLock(database, gateway_id)
        self._handover = Handover(*settings)
        self._threads = [
            threading.Thread(target=self._run, name=f"sms-gateway-{gateway_id}-{lane}")
            for lane in range(LANES)
        ]

    def start(self):
        for thread in self._threads:
            thread.start()

    def wake(self):
        """There may be messages."""
        self._due.set()

    def stop(self):
        """Take no more messages."""
        self._stopped.set()
        self._due.set()

    def join(self):
        """Wait for what is under way, and let another have the gateway."""
        for thread in self._threads:
            thread.join()
        self._handover.close()
        self._lock.release()

    @property
    def _is_over(self):
        return self._stopped.is_set() or self._stopping.is_set()

    def _run(self):
        while not self._is_over:
            try:
                sent = self._round()
            except LOST as error:
                _logger.warning(
                    "database is away, gateway %s waits: %s", self.gateway_id, error
                )
                sent = 0
            except Exception:
                _logger.exception("a round failed: gateway %s", self.gateway_id)
                sent = 0
            if not sent and not self._is_over:
                self._due.wait(min(POLL_S, self._handover.wait() or POLL_S))
                self._due.clear()

    def _round(self):
        with self._claiming:
            if self._is_over or not self._lock.hold():
                return 0
        sent = dispatch(self.database.change, self.gateway_id, self._handover)
        self.sent += sent
        return sent
