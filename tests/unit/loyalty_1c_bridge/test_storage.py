"""Pieces of files: whole or not at all, in their order, begun anew when sent again."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine import storage
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError

LIMIT = 1 << 20


def spool(folder, data, length=None, limit=LIMIT):
    return storage.spool(io.BytesIO(data).read, str(folder), limit, length)


def add(folder, data, name="a.xml", limit=LIMIT):
    target = folder / "target"
    storage.append(spool(folder, data), str(target), name, limit)
    return target.read_bytes()


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=3000), st.integers(1, 700))
def test_pieces_make_the_file(tmp_path_factory, data, step):
    folder = tmp_path_factory.mktemp("pieces")
    whole = b"<?xml" + data.replace(b"<?xml", b"").replace(b"\xef\xbb\xbf", b"")
    pieces = [whole[at : at + step] for at in range(0, len(whole), step)]
    starts = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<?xml")
    if any(piece.startswith(starts) for piece in pieces[1:]):
        return
    for piece in pieces:
        result = add(folder, piece)
    assert result == whole
    assert sorted(os.listdir(folder)) == ["target", "target.lock"]


def test_a_file_that_starts_again_replaces_what_came(tmp_path):
    for start in (b"<?xml", b"\xef\xbb\xbf<?xml", b"\xff\xfe<\0", b"\xfe\xff\0<"):
        add(tmp_path, b"old bytes")
        assert add(tmp_path, start + b"new") == start + b"new"


def test_only_the_same_beginning_starts_an_archive_or_picture_again(tmp_path):
    head = b"PK\x03\x04" + bytes(range(100))
    add(tmp_path, head, "a.zip")
    other = b"PK\x03\x04 another entry"
    assert add(tmp_path, other, "a.zip") == head + other
    assert add(tmp_path, head, "a.zip") == head


def test_what_was_imported_is_not_added_to(tmp_path):
    add(tmp_path, b"<?xml 1")
    storage.keep(str(tmp_path / "target"), str(tmp_path / "kept" / "file"))
    assert add(tmp_path, b"more") == b"more"
    assert (tmp_path / "kept" / "file").read_bytes() == b"<?xml 1"


def test_a_body_that_is_short_or_large_leaves_nothing(tmp_path):
    for data, length, limit, code in (
        (b"12345", 6, 10, "body_short"),
        (b"12345", 11, 10, "body_large"),
        (b"12345678901", None, 10, "body_large"),
        (b"", 1, 10, "body_short"),
    ):
        with pytest.raises(ExchangeError) as caught:
            spool(tmp_path, data, length, limit)
        assert caught.value.code == code
    assert os.listdir(tmp_path) == []


def test_a_file_does_not_grow_over_its_limit(tmp_path):
    add(tmp_path, b"12345", limit=8)
    with pytest.raises(ExchangeError, match="body_large"):
        add(tmp_path, b"6789", limit=8)
    assert (tmp_path / "target").read_bytes() == b"12345"


def test_pieces_that_come_at_once_are_not_mixed(tmp_path):
    pieces = [bytes([65 + number]) * 20_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda piece: add(tmp_path, piece), pieces))
    data = (tmp_path / "target").read_bytes()
    assert len(data) == 160_000
    found = [data[at : at + 20_000] for at in range(0, len(data), 20_000)]
    assert sorted(found) == pieces


def test_a_full_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "RESERVE", 1 << 62)
    with pytest.raises(ExchangeError, match="disk_full"):
        spool(tmp_path, b"1")


def test_the_digest_and_the_size_are_those_of_the_bytes(tmp_path):
    path = Path(tmp_path, "a")
    path.write_bytes(b"abc")
    assert storage.digest(str(path)).startswith("ba7816bf8f01cfea")
    assert storage.used(str(tmp_path)) == 3
