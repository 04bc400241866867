"""What a message may become, and why the order of reports does not matter.

A state that says more wins over one that says less, whenever it is heard of: reports
come out of order and twice, and a report may be here before the gateway's own answer.
"""

# What is known of the way of a message; the higher, the better the proof.
RANK = {
    "queued": 0,
    "sending": 1,
    "unknown": 2,
    "suppressed": 2,
    "cancelled": 2,
    "expired": 2,
    "accepted": 3,
    "submitted": 4,
    "failed": 5,
    "delivered": 6,
    "read": 7,
}
# What a report of a gateway may say.
REPORTED = ("accepted", "submitted", "failed", "delivered", "read")
# What the queue itself does.
MOVES = {
    "queued": {"sending", "suppressed", "cancelled", "expired"},
    "sending": {"accepted", "failed", "unknown", "queued", "expired"},
    "unknown": {"accepted", "failed", "queued", "expired"},
    "failed": set(),
    "suppressed": set(),
    "cancelled": set(),
    "expired": set(),
    "accepted": {"unknown"},
    "submitted": set(),
    "delivered": set(),
    "read": set(),
}
# Nothing more is going to be done about these.
FINISHED = ("delivered", "read", "failed", "suppressed", "cancelled", "expired")


def may(state: str, new: str) -> bool:
    """Whether the queue may move a message so.

    >>> may("queued", "sending"), may("delivered", "queued")
    (True, False)
    """
    return new in MOVES[state]


def heard(state: str, report: str) -> str:
    """The state of a message after a report.

    A report is a proof that the message left, even where the queue had thought not.

    >>> heard("sending", "delivered"), heard("delivered", "submitted")
    ('delivered', 'delivered')
    >>> heard("queued", "accepted"), heard("failed", "delivered")
    ('accepted', 'delivered')
    >>> heard("delivered", "failed")
    'delivered'

    :raise ValueError: when no report says this
    """
    if report not in REPORTED:
        raise ValueError(f"Not a reported state: {report}")
    return report if RANK[report] > RANK[state] else state
