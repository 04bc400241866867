"""Writes CommerceML for 1C: orders with their states, and lists for its settings.

Served without a namespace: with one, УТ checks every facet of its own schema and one
value out of range stops the whole batch. Children stand in the order of the schema.
"""

from decimal import Decimal

from lxml import etree

VERSION = "2.08"
# УТ and Розница store the number of an order in eleven characters.
MAX_NUMBER = 11


def spread(amount, weights, step=Decimal("0.01")):
    """Share an amount out by weights, to the coin: the shares add up exactly.

    >>> spread(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)])
    [Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
    """
    total = sum(weights)
    if not total:
        return [Decimal(0)] * len(weights)
    exact = [amount * weight / total for weight in weights]
    shares = [(value / step).to_integral_value("ROUND_DOWN") * step for value in exact]
    left = int((amount - sum(shares)) / step)
    order = sorted(
        range(len(weights)), key=lambda i: abs(exact[i] - shares[i]), reverse=True
    )
    for index in order[: abs(left)]:
        shares[index] += step if left > 0 else -step
    return shares


def problems(document):
    """What would make 1C refuse this order, and with it the whole batch.

    :param document: :class:`~.records.Document`
    :return: list of codes: ``number``, ``currency``, ``counterparty``, ``lines``,
        ``line_id``, ``quantity``, ``sum``
    """
    found = []
    if not document.number or len(document.number) > MAX_NUMBER:
        found.append("number")
    if not document.currency:
        found.append("currency")
    if not document.counterparties or not document.counterparties[0].name.strip():
        found.append("counterparty")
    if not document.lines:
        found.append("lines")
    if any(not line.id or not line.name.strip() for line in document.lines):
        found.append("line_id")
    if any(
        (line.quantity or 0) <= 0 or (line.amount or 0) < 0 for line in document.lines
    ):
        found.append("quantity")
    elif sum((line.amount for line in document.lines), Decimal(0)) != document.amount:
        found.append("sum")
    return found


