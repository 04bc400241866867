"""What a campaign earned beyond what its customers would have bought anyway."""

import math
from dataclasses import dataclass

# Below this many people a control group says nothing that one should rely on.
ENOUGH = 30
# 95 % of a normal distribution lie within so many standard deviations.
Z = 1.96


@dataclass(frozen=True, slots=True)
class Group:
    """People with a figure each: how many, the sum, the sum of squares."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """The figure of the average person."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """How far people are from the average one, squared."""
        if self.count < 2:
            return 0.0
        spread = self.squares - self.total * self.total / self.count
        return max(spread, 0.0) / (self.count - 1)


@dataclass(frozen=True, slots=True)
class Uplift:
    """The difference that the message made, with the range it lies in.

    ``note`` is ``none`` without a control group, ``small`` where a group has too few
    people, ``sure`` where the range leaves out zero, and ``unsure`` otherwise.
    """

    per_head: float
    total: float
    low: float
    high: float
    note: str


def compare(sent: Group, control: Group) -> Uplift:
    """Compare who got the message with who was held out (Welch's interval, 95 %).

    >>> compare(Group(100, 5000.0, 260000.0), Group(50, 1500.0, 50000.0))
    Uplift(per_head=20.0, total=2000.0, low=1657.65, high=2342.35, note='sure')
    >>> compare(Group(10, 100.0, 2000.0), Group()).note
    'none'
    """
    if not control.count or not sent.count:
        return Uplift(0.0, 0.0, 0.0, 0.0, "none")
    per_head = sent.mean - control.mean
    error = math.sqrt(sent.variance / sent.count + control.variance / control.count)
    total = per_head * sent.count
    low, high = (
        round((per_head - Z * error) * sent.count, 2),
        round((per_head + Z * error) * sent.count, 2),
    )
    if min(sent.count, control.count) < ENOUGH:
        note = "small"
    else:
        note = "sure" if low > 0 or high < 0 else "unsure"
    return Uplift(round(per_head, 4), round(total, 2), low, high, note)
