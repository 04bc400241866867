"""WhatsApp Cloud API of Meta: templates at any time, free text within 24 hours.

https://developers.facebook.com/docs/whatsapp/cloud-api: "Send messages", "Webhooks",
"Error codes". Our uuid travels in ``biz_opaque_callback_data`` and comes back with each
status, which proves that a message left even when the answer was lost.
"""

import json
import re
from dataclasses import dataclass

from . import base, jsonpath, transport, webhook

GRAPH = "https://graph.facebook.com"
STATES = {
    "sent": base.SUBMITTED,
    "delivered": base.DELIVERED,
    "read": base.READ,
    "failed": base.FAILED,
}
# Code: (our word, what to do). Others are refusals for good.
ERRORS = {
    "0": ("account", base.RETRY),
    "2": ("server", base.RETRY),
    "3": ("account", base.RETRY),
    "4": ("throttled", base.RETRY),
    "10": ("account", base.RETRY),
    "190": ("account", base.RETRY),
    "368": ("account", base.RETRY),
    "80007": ("throttled", base.RETRY),
    "130429": ("throttled", base.RETRY),
    "131000": ("server", base.UNKNOWN),
    "131005": ("account", base.RETRY),
    "131016": ("server", base.RETRY),
    "131021": ("number", base.FAILED),
    "131026": ("number", base.FAILED),
    "131031": ("account", base.RETRY),
    "131042": ("credit", base.RETRY),
    "131047": ("window", base.FAILED),
    "131048": ("throttled", base.RETRY),
    "131049": ("throttled", base.FAILED),
    "131050": ("blocked", base.FAILED),
    "131051": ("text", base.FAILED),
    "131056": ("throttled", base.RETRY),
    "133010": ("account", base.RETRY),
}


@dataclass(frozen=True, slots=True)
class WhatsappConfig:
    """``phone_number_id`` is Meta's id of the sender, ``token`` a system user's."""

    phone_number_id: str = ""
    token: str = ""
    app_secret: str = ""
    verify_token: str = ""
    version: str = "v23.0"
    url: str = GRAPH


