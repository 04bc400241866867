"""Archives: honest ones come out whole, hostile ones leave nothing behind."""

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError
from odoo.addons.loyalty_1c_bridge.engine.safe import zip as archives


def packed(entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


def unpack(folder, data, **values):
    path = folder / "a.zip"
    path.write_bytes(data)
    target = folder / "out"
    target.mkdir(exist_ok=True)
    return archives.unpack(str(path), str(target), "a.zip", **values)


def refused(folder, data, **values):
    """Code of the refusal; nothing stays."""
    with pytest.raises(ExchangeError) as caught:
        unpack(folder, data, **values)
    assert os.listdir(folder / "out") == []
    return caught.value.code


def test_files_come_out_whole_with_their_names(tmp_path):
    entries = [("import.xml", b"<a/>"), ("import_files/ab/1.jpg", b"\xff\xd8\xff")]
    files, left_out = unpack(tmp_path, packed([*entries, ("readme.html", b"x")]))
    assert [(file.name, Path(file.path).read_bytes()) for file in files] == entries
    assert [file.size for file in files] == [4, 3]
    assert left_out == ["readme.html"]


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.text("abcя_-", min_size=1, max_size=8).map("{}.xml".format),
        st.binary(max_size=2000),
        max_size=5,
    )
)
def test_what_was_packed_is_unpacked(tmp_path_factory, entries):
    files, _left_out = unpack(tmp_path_factory.mktemp("zip"), packed(entries.items()))
    assert {file.name: Path(file.path).read_bytes() for file in files} == entries


def test_names_of_windows_are_read_as_code_page_866(tmp_path):
    data = packed([("x" * 9 + ".xml", b"<a/>")])
    data = data.replace(b"x" * 9, "Товары_1С".encode("cp866"))
    files, _left_out = unpack(tmp_path, data)
    assert files[0].name == "Товары_1С.xml"


def test_names_that_lead_out_are_refused(tmp_path):
    for name in ("../a.xml", "/etc/a.xml", "a/../../b.xml", "C:/a.xml", "a" * 300):
        assert refused(tmp_path, packed([("a.xml", b"<a/>"), (name, b"x")])) in (
            "name_unsafe",
            "name_long",
        )


def test_a_bomb_is_stopped_while_it_grows(tmp_path):
    bomb = packed([("a.xml", b"0" * (20 << 20))])
    assert refused(tmp_path, bomb) == "zip_ratio"


def test_a_bomb_with_a_lying_header_is_stopped(tmp_path):
    bomb = bytearray(packed([("a.xml", b"0" * (20 << 20))]))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<L", 10)
    assert refused(tmp_path, bytes(bomb)) in ("zip_ratio", "zip_broken")


def test_all_files_together_are_counted(tmp_path):
    data = packed([(f"{n}.jpg", os.urandom(1000)) for n in range(5)])
    assert refused(tmp_path, data, max_bytes=4999) == "zip_large"
    assert len(unpack(tmp_path, data, max_bytes=5000)[0]) == 5


def test_too_many_entries_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    data = packed([(f"{n}.xml", b"") for n in range(4)])
    assert refused(tmp_path, data) == "zip_entries"


def test_a_directory_that_lies_about_its_entries_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    data = bytearray(packed([(f"{n}.xml", b"") for n in range(4)]))
    at = data.rindex(b"PK\x05\x06")
    data[at + 8 : at + 12] = struct.pack("<HH", 1, 1)
    assert refused(tmp_path, bytes(data)) == "zip_entries"
    monkeypatch.setattr(archives, "MAX_DIRECTORY", 100)
    assert refused(tmp_path, bytes(data)) == "zip_entries"


@pytest.mark.parametrize("mode", [0o120777, 0o060666, 0o010666])
def test_links_and_devices_are_refused(tmp_path, mode):
    info = zipfile.ZipInfo("a.xml")
    info.external_attr = mode << 16
    assert refused(tmp_path, packed([(info, "/etc/passwd")])) == "zip_link"


@pytest.mark.parametrize("ext", ["zip", "rar", "7z", "gz"])
def test_archives_in_archives_are_refused(tmp_path, ext):
    assert refused(tmp_path, packed([(f"a.{ext}", b"PK")])) == "zip_nested"


def test_two_files_of_one_name_are_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed([("a.xml", b"<a/>"), ("a.xml", b"<b/>")])
    assert refused(tmp_path, data) == "zip_twice"


def test_an_archive_with_a_password_is_refused(tmp_path):
    data = bytearray(packed([("a.xml", b"<a/>")]))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert refused(tmp_path, bytes(data)) == "zip_encrypted"


def test_an_archive_cut_at_any_byte_is_refused(tmp_path):
    data = packed([("a.xml", os.urandom(300)), ("b.xml", b"<b/>")])
    for size in range(len(data)):
        assert refused(tmp_path, data[:size]) == "zip_broken"


def test_a_damaged_archive_is_refused(tmp_path):
    data = bytearray(packed([("a.xml", os.urandom(3000))], zipfile.ZIP_STORED))
    data[1000] ^= 0xFF
    assert refused(tmp_path, bytes(data)) == "zip_broken"
