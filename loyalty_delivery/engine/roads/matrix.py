"""Metres and seconds between places, and where the figures come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoadMatrix:
    """``metres[i][j]`` and ``seconds[i][j]`` from place i to place j.

    ``source`` names the best provider that answered; ``estimated`` counts the pairs
    that a straight line had to answer, of ``pairs`` in all.
    """

    metres: list[list[int]]
    seconds: list[list[int]]
    source: str
    pairs: int
    estimated: int
