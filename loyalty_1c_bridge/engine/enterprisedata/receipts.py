"""Numbers and receipts of one correspondence, as 1C keeps them: pure rules.

A message carries its own number and the greatest number that its sender has from the
other side. It holds **everything that has no receipt yet**, not only what is new, so a
lost or overtaken message takes nothing with it. Numbers grow; the receiver skips the
body of a number that it had already. Therefore a number never goes out with two
different bodies: as long as nobody can have seen a message its body may grow under the
same number, later the next number is taken.
"""

from dataclasses import dataclass, replace

from ..errors import ExchangeError


@dataclass(frozen=True, slots=True)
class Link:
    """What one side remembers of a correspondence.

    ``node`` and ``peer`` are the codes under which a side may sign, the first is the
    one in use. ``sent`` is our last number, ``published`` tells whether the other side
    may have seen that message; ``received`` is the last number we took in,
    ``peer_received`` the last of ours they have, by their receipt.
    """

    node: tuple[str, ...]
    peer: tuple[str, ...]
    sent: int = 0
    published: bool = True
    received: int = 0
    peer_received: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a message that came.

    ``action``: ``apply`` the body, ``replay`` (header only, the body came before),
    ``handshake`` (settings only) or ``content`` (no numbers: known by its content).
    ``acknowledged``: numbers of ours up to this one have arrived; ``None``: no news.
    """

    action: str
    acknowledged: int | None = None


def next_number(link):
    """Number of the message to be written now.

    >>> next_number(Link(("ОД",), ("БП",), sent=4, published=False, peer_received=3))
    4
    >>> next_number(Link(("ОД",), ("БП",), sent=4, published=True, peer_received=3))
    5
    """
    if link.sent > link.peer_received and not link.published:
        return link.sent
    return link.sent + 1


def incoming(link, header):
    """Judge the header of a message that came.

    :raise ExchangeError: it is not for us (``ed_swapped``: our own message came back,
        ``ed_foreign``), or it confirms what we never sent (``ed_receipt_future``);
        then nothing of it may be used
    """
    if not header.has_confirmation:
        return Verdict("content")
    _check_address(link, header)
    if header.is_handshake or not header.number:
        return Verdict("handshake")
    received = header.received or 0
    if received > link.sent:
        raise ExchangeError(
            "ed_receipt_future", str(header.number), received=received, sent=link.sent
        )
    news = received if received > link.peer_received else None
    action = "apply" if header.number > link.received else "replay"
    return Verdict(action, news)


def _check_address(link, header):
    if header.sender in link.node and header.receiver in link.peer:
        raise ExchangeError(
            "ed_swapped", header.sender, sender=header.sender, receiver=header.receiver
        )
    if header.receiver not in link.node or (
        link.peer and header.sender not in link.peer
    ):
        raise ExchangeError(
            "ed_foreign",
            header.sender,
            sender=header.sender,
            receiver=header.receiver,
            node=link.node[0] if link.node else "",
            peer=link.peer[0] if link.peer else "",
        )


def wrote(link, number):
    """A message with ``number`` was written and kept, nobody has seen it yet."""
    if number < link.sent or number <= link.peer_received:
        raise ExchangeError("ed_number", str(number), sent=link.sent)
    return replace(link, sent=number, published=False)


def published(link):
    """From now on the other side may see the last message."""
    return replace(link, published=True)


def confirmed(link, number):
    """The other side has our messages up to ``number``."""
    return replace(link, peer_received=max(link.peer_received, number))


def applied(link, number):
    """The body of their message ``number`` is applied, or waits for a person."""
    return replace(link, received=max(link.received, number))
