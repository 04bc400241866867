"""What each element of a catalogue says, as records.

Every function takes an element that is whole and yields records. Names are compared
without their namespace; of several spellings found in real files each is understood.
"""

from decimal import Decimal

from ..errors import ExchangeError
from .records import Good, Group, Offer, Price, PriceType, Property, Unit, Warehouse
from .tree import (
    attribute,
    child,
    children,
    is_deleted,
    pairs,
    read_requisites,
    read_taxes,
    read_unit,
    text_of,
)
from .values import clean_id, parse_bool, parse_decimal

_BARCODE = ("Штрихкод", "ШтрихКод")
# Names of requisites that mean something to us, in the languages of the bases seen.
KIND = ("ТипНоменклатуры", "Тип номенклатуры", "ТипНоменклатури")
WEIGHT = ("Вес", "Вага")


def read_groups(element, parent_id=None):
    """Группа and those below it, the upper ones first."""
    name = text_of(element, "Наименование") or ""
    group = Group(
        id=clean_id(text_of(element, "Ид"), name),
        name=name,
        parent_id=parent_id,
        deleted=is_deleted(element),
    )
    yield group
    for row in children(element, "Группы", "Группа"):
        yield from read_groups(row, group.id)


def read_property(element):
    """Свойство with its list of values, in the writing of 2.03 and the later one."""
    name = text_of(element, "Наименование") or ""
    values = {}
    found = children(element, "ВариантыЗначений", "Справочник")
    found += children(element, "ВариантыЗначений", "ВариантЗначения")
    found += children(
        element, "ТипыЗначений", "ТипЗначений", "ВариантыЗначений", "ВариантЗначения"
    )
    for row in found:
        value_id = text_of(row, "ИдЗначения", "Ид")
        if value_id:
            values[value_id] = text_of(row, "Значение") or ""
    yield Property(
        id=clean_id(text_of(element, "Ид"), name),
        name=name,
        kind=text_of(element, "ТипЗначений") or "",
        values=values,
        deleted=is_deleted(element),
    )


def read_reference(element):
    """Справочник of a ``references`` file: a list of values goods may refer to."""
    name = text_of(element, "Наименование") or ""
    values = {}
    for path in (
        ("ЭлементыСправочника", "ЭлементСправочника"),
        ("Элементы", "Элемент"),
    ):
        for row in children(element, *path):
            value_id = text_of(row, "Ид", "ИдЗначения")
            if value_id:
                values[value_id] = text_of(row, "Наименование", "Значение") or ""
    yield Property(
        id=clean_id(text_of(element, "Ид"), name),
        name=name,
        kind="Справочник",
        values=values,
        deleted=is_deleted(element),
    )


def read_unit_row(element):
    """ЕдиницаИзмерения of the classifier."""
    unit = Unit(
        code=text_of(element, "Код") or None,
        name=text_of(element, "НаименованиеКраткое", "Наименование") or None,
        full_name=text_of(element, "НаименованиеПолное") or None,
        international=text_of(element, "МеждународноеСокращение") or None,
        id=text_of(element, "Ид") or None,
    )
    if unit.code or unit.name or unit.full_name:
        yield unit


def read_price_type(element):
    """ТипЦены; what it says of the tax is yes, no or nothing."""
    name = text_of(element, "Наименование") or ""
    tax = child(element, "Налог")
    yield PriceType(
        id=clean_id(text_of(element, "Ид"), name),
        name=name,
        currency=text_of(element, "Валюта") or None,
        tax_included=parse_bool(text_of(tax, "УчтеноВСумме"))
        if tax is not None
        else None,
    )


def read_warehouse(element):
    """Склад of a list of warehouses."""
    name = text_of(element, "Наименование") or ""
    yield Warehouse(
        id=clean_id(text_of(element, "Ид"), name),
        name=name,
        deleted=is_deleted(element),
    )


