"""How fast a gateway may be given messages."""

from dataclasses import dataclass

RECOVERY = 0.05  # of the rate in the contract, each second
FLOOR = 0.1  # messages a second: even a gateway in trouble is asked sometimes
# What a gateway without a limit is slowed down to when it complains.
FIRST_BRAKE = 50.0


@dataclass(slots=True)
class Bucket:
    """A token bucket which halves its rate when the gateway complains.

    ``rate`` is the contract's, in messages a second; 0 is no limit. Times are seconds
    of a clock that never goes back.

    >>> bucket = Bucket(10, now=0.0)
    >>> bucket.take(100, now=0.0), bucket.take(100, now=0.0), bucket.take(100, now=0.5)
    (10, 0, 5)
    """

    rate: float
    now: float
    current: float = -1.0
    tokens: float = -1.0

    def __post_init__(self):
        if self.current < 0:
            self.current = self.rate
        if self.tokens < 0:
            self.tokens = self._capacity()

    @property
    def is_limited(self) -> bool:
        """Whether anything holds the messages back now."""
        return self.current > 0

    def _capacity(self) -> float:
        return max(1.0, self.current)

    def _advance(self, now: float) -> None:
        passed = max(0.0, now - self.now)
        self.now = max(self.now, now)
        if not self.current:
            return
        self.tokens = min(self._capacity(), self.tokens + passed * self.current)
        ceiling = self.rate or FIRST_BRAKE
        self.current = min(ceiling, self.current + ceiling * RECOVERY * passed)
        if not self.rate and self.current >= FIRST_BRAKE:
            self.current = 0.0

    def take(self, wanted: int, now: float) -> int:
        """Take up to ``wanted`` tokens, whole ones.

        :return: how many messages may go now
        """
        self._advance(now)
        if not self.current:
            return wanted
        taken = min(wanted, int(self.tokens))
        self.tokens -= taken
        return taken

    def give_back(self, unused: int) -> None:
        """Tokens for which there was no message."""
        if self.current:
            self.tokens = min(self._capacity(), self.tokens + unused)

    def throttled(self, now: float) -> None:
        """The gateway says "too fast": half the rate, and nothing at once."""
        self._advance(now)
        self.current = max(FLOOR, (self.current or FIRST_BRAKE) / 2)
        self.tokens = 0.0

    def wait(self) -> float:
        """Seconds until the next token."""
        if not self.current or self.tokens >= 1:
            return 0.0
        return (1 - self.tokens) / self.current
