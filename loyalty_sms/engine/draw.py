"""Who of a campaign is in the control group, who gets A and who B: by lot, for ever.

The lot of a customer in a campaign is a digest of both, so the same question has the
same answer in SQL, in Python and after a restart, and one campaign's control group has
nothing to do with another's.
"""

import hashlib

SCALE = 2**32
# Hexadecimal digits of the digest, from which each lot is read.
CONTROL, VARIANT, POSITION = 0, 8, 16


def lot(campaign_id: int, partner_id: int, what: int = CONTROL) -> int:
    """Draw a lot, from 0 to 2³² − 1.

    >>> lot(7, 42) == lot(7, 42) != lot(8, 42)
    True
    """
    digest = hashlib.md5(f"{campaign_id}:{partner_id}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[what : what + 8], 16)


def limit(percent: float) -> int:
    """Give the limit under which ``percent`` of all lots fall.

    >>> limit(50) == SCALE // 2, limit(0), limit(100) == SCALE
    (True, 0, True)
    """
    return round(min(max(percent, 0), 100) * SCALE / 100)


def is_control(campaign_id: int, partner_id: int, percent: float) -> bool:
    """Tell whether the customer is in the control group of ``percent``."""
    return lot(campaign_id, partner_id, CONTROL) < limit(percent)


def variant(campaign_id: int, partner_id: int, test_percent: float = 100) -> str:
    """Give A, B, or W: who waits until the better half is known.

    :param test_percent: how many take part in the comparison of A and B
    """
    drawn, tested = lot(campaign_id, partner_id, VARIANT), limit(test_percent)
    if drawn >= tested:
        return "W"
    return "A" if drawn < tested // 2 else "B"
