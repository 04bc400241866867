"""Messages are valid in every version, or refused with the path of what is wrong."""

import codecs
import copy
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo.addons.loyalty_1c_bridge.engine.enterprisedata import VERSIONS
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.header import (
    Header,
    ObjectType,
)
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.validate import validate
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.writer import write_message
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError

from .ed_objects import OBJECTS, PARTNER, line, sale, vat

HEADER = Header(
    sender="ОД",
    receiver="БП",
    number=7,
    received=4,
    versions=list(VERSIONS),
    object_types=[ObjectType("Документ.РеализацияТоваровУслуг", "*", "")],
    prefix="ОД",
)
SALE = "Документ.РеализацияТоваровУслуг"


def write(objects, version):
    return write_message(HEADER, objects, version)


def refusal(objects, version):
    with pytest.raises(ExchangeError) as raised:
        write(objects, version)
    return raised.value


def texts(content, name):
    return [node.text for node in etree.fromstring(content).iter(f"{{*}}{name}")]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_day_is_valid_in_every_version(version):
    assert validate(write(OBJECTS, version), version) == []


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(VERSIONS))
def test_the_order_of_keys_does_not_matter(shuffler, version):
    def shuffled(value):
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if not isinstance(value, dict):
            return value
        names = list(value)
        shuffler.shuffle(names)
        return {name: shuffled(value[name]) for name in names}

    mixed = [(name, shuffled(values)) for name, values in OBJECTS]
    HEADER.created = None
    body = write(mixed, version).partition(b"<Body")[2]
    assert body == write(OBJECTS, version).partition(b"<Body")[2]


def test_the_file_begins_with_a_byte_order_mark_and_keeps_cyrillic_names():
    content = write(OBJECTS, "1.19")
    assert content.startswith(codecs.BOM_UTF8)
    assert "<Документ.РеализацияТоваровУслуг>".encode() in content


def test_validation_sees_a_wrong_order_and_a_wrong_word():
    content = write([(SALE, sale())], "1.19")
    words = content.replace("РеализацияКлиенту".encode(), "Подарок".encode())
    assert len(validate(words, "1.19")) > 0
    tree = etree.fromstring(content)
    node = tree[1][0]
    node.append(node[0])
    assert len(validate(etree.tostring(tree, encoding="UTF-8"), "1.19")) > 0


@pytest.mark.parametrize(("version", "expected"), [("1.10", 0), ("1.16", 1)])
def test_what_a_version_lacks_is_left_out(version, expected):
    values = sale(Товары=[line(СуммаБонусныхБаллов=Decimal("5"))])
    content = write([(SALE, values)], version)
    assert len(texts(content, "СуммаБонусныхБаллов")) == expected
    assert validate(content, version) == []


def test_rates_become_words_before_1_17():
    rates = [
        vat("20"),
        vat("10"),
        vat("20", РасчетнаяСтавка=True),
        vat("0", НеОблагается=True),
    ]
    values = sale(Товары=[line(СтавкаНДС=rate) for rate in rates])
    old = write([(SALE, values)], "1.16")
    assert texts(old, "СтавкаНДС") == ["НДС20", "НДС10", "НДС20_120", "БезНДС"]
    assert validate(old, "1.16") == []


def test_a_rate_that_an_old_version_lacks_is_refused_with_its_place():
    error = refusal([(SALE, sale(Товары=[line("22")]))], "1.16")
    assert error.code == "ed_vat_rate"
    assert error.values["rate"] == "22"
    assert error.where == f"{SALE}/Товары/Строка/СтавкаНДС"
    assert validate(write([(SALE, sale(Товары=[line("22")]))], "1.17"), "1.17") == []


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_missing_is_named(version):
    values = sale()
    values["Контрагент"] = {**PARTNER, "Наименование": ""}
    error = refusal([(SALE, values)], version)
    assert (error.code, error.where) == (
        "ed_required",
        f"{SALE}/Контрагент/Наименование",
    )


def test_a_misspelt_name_is_refused():
    error = refusal([(SALE, sale(Кантрагент=PARTNER))], "1.19")
    assert (error.code, error.where) == ("ed_unknown", f"{SALE}/Кантрагент")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ВидОперации": "Подарок"}, "ed_word"),
        ({"Сумма": "много"}, "ed_value"),
        ({"Контрагент": {**PARTNER, "ИНН": "7" * 13}}, "ed_length"),
        ({"Контрагент": "Иванов"}, "ed_shape"),
        ({"Валюта": [1, 2]}, "ed_shape"),
    ],
)
def test_what_does_not_fit_is_refused(changed, code):
    assert refusal([(SALE, sale(**changed))], "1.19").code == code


def test_an_object_that_a_version_lacks_is_refused():
    error = refusal([("Документ.РеализацияПодарочныхСертификатов", {})], "1.10")
    assert error.code == "ed_no_type"


def test_an_unknown_version_is_refused():
    assert refusal([], "1.99").code == "ed_version"


@pytest.mark.parametrize("version", ["", "1.10", "1.21"])
def test_a_handshake_has_no_body_and_an_empty_message_has_one(version):
    content = write_message(HEADER, [], version)
    assert validate(content, version) == []
    assert (b"<Body" in content) is bool(version)


def test_texts_that_xml_forbids_are_cleaned():
    values = sale(ОбщиеСвойстваОбъектовФормата={"Комментарий": "a\x00b\x0bc <&>"})
    content = write([(SALE, values)], "1.21")
    assert texts(content, "Комментарий") == ["abc <&>"]


def test_the_objects_given_are_not_changed():
    before = copy.deepcopy(OBJECTS)
    write(OBJECTS, random.choice(VERSIONS))
    assert before == OBJECTS
