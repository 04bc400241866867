"""Writes messages: elements in the order of their version, nothing it does not know."""

import codecs
import datetime

from lxml import etree

from ..errors import ExchangeError
from . import FORMAT, MESSAGE, NEWEST
from .schema import Schema
from .values import to_text, vat_to_name

MSG = f"{{{MESSAGE}}}"


def write_message(header, objects, version):
    """Bytes of a message: UTF-8 with a byte order mark, as 1C writes them.

    :param header: :class:`.header.Header`; its ``version`` is not looked at
    :param objects: iterable of ``(type name, dict)``: a nested dict by Russian names of
        elements **in the newest form**. Rows of a table are a list
        (``{"Товары": [{...}, {...}]}``), ``None`` and ``""`` mean *not given*. What the
        version lacks is left out; VAT is rewritten for versions before 1.17. Names that
        only older versions have may be given too.
    :param version: e.g. ``"1.19"``; ``""`` writes a handshake without a body
    :raise ExchangeError: with the path of what is missing, unknown or does not fit
    """
    # etree would write ASCII with numeric references, which 1C's tag names do not bear.
    text = etree.tostring(
        _message(header, objects, version),
        encoding="UTF-8",
        xml_declaration=True,
        pretty_print=True,
    )
    return codecs.BOM_UTF8 + text


def write_object(type_name, values, version):
    """Element of one object; see :func:`write_message`."""
    writer = _Writer(version)
    return writer.object(type_name, values)


def _message(header, objects, version):
    root = etree.Element("Message", nsmap={"msg": MESSAGE})
    _header(root, header, version)
    if version:
        writer = _Writer(version)
        body = etree.SubElement(
            root, f"{writer.space}Body", nsmap={None: f"{FORMAT}/{version}"}
        )
        for type_name, values in objects:
            body.append(writer.object(type_name, values))
    return root


def _header(root, header, version):
    node = etree.SubElement(root, f"{MSG}Header")
    _text(node, "Format", f"{FORMAT}/{version}" if version else FORMAT)
    created = header.created or datetime.datetime.now()
    _text(node, "CreationDate", created.replace(microsecond=0, tzinfo=None).isoformat())
    if header.has_confirmation:
        confirmation = etree.SubElement(node, f"{MSG}Confirmation")
        _text(confirmation, "ExchangePlan", header.exchange_plan)
        _text(confirmation, "To", header.receiver)
        _text(confirmation, "From", header.sender)
        _text(confirmation, "MessageNo", str(header.number))
        _text(confirmation, "ReceivedNo", str(header.received or 0))
    for available in header.versions or [version]:
        _text(node, "AvailableVersion", available)
    if header.new_from:
        _text(node, "NewFrom", header.new_from)
    if header.object_types:
        types = etree.SubElement(node, f"{MSG}AvailableObjectTypes")
        for known in header.object_types:
            one = etree.SubElement(types, f"{MSG}ObjectType")
            _text(one, "Name", known.name)
            _text(one, "Sending", known.sending)
            _text(one, "Receiving", known.receiving)
    if header.prefix:
        _text(node, "Prefix", header.prefix)


def _text(parent, name, text):
    etree.SubElement(parent, f"{MSG}{name}").text = text


class _Writer:
    def __init__(self, version):
        self.schema = Schema.load(version)
        self.newest = Schema.load(NEWEST)
        self.space = f"{{{FORMAT}/{version}}}"

    def object(self, type_name, values):
        kind = self.schema.objects.get(type_name)
        if kind is None:
            raise ExchangeError("ed_no_type", type_name, version=self.schema.version)
        node = etree.Element(
            f"{self.space}{type_name}", nsmap={None: self.space.strip("{}")}
        )
        newest = self.newest.objects.get(type_name)
        self.fill(node, kind, newest, values, type_name)
        return node

    def fill(self, node, kind, newest, values, path):
        """Children of ``node`` of the complex type ``kind`` out of a dict."""
        known = self.schema.type(kind).elements
        known_newest = self.newest.type(newest).elements if newest else {}
        if not isinstance(values, dict):
            raise ExchangeError("ed_shape", path, value=str(values)[:80])
        for name in values:
            if name not in known and name not in known_newest:
                raise ExchangeError("ed_unknown", f"{path}/{name}")
        is_choice = self.schema.type(kind).kind == "c"
        for name, element in known.items():
            there = f"{path}/{name}"
            value = values.get(name)
            twin = known_newest.get(name)
            if _is_empty(value):
                if not element.optional and not is_choice:
                    self.missing(node, element, there)
                continue
            items = value if element.many and isinstance(value, list) else [value]
            for item in items:
                self.child(node, element, twin.type if twin else None, item, there)

    def missing(self, node, element, path):
        """A required element without value: an empty one if the format allows it."""
        if not element.nillable:
            raise ExchangeError("ed_required", path, version=self.schema.version)
        child = etree.SubElement(node, f"{self.space}{element.name}")
        child.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")

    def child(self, node, element, newest, value, path):
        kind = self.schema.type(element.type)
        if kind.is_value:
            text = self.value(element, kind, newest, value, path)
            if text is not None:
                etree.SubElement(node, f"{self.space}{element.name}").text = text
            return
        if isinstance(value, list):
            if kind.row is None:
                raise ExchangeError("ed_shape", path, value="[…]")
            value = {kind.row.name: value}
        child = etree.SubElement(node, f"{self.space}{element.name}")
        self.fill(child, element.type, newest, value, path)

    def value(self, element, kind, newest, value, path):
        """Text of a value, or ``None`` when this version lacks an optional word."""
        facets = kind.facets
        words = facets.get("enum")
        if isinstance(value, dict):
            if words and element.type == "СтавкиНДС":
                return vat_to_name(value, words, path)
            raise ExchangeError("ed_shape", path, value=str(value)[:80])
        if words and str(value) not in words and element.optional:
            later = self.newest.type(newest).facets.get("enum", ()) if newest else ()
            if str(value) in later:
                return None
        return to_text(value, facets, path)


def _is_empty(value):
    return value is None or value == "" or value == []
