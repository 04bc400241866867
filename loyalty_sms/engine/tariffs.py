"""Prices by the longest beginning of a number, the last that holds."""

from collections.abc import Iterable


def table(rows: Iterable[tuple]) -> dict:
    """``{prefix: price}`` of ``(prefix, valid from, price)``, the latest winning.

    >>> table([("374", 2, "new"), ("374", 1, "old"), ("", 1, "any")])
    {'374': 'new', '': 'any'}
    """
    found = {}
    for prefix, since, price in rows:
        if prefix not in found or since > found[prefix][0]:
            found[prefix] = since, price
    return {prefix: price for prefix, (_since, price) in found.items()}


def lookup(prices: dict, digits: str, default=None):
    """The price of the longest prefix of ``digits``: one look-up a digit.

    >>> lookup({"374": 5, "37491": 4, "": 9}, "37491234567")
    4
    >>> lookup({"374": 5}, "995555123456") is None
    True
    """
    for size in range(len(digits), -1, -1):
        if digits[:size] in prices:
            return prices[digits[:size]]
    return default
