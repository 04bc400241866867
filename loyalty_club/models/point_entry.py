from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PointEntry:
    """What the caller of ``loyalty.card._post_points`` wants to happen to one card.

    :param points: signed, in points of the card's program; positive adds
    :param pending: the points (or their removal) do not touch the balance yet
    :param lot_ids: lots to take from first, or to release; the rest follows by expiry
    :param reversal_of_ids: ledger rows that a ``refund`` gives back, to the same lots
    :param allow_debt: what the lots cannot pay becomes a debt; only corrections of
        earlier earnings may do that, spending never
    :param key: an operation with a key that is known already is silently skipped
    """

    card_id: int
    kind: str
    points: float
    pending: bool = False
    res_model: str | None = None
    res_id: int | None = None
    company_id: int | None = None
    branch_id: int | None = None
    day: date | None = None
    available_date: date | None = None
    expiration_date: date | bool | None = None
    lot_ids: tuple = ()
    reversal_of_ids: tuple = ()
    allow_debt: bool = False
    amount: float = 0.0
    currency_id: int | None = None
    trace: dict | None = None
    reason: str | None = None
    key: str | None = None
    counterpart_card_id: int | None = None
