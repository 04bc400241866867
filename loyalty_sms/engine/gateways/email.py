"""E-mail leaves by the ERP's own outgoing mail: there is nothing to speak to here."""

from dataclasses import dataclass

from . import base


@dataclass(frozen=True, slots=True)
class EmailConfig:
    """The ERP knows its mail servers."""


class EmailProvider:
    """Stands where others have an adapter; see ``loyalty.message._send_mail``."""

    code = "email"
    channels = ("email",)
    max_batch = 200
    client_id = True
    supports_query = False

    def __init__(self, config, connections=None):
        self.config = config

    def send(self, batch):
        """Never by the sender's threads: nothing is sent, all may be tried again."""
        return [
            base.Result(m.uuid, base.RETRY, text="sent by the ERP's mail queue")
            for m in batch
        ]

    def parse_reports(self, request):
        """The ERP tells by itself."""
        return []

    def parse_inbound(self, request):
        """Answers arrive as mail does."""
        return []

    def verify(self, request):
        """No call from outside is ours."""
        return False

    def answer(self, request):
        """The same as others say."""
        return "OK"

    def query(self, refs, numbers=None):
        """The ERP tells by itself."""
        return []

    def balance(self):
        """There is no account."""
        return None
