"""Objects of messages as the records that appliers take."""

from decimal import Decimal, InvalidOperation

from ..commerceml.records import (
    Broken,
    Contact,
    Counterparty,
    Good,
    Group,
    Unit,
    Warehouse,
)
from .records import Contract, Deletion, DocumentState, Payment, PaymentPart, Request

# Objects that are taken in, and by the applier of which kind. A document of ours comes
# back with its number and state; one that was born in 1C stays there (see ``STATES``).
RECEIVED = {
    "Справочник.Контрагенты": "partner",
    "Справочник.НоменклатураГруппа": "category",
    "Справочник.Номенклатура": "product",
    "Справочник.Склады": "warehouse",
    "Справочник.Договоры": "contract",
    "Документ.ПБДСРасчетыСКонтрагентами": "bank_in",
    "Документ.СБДСРасчетыСКонтрагентами": "bank_out",
    "Документ.ПКОРасчетыСКонтрагентами": "cash_in",
    "Документ.РКОРасчетыСКонтрагентами": "cash_out",
    "Документ.ОперацияПоПлатежнойКарте": "card_payment",
    "Документ.РеализацияТоваровУслуг": "sale",
    "Документ.ВозвратТоваровОтПокупателя": "return",
    "Документ.КорректировкаРеализацииТоваров": "correction",
    "Документ.ОтчетОРозничныхПродажах": "retail_report",
    "Документ.РеализацияПодарочныхСертификатов": "gift_sale",
    "Документ.АннулированиеПодарочныхСертификатов": "gift_cancel",
    "Документ.КорректировкаДолга": "netting",
}
STATES = (
    "sale",
    "return",
    "correction",
    "retail_report",
    "gift_sale",
    "gift_cancel",
    "netting",
)
PAYMENTS = ("bank_in", "bank_out", "cash_in", "cash_out", "card_payment")

# What our messages may hold; declared, so that 1C knows what to expect.
SENT = (
    "Справочник.БанковскиеСчета",
    "Справочник.Валюты",
    "Справочник.ДисконтныеКарты",
    "Справочник.Договоры",
    "Справочник.ЕдиницыИзмерения",
    "Справочник.Контрагенты",
    "Справочник.Номенклатура",
    "Справочник.НоменклатураГруппа",
    "Справочник.Организации",
    "Справочник.ПрограммыЛояльности",
    "Справочник.Склады",
    "Документ.АннулированиеПодарочныхСертификатов",
    "Документ.ВозвратТоваровОтПокупателя",
    "Документ.КорректировкаДолга",
    "Документ.КорректировкаРеализацииТоваров",
    "Документ.ОперацияПоПлатежнойКарте",
    "Документ.ОтчетОРозничныхПродажах",
    "Документ.ПБДСПоПлатежнымКартам",
    "Документ.ПБДСРасчетыСКонтрагентами",
    "Документ.ПКОРасчетыСКонтрагентами",
    "Документ.РКОРасчетыСКонтрагентами",
    "Документ.РеализацияПодарочныхСертификатов",
    "Документ.РеализацияТоваровУслуг",
    "Документ.СБДСРасчетыСКонтрагентами",
)
# Names of references (``...Ссылка`` of ЛюбаяСсылка) -> kind of object.
REFERENCES = {
    f"{name.rpartition('.')[2]}Ссылка": otype for name, otype in RECEIVED.items()
}
CONTACTS = {"Телефон": "Телефон", "АдресЭлектроннойПочты": "Почта"}
OUTDATED = "Устаревший"
DRAFT = "Черновик"


