"""What operators take as the sender of an SMS."""

import re

_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ._&-]{1,11}")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")


def problem(sender: str) -> bool:
    """Whether no operator would take ``sender``. 3GPP TS 23.040, 9.1.2.5: 11 septets.

    >>> [problem(name) for name in ("Arev", "Arev Market 24", "+37460123456", "Արև")]
    [False, True, False, True]
    >>> problem("1234"), problem("12")
    (False, True)
    """
    return not (_NAME.fullmatch(sender or "") or _NUMBER.fullmatch(sender or ""))