def read_good(element):
    """Товар; old files put its prices beside it, which make an offer of their own."""
    name = text_of(element, "Наименование") or ""
    good_id = clean_id(text_of(element, "Ид"), name)
    requisites = read_requisites(element)
    maker = child(element, "Изготовитель")
    yield Good(
        id=good_id,
        name=name,
        deleted=is_deleted(element),
        article=text_of(element, "Артикул"),
        code=text_of(element, "Код"),
        barcode=text_of(element, *_BARCODE),
        unit=read_unit(element),
        group_ids=_texts(element, "Группы", "Ид"),
        description=text_of(element, "Описание"),
        images=_texts(element, "Картинка"),
        maker=(text_of(maker, "Наименование") if maker is not None else None) or None,
        properties=_properties(element),
        characteristics=pairs(element, "ХарактеристикиТовара", "ХарактеристикаТовара"),
        taxes=read_taxes(element),
        requisites=requisites,
        version=text_of(element, "НомерВерсии") or None,
        kind=_requisite(requisites, KIND),
        weight=_weight(text_of(element, "Вес") or _requisite(requisites, WEIGHT)),
    )
    prices = read_prices(element, good_id)
    if prices:
        yield Offer(id=good_id, prices=prices)


def read_offer(element):
    """Предложение: prices or stock or both, of a good or of one of its variants."""
    name = text_of(element, "Наименование")
    offer_id = clean_id(text_of(element, "Ид"), name or "")
    variant = text_of(element, "ИдХарактеристики")
    if variant and "#" not in offer_id and variant != offer_id:
        offer_id = clean_id(f"{offer_id}#{variant}", name or "")
    yield Offer(
        id=offer_id,
        name=name or None,
        deleted=is_deleted(element),
        article=text_of(element, "Артикул") or None,
        barcode=text_of(element, *_BARCODE) or None,
        unit=read_unit(element),
        characteristics=pairs(element, "ХарактеристикиТовара", "ХарактеристикаТовара"),
        prices=read_prices(element, offer_id),
        quantity=_quantity(element, offer_id),
        stock=_stock(element, offer_id),
    )


def read_prices(element, where):
    """Цены of an offer; ``None`` when it does not speak of prices.

    The text in ``Представление`` is for people and is never read.
    """
    if child(element, "Цены") is None:
        return None
    found = []
    for row in children(element, "Цены", "Цена"):
        amount = parse_decimal(text_of(row, "ЦенаЗаЕдиницу"), where)
        if amount is None:
            continue
        found.append(
            Price(
                type_id=clean_id(text_of(row, "ИдТипаЦены"), where),
                amount=amount,
                currency=text_of(row, "Валюта") or None,
                unit=text_of(row, "Единица") or None,
                factor=parse_decimal(text_of(row, "Коэффициент"), where) or Decimal(1),
            )
        )
    return found


def _stock(element, where):
    """Quantity by warehouse, in each of the three writings."""
    stock = {}
    for row in element:
        warehouse = attribute(row, "ИдСклада")
        if warehouse is None:
            continue
        amount = parse_decimal(attribute(row, "КоличествоНаСкладе"), where)
        _add_stock(stock, warehouse, amount, where)
    for row in children(element, "Остатки", "Остаток", "Склад"):
        warehouse = text_of(row, "Ид")
        amount = parse_decimal(text_of(row, "Количество"), where)
        _add_stock(stock, warehouse, amount, where)
    return stock or None


def _add_stock(stock, warehouse, amount, where):
    if amount is not None:
        warehouse = clean_id(warehouse, where)
        stock[warehouse] = stock.get(warehouse, Decimal(0)) + amount


def _quantity(element, where):
    """Quantity over all warehouses, when the file tells it."""
    text = text_of(element, "Количество")
    if text is None:
        for row in children(element, "Остатки", "Остаток"):
            text = text if text is not None else text_of(row, "Количество")
    return parse_decimal(text, where)


def _properties(element):
    """Values by property, in their order and without repetition."""
    found = {}
    for row in children(element, "ЗначенияСвойств", "ЗначенияСвойства"):
        property_id = text_of(row, "Ид")
        if not property_id:
            continue
        values = found.setdefault(property_id, [])
        for name in ("Значение", "ИдЗначения"):
            texts = [(item.text or "").strip() for item in children(row, name)]
            values += [text for text in texts if text and text not in values]
    return found


def _texts(element, *path):
    """Texts of elements that are not empty, each once."""
    texts = [(item.text or "").strip() for item in children(element, *path)]
    return list(dict.fromkeys(text for text in texts if text))


def _weight(text):
    """A weight people may have typed with its unit is left out, the good is not."""
    try:
        return parse_decimal(text)
    except ExchangeError:
        return None


def _requisite(requisites, names):
    return next((value for name, value in requisites if name in names and value), None)
