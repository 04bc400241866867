"""What becomes of a message after a hand-over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .gateways import base

FIRST_PAUSE_S = 5
MAX_ATTEMPTS = 5
# A gateway nobody answers for is asked again after this at the latest.
LONGEST_PAUSE_S = 60
# The gateway's trouble, not the message's: it costs the message no attempt.
TROUBLE = ("server", "account", "credit", "throttled")


@dataclass(frozen=True, slots=True)
class Decision:
    """The next state, and for ``queued`` when and by which gateway."""

    state: str
    not_before: datetime | None = None
    gateway_id: int | None = None
    tried: tuple = ()
    is_counted: bool = True


def pause(attempts: int) -> timedelta:
    """How long a message waits after so many attempts.

    >>> [pause(attempts).total_seconds() for attempts in (1, 2, 3, 4)]
    [5.0, 10.0, 20.0, 40.0]
    """
    return timedelta(seconds=FIRST_PAUSE_S * 2 ** (max(1, attempts) - 1))


def decide(
    result: base.Result,
    now: datetime,
    attempts: int,
    expires_at: datetime | None,
    gateway_id: int,
    route: tuple = (),
    tried: tuple = (),
) -> Decision:
    """What the answer of a gateway means for a message.

    Another gateway is tried only when this one surely did not take the message, and did
    not merely ask for patience. An unknown outcome is never sent again from here.

    :param attempts: how often the message was handed over, this time included
    :param route: ids of gateways that may carry it, the best first
    :param tried: those of them that refused it since the last pause
    """
    if result.outcome != base.RETRY:
        return Decision(
            {
                base.ACCEPTED: "accepted",
                base.FAILED: "failed",
                base.UNKNOWN: "unknown",
            }[result.outcome]
        )
    is_counted = result.failure not in TROUBLE
    is_throttled = result.failure == "throttled"
    if is_counted and attempts >= MAX_ATTEMPTS:
        return Decision("failed")
    if not is_throttled:
        refused = (*tried, gateway_id)
        for other in route:
            if other not in refused:
                return Decision("queued", now, other, refused, is_counted)
    first = route[0] if route and not is_throttled else gateway_id
    delay = pause(attempts) if is_counted else pause(1)
    delay = max(delay, timedelta(seconds=result.retry_after_s))
    if expires_at and now + delay >= expires_at:
        return Decision("expired")
    return Decision("queued", now + delay, first, (), is_counted)


def breaker(failures: int) -> float:
    """Seconds a gateway is left alone after so many unanswered batches.

    >>> [breaker(failures) for failures in (1, 2, 3, 10)]
    [1, 2, 4, 60]
    """
    return min(LONGEST_PAUSE_S, 2 ** (min(failures, 10) - 1))
