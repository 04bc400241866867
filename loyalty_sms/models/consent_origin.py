"""On whose behalf a consent switch is written: where, and by which words.

A context variable of the server, which no client can set over RPC (as the club's
``origin``).
"""

import contextlib
from contextvars import ContextVar
from dataclasses import dataclass

_current: ContextVar = ContextVar("loyalty_sms_consent_origin", default=None)


@dataclass(frozen=True, slots=True)
class ConsentOrigin:
    """Proof of the consents that are written inside :func:`origin`.

    ``source`` is a value of ``loyalty.consent.source``; ``text`` the words that the
    customer saw or wrote; ``shown`` the switches on the form, which count as given for
    a new number too. ``silent`` says that the ledger has its row already.
    """

    source: str = "operator"
    text: str | None = None
    remote: str | None = None
    shown: frozenset = frozenset()
    silent: bool = False


@contextlib.contextmanager
def origin(**values):
    """Say where consents come from inside the ``with`` block."""
    token = _current.set(ConsentOrigin(**values))
    try:
        yield
    finally:
        _current.reset(token)


def current():
    """The innermost :class:`ConsentOrigin`; an operator's by default."""
    return _current.get() or ConsentOrigin()
