"""Paths into decoded JSON: names and positions parted by dots, and nothing cleverer.

>>> document = {"result": [{"id": 7, "sms.id": "x"}], "status": "OK"}
>>> get(document, "result.0.id"), get(document, "status"), get(document, "none.here")
(7, 'OK', None)
>>> get(document, "result.0.sms\\\\.id")
'x'
>>> get(document, "") is document
True
"""

import re

_STEP = re.compile(r"((?:[^.\\]|\\.)+)(?:\.|$)")


def steps(path):
    r"""Parts of a path; a dot within a name is written ``\.``.

    >>> steps(r"a.b\.c.0")
    ['a', 'b.c', '0']
    """
    return [re.sub(r"\\(.)", r"\1", step) for step in _STEP.findall(path)]


def get(document, path):
    """The value at ``path``, or None where the document has no such place.

    ``*`` takes the first value of a dictionary or list; ``#`` the first key.
    """
    for step in steps(path or ""):
        document = _step(document, step)
        if document is None:
            return None
    return document


def _step(document, step):
    if isinstance(document, dict):
        if step in document:
            return document[step]
        if step == "*":
            return next(iter(document.values()), None)
        if step == "#":
            return next(iter(document), None)
        return None
    if isinstance(document, list):
        if step == "*":
            return document[0] if document else None
        if step.isascii() and step.removeprefix("-").isdigit():
            position = int(step)
            if -len(document) <= position < len(document):
                return document[position]
    return None


def text(document, path):
    """The value at ``path`` as text; empty for nothing, and for what is no scalar.

    >>> text({"ok": True, "n": 5, "l": []}, "ok"), text({"n": 5}, "n")
    ('true', '5')
    >>> text({"l": []}, "l"), text({}, "x")
    ('', '')
    """
    if not path:
        return ""
    value = get(document, path)
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
