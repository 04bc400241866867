"""Reading CommerceML 2.03 to 3.1, one object at a time.

Files differ in version, namespace, encoding and in what they hold: a whole catalogue, a
package of offers, or one kind of object (``prices``, ``rests``, ``documents``,
``contragents``, ``references``). The reader does not ask which one it got: it knows an
object by its local name, wherever it stands, unless it is part of another object.
"""

from ..errors import ExchangeError
from ..safe.xml import safe_iterparse
from . import documents, elements
from .encoding import HEAD, detect
from .records import Broken, Offer
from .tree import local, text_of

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
        for _event, element in safe_iterparse(stream, OBJECTS, encoding=encoding):
            if not _is_part(element):
                yield from _convert(element)


def _is_part(element):
    """Whether an element stands within another object."""
    return any(local(parent) in OBJECTS for parent in element.iterancestors())


def _convert(element):
    name = local(element)
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
