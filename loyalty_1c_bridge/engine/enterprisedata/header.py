"""The envelope of a message: who writes to whom, numbers, receipts, abilities."""

import datetime
from dataclasses import dataclass, field

from . import EXCHANGE_PLAN


@dataclass(slots=True)
class ObjectType:
    """What a side sends and receives: ``"*"``, a list of versions or nothing."""

    name: str
    sending: str = ""
    receiving: str = ""


@dataclass(slots=True)
class Node:
    name: str
    code: str
    prefix: str = ""


@dataclass(slots=True)
class Header:
    """``msg:Header``; ``version`` empty and ``number`` 0 is a handshake of settings.

    ``number`` and ``received`` are ``None`` when the file has no ``Confirmation``: it
    was made by hand and is known by its content only.
    """

    version: str = ""
    created: datetime.datetime | None = None
    sender: str = ""
    receiver: str = ""
    number: int | None = None
    received: int | None = None
    exchange_plan: str = EXCHANGE_PLAN
    versions: list[str] = field(default_factory=list)
    new_from: str = ""
    object_types: list[ObjectType] = field(default_factory=list)
    prefix: str = ""
    contour: list[Node] = field(default_factory=list)

    @property
    def is_handshake(self):
        return not self.version

    @property
    def has_confirmation(self):
        return self.number is not None
