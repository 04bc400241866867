"""The Net Promoter Score, and how far it can be trusted.

How likely it is that a customer recommends us, from 0 to 10: who answers 9 or 10 is a
promoter, 7 or 8 a passive, 0 to 6 a detractor; the score is the share of promoters less
the share of detractors, in points from -100 to 100 (Reichheld, Harvard Business Review,
December 2003).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

SCALE = range(11)
PROMOTER_FROM = 9
PASSIVE_FROM = 7
PROMOTER, PASSIVE, DETRACTOR = 100, 0, -100
# The normal quantile of a two-sided 95 %.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Nps:
    """A score with what it was made of; ``margin`` is half of the 95 % interval."""

    promoters: int
    passives: int
    detractors: int
    score: float
    margin: float

    @property
    def answers(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def low(self) -> float:
        return max(-100.0, self.score - self.margin)

    @property
    def high(self) -> float:
        return min(100.0, self.score + self.margin)


def weight(answer: int) -> int:
    """What one answer adds to a score that is the mean of such weights.

    >>> weight(10), weight(8), weight(6)
    (100, 0, -100)

    :raise ValueError: the answer is not from 0 to 10
    """
    if answer not in SCALE:
        raise ValueError(f"{answer} is not from 0 to 10")
    if answer >= PROMOTER_FROM:
        return PROMOTER
    return PASSIVE if answer >= PASSIVE_FROM else DETRACTOR


def score(answers: Iterable[int]) -> Nps | None:
    """The score of all answers together, or nothing where nobody answered.

    >>> score([10, 9, 8, 3]).score
    25.0
    >>> score([]) is None
    True
    """
    weights = [weight(answer) for answer in answers]
    return from_counts(
        weights.count(PROMOTER), weights.count(PASSIVE), weights.count(DETRACTOR)
    )


def from_counts(promoters: int, passives: int, detractors: int) -> Nps | None:
    """The score of counted answers.

    The margin is that of a mean of the three weights, with Agresti's and Min's two
    answers more at each end: few answers, or answers all alike, prove little.
    (Rocks, "Interval estimation for the Net Promoter Score", 2016, "adjusted Wald".)

    >>> round(from_counts(60, 25, 15).margin)
    14
    """
    answers = promoters + passives + detractors
    if not answers:
        return None
    count = answers + 3
    better, worse = (promoters + 0.75) / count, (detractors + 0.75) / count
    variance = better + worse - (better - worse) ** 2
    return Nps(
        promoters,
        passives,
        detractors,
        100 * (promoters - detractors) / answers,
        100 * Z95 * math.sqrt(variance / count),
    )
