"""What a CommerceML file holds: readers yield these plain values, writers take them.

External ids are opaque text of at most 255 characters. Amounts and quantities are
``Decimal``. ``None`` means that the file does not speak of it: the ERP keeps its value.
"""

from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Header:
    """Attributes of the root and which kinds of content follow."""

    version: str = ""
    created: str = ""
    namespace: str = ""


@dataclass(slots=True)
class Group:
    id: str
    name: str
    parent_id: str | None = None
    deleted: bool = False


@dataclass(slots=True)
class Property:
    id: str
    name: str
    kind: str = ""  # Строка, Число, Справочник, Время
    values: dict[str, str] = field(default_factory=dict)  # id of value -> text
    deleted: bool = False


@dataclass(slots=True)
class Unit:
    code: str | None = None  # ОКЕИ
    name: str | None = None
    full_name: str | None = None
    international: str | None = None
    id: str | None = None  # only in lists of units


@dataclass(slots=True)
class Good:
    """``Товар``: a product, or one of its variants when ``id`` is ``GUID#GUID``."""

    id: str
    name: str = ""
    deleted: bool = False
    article: str | None = None
    code: str | None = None
    barcode: str | None = None
    unit: Unit | None = None
    group_ids: list[str] = field(default_factory=list)
    description: str | None = None
    images: list[str] = field(default_factory=list)
    maker: str | None = None
    properties: dict[str, list[str]] = field(default_factory=dict)
    characteristics: list[tuple[str, str]] = field(default_factory=list)
    taxes: list[tuple[str, str]] = field(default_factory=list)  # (НДС, 20)
    requisites: list[tuple[str, str]] = field(default_factory=list)
    version: str | None = None
    kind: str | None = None  # Товар, Услуга, Набор
    weight: Decimal | None = None
    volume: Decimal | None = None


@dataclass(slots=True)
class PriceType:
    id: str
    name: str
    currency: str | None = None
    tax_included: bool | None = None


@dataclass(slots=True)
class Warehouse:
    id: str
    name: str
    deleted: bool = False


@dataclass(slots=True)
class Price:
    type_id: str
    amount: Decimal
    currency: str | None = None
    unit: str | None = None
    factor: Decimal = Decimal(1)


@dataclass(slots=True)
class Offer:
    """``Предложение``: prices and stock of a good or of one of its variants."""

    id: str
    name: str | None = None
    deleted: bool = False
    article: str | None = None
    barcode: str | None = None
    unit: Unit | None = None
    characteristics: list[tuple[str, str]] = field(default_factory=list)
    prices: list[Price] | None = None
    quantity: Decimal | None = None
    stock: dict[str, Decimal] | None = None  # warehouse id -> quantity


@dataclass(slots=True)
class Contact:
    kind: str  # Телефон, Почта, ...
    value: str


@dataclass(slots=True)
class Counterparty:
    id: str
    name: str
    official_name: str | None = None  # legal entity
    full_name: str | None = None  # person
    inn: str | None = None
    kpp: str | None = None
    okpo: str | None = None
    address: str | None = None
    contacts: list[Contact] = field(default_factory=list)
    role: str | None = None
    deleted: bool = False


@dataclass(slots=True)
class DocumentLine:
    id: str
    name: str
    unit: Unit | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    taxes: list[tuple[str, str]] = field(default_factory=list)
    tax_included: bool | None = None
    tax_amount: Decimal | None = None
    discount: Decimal | None = None
    requisites: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """``Документ``: an order, a shipment or a payment, of either side."""

    id: str
    number: str
    date: str  # YYYY-MM-DD
    time: str | None = None
    operation: str = ""  # ХозОперация
    role: str | None = None
    currency: str | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    counterparties: list[Counterparty] = field(default_factory=list)
    comment: str | None = None
    lines: list[DocumentLine] = field(default_factory=list)
    requisites: list[tuple[str, str]] = field(default_factory=list)
    children: list["Document"] = field(default_factory=list)
    deleted: bool = False


@dataclass(slots=True)
class Broken:
    """An object of the file that cannot be read; the rest of the file can."""

    id: str
    name: str = ""
    code: str = ""  # code of an ExchangeError
    where: str = ""
    value: str = ""


TYPES = {
    kind.__name__: kind
    for kind in (
        Header,
        Group,
        Property,
        Unit,
        Good,
        PriceType,
        Warehouse,
        Price,
        Offer,
        Contact,
        Counterparty,
        DocumentLine,
        Document,
        Broken,
    )
}
# Keys by which ``to_json`` tells a record, an amount and a dict apart.
_TYPE, _AMOUNT, _PAIRS = "@", "#", "{}"


def to_json(value):
    """A record as what JSON can hold; fields at their defaults are left out.

    Dicts, lists and texts that are no records pass as well, so a channel may keep
    values of its own in parts and lines.

    >>> to_json(Price("retail", Decimal("12.50")))
    {'@': 'Price', 'type_id': 'retail', 'amount': {'#': '12.50'}}
    """
    if is_dataclass(value):
        data = {_TYPE: type(value).__name__}
        for spec in fields(value):
            item = getattr(value, spec.name)
            if not _is_default(spec, item):
                data[spec.name] = to_json(item)
        return data
    if isinstance(value, Decimal):
        return {_AMOUNT: str(value)}
    if isinstance(value, dict):
        if _TYPE in value or _AMOUNT in value or _PAIRS in value:
            return {_PAIRS: [[key, to_json(item)] for key, item in value.items()]}
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value


def from_json(data):
    """The record that ``to_json`` wrote.

    >>> from_json({"@": "Price", "type_id": "retail", "amount": {"#": "12.50"}})
    Price(type_id='retail', amount=Decimal('12.50'), currency=None, unit=None, \
factor=Decimal('1'))
    """
    if isinstance(data, list):
        return [from_json(item) for item in data]
    if not isinstance(data, dict):
        return data
    if _TYPE in data:
        values = {
            name: _pairs(from_json(item))
            for name, item in data.items()
            if name != _TYPE
        }
        return TYPES[data[_TYPE]](**values)
    if _AMOUNT in data:
        return Decimal(data[_AMOUNT])
    if _PAIRS in data:
        return {key: from_json(item) for key, item in data[_PAIRS]}
    return {key: from_json(item) for key, item in data.items()}


def _is_default(spec, value):
    if spec.default is not MISSING:
        return value is spec.default or (
            value == spec.default and type(value) is type(spec.default)
        )
    return spec.default_factory is not MISSING and value == spec.default_factory()


def _pairs(value):
    """Lists of pairs of a record are lists of tuples."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return [tuple(item) for item in value]
    return value
