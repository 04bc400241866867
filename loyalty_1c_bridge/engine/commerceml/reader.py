"""Reading CommerceML 2.03 to 3.1, one object at a time.

Files differ in version, namespace, encoding and in what they hold: a whole catalogue, a
package of offers, or one kind of object (``prices``, ``rests``, ``documents``,
``contragents``, ``references``). The reader does not ask which one it got: it knows an
object by its local name, wherever it stands, unless it is part of another object.
"""

from lxml import etree

from ..errors import ExchangeError
from . import documents, elements
from .encoding import HEAD, detect
from .records import Broken, Offer
from .tree import text_of

# Local name of an object -> its kind and what makes a record of it.
OBJECTS = {
    "Группа": ("category", elements.read_groups),
    "Свойство": ("attribute", elements.read_property),
    "СвойствоНоменклатуры": ("attribute", elements.read_property),
    "Справочник": ("attribute", elements.read_reference),
    "ЕдиницаИзмерения": ("uom", elements.read_unit_row),
    "ТипЦены": ("price_type", elements.read_price_type),
    "Склад": ("warehouse", elements.read_warehouse),
    "Товар": ("product", elements.read_good),
    "Предложение": ("offer", elements.read_offer),
    "Контрагент": ("partner", documents.read_counterparty),
    "Владелец": ("organization", documents.read_counterparty),
    "Документ": ("order", documents.read_document),
    # Kinds of goods, with properties of their own: nothing we keep.
    "Категория": (None, None),
}


def read(stream_factory):
    """Yield ``(otype, record)`` of a file, in its order.

    :param stream_factory: called for a new binary stream of the file, which is closed
    :raise ExchangeError: when the file is not well-formed to its end, or hostile; what
        was yielded before is not to be kept
    """
    with stream_factory() as stream:
        encoding = detect(stream.read(HEAD))
    with stream_factory() as stream:
        yield from _objects(_events(stream, encoding))


def _events(stream, encoding):
    """Start and end events of objects; errors of the parser as ours."""
    # Wildcards find the names in every namespace and in none.
    tags = [f"{{*}}{name}" for name in OBJECTS]
    try:
        context = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=tags,
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in context:
            yield event, element
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise ExchangeError(
            "xml_malformed", f"{line}:{column}", reason=error.msg or ""
        ) from error


def _objects(events):
    current = None
    for event, element in events:
        if event == "start":
            if current is None:
                current = element
            continue
        if element is not current:
            continue
        current = None
        yield from _convert(element)
        _forget(element)


def _convert(element):
    name = etree.QName(element).localname
    otype, convert = OBJECTS[name]
    if convert is None:
        return
    where = f"{name}, {element.sourceline}"
    try:
        for record in convert(element):
            yield ("offer" if isinstance(record, Offer) else otype), record
    except ExchangeError as error:
        yield (
            otype,
            Broken(
                text_of(element, "Ид") or where,
                text_of(element, "Наименование") or "",
                error.code,
                error.where or where,
                str(error.values.get("value", "")),
            ),
        )


def _forget(element):
    """Free an object and everything in front of it, so memory stays the same."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is None:
        return
    while element.getprevious() is not None:
        del parent[0]
