"""Handing a batch to a gateway, from several threads."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from . import retry
from .bucket import Bucket
from .gateways import base

_logger = logging.getLogger(__name__)


class Handover:
    """The pace and the threads of one gateway.

    :param provider: its adapter
    :param rate: messages a second, 0 for no limit
    :param window: requests under way at the same time
    """

    def __init__(self, provider, rate=0.0, window=4, clock=time.monotonic):
        self.provider = provider
        self.window = max(1, window)
        self.clock = clock
        self.bucket = Bucket(rate, clock())
        self.failures = 0
        self.paused_until = 0.0
        self._pacing = threading.Lock()
        self._pool = ThreadPoolExecutor(self.window, thread_name_prefix="sms-send")

    def allowance(self, wanted):
        """How many messages may be taken from the queue now."""
        with self._pacing:
            if self.clock() < self.paused_until:
                return 0
            return self.bucket.take(wanted, self.clock())

    def give_back(self, unused):
        """There were not as many messages as might have gone."""
        with self._pacing:
            self.bucket.give_back(unused)

    def wait(self):
        """Seconds until it is worth asking for an allowance again."""
        with self._pacing:
            return max(self.bucket.wait(), self.paused_until - self.clock())

    def send(self, batch):
        """Hand over; one result for each message, whatever happens.

        :param batch: :class:`.gateways.base.Outgoing` each
        """
        size = max(1, self.provider.max_batch)
        chunks = [batch[start : start + size] for start in range(0, len(batch), size)]
        shares = [chunks[index :: self.window] for index in range(self.window)]
        results = []
        for share in self._pool.map(self._send_share, filter(None, shares)):
            results += share
        self._learn(results)
        return results

    def _send_share(self, chunks):
        results = []
        for chunk in chunks:
            results += self._send_chunk(chunk)
        return results

    def _send_chunk(self, chunk):
        wanted = [message.uuid for message in chunk]
        try:
            found = {result.uuid: result for result in self.provider.send(chunk)}
        except Exception:
            # An adapter's own mistake: nobody knows how far it came.
            _logger.exception("gateway adapter failed: %s", self.provider.code)
            found = {}
        return [
            found.get(uuid) or base.Result(uuid, base.UNKNOWN, text="no answer for it")
            for uuid in wanted
        ]

    def _learn(self, results):
        """Slower when the gateway asks for it, and a pause when nobody answers."""
        refused = [result for result in results if result.outcome == base.RETRY]
        with self._pacing:
            if any(result.failure == "throttled" for result in refused):
                self.bucket.throttled(self.clock())
            is_down = results and all(
                result.outcome == base.RETRY and result.failure in retry.TROUBLE
                for result in results
            )
            if is_down:
                self.failures += 1
                asked = max(result.retry_after_s for result in refused)
                pause = max(retry.breaker(self.failures), asked)
                self.paused_until = self.clock() + pause
            elif results:
                self.failures = 0

    def close(self):
        """Wait for what is under way."""
        self._pool.shutdown(wait=True)
