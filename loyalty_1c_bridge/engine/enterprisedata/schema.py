"""Tables of the format: which elements an object has, in which order and which kind.

Made by ``setup/enterprisedata_schemas.py`` of the official packages; one file a
version, read in some milliseconds and kept.
"""

import gzip
import json
import pathlib
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ..errors import ExchangeError
from . import VERSIONS

FOLDER = pathlib.Path(__file__).parent / "formats"


class Element(NamedTuple):
    name: str
    type: str
    optional: bool
    many: bool
    nillable: bool


@dataclass(slots=True)
class Type:
    """``kind``: ``"s"`` sequence, ``"c"`` choice, ``"v"`` value, ``"u"`` union.

    ``elements`` in the order in which they must stand; ``facets`` of values: ``base``,
    ``enum``, ``max``, ``min``, ``length``, ``digits``, ``fraction``, ``pattern``.
    """

    kind: str
    elements: dict[str, Element]
    facets: dict

    @property
    def is_value(self):
        return self.kind in "vu"

    @property
    def row(self):
        """The only element, when it is one that repeats: rows of a table."""
        if self.kind == "s" and len(self.elements) == 1:
            (element,) = self.elements.values()
            if element.many:
                return element
        return None


class Schema:
    """One version of the format.

    >>> Schema.load("1.19").type("ЮридическоеФизическоеЛицо").facets["enum"][0]
    'ЮридическоеЛицо'
    >>> "Документ.РеализацияПодарочныхСертификатов" in Schema.load("1.10").objects
    False
    """

    def __init__(self, content):
        self.version = content["version"]
        self.package = content["package"]
        self.objects = content["objects"]
        self._raw = content["types"]
        self._types = {}

    @staticmethod
    def load(version):
        """Tables of a version, e.g. ``"1.19"``; ``ExchangeError`` without them."""
        if version not in VERSIONS:
            raise ExchangeError("ed_version", version, known=", ".join(VERSIONS))
        return _load(version)

    def type(self, name):
        """:class:`Type` by name; built-in ones are ``":string"`` and the like."""
        found = self._types.get(name)
        if found is None:
            found = self._types[name] = self._make(name)
        return found

    def _make(self, name):
        if name.startswith(":"):
            return Type("v", {}, {"base": name[1:]})
        raw = self._raw[name]
        if raw[0] == "u":
            return Type("u", {}, {"base": "string"})
        if raw[0] == "v":
            base = self.type(raw[1]).facets
            return Type("v", {}, {**base, **raw[2]})
        elements = (
            Element(element, kind, "?" in flags, "*" in flags, "0" in flags)
            for element, kind, flags in raw[1]
        )
        return Type(raw[0], {element.name: element for element in elements}, {})


@lru_cache(maxsize=len(VERSIONS))
def _load(version):
    return Schema(json.loads(gzip.decompress(packed(f"{version}.json.gz"))))


def packed(name):
    """Bytes of a shipped file of ``formats``."""
    return (FOLDER / name).read_bytes()
