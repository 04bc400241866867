"""The factor and the speed of the straight line, as known ways show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

FEWEST = 20
# Closer doors than this say little: the house is wide and the watch is slow.
SHORTEST_M = 200


@dataclass(frozen=True, slots=True)
class Leg:
    """A way that is known: along the straight line, on the road, in how many seconds.

    ``metres`` is 0 where only the time was seen, as it is of a courier who drove.
    """

    straight_m: float
    metres: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """``factor`` or ``speed_kmh`` is 0 where the ways do not tell it."""

    factor: float
    speed_kmh: float
    legs: int


def propose(legs: Iterable[Leg], factor: float) -> Proposal | None:
    """What would have estimated these ways best; ``None`` when they are too few.

    The median, since one lost hour or one ferry must not move it.

    :param factor: the one that holds where the legs do not tell their metres

    >>> propose([Leg(1000, 1350, 180)] * 20, 1.4)
    Proposal(factor=1.35, speed_kmh=27.0, legs=20)
    """
    legs = [leg for leg in legs if leg.straight_m >= SHORTEST_M and leg.seconds > 0]
    if len(legs) < FEWEST:
        return None
    factors = [leg.metres / leg.straight_m for leg in legs if leg.metres]
    found = median(factors) if len(factors) >= FEWEST else 0.0
    used = found or factor
    speed = median(leg.straight_m * used / leg.seconds * 3.6 for leg in legs)
    return Proposal(round(found, 2), round(speed, 1), len(legs))
