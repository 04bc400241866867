"""Where a door is, as the phones of couriers saw it when they stood there."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ..geo import haversine_m

FEWEST = 2
NEAR_M = 150
# A phone that does not know better is of no use for a door.
WORST_ACCURACY_M = 100


@dataclass(frozen=True, slots=True)
class Fix:
    """A reading of GPS; ``accuracy_m`` is the radius the phone is sure of."""

    latitude: float
    longitude: float
    accuracy_m: float


def settle(fixes: Sequence[Fix]) -> tuple[float, float] | None:
    """The door, when at least two fixes agree on it.

    The median of those within 150 m of the median of all: one courier who confirmed
    at the next traffic light does not move it.

    >>> settle([Fix(40.1811, 44.5144, 10), Fix(40.1813, 44.5146, 8)])
    (40.1812, 44.5145)
    """
    if len(fixes) < FEWEST:
        return None
    middle = _middle(fixes)
    near = [
        fix
        for fix in fixes
        if haversine_m(middle, (fix.latitude, fix.longitude)) <= NEAR_M
    ]
    if len(near) < FEWEST or 2 * len(near) <= len(fixes):
        return None
    return _middle(near)


def _middle(fixes):
    return (
        round(median(fix.latitude for fix in fixes), 7),
        round(median(fix.longitude for fix in fixes), 7),
    )
