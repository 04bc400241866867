"""Which encoding a CommerceML file is in, whatever its declaration says."""

import re

HEAD = 1 << 16
# One of these is the root of every file.
ROOTS = ("КоммерческаяИнформация", "Классификатор", "Каталог", "ПакетПредложений")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "windows-1251", "cp866", "koi8-r")
_BOMS = (
    (b"\xef\xbb\xbf", None),
    (b"\xff\xfe", None),
    (b"\xfe\xff", None),
)


def detect(head):
    """Encoding to force upon the parser, or ``None`` when it finds out by itself.

    The name of the root is a word of Cyrillic letters: the encoding in which its bytes
    stand in the file is the true one. 1C exports of old add-ons declare another one.

    >>> detect('<?xml version="1.0" encoding="windows-1251"?><Каталог/>'.encode())
    'utf-8'
    >>> detect('<?xml version="1.0" encoding="windows-1251"?>'
    ...     '<Каталог/>'.encode("cp1251")) is None
    True
    """
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    actual = next(
        (
            encoding
            for encoding in ENCODINGS
            if any(f"<{root}".encode(encoding) in head for root in ROOTS)
        ),
        None,
    )
    if actual is None or actual == _declared(head):
        return None
    return actual


def _declared(head):
    found = re.match(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']""", head)
    name = found[1].decode("ascii", "replace").lower() if found else "utf-8"
    return {"utf8": "utf-8", "cp1251": "windows-1251", "win-1251": "windows-1251"}.get(
        name, name
    )
