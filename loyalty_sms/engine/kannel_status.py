"""What Kannel says of itself: ``/status.xml`` of bearerbox."""

from typing import NamedTuple

from lxml import etree

LIMIT = 512 * 1024


class Part(NamedTuple):
    """A box, or a link to an operator (``kind`` is ``box`` or ``link``)."""

    kind: str
    name: str
    status: str
    queued: int
    sent: int = 0
    received: int = 0
    failed: int = 0

    @property
    def is_online(self):
        return self.status.startswith("on-line") or self.status.startswith("online")


class KannelStatus(NamedTuple):
    """``queued`` messages wait for an operator, ``reports`` are still to come."""

    status: str
    queued: int
    reports: int
    sent: int
    received: int
    parts: tuple

    @property
    def is_running(self):
        return self.status.startswith("running")


def parse(body: bytes) -> KannelStatus:
    """Read ``status.xml``.

    :raise ValueError: it is none, as when the password was refused
    """
    if len(body) > LIMIT:
        raise ValueError("the answer is longer than a status can be")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("the answer is no status of Kannel") from error
    # A refused password is answered with an empty gateway.
    if root.tag != "gateway" or not _text(root, "status"):
        raise ValueError("the answer is no status of Kannel")
    parts = [_box(node) for node in root.iterfind("boxes/box")]
    parts += [_link(node) for node in root.iterfind("smscs/smsc")]
    return KannelStatus(
        _text(root, "status"),
        _number(root, "sms/sent/queued"),
        _number(root, "dlr/queued"),
        _number(root, "sms/sent/total"),
        _number(root, "sms/received/total"),
        tuple(parts),
    )


def _box(node):
    name = " ".join(filter(None, (_text(node, "type"), _text(node, "id"))))
    return Part("box", name, _text(node, "status"), _number(node, "queue"))


def _link(node):
    return Part(
        "link",
        _text(node, "admin-id") or _text(node, "id"),
        _text(node, "status"),
        _number(node, "queued"),
        _number(node, "sms/sent") or _number(node, "sent"),
        _number(node, "sms/received") or _number(node, "received"),
        _number(node, "failed"),
    )


def _text(node, path):
    return (node.findtext(path) or "").strip()


def _number(node, path):
    text = _text(node, path)
    return int(text) if text.isascii() and text.isdigit() else 0