class WhatsappProvider:
    """One request a message; statuses and replies come to one address."""

    code = "whatsapp"
    channels = ("whatsapp",)
    max_batch = 1
    client_id = True
    supports_query = False
    one_address = True

    def __init__(self, config, connections):
        if config.phone_number_id and not config.phone_number_id.isdigit():
            raise base.GatewayError("phone_number_id")
        if not re.fullmatch(r"v[0-9]+\.[0-9]+", config.version):
            raise base.GatewayError("version")
        self.config = config
        self.transport = connections

    def send(self, batch):
        """See :class:`.base.Provider`."""
        return [self._send_one(message) for message in batch]

    def _send_one(self, message):
        config = self.config
        url = f"{config.url}/{config.version}/{config.phone_number_id}/messages"
        headers = {
            "Authorization": f"Bearer {config.token}",
            "Content-Type": "application/json",
        }
        body = json.dumps(self.document(message), ensure_ascii=False).encode()
        try:
            answer = self.transport.request("POST", url, headers, body)
        except transport.NotSentError as error:
            return base.Result(
                message.uuid, base.RETRY, text=str(error), failure="server"
            )
        except transport.BrokenError as error:
            return base.Result(message.uuid, base.UNKNOWN, text=str(error))
        return self.result(message.uuid, answer)

    @staticmethod
    def document(message):
        """The body of one message: its template if it has one, its text if not."""
        document = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": message.number.removeprefix("+"),
            "biz_opaque_callback_data": message.uuid,
        }
        if not message.template:
            return {
                **document,
                "type": "text",
                "text": {"preview_url": False, "body": message.body},
            }
        name, language, parameters = message.template
        template = {"name": name, "language": {"code": language}}
        if parameters:
            template["components"] = [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": str(value)} for value in parameters
                    ],
                }
            ]
        return {**document, "type": "template", "template": template}

    @staticmethod
    def result(uuid, answer):
        """``messages[0].id`` is success; errors carry a code, whatever the status."""
        try:
            document = json.loads(answer.body)
        except (ValueError, RecursionError):
            document = {}
        ref = jsonpath.text(document, "messages.0.id")
        if answer.status == 200 and ref:
            return base.Result(uuid, base.ACCEPTED, ref=ref)
        code = jsonpath.text(document, "error.code")
        text = jsonpath.text(document, "error.message")[:200]
        failure, outcome = ERRORS.get(code, (None, None))
        if outcome is None:
            failure, outcome = _by_status(answer.status, code)
        return base.Result(
            uuid,
            outcome,
            code=code or f"http_{answer.status}",
            text=text,
            failure=failure,
            retry_after_s=answer.retry_after_s,
        )

    def parse_reports(self, request):
        """Statuses of our number; those of the account's other numbers are not ours."""
        statuses = []
        for value in self._values(request):
            for item in _list(value, "statuses"):
                state = STATES.get(jsonpath.text(item, "status"))
                ref = jsonpath.text(item, "id")
                if not state or not ref:
                    continue
                code = jsonpath.text(item, "errors.0.code")
                failed = state == base.FAILED
                statuses.append(
                    base.Status(
                        state,
                        uuid=webhook.our_uuid(
                            jsonpath.text(item, "biz_opaque_callback_data")
                        ),
                        ref=ref,
                        code=code or None,
                        text=jsonpath.text(item, "errors.0.title")[:200] or None,
                        external_id=f"{ref}:{state}",
                        failure=ERRORS.get(code, ("not_delivered", None))[0]
                        if failed
                        else None,
                    )
                )
        return statuses

    def parse_inbound(self, request):
        """Texts, and the captions of buttons that the customer pressed."""
        found = []
        for value in self._values(request):
            to = jsonpath.text(value, "metadata.display_phone_number")
            for item in _list(value, "messages"):
                text = next(
                    filter(None, (jsonpath.text(item, path) for path in TEXTS)), ""
                )
                number = jsonpath.text(item, "from")
                if number and text:
                    found.append(
                        base.Inbound(
                            webhook.plus(number),
                            text,
                            to=to,
                            external_id=jsonpath.text(item, "id"),
                            channel="whatsapp",
                            reply_to=jsonpath.text(item, "context.id") or None,
                        )
                    )
        return found

    def _values(self, request):
        document = webhook.document(request)
        for entry in _list(document, "entry"):
            for change in _list(entry, "changes"):
                value = jsonpath.get(change, "value")
                ours = self.config.phone_number_id
                if jsonpath.text(value, "metadata.phone_number_id") == ours:
                    yield value

    def verify(self, request):
        """``X-Hub-Signature-256`` over the body as it came."""
        return webhook.signed(
            request.body,
            self.config.app_secret,
            webhook.header(request, "X-Hub-Signature-256"),
            prefix="sha256=",
        )

    def challenge(self, request):
        """What Meta wants to read back when the address is registered, or None."""
        query = request.query
        given = query.get("hub.verify_token", "")
        if (
            query.get("hub.mode") == "subscribe"
            and self.config.verify_token
            and webhook.same(self.config.verify_token, given)
            and re.fullmatch(r"[A-Za-z0-9_-]{1,128}", query.get("hub.challenge", ""))
        ):
            return query["hub.challenge"]
        return None

    def answer(self, request):
        """Any 200 will do."""
        return "OK"

    def query(self, refs, numbers=None):
        """There is no such call."""
        return []

    def balance(self):
        """Meta sends a bill."""
        return None


TEXTS = (
    "text.body",
    "button.text",
    "interactive.button_reply.title",
    "interactive.list_reply.title",
)


def _by_status(status, code):
    if code and 132000 <= int(code if code.isdigit() else 0) < 133000:
        return "text", base.FAILED  # templates: unknown, paused, wrong parameters
    if status in (401, 403):
        return "account", base.RETRY
    if status in (429, 503):
        return "throttled" if status == 429 else "server", base.RETRY
    if 400 <= status < 500 and code:
        return "text", base.FAILED
    return "server", base.UNKNOWN


def _list(document, path):
    items = jsonpath.get(document, path)
    return items if isinstance(items, list) else []
