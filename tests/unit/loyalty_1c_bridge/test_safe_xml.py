"""XML of strangers is read in little memory, or refused."""

import io

import pytest

from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError
from odoo.addons.loyalty_1c_bridge.engine.safe import xml

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "doctype": ("<!DOCTYPE a><a/>", "xml_doctype"),
    "laughs": (
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a b="&l9;">&l9;</a>',
        "xml_doctype",
    ),
    "file": (
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>',
        "xml_doctype",
    ),
    "network": ('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x"><a/>', "xml_doctype"),
    "late": ("\n" * 100_000 + "<!DOCTYPE a><a/>", "xml_doctype"),
    "entity": ("<a>&unknown;</a>", "xml_broken"),
    "deep": ("<a>" * 70 + "</a>" * 70, "xml_deep"),
    "text": ("<a>" + "x" * 11_000_000 + "</a>", "xml_broken"),
    "cut": ("<a><b/>", "xml_broken"),
    "empty": ("", "xml_broken"),
    "two": ("<a/><a/>", "xml_broken"),
}


def file_of(text, encoding="utf-8"):
    return io.BytesIO(text.encode(encoding))


def parse(stream, tags=("a",), **values):
    return [
        element.tag for _event, element in xml.safe_iterparse(stream, tags, **values)
    ]


@pytest.mark.parametrize("read", [parse, xml.check], ids=["parse", "check"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name, read):
    text, code = HOSTILE[name]
    with pytest.raises(ExchangeError) as caught:
        read(file_of(text))
    assert caught.value.code == code


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
def test_a_document_type_hides_in_no_encoding(encoding):
    name = {"utf-8-sig": "utf-8", "cp1251": "windows-1251"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{name}"?><!DOCTYPE a><a>я</a>'
    with pytest.raises(ExchangeError, match="xml_doctype"):
        parse(file_of(text, encoding))
    honest = text.replace("<!DOCTYPE a>", "")
    assert parse(file_of(honest, encoding)) == ["a"]


def test_a_description_may_speak_of_a_document_type():
    assert parse(file_of("<a><![CDATA[<!DOCTYPE html><b>]]></a>")) == ["a"]


def test_items_come_one_after_the_other_without_their_namespace():
    rows = "".join(f"<Товар><Ид>{n}</Ид></Товар>" for n in range(3))
    text = f'<К xmlns="urn:x"><Каталог вид="1"><Ид>к</Ид>{rows}</Каталог></К>'
    seen = [
        (event, element.get("вид") or element.findtext("{*}Ид"))
        for event, element in xml.safe_iterparse(
            file_of(text), ["Товар"], containers=["Каталог"]
        )
    ]
    assert seen == [("start", "1"), ("end", "0"), ("end", "1"), ("end", "2")]


def test_an_item_that_never_ends_is_refused():
    text = "<a>" + "<b>1</b>" * 50_000 + "</a>"
    with pytest.raises(ExchangeError, match="xml_item_large"):
        parse(file_of(text), item_bytes=100_000)
    many = "<r>" + "<a>1</a>" * 50_000 + "</r>"
    assert len(parse(file_of(many), item_bytes=100_000)) == 50_000


def test_a_file_cut_at_any_byte_is_refused():
    data = "<к><а>текст</а><а/></к>".encode()
    for size in range(len(data)):
        with pytest.raises(ExchangeError):
            xml.check(io.BytesIO(data[:size]))
    assert xml.check(io.BytesIO(data)) == 3


def test_too_many_elements_are_refused(monkeypatch):
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 10)
    with pytest.raises(ExchangeError, match="xml_elements"):
        xml.check(file_of("<a>" + "<b/>" * 10 + "</a>"))
