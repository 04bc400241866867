"""No name leads out of the folder, and every honest name stays what it is."""

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError
from odoo.addons.loyalty_1c_bridge.engine.safe import names

HOSTILE = {
    "../import.xml": "name_unsafe",
    "a/../../import.xml": "name_unsafe",
    r"..\import.xml": "name_unsafe",
    "/etc/passwd": "name_unsafe",
    "//server/share/a.xml": "name_unsafe",
    r"\\server\share\a.xml": "name_unsafe",
    "C:\\a.xml": "name_unsafe",
    "a.xml:stream": "name_unsafe",
    "a\0.xml": "name_unsafe",
    "a\n.xml": "name_unsafe",
    "a\u202elmx.exe": "name_unsafe",
    "NUL": "name_unsafe",
    "aux.xml": "name_unsafe",
    "a/com1.xml": "name_unsafe",
    "...": "name_unsafe",
    "": "name_empty",
    "./": "name_empty",
    "a" * 256: "name_long",
    "я" * 300 + ".xml": "name_long",
}


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:20]))
def test_hostile_names_are_refused(name):
    with pytest.raises(ExchangeError) as caught:
        names.normalise(name)
    assert caught.value.code == HOSTILE[name]


@pytest.mark.parametrize(
    ("given_name", "wanted"),
    [
        ("import0_1.xml", "import0_1.xml"),
        ("import_files/ab/Фото 1.jpg", "import_files/ab/Фото 1.jpg"),
        (r"import_files\ab\1.jpg", "import_files/ab/1.jpg"),
        ("/tmp/v8_1A.zip", "v8_1A.zip"),
        ("upload/1c/webdata/import.xml", "import.xml"),
        ("/upload/1c_catalog/a/b.xml", "a/b.xml"),
        ("./a//b.xml", "a/b.xml"),
        ("и\u0306.xml", "й.xml"),
    ],
)
def test_honest_names_stay(given_name, wanted):
    assert names.normalise(given_name) == wanted


@given(st.text(max_size=300))
def test_a_name_never_leads_out(name):
    try:
        path = names.normalise(name)
    except ExchangeError:
        return
    joined = posixpath.normpath(posixpath.join("/root", path))
    assert joined.startswith("/root/")
    assert names.normalise(path) == path


@given(st.text(max_size=300))
def test_the_name_on_the_disk_holds_nothing_of_it(name):
    stored, _dot, ext = names.stored_name(name).partition(".")
    assert len(stored) == 32
    assert set(stored) <= set("0123456789abcdef")
    assert ext in names.EXTENSIONS | {"bin"}


def test_only_files_of_an_exchange_are_allowed():
    for name in ("a.php", "a.xml.exe", "a", "a.svg", "a.html"):
        with pytest.raises(ExchangeError, match="name_extension"):
            names.allowed(name)
    assert names.allowed("A.XML") == "A.XML"
