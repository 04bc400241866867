"""Which document moves points right now.

Overrides of the ERP's own flows say so by :func:`origin` before they call ``super()``.
The stack lives on the server (a context variable of the thread or greenlet): unlike
the environment's context, a client can never set it over RPC, so it may carry trust.
``cr.precommit.data`` would not do: every savepoint flushes and thereby empties it.
"""

import contextlib
from contextvars import ContextVar
from dataclasses import dataclass

_stack: ContextVar[tuple] = ContextVar("loyalty_club_origin", default=())


@dataclass(frozen=True, slots=True)
class Origin:
    """The document on whose behalf the ERP writes ``loyalty.card.points``.

    ``posting`` is true only while the ledger itself writes the balance.
    ``kind`` replaces what the door would conclude from the sign.
    ``settled`` says that the sale is over and the customer gone: points which are not
    there any more become a debt instead of a refusal.
    """

    res_model: str | None = None
    res_id: int | None = None
    kind: str | None = None
    reason: str | None = None
    posting: bool = False
    settled: bool = False


@contextlib.contextmanager
def origin(res_model=None, res_id=None, **values):
    """Name the document that moves points inside the ``with`` block."""
    token = _stack.set((*_stack.get(), Origin(res_model, res_id, **values)))
    try:
        yield
    finally:
        _stack.reset(token)


def current():
    """The innermost :class:`Origin`, or ``None`` for a write from outside."""
    stack = _stack.get()
    return stack[-1] if stack else None