def to_record(type_name, values):
    """``(otype, record)`` of an object, or ``None`` when nobody here takes it in.

    An object that cannot be understood is a ``Broken``: the rest of the message is not
    held up by it.
    """
    if type_name == "УдалениеОбъекта":
        return _deletion(values)
    if type_name == "ЗапросНаВыгрузку":
        return _request(values)
    otype = RECEIVED.get(type_name)
    if otype is None:
        return None
    key = _dict(values, "КлючевыеСвойства")
    guid = key.get("Ссылка") or ""
    if not guid:
        return otype, Broken("", _name(key), "ed_required", f"{type_name}/Ссылка")
    try:
        return otype, _convert(otype, guid, key, values)
    except (InvalidOperation, TypeError, AttributeError) as error:
        return otype, Broken(guid, _name(key), "ed_value", type_name, str(error)[:80])


def _convert(otype, guid, key, values):
    if otype in PAYMENTS:
        return _payment(guid, key, values)
    if otype in STATES:
        return _state(guid, key, values)
    return CONVERTERS[otype](guid, key, values)


# --- reference data -------------------------------------------------------------------


def counterparty(key, values=None):
    """A counterparty of its key properties and, when given, of its whole object."""
    if not key or not key.get("Ссылка"):
        return None
    values = values or {}
    name = key.get("Наименование") or ""
    full = key.get("НаименованиеПолное")
    is_person = key.get("ЮридическоеФизическоеЛицо") == "ФизическоеЛицо"
    contacts, address = _contacts(_rows(values, "КонтактнаяИнформация"))
    return Counterparty(
        id=key["Ссылка"],
        name=name,
        official_name=None if is_person else full or name,
        full_name=(full or name) if is_person else None,
        inn=key.get("ИНН") or key.get("НалоговыйНомерНерезидента"),
        kpp=key.get("КПП"),
        okpo=values.get("ОКПО"),
        address=address,
        contacts=contacts,
        deleted=_state_of(values) == OUTDATED,
    )


def _contacts(rows):
    contacts, address = [], None
    for row in rows:
        kind = row.get("ВидКонтактнойИнформации") or ""
        value = row.get("Значение") or row.get("ЗначенияПолей")
        if not value or value.startswith("<"):
            continue
        if "Адрес" in kind and "Почт" not in kind and "Email" not in kind:
            address = address or value
        elif "Телефон" in kind:
            contacts.append(Contact("Телефон", value))
        elif "Почт" in kind or "Email" in kind:
            contacts.append(Contact("Почта", value))
    return contacts, address


def _partner(_guid, key, values):
    return counterparty(key, values)


def _category(guid, key, values):
    return Group(
        guid,
        key.get("Наименование") or "",
        _dict(key, "Группа").get("Ссылка"),
        _state_of(values) == OUTDATED,
    )


def _product(guid, key, values):
    group = _dict(key, "Группа").get("Ссылка")
    rate = _dict(values, "СтавкаНДС")
    return Good(
        id=guid,
        name=key.get("Наименование") or "",
        deleted=_state_of(values) == OUTDATED,
        article=key.get("Артикул"),
        code=key.get("КодВПрограмме"),
        unit=_unit(_dict(values, "ЕдиницаИзмерения")),
        group_ids=[group] if group else [],
        description=values.get("Описание"),
        maker=_dict(values, "Производитель").get("Наименование"),
        taxes=[("НДС", vat_text(rate))] if rate else [],
        kind=values.get("ТипНоменклатуры"),
    )


def vat_text(rate):
    """A rate as CommerceML writes it: ``20``, ``20/120`` or ``Без НДС``.

    >>> vat_text({"Ставка": "20.00", "РасчетнаяСтавка": "true"})
    '20/120'
    """
    if rate.get("НеОблагается") == "true":
        return "Без НДС"
    number = Decimal(rate.get("Ставка") or "0").normalize()
    if rate.get("РасчетнаяСтавка") == "true":
        return f"{number:f}/{100 + number:f}"
    return f"{number:f}"


def _unit(values):
    data = _dict(values, "ДанныеКлассификатора")
    if not data:
        return None
    return Unit(code=data.get("Код"), name=data.get("Наименование"))


def _warehouse(guid, key, values):
    return Warehouse(guid, key.get("Наименование") or "", _state_of(values) == OUTDATED)


