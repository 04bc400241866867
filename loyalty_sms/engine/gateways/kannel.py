"""Kannel's ``sendsms`` and its calls back: SMPP through a gateway of our own.

Kannel user's guide 1.4.5: "Using HTTP interface to send SMS messages", "Delivery
reports"; the masks are 1 delivered, 2 failed, 4 buffered, 8 taken and 16 refused by
the operator's message centre.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from . import base, transport, webhook

# The kind of a report is a sum of these: an expired message comes as 34, 2 and 32.
REPORT_STATES = {
    1: base.DELIVERED,
    2: base.FAILED,
    16: base.FAILED,
    8: base.SUBMITTED,
    4: base.SUBMITTED,
}
# SMPP 3.4, 5.1.3, as Kannel writes it: "NACK/0x0000000b/Invalid Destination Address".
NACK_FAILURES = {
    "0x0000000a": "sender",
    "0x0000000b": "number",
    "0x0000000e": "account",
    "0x00000033": "number",
    "0x00000034": "number",
    "0x00000045": "not_delivered",
    "0x00000058": "throttled",
    "0x00000062": "expired",
}
# The text of a delivery receipt, SMPP 3.4, appendix B: "stat:UNDELIV err:001".
RECEIPT_FAILURES = {
    "EXPIRED": "expired",
    "UNDELIV": "not_delivered",
    "REJECTD": "blocked",
    "DELETED": "not_delivered",
}
MASK = 1 | 2 | 8 | 16
# Words of smsbox in an answer 400.
REFUSALS = (("Authorization failed", "account"), ("Sender missing", "sender"))


@dataclass(frozen=True, slots=True)
class KannelConfig:
    """Where smsbox listens and as whom; ``smsc_id`` picks one of several links."""

    url: str = "http://127.0.0.1:13013/cgi-bin/sendsms"
    login: str = ""
    secret: str = ""
    smsc_id: str = ""
    allowed_ips: str = ""


class KannelProvider:
    """One request a message, so that a cut line leaves one message in doubt."""

    code = "kannel"
    channels = ("sms",)
    max_batch = 1
    client_id = True
    supports_query = False

    def __init__(self, config, connections):
        self.config = config
        self.transport = connections

    def send(self, batch):
        """See :class:`..base.Provider`."""
        return [self._send_one(message) for message in batch]

    def _send_one(self, message):
        url = f"{self.config.url}?{urlencode(self.parameters(message))}"
        try:
            answer = self.transport.request("GET", url)
        except transport.NotSentError as error:
            return base.Result(
                message.uuid, base.RETRY, text=str(error), failure="server"
            )
        except transport.BrokenError as error:
            return base.Result(message.uuid, base.UNKNOWN, text=str(error))
        return self.result(message.uuid, answer)

    def parameters(self, message):
        """The query of one message; texts travel in UTF-8 whatever their encoding."""
        query = {
            "username": self.config.login,
            "password": self.config.secret,
            "to": message.number,
            "text": message.body,
            "charset": "UTF-8",
            "coding": 0 if message.encoding == "GSM7" else 2,
            # Kannel knows 0 to 3; the operators treat 3 as an emergency.
            "priority": 1 if message.priority <= 3 else 0,
        }
        if message.sender:
            query["from"] = message.sender
        if self.config.smsc_id:
            query["smsc"] = self.config.smsc_id
        if message.ttl_s:
            query["validity"] = max(1, message.ttl_s // 60)
        if message.report_url:
            query["dlr-mask"] = message.report_mask or MASK
            query["dlr-url"] = report_url(message.report_url, message.uuid)
        return query

    @staticmethod
    def result(uuid, answer):
        """202 is a promise, 503 no link to take it; other answers are refusals.

        smsbox: "0: Accepted for delivery", "3: Queued for later delivery",
        "Authorization failed for sendsms", "Sender missing and no global set".
        """
        text = answer.text.strip()[:200]
        code = str(answer.status)
        if answer.status == 202:
            return base.Result(uuid, base.ACCEPTED, code=code, text=text)
        if answer.status in (429, 503):
            return base.Result(
                uuid,
                base.RETRY,
                code=code,
                text=text,
                retry_after_s=answer.retry_after_s,
                failure="server",
            )
        if answer.status in (401, 403):
            return base.Result(
                uuid, base.RETRY, code=code, text=text, failure="account"
            )
        if 400 <= answer.status < 500:
            failure = next((f for words, f in REFUSALS if words in text), "text")
            outcome = base.RETRY if failure == "account" else base.FAILED
            return base.Result(uuid, outcome, code=code, text=text, failure=failure)
        return base.Result(uuid, base.UNKNOWN, code=code, text=text)

    def parse_reports(self, request):
        """``?uuid=…&type=%d&text=%A&ref=%F`` of our own report address."""
        query = webhook.fields(request)
        state = _state(query.get("type", ""))
        if not state or not query.get("uuid"):
            return []
        text = query.get("text", "")
        return [
            base.Status(
                state,
                uuid=query["uuid"],
                ref=query.get("ref") or None,
                code=query["type"],
                text=text[:200] if state == base.FAILED else None,
                failure=_failure(query["type"], text) if state == base.FAILED else None,
                external_id=f"{query['uuid']}:{query['type']}",
            )
        ]

    def parse_inbound(self, request):
        """``?from=%p&to=%P&text=%a&id=%I`` of the ``sms-service``."""
        query = webhook.fields(request)
        number = query.get("from", "")
        if not number or "text" not in query:
            return []
        return [
            base.Inbound(
                webhook.plus(number),
                query["text"],
                to=query.get("to", ""),
                external_id=query.get("id", ""),
            )
        ]

    def verify(self, request):
        """The key in the path is the secret; the address may be checked besides."""
        return webhook.from_allowed(request, self.config.allowed_ips)

    def answer(self, request):
        """Nothing: what Kannel reads here it would send to the customer."""
        return ""

    def query(self, refs, numbers=None):
        """Kannel keeps no history to be asked for."""
        return []

    def balance(self):
        """The account is at the operator."""
        return None


def report_url(base_url, uuid):
    """Where Kannel is to call; it fills in the percent signs itself.

    >>> report_url("http://127.0.0.1:8069/loyalty_sms/cb/KEY/report", "u1")
    'http://127.0.0.1:8069/loyalty_sms/cb/KEY/report?uuid=u1&type=%d&text=%A&ref=%F'
    """
    mark = "&" if "?" in base_url else "?"
    return f"{base_url}{mark}uuid={uuid}&type=%d&text=%A&ref=%F"


def _failure(kind, text):
    """Our word for what the message centre said.

    >>> _failure("16", "NACK/0x0000000b/Invalid Destination Address")
    'number'
    >>> _failure("2", "id:1 sub:001 dlvrd:000 stat:EXPIRED err:027")
    'expired'
    """
    if kind == "16":
        parts = text.split("/")
        return NACK_FAILURES.get(parts[1].lower() if len(parts) > 1 else "", "server")
    for word, failure in RECEIPT_FAILURES.items():
        if f"stat:{word}" in text:
            return failure
    return "not_delivered"


def _state(kind):
    """What a kind of report says, None for one that says nothing of ours.

    >>> _state("1"), _state("34"), _state("8"), _state("x"), _state("64")
    ('delivered', 'failed', 'submitted', None, None)
    """
    bits = int(kind) if kind.isascii() and kind.isdigit() else 0
    return next((state for bit, state in REPORT_STATES.items() if bits & bit), None)
