"""What became of one object of an incoming message."""

from dataclasses import dataclass, field
from typing import Any

ACTIONS = ("create", "update", "archive", "skip", "conflict", "error")


@dataclass(slots=True)
class Outcome:
    """One object of a message: what was done, or would be done in a dry run.

    ``diff`` is ``{label of the field: [old, new]}`` as texts for people; ``payload``
    is what a later application of this object alone needs (the record as JSON).
    """

    seq: int
    otype: str
    external_id: str
    action: str
    name: str = ""
    model: str = ""
    res_id: int | None = None
    diff: dict[str, list] = field(default_factory=dict)
    payload: Any = None
    error: str = ""
    # ``kind:external id`` of what has to be known before it can be applied
    waits_for: str = ""

    def __post_init__(self):
        if self.action not in ACTIONS:
            raise ValueError(f"unknown action {self.action!r}")


# Name of the counter of an action in the counts of a message.
COUNTERS = {
    "create": "created",
    "update": "updated",
    "archive": "updated",
    "skip": "unchanged",
    "conflict": "conflict",
    "error": "error",
}


def count(outcomes):
    """Counts of outcomes under the names a message keeps.

    >>> count([Outcome(1, "product", "a", "skip"), Outcome(2, "product", "b", "skip")])
    {'unchanged': 2}
    """
    counts = {}
    for outcome in outcomes:
        name = COUNTERS[outcome.action]
        counts[name] = counts.get(name, 0) + 1
    return counts


def add_counts(*many):
    """Sum of dicts of numbers, dicts within them included.

    >>> add_counts({"a": 1, "in": {"x": 1}}, {"a": 2, "b": 3, "in": {"x": 4}})
    {'a': 3, 'in': {'x': 5}, 'b': 3}
    """
    total = {}
    for counts in many:
        for name, value in (counts or {}).items():
            if isinstance(value, dict):
                total[name] = add_counts(total.get(name), value)
            else:
                total[name] = total.get(name, 0) + value
    return total