def _contract(guid, key, values):
    return Contract(
        id=guid,
        name=key.get("Наименование") or "",
        number=key.get("Номер"),
        date=(key.get("Дата") or "")[:10] or None,
        kind=key.get("ВидДоговора"),
        partner=counterparty(_dict(key, "Контрагент")),
        organization_inn=_dict(key, "Организация").get("ИНН"),
        currency=_currency(_dict(key, "ВалютаВзаиморасчетов")),
        deleted=_state_of(values) == OUTDATED,
    )


CONVERTERS = {
    "partner": _partner,
    "category": _category,
    "product": _product,
    "warehouse": _warehouse,
    "contract": _contract,
}

# --- documents ------------------------------------------------------------------------


def _payment(guid, key, values):
    common = _dict(values, "ОбщиеДанные") or values
    account = _dict(common, "БанковскийСчетОрганизации")
    desk = _dict(values, "Касса") or _dict(key, "Касса")
    state = _state_of(values)
    return Payment(
        id=guid,
        number=key.get("Номер") or "",
        date=(common.get("ДатаВыписки") or key.get("Дата") or "")[:10],
        amount=Decimal(common.get("Сумма") or "0"),
        currency=_currency(_dict(common, "Валюта")),
        partner=counterparty(_dict(values, "Контрагент")),
        account=account.get("НомерСчета"),
        account_id=account.get("Ссылка") or desk.get("Ссылка"),
        purpose=common.get("НазначениеПлатежа") or common.get("Основание"),
        incoming_number=common.get("НомерВходящегоДокумента"),
        settlement=values.get("ВидРасчетов"),
        organization_inn=_dict(key, "Организация").get("ИНН"),
        parts=[_part(row) for row in _rows(values, "РасшифровкаПлатежа")],
        posted=state != DRAFT,
        deleted=state == OUTDATED,
    )


def _part(row):
    contract = _dict(_dict(row, "ДанныеВзаиморасчетов"), "Договор")
    return PaymentPart(
        Decimal(row.get("Сумма") or "0"),
        contract.get("Ссылка"),
        sorted(set(_document_ids(_drop(row, "ДанныеВзаиморасчетов")))),
    )


def _drop(row, name):
    return {key: value for key, value in row.items() if key != name}


def _document_ids(value):
    """GUIDs of documents (things with a date) that a row refers to."""
    if isinstance(value, dict):
        if value.get("Ссылка") and value.get("Дата"):
            yield value["Ссылка"]
        else:
            for item in value.values():
                yield from _document_ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _document_ids(item)


def _state(guid, key, values):
    state = _state_of(values)
    amount = values.get("Сумма")
    return DocumentState(
        id=guid,
        number=key.get("Номер") or "",
        date=(key.get("Дата") or "")[:10],
        amount=Decimal(amount) if amount else None,
        posted=state not in (DRAFT, OUTDATED),
        deleted=state == OUTDATED,
    )


def _deletion(values):
    name, guid = _reference(values)
    otype = REFERENCES.get(name)
    return ("deletion", Deletion(guid, otype)) if otype and guid else None


def _request(values):
    name, guid = _reference(values)
    return "request", Request(guid or "", REFERENCES.get(name, ""))


def _reference(values):
    """``(name of the reference, GUID)`` found in nested СсылкаНаОбъект."""
    while isinstance(values, dict) and values:
        name, value = next(iter(values.items()))
        if isinstance(value, str):
            return name, value
        values = value
    return "", ""


# --- helpers --------------------------------------------------------------------------


def _dict(values, name):
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def _rows(values, name):
    found = values.get(name)
    return (
        [row for row in found if isinstance(row, dict)]
        if isinstance(found, list)
        else []
    )


def _name(key):
    return key.get("Наименование") or key.get("Номер") or ""


def _currency(values):
    data = _dict(values, "ДанныеКлассификатора")
    return data.get("Код") or data.get("Наименование")


def _state_of(values):
    return _dict(values, "ОбщиеСвойстваОбъектовФормата").get("СостояниеОбъекта") or ""
