"""Walking small trees of CommerceML without caring for namespaces."""

from .records import Unit
from .values import is_deleted_status, parse_bool


def local(element):
    """Name of an element without its namespace ("" for comments and the like)."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2]


def child(element, *names):
    """The first child by any of the names, or ``None``."""
    for item in element:
        if local(item) in names:
            return item
    return None


def children(element, *path):
    """All elements at a path of names, below every element on the way."""
    found = [element]
    for name in path:
        found = [item for one in found for item in one if local(item) == name]
    return found


def text_of(element, *names):
    """Trimmed text of the first child by any of the names; ``None`` when absent."""
    found = child(element, *names)
    if found is None:
        return None
    return (found.text or "").strip()


def attribute(element, name):
    """Value of an attribute in whatever namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return None


def is_deleted(element):
    """Deletion mark: Статус="Удален", attribute or element, or ПометкаУдаления."""
    status = attribute(element, "Статус") or text_of(element, "Статус")
    mark = text_of(element, "ПометкаУдаления") or attribute(element, "ПометкаУдаления")
    return is_deleted_status(status) or parse_bool(mark) is True


def pairs(element, container, row, key="Наименование"):
    """``[(key, value), ...]`` of rows that hold a name and a value."""
    return [
        (text_of(item, key) or "", text_of(item, "Значение") or "")
        for item in children(element, container, row)
    ]


def read_requisites(element):
    """ЗначенияРеквизитов; one of several values makes a pair each."""
    found = []
    for row in children(element, "ЗначенияРеквизитов", "ЗначениеРеквизита"):
        name = text_of(row, "Наименование") or ""
        values = [(item.text or "").strip() for item in children(row, "Значение")]
        found += [(name, value) for value in values or [""]]
    return found


def read_taxes(element):
    """``[(name, rate), ...]`` of СтавкиНалогов."""
    return [
        (text_of(item, "Наименование") or "", text_of(item, "Ставка") or "")
        for item in children(element, "СтавкиНалогов", "СтавкаНалога")
    ]


def read_unit(element):
    """БазоваяЕдиница (or Единица of a line) with its codes, or ``None``."""
    found = child(element, "БазоваяЕдиница", "Единица")
    if found is None:
        return None
    unit = Unit(
        code=_plain(attribute(found, "Код") or text_of(found, "Код")),
        name=_plain(found.text) or _plain(text_of(found, "НаименованиеКраткое")),
        full_name=_plain(attribute(found, "НаименованиеПолное")),
        international=_plain(attribute(found, "МеждународноеСокращение")),
    )
    known = (unit.code, unit.name, unit.full_name, unit.international)
    return unit if any(known) else None


def _plain(text):
    return (text or "").strip() or None
