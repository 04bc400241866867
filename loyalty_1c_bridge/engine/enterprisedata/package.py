"""Messages as files: their names, zip archives, and whether a file is there wholly."""

import io
import re
import zipfile

from ..errors import ExchangeError

ZIP_SIGN = b"PK\x03\x04"
MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 200
END_OF_XML = re.compile(rb"</Message\s*>\s*$")


def file_name(sender, receiver, extension="xml"):
    """``Message_<from>_<to>``, as 1C looks for it.

    >>> file_name("ОД", "БП", "zip")
    'Message_ОД_БП.zip'
    """
    return f"Message_{_safe(sender)}_{_safe(receiver)}.{extension}"


def _safe(code):
    return re.sub(r"[^\w-]", "", code or "")


def pack(name, content):
    """A zip archive with one file, the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def is_whole(head, tail):
    """Whether a file was written to its end, judged by its first and last bytes.

    :param head: at least 4 bytes of the beginning
    :param tail: up to 64 KB of the end
    """
    if head.startswith(ZIP_SIGN):
        return b"PK\x05\x06" in tail
    return bool(END_OF_XML.search(tail.rstrip(b"\x00 \r\n\t")))


def unpack(content):
    """The XML of a message that may be in a zip archive (of one XML file).

    Sizes are counted while reading: those of the archive's own table may lie.

    :raise ExchangeError: hostile or strange archives
    """
    if not content.startswith(ZIP_SIGN):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_one(archive, len(content))
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise ExchangeError("zip_broken", reason=str(error)) from error


def _read_one(archive, packed_size):
    entries = [
        entry
        for entry in archive.infolist()
        if not entry.is_dir() and entry.filename.lower().endswith(".xml")
    ]
    if len(entries) != 1:
        raise ExchangeError("ed_archive", value=len(entries))
    (entry,) = entries
    if entry.flag_bits & 1:
        raise ExchangeError("zip_encrypted", entry.filename[:80])
    limit = min(MAX_UNPACKED, max(packed_size, 1024) * MAX_RATIO)
    with archive.open(entry) as stream:
        found = stream.read(limit + 1)
    if len(found) > limit:
        raise ExchangeError("zip_large", entry.filename[:80], limit=limit)
    return found
