"""What was written is read again; foreign and hostile files are refused."""

import codecs
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.enterprisedata import VERSIONS, reader
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.header import (
    Header,
    ObjectType,
)
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.writer import write_message
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError

from .ed_objects import BANK_IN, OBJECTS, line, sale, vat

SALE = "Документ.РеализацияТоваровУслуг"
HEADER = Header(
    sender="ОД",
    receiver="БП",
    number=7,
    received=4,
    versions=["1.17", "1.19"],
    object_types=[ObjectType(SALE, "*", "")],
    new_from="91d5a7dd-2d96-4af5-b855-90ad613450b9",
    prefix="ОД",
)
HANDSHAKE = """<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message">
 <msg:Header>
  <msg:Format>http://v8.1c.ru/edi/edi_stnd/EnterpriseData</msg:Format>
  <msg:CreationDate>2022-10-31UTC02:25:50</msg:CreationDate>
  <msg:Confirmation><msg:To>ОД</msg:To><msg:From>НФ</msg:From>
   <msg:MessageNo>0</msg:MessageNo><msg:ReceivedNo>0</msg:ReceivedNo></msg:Confirmation>
  <msg:AvailableVersion>1.22</msg:AvailableVersion>
  <msg:AvailableVersion>1.10</msg:AvailableVersion>
  <msg:SynchronizationContour><msg:Node><msg:Name>UNF</msg:Name><msg:Code>guid</msg:Code>
   <msg:Prefix>НФ</msg:Prefix></msg:Node></msg:SynchronizationContour>
 </msg:Header>
</Message>"""


def read(content):
    header, objects = reader.read(lambda: io.BytesIO(content))
    return header, list(objects)


def refusal(content):
    with pytest.raises(ExchangeError) as raised:
        read(content)
    return raised.value


def as_text(value):
    """What was written, as the reader gives it."""
    if isinstance(value, dict):
        found = {name: as_text(item) for name, item in value.items()}
        return {name: item for name, item in found.items() if item is not None}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else Decimal(value) if is_number(value) else str(value)


def is_number(value):
    try:
        Decimal(value)
    except ArithmeticError:
        return False
    return True


def test_header_and_objects_come_back():
    header, objects = read(write_message(HEADER, OBJECTS, "1.19"))
    header.created = None
    assert header.version == "1.19"
    assert (header.number, header.received) == (7, 4)
    assert (header.sender, header.receiver) == ("ОД", "БП")
    assert header.object_types == HEADER.object_types
    assert header.new_from == HEADER.new_from
    assert [(name, as_text(values)) for name, values in objects] == [
        (name, as_text(values)) for name, values in OBJECTS
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_message_read_is_written_the_same(version):
    first = write_message(HEADER, OBJECTS, version)
    again = write_message(HEADER, read(first)[1], version)
    assert first.partition(b"<Body")[2] == again.partition(b"<Body")[2]


def test_old_rates_come_in_the_new_shape():
    values = sale(Товары=[line(СтавкаНДС=vat("20")), line(СтавкаНДС=vat("10"))])
    _header, [(_name, found)] = read(write_message(HEADER, [(SALE, values)], "1.16"))
    rates = [row["СтавкаНДС"]["Ставка"] for row in found["Товары"]]
    assert rates == ["20", "10"]


def test_one_row_is_a_list_too():
    name = "Документ.ПБДСРасчетыСКонтрагентами"
    _header, [(_name, found)] = read(write_message(HEADER, [(name, BANK_IN)], "1.19"))
    assert len(found["РасшифровкаПлатежа"]) == 1


def test_a_handshake_has_versions_and_no_objects():
    header, objects = read(HANDSHAKE.encode())
    assert header.is_handshake
    assert header.versions == ["1.22", "1.10"]
    assert header.contour[0].code == "guid"
    assert header.created is None
    assert objects == []


def test_a_file_made_by_hand_has_no_numbers():
    content = write_message(Header(), OBJECTS, "1.19")
    header, objects = read(content)
    assert not header.has_confirmation
    assert len(objects) == len(OBJECTS)


@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8])
def test_a_byte_order_mark_is_taken_or_not(bom):
    content = write_message(HEADER, OBJECTS, "1.19").removeprefix(codecs.BOM_UTF8)
    assert len(read(bom + content)[1]) == len(OBJECTS)


def test_deletions_and_requests_are_read():
    content = write_message(HEADER, [], "1.19").decode("utf-8-sig")
    body = (
        "<УдалениеОбъекта><СсылкаНаОбъект><СсылкаНаОбъект><КонтрагентыСсылка>g1"
        "</КонтрагентыСсылка></СсылкаНаОбъект></СсылкаНаОбъект></УдалениеОбъекта>"
        "<ЗапросНаВыгрузку><Ид>7</Ид></ЗапросНаВыгрузку></Body>"
    )
    at = content.index("<Body")
    end = content.index("/>", at)
    content = content[:end] + ">" + body + content[end + 2 :]
    _header, objects = read(content.encode())
    assert [name for name, _values in objects] == [
        "УдалениеОбъекта",
        "ЗапросНаВыгрузку",
    ]
    inner = objects[0][1]["СсылкаНаОбъект"]["СсылкаНаОбъект"]
    assert inner == {"КонтрагентыСсылка": "g1"}


def test_a_version_without_table_is_read_by_the_nearest():
    content = write_message(HEADER, OBJECTS, "1.17")
    content = content.replace(b"EnterpriseData/1.17", b"EnterpriseData/1.18")
    header, objects = read(content)
    assert header.version == "1.18"
    assert objects[3][1]["Товары"][0]["СтавкаНДС"]["Ставка"] == "20.00"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_cut_anywhere_is_refused(data):
    content = write_message(HEADER, OBJECTS, "1.19").rstrip()
    cut = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(ExchangeError):
        read(content[:cut])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html/>", "ed_not_message"),
        (b"<Message/>", "ed_not_message"),
        (b"not xml", "xml_broken"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Message>&b;</Message>', "xml_doctype"),
        (b"<Message>" + b"<a>" * 70 + b"</a>" * 70 + b"</Message>", "xml_deep"),
        (HANDSHAKE.replace("EnterpriseData<", "Other<").encode(), "ed_header"),
        (HANDSHAKE.replace("No>0<", "No>-1<").encode(), "ed_header"),
        (HANDSHAKE.replace("No>0<", "No>" + "9" * 30 + "<").encode(), "ed_header"),
    ],
)
def test_strange_files_are_refused(content, code):
    assert refusal(content).code == code
