"""What EnterpriseData brings that CommerceML has no words for."""

from dataclasses import dataclass, field
from decimal import Decimal

from ..commerceml import records as commerceml
from ..commerceml.records import Counterparty


@dataclass(slots=True)
class Contract:
    id: str
    name: str = ""
    number: str | None = None
    date: str | None = None  # YYYY-MM-DD
    kind: str | None = None  # СПокупателем, СПоставщиком, ...
    partner: Counterparty | None = None
    organization_inn: str | None = None
    currency: str | None = None  # ISO number, e.g. "643"
    deleted: bool = False


@dataclass(slots=True)
class PaymentPart:
    """``РасшифровкаПлатежа``: what a share of the money is for."""

    amount: Decimal
    contract_id: str | None = None
    document_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Payment:
    """Money of a counterparty, in cash, by bank or by card, in or out."""

    id: str
    number: str = ""
    date: str = ""  # YYYY-MM-DD
    amount: Decimal = Decimal(0)
    currency: str | None = None
    partner: Counterparty | None = None
    account: str | None = None  # number of the bank account of the organization
    account_id: str | None = None  # its GUID, or that of the cash desk
    purpose: str | None = None
    incoming_number: str | None = None
    settlement: str | None = None  # ВидРасчетов
    organization_inn: str | None = None
    parts: list[PaymentPart] = field(default_factory=list)
    posted: bool = True
    deleted: bool = False

    @property
    def name(self):
        return self.number


@dataclass(slots=True)
class DocumentState:
    """What became of a document in 1C: its number there, posted or not, deleted."""

    id: str
    number: str = ""
    date: str = ""
    amount: Decimal | None = None
    posted: bool = True
    deleted: bool = False

    @property
    def name(self):
        return self.number


@dataclass(slots=True)
class Deletion:
    """``УдалениеОбъекта``: the object is gone or marked as deleted in 1C."""

    id: str
    otype: str
    name: str = ""


@dataclass(slots=True)
class Request:
    """``ЗапросНаВыгрузку``: 1C asks for the object once more."""

    id: str
    otype: str = ""
    name: str = ""


commerceml.TYPES.update(
    (kind.__name__, kind)
    for kind in (Contract, PaymentPart, Payment, DocumentState, Deletion, Request)
)
