"""A gateway without a network: what it is given arrives, or fails as asked."""

from dataclasses import dataclass
from decimal import Decimal

from . import base

# The last two digits of a number choose what becomes of its message.
ENDINGS = {
    "00": (base.FAILED, "number"),
    "01": (base.RETRY, "throttled"),
    "02": (base.UNKNOWN, None),
}

LOST = "03"  # taken, but it never arrives


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """A demo phone needs no account; numbers can be told to fail by their endings."""

    simulate: bool = False
    price: str = ""


class DemoProvider:
    """Takes everything; :func:`report_of` tells what became of it."""

    code = "demo"
    channels = ("sms", "whatsapp", "viber", "email")
    max_batch = 500
    client_id = True
    supports_query = False

    def __init__(self, config, transport=None):
        self.config = config

    def send(self, batch):
        """All are taken, but for the endings when failures are simulated."""
        return [self._result(message) for message in batch]

    def _result(self, message):
        outcome, failure = base.ACCEPTED, None
        if self.config.simulate:
            outcome, failure = ENDINGS.get(message.number[-2:], (outcome, failure))
        return base.Result(
            message.uuid,
            outcome,
            ref=f"demo-{message.uuid}" if outcome == base.ACCEPTED else None,
            code=failure,
            failure=failure,
            cost=Decimal(self.config.price) if self.config.price else None,
        )

    def query(self, refs, numbers=None):
        """Reports come at once, see :func:`report_of`."""
        return []

    def parse_reports(self, request):
        """Nobody calls back: the demo page writes to the inbox itself."""
        return []

    def parse_inbound(self, request):
        """Nobody calls back: the demo page takes what its user types."""
        return []

    def verify(self, request):
        """No call from outside is ours."""
        return False

    def answer(self, request):
        """The same as others say."""
        return "OK"

    def balance(self):
        """There is no account."""
        return None


def report_of(uuid, number, simulate=False):
    """What a demo phone reports of a message that was taken.

    >>> report_of("u", "+37491000003", simulate=True).state
    'failed'
    >>> report_of("u", "+37491000003").state
    'delivered'
    """
    if simulate and number.endswith(LOST):
        return base.Status(
            base.FAILED, uuid=uuid, code="EXPIRED", failure="not_delivered"
        )
    return base.Status(base.DELIVERED, uuid=uuid)
