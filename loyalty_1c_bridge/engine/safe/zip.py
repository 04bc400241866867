"""ZIP archives of strangers: every size is counted while reading, headers may lie."""

import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass

from ..errors import ExchangeError
from . import names

MAX_ENTRIES = 20_000
MAX_RATIO = 200
# Small entries may shrink as they like: a page of spaces does no harm.
RATIO_FROM = 1 << 20
# Room of the directory at the end of an archive with MAX_ENTRIES long names.
MAX_DIRECTORY = 16 << 20
_CHUNK = 1 << 16
_END = b"PK\x05\x06"
_UTF8 = 0x800
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file of the archive: its relative name, where it lies now, and its size."""

    name: str
    path: str
    size: int


def unpack(path, directory, where="", max_bytes=2 << 30):
    """Unpack an archive into ``directory`` under generated names.

    :param max_bytes: most bytes that all files together may take
    :return: ``(list of Unpacked, names of files left out for their extension)``
    :raise ExchangeError: ``zip_broken``, ``zip_entries``, ``zip_encrypted``,
        ``zip_link``, ``zip_nested``, ``zip_ratio``, ``zip_large``, ``name_...``;
        nothing stays in ``directory`` then
    """
    done, left_out = [], []
    try:
        _check_directory(path, where)
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive, where)
            total = 0
            for info, name in entries:
                if names.extension(name) not in names.EXTENSIONS:
                    left_out.append(name)
                    continue
                target = os.path.join(directory, names.stored_name(name))
                done.append(Unpacked(name, target, 0))
                size = _extract(archive, info, target, where, max_bytes - total)
                done[-1] = Unpacked(name, target, size)
                total += size
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        _remove(done)
        raise ExchangeError("zip_broken", where, reason=str(error)) from error
    except (ExchangeError, OSError):
        _remove(done)
        raise
    return done, left_out


def _check_directory(path, where):
    """Refuse a directory too large to be read, before it is read."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (1 << 16) - 22))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise ExchangeError("zip_broken", where, reason="no end of archive")
    count, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    if count > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise ExchangeError("zip_entries", where, limit=MAX_ENTRIES)


def _entries(archive, where):
    """``(info, name)`` of the files, all of them looked at before one is unpacked."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise ExchangeError("zip_entries", where, limit=MAX_ENTRIES)
    found = {}
    for info in infos:
        if info.is_dir():
            continue
        name = names.normalise(_decoded(info))
        if info.flag_bits & _ENCRYPTED:
            raise ExchangeError("zip_encrypted", name)
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise ExchangeError("zip_link", name)
        if names.extension(name) in names.ARCHIVES:
            raise ExchangeError("zip_nested", name)
        if name in found:
            raise ExchangeError("zip_twice", name)
        found[name] = info
    return [(info, name) for name, info in found.items()]


def _decoded(info):
    """Name of an entry; without the UTF-8 flag 1C on Windows writes code page 866."""
    # The library cuts a name at NUL; the original is what a stranger meant.
    name = info.orig_filename
    if info.flag_bits & _UTF8:
        return name
    raw = name.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866")


def _extract(archive, info, target, where, room):
    size = 0
    packed = max(info.compress_size, 1)
    # Whoever reads the file of before goes on reading it.
    if os.path.exists(target):
        os.remove(target)
    with archive.open(info) as source, open(target, "wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > room:
                raise ExchangeError("zip_large", where)
            if size > RATIO_FROM and size > packed * MAX_RATIO:
                raise ExchangeError("zip_ratio", info.filename, limit=MAX_RATIO)
            file.write(chunk)
    return size


def _remove(unpacked):
    for entry in unpacked:
        if os.path.exists(entry.path):
            os.remove(entry.path)
