"""Names of files as the other side gives them: made harmless, or refused.

A name is only a value in the database; files on the disk are called by
``stored_name``. It is still checked, because pictures are found by it and people
read it in the journal.
"""

import hashlib
import re
import unicodedata

from ..errors import ExchangeError

MAX_NAME = 255
EXTENSIONS = frozenset({"xml", "zip", "jpg", "jpeg", "png", "gif", "webp", "txt"})
IMAGES = frozenset({"jpg", "jpeg", "png", "gif", "webp"})
ARCHIVES = frozenset({"zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "jar"})

# What 1C on Linux and the Bitrix module put in front of a name.
_PREFIXES = re.compile(r"^(?:/tmp/|/?upload/1c/webdata/|/?upload/1c_catalog/)+", re.I)
_DEVICES = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)


def normalise(name):
    r"""The name as a relative path with ``/``.

    >>> normalise(r"import_files\ab\1.jpg")
    'import_files/ab/1.jpg'
    >>> normalise("/tmp/import0_1.xml")
    'import0_1.xml'

    :raise ExchangeError: ``name_unsafe``, ``name_long`` or ``name_empty``
    """
    name = unicodedata.normalize("NFC", name or "")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name):
        raise ExchangeError("name_unsafe", repr(name[:80]))
    if len(name) > MAX_NAME:
        raise ExchangeError("name_long", name[:80], length=len(name), limit=MAX_NAME)
    path = _PREFIXES.sub("", name.strip().replace("\\", "/"))
    if path.startswith("/") or ":" in path:
        raise ExchangeError("name_unsafe", name)
    parts = [part.strip() for part in path.split("/")]
    parts = [part for part in parts if part not in ("", ".")]
    if any(_is_bad(part) for part in parts):
        raise ExchangeError("name_unsafe", name)
    if not parts:
        raise ExchangeError("name_empty")
    return "/".join(parts)


def _is_bad(part):
    return part.strip(".") == "" or bool(_DEVICES.match(part))


def extension(name):
    """Lower-case extension without the dot.

    >>> extension("a/IMPORT.XML")
    'xml'
    """
    base = name.rpartition("/")[2]
    return base.rpartition(".")[2].lower() if "." in base else ""


def allowed(name):
    """``name`` normalised, when its extension is one that an exchange has.

    :raise ExchangeError: also ``name_extension``
    """
    path = normalise(name)
    if extension(path) not in EXTENSIONS:
        raise ExchangeError(
            "name_extension", path, allowed=", ".join(sorted(EXTENSIONS))
        )
    return path


def stored_name(name):
    """What the file is called on the disk: nothing of ``name`` but its extension.

    >>> stored_name("import.xml") == stored_name("import.xml")
    True
    >>> stored_name("import.xml")[32:]
    '.xml'
    """
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    ext = extension(name)
    return f"{digest}.{ext if ext in EXTENSIONS else 'bin'}"


def base_key(name):
    """Key under which a file is found when only its last part is known.

    >>> base_key("webdata/Import0_1.XML")
    'import0_1.xml'
    """
    return name.rpartition("/")[2].casefold()
