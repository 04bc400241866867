"""Files of a conversation on the disk: appended whole, under a lock."""

import codecs
import contextlib
import fcntl
import hashlib
import os
import shutil
import uuid

from .errors import ExchangeError
from .safe import names

# Room that stays free for the database and everybody else.
RESERVE = 512 << 20
_COPY = 1 << 20
_XML_STARTS = (
    b"<?xml",
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
)
# How a file begins that is not text: a chunk which begins so and equals the beginning
# of what is there already was sent again.
_STARTS = (b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


@contextlib.contextmanager
def locked(path):
    """Hold the lock of ``path`` against other threads, processes and hosts."""
    with open(f"{path}.lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)


def spool(read, directory, limit, length=None):
    """Stream a body into a new file of ``directory``.

    :param read: ``read(size) -> bytes``, empty at the end
    :param limit: most bytes to be taken
    :param length: bytes that were announced, None when they were not
    :return: path of the file, of which nothing is announced but missing
    :raise ExchangeError: ``body_large``, ``body_short``, ``disk_full``
    """
    if length is not None and length > limit:
        raise ExchangeError("body_large", size=length, limit=limit)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    check_room(directory, length or 0)
    path = os.path.join(directory, f"{uuid.uuid4().hex}.part")
    size = 0
    try:
        with open(path, "wb") as file:
            while chunk := read(1 << 16):
                size += len(chunk)
                if size > limit:
                    raise ExchangeError("body_large", size=size, limit=limit)
                file.write(chunk)
        if length is not None and size != length:
            raise ExchangeError("body_short", size=size, length=length)
    except BaseException:
        os.remove(path)
        raise
    return path


def check_room(directory, size):
    """Refuse what would fill the disk."""
    if shutil.disk_usage(directory).free < size + RESERVE:
        raise ExchangeError("disk_full")


def append(part, target, name, limit):
    """Add the bytes of ``part`` to ``target``, or begin it anew; ``part`` is used up.

    :param name: name given by the other side, which tells the kind
    :param limit: most bytes ``target`` may have
    :return: size of ``target``
    :raise ExchangeError: ``body_large``
    """
    with locked(target):
        size = os.path.getsize(target) if os.path.exists(target) else 0
        # A file with a second name was imported: what comes now is another one.
        if size and (os.stat(target).st_nlink > 1 or _starts_again(part, target, name)):
            size = 0
        if size + os.path.getsize(part) > limit:
            raise ExchangeError("body_large", name, limit=limit)
        if not size:
            os.replace(part, target)
            return os.path.getsize(target)
        with open(part, "rb") as source, open(target, "ab") as file:
            shutil.copyfileobj(source, file, _COPY)
        os.remove(part)
        return os.path.getsize(target)


def _starts_again(part, target, name):
    """Whether the chunk is the beginning of the file and not its next piece."""
    with open(part, "rb") as file:
        head = file.read(8)
        if names.extension(name) == "xml":
            return head.startswith(_XML_STARTS)
        if not head.startswith(_STARTS):
            return False
        with open(target, "rb") as old:
            file.seek(0)
            while chunk := file.read(_COPY):
                known = old.read(len(chunk))
                if chunk[: len(known)] != known:
                    return False
                if len(known) < len(chunk):
                    break
    return True


def digest(path):
    """SHA-256 of a file, in hex."""
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_COPY):
            sha.update(chunk)
    return sha.hexdigest()


def keep(source, target):
    """Let ``target`` be the file ``source`` too; the same bytes, without copying."""
    os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def used(directory):
    """Bytes of all files below ``directory``."""
    total = 0
    for folder, _folders, files in os.walk(directory):
        for file in files:
            with contextlib.suppress(FileNotFoundError):
                total += os.path.getsize(os.path.join(folder, file))
    return total
