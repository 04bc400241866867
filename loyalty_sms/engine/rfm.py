"""Recency, frequency, monetary value: scores from 1 (lowest fifth) to 5 (best fifth).

Equal figures have equal scores, unlike in ``NTILE``: who bought once is never better
than another who bought once.
"""

import bisect
from collections.abc import Iterable, Sequence

FIFTHS = 5


def score(rank: int, count: int) -> int:
    """Turn a rank into a score.

    :param rank: how many have the same figure or a lower one, itself included
    :param count: how many there are
    >>> [score(rank, 5) for rank in (1, 2, 3, 4, 5)]
    [1, 2, 3, 4, 5]
    """
    return (FIFTHS * rank + count - 1) // count


def scores(figures: Iterable) -> list[int]:
    """Score each figure among all; more is better.

    >>> scores([10, 10, 500, 90, 20])
    [2, 2, 5, 4, 3]
    >>> scores([7, 7])
    [5, 5]
    """
    figures = list(figures)
    ordered = sorted(figures)
    count = len(ordered)
    return [score(bisect.bisect_right(ordered, figure), count) for figure in figures]


def name(recency: int, frequency: int, monetary: int) -> str:
    """Name the group that marketing people know by these scores.

    >>> name(5, 5, 5), name(1, 5, 4), name(5, 1, 1), name(1, 1, 1)
    ('champions', 'at_risk', 'new', 'lost')
    """
    value = max(frequency, monetary)
    if recency >= 4:
        return "champions" if value >= 4 else "new" if value <= 2 else "promising"
    if recency == 3:
        return "loyal" if value >= 4 else "fading"
    return "at_risk" if value >= 3 else "lost"


# What each name means as ranges of scores: recency, frequency or monetary value.
GROUPS: dict[str, Sequence[Sequence[int]]] = {
    "champions": ((4, 5), (4, 5)),
    "promising": ((4, 5), (3, 3)),
    "new": ((4, 5), (1, 2)),
    "loyal": ((3, 3), (4, 5)),
    "fading": ((3, 3), (1, 3)),
    "at_risk": ((1, 2), (3, 5)),
    "lost": ((1, 2), (1, 2)),
}