def write_orders(documents, *, created, version=VERSION):
    """The answer to ``mode=query``.

    :param documents: iterable of :class:`~.records.Document`
    :param created: naive datetime in the time zone of the base
    :param version: from 3.0 on each document is in a ``Контейнер``
    :return: bytes, UTF-8 with declaration; an empty list is a valid file too
    """
    root = etree.Element(
        "КоммерческаяИнформация",
        ВерсияСхемы=version,
        ДатаФормирования=created.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    for document in documents:
        parent = (
            etree.SubElement(root, "Контейнер") if version.startswith("3") else root
        )
        _document(parent, "Документ", document, version)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def write_lists(statuses, payments, deliveries):
    """The answer to ``mode=info``: what the shop calls its states and methods.

    :param statuses: ``[(id, name)]``, likewise payments and deliveries
    :return: bytes
    """
    root = etree.Element("Справочник")
    for outer, inner, rows in (
        ("Статусы", "Статус", statuses),
        ("ПлатежныеСистемы", "ПлатежнаяСистема", payments),
        ("СлужбыДоставки", "СлужбаДоставки", deliveries),
    ):
        parent = etree.SubElement(root, outer)
        for row_id, name in rows:
            row = etree.SubElement(parent, inner)
            _text(row, "Ид", row_id)
            _text(row, "Название", name)
            _text(row, "Наименование", name)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _document(parent, tag, document, version):
    node = etree.SubElement(parent, tag)
    _text(node, "Ид", document.id)
    _text(node, "Номер", document.number)
    _text(node, "Дата", document.date)
    _text(node, "ХозОперация", document.operation)
    _text(node, "Роль", document.role or "Продавец")
    _text(node, "Валюта", document.currency)
    _text(node, "Курс", _number(document.rate if document.rate is not None else 1))
    _text(node, "Сумма", _money(document.amount))
    if document.counterparties:
        outer = etree.SubElement(node, "Контрагенты")
        for partner in document.counterparties:
            _counterparty(outer, partner)
    if document.time:
        _text(node, "Время", document.time)
    _text(node, "Комментарий", document.comment or "")
    tax = sum((line.tax_amount or 0 for line in document.lines), Decimal(0))
    if document.lines:
        row = etree.SubElement(etree.SubElement(node, "Налоги"), "Налог")
        _text(row, "Наименование", "НДС")
        _text(row, "УчтеноВСумме", "true")
        _text(row, "Сумма", _money(tax))
        outer = etree.SubElement(node, "Товары")
        for line in document.lines:
            _line(outer, line, version)
    _requisites(node, document.requisites)
    if document.children:
        outer = etree.SubElement(node, "ПодчиненныеДокументы")
        for child in document.children:
            _document(outer, "ПодчиненныйДокумент", child, version)


def _counterparty(outer, partner):
    node = etree.SubElement(outer, "Контрагент")
    _text(node, "Ид", partner.id)
    _text(node, "Наименование", partner.name)
    if partner.official_name:
        _text(node, "ОфициальноеНаименование", partner.official_name)
    else:
        _text(node, "ПолноеНаименование", partner.full_name or partner.name)
    if partner.inn:
        _text(node, "ИНН", partner.inn)
    if partner.kpp:
        _text(node, "КПП", partner.kpp)
    if partner.address:
        _text(
            etree.SubElement(node, "АдресРегистрации"), "Представление", partner.address
        )
    if partner.contacts:
        contacts = etree.SubElement(node, "Контакты")
        for contact in partner.contacts:
            row = etree.SubElement(contacts, "Контакт")
            _text(row, "Тип", contact.kind)
            _text(row, "Значение", contact.value)
    _text(node, "Роль", partner.role or "Покупатель")


def _line(outer, line, version):
    node = etree.SubElement(outer, "Товар")
    _text(node, "Ид", line.id)
    _text(node, "Наименование", line.name)
    if line.unit:
        # The 3.x module wants the code padded to four characters.
        code = (line.unit.code or "").ljust(4 if version.startswith("3") else 3)
        unit = _text(node, "БазоваяЕдиница", line.unit.name or "шт")
        unit.set("Код", code)
        if line.unit.full_name:
            unit.set("НаименованиеПолное", line.unit.full_name)
    if line.taxes:
        rates = etree.SubElement(node, "СтавкиНалогов")
        for name, rate in line.taxes:
            row = etree.SubElement(rates, "СтавкаНалога")
            _text(row, "Наименование", name)
            _text(row, "Ставка", rate)
    _requisites(node, line.requisites)
    _text(node, "ЦенаЗаЕдиницу", _number(line.price))
    _text(node, "Количество", _number(line.quantity))
    _text(node, "Сумма", _money(line.amount))
    if line.taxes:
        row = etree.SubElement(etree.SubElement(node, "Налоги"), "Налог")
        _text(row, "Наименование", line.taxes[0][0])
        _text(row, "УчтеноВСумме", "true")
        _text(row, "Сумма", _money(line.tax_amount or 0))
        _text(row, "Ставка", line.taxes[0][1])
    if line.discount:
        row = etree.SubElement(etree.SubElement(node, "Скидки"), "Скидка")
        _text(row, "Наименование", "Скидка")
        _text(row, "Сумма", _money(line.discount))
        _text(row, "УчтеноВСумме", "true")


def _requisites(node, requisites):
    if not requisites:
        return
    outer = etree.SubElement(node, "ЗначенияРеквизитов")
    for name, value in requisites:
        row = etree.SubElement(outer, "ЗначениеРеквизита")
        _text(row, "Наименование", name)
        _text(row, "Значение", value)


def _text(parent, tag, value):
    node = etree.SubElement(parent, tag)
    node.text = clean(str(value))
    return node


def clean(text):
    """A text that XML can hold: control characters are left out.

    >>> clean("a\\x00b\\x0bc")
    'abc'
    """
    return "".join(
        char
        for char in text
        if char in "\t\n\r"
        or (char >= " " and char not in "\ufffe\uffff")
        and not "\ud800" <= char <= "\udfff"
    )


def _money(value):
    return f"{Decimal(value or 0):.2f}"


def _number(value):
    text = f"{Decimal(value or 0):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
