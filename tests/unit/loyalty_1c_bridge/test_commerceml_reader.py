"""Reading CommerceML: everything a file says, from any encoding, or nothing at all."""

import io
import json
import random
import re
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.commerceml import reader, records
from odoo.addons.loyalty_1c_bridge.engine.commerceml.values import parse_decimal
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError

SAMPLES = Path(__file__).parents[3].parent / "shared/data/1c/samples"
FILES = sorted(
    path
    for kind in ("catalog", "offers", "prices-rests")
    for path in SAMPLES.glob(f"{kind}/*.xml")
)
real = pytest.mark.skipif(not FILES, reason="no real files here")

CATALOGUE = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.08">
<Классификатор><Ид>c</Ид><Владелец><Ид>o</Ид><Наименование>ООО</Наименование>
<ИНН>7701234567</ИНН></Владелец><Группы><Группа><Ид>g1</Ид><Наименование>Посуда</Наименование>
<Группы><Группа><Ид>g2</Ид><Наименование>Кружки</Наименование></Группа></Группы></Группа>
</Группы><Свойства><Свойство><Ид>p1</Ид><Наименование>Цвет</Наименование>
<ВариантыЗначений><Справочник><ИдЗначения>v1</ИдЗначения><Значение>Белый</Значение>
</Справочник></ВариантыЗначений></Свойство></Свойства></Классификатор>
<Каталог><Товары><Товар><Ид>m1</Ид><Штрихкод>4601234567893</Штрихкод>
<Наименование>Кружка</Наименование><БазоваяЕдиница Код="796 ">шт</БазоваяЕдиница>
<Группы><Ид>g2</Ид></Группы><Картинка>a.jpg</Картинка><Картинка>b.jpg</Картинка>
<ЗначенияСвойств><ЗначенияСвойства><Ид>p1</Ид><Значение>v1</Значение></ЗначенияСвойства>
</ЗначенияСвойств><СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>
<Ставка>20</Ставка></СтавкаНалога></СтавкиНалогов></Товар>
<Товар Статус="Удален"><Ид>m2</Ид><Наименование>Старая</Наименование></Товар>
</Товары></Каталог></КоммерческаяИнформация>"""

OFFERS = """<КоммерческаяИнформация ВерсияСхемы="2.07"><ИзмененияПакетаПредложений>
<ТипыЦен><ТипЦены><Ид>t</Ид><Наименование>Розница</Наименование><Валюта>RUB</Валюта>
<Налог><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены></ТипыЦен>
<Предложения><Предложение><Ид>m1#a</Ид><Наименование>Кружка (Белая)</Наименование>
<Цены><Цена><Представление>1 200,50 RUB</Представление><ИдТипаЦены>t</ИдТипаЦены>
<ЦенаЗаЕдиницу>1\u00a0200,50</ЦенаЗаЕдиницу></Цена></Цены><Количество>7</Количество>
<Склад ИдСклада="w1" КоличествоНаСкладе="5"/>
<Склад ИдСклада="w2" КоличествоНаСкладе="2"/>
</Предложение><Предложение><Ид>m2</Ид><ИдХарактеристики>b</ИдХарактеристики>
<Остатки><Остаток><Склад><Ид>w1</Ид><Количество>3</Количество></Склад></Остаток></Остатки>
</Предложение></Предложения></ИзмененияПакетаПредложений></КоммерческаяИнформация>"""


def read(data):
    return list(reader.read(lambda: io.BytesIO(data)))


def decoded(data):
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if utf16 else "utf-8-sig")


def test_a_catalogue_says_all_it_has():
    found = read(CATALOGUE.encode())
    assert [otype for otype, _record in found] == [
        "organization", "category", "category", "attribute", "product", "product",
    ]  # fmt: skip
    good = found[4][1]
    assert found[2][1].parent_id == "g1"
    assert found[3][1].values == {"v1": "Белый"}
    assert (good.unit.code, good.group_ids, good.images) == (
        "796",
        ["g2"],
        ["a.jpg", "b.jpg"],
    )
    assert (good.properties, good.taxes) == ({"p1": ["v1"]}, [("НДС", "20")])
    assert (good.description, good.article, good.deleted) == (None, None, False)
    assert found[5][1].deleted


def test_offers_are_read_in_every_writing():
    price_type, first, second = (record for _otype, record in read(OFFERS.encode()))
    assert price_type.tax_included is True
    assert first.prices[0].amount == Decimal("1200.50")
    assert first.stock == {"w1": Decimal(5), "w2": Decimal(2)}
    assert first.quantity == 7
    assert (second.id, second.stock, second.prices) == (
        "m2#b",
        {"w1": Decimal(3)},
        None,
    )


def test_one_bad_number_spoils_one_object():
    bad = OFFERS.replace("<Количество>3", "<Количество>many")
    found = [record for _otype, record in read(bad.encode())]
    assert isinstance(found[2], records.Broken)
    assert (found[2].id, found[2].code, found[2].value) == (
        "m2",
        "number_invalid",
        "many",
    )
    assert found[1].quantity == 7


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "cp866"]
)
@pytest.mark.parametrize("declared", ["UTF-8", "windows-1251", None])
def test_the_true_encoding_wins_over_the_declared_one(encoding, declared):
    text = CATALOGUE.partition("?>")[2]
    if declared:
        text = f'<?xml version="1.0" encoding="{declared}"?>{text}'
    assert read(text.encode(encoding)) == read(CATALOGUE.encode())


@pytest.mark.parametrize("text", [CATALOGUE, OFFERS])
def test_a_file_cut_anywhere_is_refused(text):
    data = text.encode()
    for length in range(len(data)):
        with pytest.raises(ExchangeError):
            read(data[:length])
    assert read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf",
        b"PK\x03\x04",
        '<!DOCTYPE a [<!ENTITY b "c">]><Каталог>&b;</Каталог>'.encode(),
    ],
)
def test_what_is_no_catalogue_is_refused(data):
    with pytest.raises(ExchangeError):
        read(data)


# --- real files ---------------------------------------------------------------------


@real
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:40])
def test_real_files_are_read_without_loss(path):
    data = path.read_bytes()
    text = decoded(data)
    found = read(data)
    kinds = {"product": "Товар", "category": "Группа", "attribute": "Свойство"}
    for otype, tag in kinds.items():
        expected = len(re.findall(f"<{tag}[ >]", text))
        assert sum(kind == otype for kind, _record in found) == expected, tag
    # A good that carries its prices makes an offer besides.
    own_prices = sum(
        "<Цены>" in good for good in re.findall("<Товар[ >].*?</Товар>", text, re.S)
    )
    offers = sum(kind == "offer" for kind, _record in found)
    assert offers == len(re.findall("<Предложение[ >]", text)) + own_prices
    assert not [r for _otype, r in found if isinstance(r, records.Broken)]


@real
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:40])
def test_real_files_say_the_same_in_other_encodings(path):
    text = decoded(path.read_bytes())
    expected = read(path.read_bytes())
    body = re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1)
    for encoding in ("utf-8", "utf-16", "cp1251"):
        try:
            data = body.encode(encoding)
        except UnicodeEncodeError:
            continue
        assert read(data) == expected, encoding


@real
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:40])
def test_real_files_cut_anywhere_are_refused(path):
    data = path.read_bytes().rstrip()
    chance = random.Random(path.name)
    for _time in range(12):
        with pytest.raises(ExchangeError):
            read(data[: chance.randrange(len(data))])


# --- properties ---------------------------------------------------------------------

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1
).map(lambda text: " ".join(text.split()) or "x")
ids = st.text("0123456789abcdef-#", min_size=1, max_size=60)
amounts = st.decimals(-(10**12), 10**12, places=3)


@st.composite
def goods(draw):
    return records.Good(
        id=draw(ids),
        name=draw(words),
        deleted=draw(st.booleans()),
        article=draw(st.none() | words),
        barcode=draw(st.none() | st.text("0123456789", min_size=8, max_size=14)),
        description=draw(st.none() | words),
        group_ids=draw(st.lists(ids, unique=True, max_size=3)),
        characteristics=draw(st.lists(st.tuples(words, words), max_size=3)),
        taxes=draw(st.lists(st.tuples(words, words), max_size=2)),
    )


def as_xml(good):
    def tag(name, text):
        return f"<{name}>{escape(text)}</{name}>" if text is not None else ""

    def rows(container, row, key, value, pairs):
        inner = "".join(
            f"<{row}>{tag(key, one)}{tag(value, two)}</{row}>" for one, two in pairs
        )
        return f"<{container}>{inner}</{container}>" if pairs else ""

    groups = "".join(tag("Ид", group) for group in good.group_ids)
    return (
        f"<Товар{' Статус=' + chr(34) + 'Удален' + chr(34) if good.deleted else ''}>"
        + tag("Ид", good.id)
        + tag("Наименование", good.name)
        + tag("Артикул", good.article)
        + tag("Штрихкод", good.barcode)
        + tag("Описание", good.description)
        + (f"<Группы>{groups}</Группы>" if groups else "")
        + rows("ХарактеристикиТовара", "ХарактеристикаТовара", "Наименование",
               "Значение", good.characteristics)
        + rows("СтавкиНалогов", "СтавкаНалога", "Наименование", "Ставка", good.taxes)
        + "</Товар>"
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(goods(), max_size=5))
def test_what_is_written_is_what_is_read(written):
    body = "".join(as_xml(good) for good in written)
    found = read(f"<Каталог><Товары>{body}</Товары></Каталог>".encode())
    assert [record for _otype, record in found] == written


@settings(max_examples=200, deadline=None)
@given(goods())
def test_records_survive_json(good):
    data = json.loads(json.dumps(records.to_json(good)))
    assert records.from_json(data) == good


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        records.Offer,
        id=ids,
        name=st.none() | words,
        characteristics=st.lists(st.tuples(words, words)),
        quantity=st.none() | amounts,
        stock=st.none()
        | st.dictionaries(ids | st.sampled_from(["@", "#", "{}"]), amounts),
        prices=st.none()
        | st.lists(
            st.builds(records.Price, type_id=ids, amount=amounts, factor=amounts)
        ),
    )
)
def test_offers_survive_json(offer):
    data = json.loads(json.dumps(records.to_json(offer)))
    assert records.from_json(data) == offer


@given(amounts, st.sampled_from([".", ","]), st.sampled_from(["", " ", "\u00a0"]))
def test_numbers_of_every_writing(amount, point, space):
    text = f"{amount:,f}".replace(",", space).replace(".", point)
    assert parse_decimal(text) == amount
