"""What one message is made of while it is made: ids, references, master data."""

from decimal import Decimal

from ..engine.enterprisedata.schema import Schema
from ..engine.spread import money

# Master data in the order in which 1C wants to meet it, before all documents.
MASTERS = (
    "Справочник.Валюты",
    "Справочник.ЕдиницыИзмерения",
    "Справочник.Организации",
    "Справочник.БанковскиеСчета",
    "Справочник.Склады",
    "Справочник.НоменклатураГруппа",
    "Справочник.Номенклатура",
    "Справочник.Контрагенты",
    "Справочник.Договоры",
    "Справочник.Кассы",
    "Справочник.КассыККМ",
    "Справочник.ПрограммыЛояльности",
    "Справочник.ДисконтныеКарты",
)


# Comment, state and the like of any object; 1.10 had the comment in the object itself.
COMMON = "ОбщиеСвойстваОбъектовФормата"


class Blocked(Exception):
    """A document that cannot go; the text says why and what to do."""


class LeftOut(Exception):
    """A document that needs nothing of its own in 1C; the text says why."""


class Book:
    """Everything that documents of one message refer to, loaded in sets.

    ``load`` before use, so that a hundred documents cost the same queries as one.
    """

    def __init__(self, env, backend):
        self.env = env
        self.backend = backend
        self.company = backend.company_id
        self.version = backend.ed_version
        self.schema = Schema.load(self.version)
        self.maps = {}
        self.masters = {}
        self.children = {}
        self.used = set()
        self.facts = {}
        self.forced = False

    # --- the format -----------------------------------------------------------------

    def knows(self, type_name, element=None):
        """Whether this version has an object, or an element of one."""
        kind = self.schema.objects.get(type_name)
        if kind is None:
            return False
        return element is None or element in self.schema.type(kind).elements

    @property
    def has_state(self):
        """Whether objects may say that they are drafts again (1.16 and newer)."""
        return self.knows("Документ.РеализацияТоваровУслуг", COMMON)

    # --- identity -------------------------------------------------------------------

    def load(self, otype, records, role=""):
        """Know the ids of ``records`` from here on, in three queries at most."""
        missing = [
            record.id
            for record in records
            if (otype, records._name, record.id, role) not in self.maps
        ]
        if not missing:
            return
        records = records.browse(missing)
        self.backend._guids(otype, records, role)
        rows = (
            self.env["onec.map"]
            .sudo()
            .search_fetch(
                [
                    ("backend_id", "=", self.backend.id),
                    ("otype", "=", otype),
                    ("model", "=", records._name),
                    ("res_id", "in", missing),
                    ("role", "=", role),
                ],
                ["res_id", "external_id", "origin", "hash_out", "last_out"],
            )
        )
        for row in rows:
            self.maps[otype, records._name, row.res_id, role] = row

    def map(self, otype, record, role=""):
        """Row of the map of a record."""
        key = (otype, record._name, record.id, role)
        if key not in self.maps:
            self.load(otype, record, role)
        return self.maps[key]

    def guid(self, otype, record, role=""):
        """Its id in 1C; of a variant, the id of the good."""
        return self.map(otype, record, role).external_id.partition("#")[0]

    # --- master data ----------------------------------------------------------------

    def master(self, key, type_name, make):
        """Send ``make()`` before the documents, unless 1C is its master.

        :param key: key of ``maps``
        """
        self.used.add(key)
        if key in self.masters or not self.knows(type_name):
            return
        if not self.backend._ed_is_taken(type_name):
            return
        row = self.maps.get(key)
        if row is not None and row.origin != "odoo":
            return
        self.masters[key] = None  # references among master data may be circular
        outer, self.used = self.used, set()
        self.masters[key] = (type_name, make())
        self.children[key], self.used = self.used, outer

    def once(self, key, make):
        """A value computed at the first call."""
        if key not in self.facts:
            self.facts[key] = make()
        return self.facts[key]

    def closure(self, keys):
        """``keys`` and all master data that they refer to."""
        found, todo = set(), list(keys)
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += self.children.get(key, ())
        return found

    def sorted_masters(self):
        """``(key, type name, values)`` in the order of :data:`MASTERS`."""
        found = [
            (key, *value) for key, value in self.masters.items() if value is not None
        ]
        return sorted(found, key=lambda item: MASTERS.index(item[1]))


def quantity(value):
    """A quantity with three decimals, as the format has them."""
    return Decimal(str(value)).quantize(Decimal("0.001"))


def total(values):
    """Sum of amounts."""
    return sum((money(value) for value in values), Decimal(0))
