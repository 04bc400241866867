"""Reads messages: the header at once, the objects one at a time, in the newest form."""

import datetime

from lxml import etree

from ..errors import ExchangeError
from ..safe.xml import check
from . import FORMAT, MESSAGE, VERSIONS
from .header import Header, Node, ObjectType
from .schema import Schema
from .values import vat_from_name

MSG = f"{{{MESSAGE}}}"
MAX_DEPTH = 64
VAT_WORDS = "СтавкиНДС"


def read(stream_factory):
    """Header and objects of a message.

    :param stream_factory: called without arguments, gives a new binary stream
    :return: ``(Header, iterator of (type name, dict))``. Dicts are as
        :func:`.writer.write_message` takes them: texts by Russian names, rows as lists,
        VAT rates in the shape of 1.17 and newer. Deletions come as
        ``("УдалениеОбъекта", {...})``, requests as ``("ЗапросНаВыгрузку", {...})``.
    :raise ExchangeError: not such a message, or a hostile, cut or broken one: the file
        is looked through before the first object is given
    """
    check(stream_factory())
    header = read_header(stream_factory())
    return header, _objects(stream_factory(), header.version)


def read_header(stream):
    """Only the header, whatever follows it."""
    for event, node in _events(stream):
        if event == "end" and node.tag == f"{MSG}Header":
            return _header(node)
        if event == "start" and node.getparent() is None and node.tag != "Message":
            raise ExchangeError("ed_not_message", etree.QName(node).localname[:80])
        if event == "start" and etree.QName(node).localname == "Body":
            break
    raise ExchangeError("ed_not_message", "Message")


def _events(stream):
    context = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = 0
    try:
        for event, node in context:
            if event == "start":
                if not depth and node.getroottree().docinfo.internalDTD is not None:
                    raise ExchangeError("xml_doctype", "1")
                depth += 1
                if depth > MAX_DEPTH:
                    raise ExchangeError(
                        "xml_deep", str(node.sourceline), limit=MAX_DEPTH
                    )
            else:
                depth -= 1
            yield event, node
    except etree.XMLSyntaxError as error:
        raise ExchangeError(
            "xml_broken", str(error.lineno or 0), reason=error.msg or ""
        ) from error


def _header(node):
    header = Header(
        version=_version(_child_text(node, "Format")),
        created=_moment(_child_text(node, "CreationDate")),
        new_from=_child_text(node, "NewFrom"),
        prefix=_child_text(node, "Prefix"),
        versions=[
            (one.text or "").strip() for one in node.findall(f"{MSG}AvailableVersion")
        ],
        object_types=[
            ObjectType(
                _child_text(one, "Name"),
                _child_text(one, "Sending"),
                _child_text(one, "Receiving"),
            )
            for one in node.iterfind(f"{MSG}AvailableObjectTypes/{MSG}ObjectType")
        ],
        contour=[
            Node(
                _child_text(one, "Name"),
                _child_text(one, "Code"),
                _child_text(one, "Prefix"),
            )
            for one in node.iterfind(f"{MSG}SynchronizationContour/{MSG}Node")
        ],
    )
    confirmations = node.findall(f"{MSG}Confirmation")
    if len(confirmations) > 1:
        raise ExchangeError("ed_header", "Confirmation", value=len(confirmations))
    for confirmation in confirmations:
        header.exchange_plan = _child_text(confirmation, "ExchangePlan")
        header.receiver = _child_text(confirmation, "To")
        header.sender = _child_text(confirmation, "From")
        header.number = _number(confirmation, "MessageNo")
        header.received = _number(confirmation, "ReceivedNo")
    return header


def _child_text(node, name):
    return (node.findtext(f"{MSG}{name}") or "").strip()


def _version(text):
    if text == FORMAT:
        return ""
    prefix, _, version = text.rpartition("/")
    if prefix != FORMAT or not version.replace(".", "").isdigit():
        raise ExchangeError("ed_header", "Format", value=text[:80])
    return version


def _moment(text):
    # The date of a header is for people: a strange one stops nothing.
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _number(node, name):
    text = _child_text(node, name) or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ExchangeError("ed_header", name, value=text[:80])
    return int(text)


def _objects(stream, version):
    # Read to the very end: what is cut behind the body is cut.
    reader = _Reader(version)
    body = None
    for event, node in _events(stream):
        if event == "start":
            if body is None and etree.QName(node).localname == "Body":
                body = node
        elif body is not None and node.getparent() is body:
            yield etree.QName(node).localname, reader.object(node)
            body.remove(node)


class _Reader:
    """Turns elements into dicts by the nearest version that there is a table for."""

    def __init__(self, version):
        self.schema = Schema.load(nearest(version))

    def object(self, node):
        kind = self.schema.objects.get(etree.QName(node).localname)
        value = self.value(node, kind)
        return value if isinstance(value, dict) else {}

    def value(self, node, kind):
        children = [child for child in node if isinstance(child.tag, str)]
        if not children:
            text = (node.text or "").strip()
            return vat_from_name(text) if kind == VAT_WORDS and text else text or None
        known = self.schema.type(kind) if kind else None
        elements = known.elements if known else {}
        values = {}
        for child in children:
            name = etree.QName(child).localname
            element = elements.get(name)
            value = self.value(child, element.type if element else None)
            if (element and element.many) or name == "Строка":
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        if len(values) == 1 and (name == "Строка" or (known and known.row)):
            return values[name]
        return values


def nearest(version):
    """The newest version with a table that is not newer than ``version``.

    >>> nearest("1.18"), nearest("1.4"), nearest("1.25")
    ('1.17', '1.10', '1.21')
    """
    wanted = as_numbers(version)
    older = [known for known in VERSIONS if as_numbers(known) <= wanted]
    return older[-1] if older else VERSIONS[0]


def as_numbers(version):
    """``"1.19"`` as a tuple, which compares as versions do."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def newest_common(ours, theirs):
    """The newest version both sides know, or ``None``.

    >>> newest_common(["1.10", "1.19"], ["1.8", "1.10", "1.15"])
    '1.10'
    """
    common = set(ours) & set(theirs)
    return max(common, key=as_numbers, default=None)
