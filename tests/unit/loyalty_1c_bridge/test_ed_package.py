"""Archives, files and folders of messages, whole ones and hostile ones."""

import io
import os
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.enterprisedata import folder, package
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.header import Header
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.writer import write_message
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError

from .ed_objects import OBJECTS

CONTENT = write_message(Header(number=1, sender="ОД", receiver="БП"), OBJECTS, "1.19")


def archive(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name.replace("_xml", ".xml"), content)
    return buffer.getvalue()


def refusal(content):
    with pytest.raises(ExchangeError) as raised:
        package.unpack(content)
    return raised.value.code


def is_whole(content):
    return package.is_whole(content[:4], content[-folder.TAIL :])


def test_packing_and_unpacking_give_the_same():
    assert package.unpack(package.pack("data.xml", CONTENT)) == CONTENT
    assert package.unpack(CONTENT) == CONTENT


def test_the_same_message_makes_the_same_archive():
    assert package.pack("data.xml", CONTENT) == package.pack("data.xml", CONTENT)


def test_a_bomb_is_refused_whatever_its_header_says():
    content = archive(data_xml=b" " * (100 << 20))
    assert len(content) < 1 << 20
    assert refusal(content) == "zip_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (archive(), "ed_archive"),
        (archive(a_xml=b"<a/>", b_xml=b"<b/>"), "ed_archive"),
        (archive(readme=b"text"), "ed_archive"),
        (b"PK\x03\x04broken", "zip_broken"),
    ],
)
def test_strange_archives_are_refused(content, code):
    if content.startswith(package.ZIP_SIGN):
        assert refusal(content) == code


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_cut_file_is_not_whole(data):
    whole = data.draw(st.sampled_from([CONTENT, package.pack("data.xml", CONTENT)]))
    assert is_whole(whole)
    # An archive without its last byte still has the sign of its end.
    cut = data.draw(st.integers(1, len(whole) - 30))
    assert not is_whole(whole[:cut])


def test_trailing_white_space_is_no_cut():
    assert is_whole(CONTENT + b"\r\n \n")


def test_codes_in_file_names_cannot_leave_the_folder():
    assert package.file_name("../x", "/etc/y") == "Message_x_etcy.xml"


@pytest.mark.parametrize("name", ["", ".", "..", "/tmp", "a/../..", "a\x00b", "out"])
def test_folders_elsewhere_are_refused(tmp_path, name):
    root = tmp_path / "root"
    root.mkdir()
    os.symlink(tmp_path, root / "out")
    with pytest.raises(ExchangeError):
        folder.resolve(root, name)


def test_a_folder_below_is_found(tmp_path):
    assert folder.resolve(tmp_path, "a/b") == os.path.realpath(tmp_path / "a" / "b")


def test_a_file_appears_at_once_and_leaves_nothing_beside_it(tmp_path):
    folder.put(tmp_path, "m.xml", b"one")
    folder.put(tmp_path, "m.xml", b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["m.xml"]
    assert (tmp_path / "m.xml").read_bytes() == b"two"


def test_a_file_replaced_after_it_was_taken_stays(tmp_path):
    path = tmp_path / "Message_БП_ОД.xml"
    path.write_bytes(CONTENT)
    os.utime(path, (1, 1))
    assert folder.incoming(tmp_path, ["ОД"], ["БП"]) == [path.name]
    _content, sign = folder.take(tmp_path, path.name)
    folder.put(tmp_path, path.name, CONTENT + b"\n")
    folder.remove(tmp_path, path.name, sign)
    assert path.exists()
    os.utime(path, (1, 1))
    _content, sign = folder.take(tmp_path, path.name)
    folder.remove(tmp_path, path.name, sign)
    assert not path.exists()


def test_a_name_in_another_case_is_ours_too(tmp_path):
    (tmp_path / "message_бп_од.XML").write_bytes(CONTENT)
    assert folder.incoming(tmp_path, ["ОД"], ["БП"]) == ["message_бп_од.XML"]
