"""Counterparties and documents of CommerceML as records."""

from .records import Contact, Counterparty, Document, DocumentLine
from .tree import (
    child,
    children,
    is_deleted,
    read_requisites,
    read_taxes,
    read_unit,
    text_of,
)
from .values import clean_id, parse_bool, parse_date, parse_decimal, parse_time

_CONTACT_KIND = ("Тип", "КонтактВид")


def read_counterparty(element):
    """Контрагент, or Владелец of a catalogue."""
    inner = child(element, "РеквизитыЮрЛица", "РеквизитыФизЛица")
    sources = [element] + ([inner] if inner is not None else [])
    name = _first(sources, "Наименование")
    full_name = _full_name(sources)
    yield Counterparty(
        id=clean_id(text_of(element, "Ид"), name or ""),
        name=name or full_name or _first(sources, "ОфициальноеНаименование") or "",
        official_name=_first(sources, "ОфициальноеНаименование"),
        full_name=full_name,
        inn=_first(sources, "ИНН"),
        kpp=_first(sources, "КПП"),
        okpo=_first(sources, "ОКПО"),
        address=_address(sources),
        contacts=_contacts(element),
        role=text_of(element, "Роль"),
        deleted=is_deleted(element),
    )


def _first(sources, name):
    return next((text for one in sources if (text := text_of(one, name))), None)


def _full_name(sources):
    whole = _first(sources, "ПолноеНаименование")
    if whole:
        return whole
    parts = [_first(sources, name) for name in ("Фамилия", "Имя", "Отчество")]
    return " ".join(part for part in parts if part) or None


def _address(sources):
    for name in ("АдресРегистрации", "ЮридическийАдрес", "Адрес"):
        for source in sources:
            found = child(source, name)
            if found is None:
                continue
            text = text_of(found, "Представление") or ", ".join(
                value
                for row in children(found, "АдресноеПоле")
                if (value := text_of(row, "Значение"))
            )
            if text:
                return text
    return None


def _contacts(element):
    rows = children(element, "Контакты", "Контакт")
    for other in children(element, "Представители", "Представитель", "Контрагент"):
        rows += children(other, "Контакты", "Контакт")
    return [
        Contact(text_of(row, *_CONTACT_KIND) or "", value)
        for row in rows
        if (value := text_of(row, "Значение"))
    ]


def read_document(element):
    """Документ with its lines and the documents below it."""
    yield _document(element)


def _document(element):
    number = text_of(element, "Номер") or ""
    moment = text_of(element, "Дата") or ""
    where = f"Документ {number}"
    return Document(
        id=clean_id(text_of(element, "Ид"), where),
        number=number,
        date=parse_date(moment),
        time=parse_time(text_of(element, "Время") or moment),
        operation=text_of(element, "ХозОперация") or "",
        role=text_of(element, "Роль"),
        currency=text_of(element, "Валюта"),
        rate=parse_decimal(text_of(element, "Курс"), where),
        amount=parse_decimal(text_of(element, "Сумма"), where),
        counterparties=[
            record
            for row in children(element, "Контрагенты", "Контрагент")
            for record in read_counterparty(row)
        ],
        comment=text_of(element, "Комментарий"),
        lines=[_line(row, where) for row in children(element, "Товары", "Товар")],
        requisites=read_requisites(element),
        children=[
            _document(row)
            for row in children(element, "ПодчиненныеДокументы", "ПодчиненныйДокумент")
        ],
        deleted=is_deleted(element) or _has_mark(element),
    )


def _has_mark(element):
    return any(
        name == "ПометкаУдаления" and parse_bool(value)
        for name, value in read_requisites(element)
    )


def _line(row, where):
    taxes = children(row, "Налоги", "Налог")
    return DocumentLine(
        id=text_of(row, "Ид") or "",
        name=text_of(row, "Наименование") or "",
        unit=read_unit(row),
        price=parse_decimal(text_of(row, "ЦенаЗаЕдиницу"), where),
        quantity=parse_decimal(text_of(row, "Количество"), where),
        amount=parse_decimal(text_of(row, "Сумма"), where),
        taxes=read_taxes(row)
        or [
            (text_of(t, "Наименование") or "", text_of(t, "Ставка") or "")
            for t in taxes
        ],
        tax_included=parse_bool(text_of(taxes[0], "УчтеноВСумме")) if taxes else None,
        tax_amount=_total(taxes, where),
        discount=_total(children(row, "Скидки", "Скидка"), where),
        requisites=read_requisites(row),
    )


def _total(rows, where):
    amounts = [parse_decimal(text_of(row, "Сумма"), where) for row in rows]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
