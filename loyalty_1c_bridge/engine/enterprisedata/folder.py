"""A directory that both sides see: files appear at once or not at all."""

import os
import stat
import time
import uuid

from ..errors import ExchangeError
from . import package

# A file that changed this recently may still be written to.
QUIET_S = 5
MAX_BYTES = 512 * 1024 * 1024
TAIL = 65536


def resolve(root, relative):
    """Real path of a directory under ``root``.

    :raise ExchangeError: it lies elsewhere, by ``..``, as absolute or through a link
    """
    relative = (relative or "").strip()
    if not relative or "\x00" in relative or os.path.isabs(relative):
        raise ExchangeError("ed_folder_outside", relative)
    base = os.path.realpath(root)
    path = os.path.realpath(os.path.join(base, relative))
    if path == base or os.path.commonpath([base, path]) != base:
        raise ExchangeError("ed_folder_outside", relative)
    return path


def put(directory, name, content):
    """Write a file whole: a reader sees the old one or the new one, never a part."""
    temporary = os.path.join(directory, f".{uuid.uuid4().hex}.tmp")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(temporary, flags, 0o660), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, os.path.join(directory, os.path.basename(name)))
    except OSError as error:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise ExchangeError("ed_folder", directory, message=error.strerror) from error


def incoming(directory, ours, theirs):
    """Names of files for us, the oldest first.

    :param ours: our codes, ``theirs``: codes of 1C
    """
    wanted = {
        package.file_name(sender, receiver, extension).lower()
        for sender in theirs
        for receiver in ours
        for extension in ("xml", "zip")
    }
    try:
        with os.scandir(directory) as entries:
            found = [
                (entry.stat(follow_symlinks=False).st_mtime, entry.name)
                for entry in entries
                if entry.name.lower() in wanted and entry.is_file(follow_symlinks=False)
            ]
    except OSError as error:
        raise ExchangeError("ed_folder", directory, message=error.strerror) from error
    return [name for _mtime, name in sorted(found)]


def take(directory, name, now=None):
    """``(content, sign)`` of a file, ``None`` while it is being written.

    ``sign`` is for :func:`remove`: a file replaced in the meantime stays.
    """
    try:
        descriptor = os.open(
            os.path.join(directory, os.path.basename(name)),
            os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0),
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ExchangeError("ed_folder", name, message=error.strerror) from error
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size > MAX_BYTES:
            raise ExchangeError("ed_file_too_big", name, limit=MAX_BYTES >> 20)
        if (now if now is not None else time.time()) - status.st_mtime < QUIET_S:
            return None
        content = stream.read(MAX_BYTES + 1)
    if not package.is_whole(content[:4], content[-TAIL:]):
        return None
    return content, _sign(status)


def remove(directory, name, sign):
    """Remove a file that was taken in, unless another one has its place."""
    path = os.path.join(directory, os.path.basename(name))
    try:
        if _sign(os.lstat(path)) == sign:
            os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ExchangeError("ed_folder", name, message=error.strerror) from error


def _sign(status):
    return status.st_ino, status.st_size, status.st_mtime_ns
