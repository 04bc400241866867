"""What may be imported, under which headers, and what is wrong with a row."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from . import codes, values
from .tabular import FormulaWithoutValue
from .values import BadValue

KINDS = ("members", "balances", "purchases")
_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column may hold.

    :param type: ``text``, ``code``, ``phone``, ``email``, ``date``, ``past`` (a date
        that is not in the future), ``number``, ``positive``, ``boolean``, ``gender``
        or ``choice``
    :param names: headers by which it is recognised, in any case
    :param unique: the file may hold a value once
    """

    name: str
    type: str
    names: str
    required: bool = False
    unique: bool = False
    example: str = ""

    def synonyms(self) -> frozenset[str]:
        own = self.name.removesuffix("_id").replace("_", " ")
        return frozenset(_plain(word) for word in (own, *self.names.split("|")))


_WHO = (
    Field(
        "ref",
        "code",
        "Customer number|customer id|customer|client id|номер клиента|код клиента"
        "|клиент|հաճախորդի համար|հաճախորդ",
        example="00042",
    ),
    Field(
        "phone",
        "phone",
        "Phone|mobile|mobile phone|telephone|tel|phone number|телефон|мобильный"
        "|моб телефон|номер телефона|հեռախոս|բջջային|հեռախոսահամար",
        example="+374 91 234567",
    ),
    Field(
        "card_code",
        "code",
        "Card|card number|card code|card no|loyalty card|номер карты|карта"
        "|код карты|քարտ|քարտի համար",
        example="0447ZZ01111111111",
    ),
    Field(
        "national_id",
        "code",
        "National id|passport|id number|social card|паспорт|инн|удостоверение"
        "|անձնագիր|ՀԾՀ|հանրային ծառայության համարանիշ",
        example="AN0123456",
    ),
)


def _unique(known: Field) -> Field:
    return Field(
        known.name, known.type, known.names, unique=True, example=known.example
    )


_POINTS = Field(
    "points",
    "positive",
    "Points|balance|bonus|bonuses|opening points|points balance|баллы|бонусы"
    "|остаток|остаток баллов|միավոր|միավորներ|բոնուս|մնացորդ",
    example="1500",
)
_EXPIRY = Field(
    "points_expiry",
    "date",
    "Points expire|points until|expiry|expiry date|expiration date|valid until"
    "|срок действия баллов|действуют до|сгорают|годны до|միավորների ժամկետ"
    "|ուժի մեջ է մինչև",
    example="2027-03-31",
)
_BRANCH = Field(
    "branch_id",
    "choice",
    "Branch|shop|store|филиал|магазин|մասնաճյուղ|խանութ",
    example="Kentron",
)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "members": (
        Field(
            "name",
            "text",
            "Name|full name|customer name|member|фио|имя|клиент фио|наименование"
            "|անուն|անուն ազգանուն|ազգանուն անուն",
            required=True,
            example="Ani Petrosyan",
        ),
        *map(_unique, (_WHO[1], _WHO[2], _WHO[3], _WHO[0])),
        Field(
            "email",
            "email",
            "Email|e-mail|mail|почта|эл почта|электронная почта|էլ փոստ|էլփոստ",
            example="ani@example.com",
        ),
        Field("gender", "gender", "Gender|sex|пол|սեռ", example="female"),
        Field(
            "birthday",
            "past",
            "Birthday|date of birth|birth date|born|дата рождения|день рождения"
            "|ծննդյան օր|ծննդյան ամսաթիվ",
            example="1990-05-17",
        ),
        Field(
            "wedding_date",
            "past",
            "Wedding anniversary|wedding|дата свадьбы|годовщина свадьбы|հարսանիք"
            "|ամուսնության օր",
            example="2015-09-05",
        ),
        Field(
            "street",
            "text",
            "Street|address|адрес|улица|փողոց|հասցե",
            example="7 Abovyan St",
        ),
        Field("city", "text", "City|town|город|քաղաք", example="Yerevan"),
        Field(
            "zip",
            "text",
            "Postal code|zip|zip code|индекс|փոստային դասիչ",
            example="0001",
        ),
        _BRANCH,
        Field(
            "source_id",
            "choice",
            "Source|heard of us|how heard|источник|откуда узнали|աղբյուր",
            example="A friend",
        ),
        Field(
            "referrer",
            "text",
            "Referrer|referred by|friend|рекомендатель|кто рекомендовал|кто привел"
            "|երաշխավոր|ով է խորհուրդ տվել",
            example="+374 99 111222",
        ),
        Field(
            "consent_sms",
            "boolean",
            "SMS marketing|sms consent|согласие sms|согласие на sms"
            "|sms համաձայնություն",
            example="yes",
        ),
        Field(
            "consent_email",
            "boolean",
            "Email marketing|email consent|согласие email|согласие на рассылку"
            "|email համաձայնություն",
            example="no",
        ),
        Field(
            "consent_messenger",
            "boolean",
            "Messenger marketing|messenger consent|согласие мессенджеры",
            example="no",
        ),
        Field(
            "consent_call",
            "boolean",
            "Calls|call consent|согласие звонки",
            example="no",
        ),
        Field(
            "tier_id",
            "choice",
            "Tier|level|status|уровень|статус|մակարդակ",
            example="Silver",
        ),
        Field(
            "tier_until",
            "date",
            "Tier until|level until|уровень до|статус до|մակարդակ մինչև",
            example="2026-12-31",
        ),
        _POINTS,
        _EXPIRY,
        Field(
            "note", "text", "Note|comment|notes|заметка|комментарий|նշում", example=""
        ),
    ),
    "balances": (
        *_WHO,
        Field(_POINTS.name, _POINTS.type, _POINTS.names, required=True, example="1500"),
        _EXPIRY,
        Field(
            "reason",
            "text",
            "Reason|why|причина|основание|պատճառ",
            example="Old system",
        ),
    ),
    "purchases": (
        *_WHO,
        Field(
            "date",
            "past",
            "Date|purchase date|day|дата|дата покупки|ամսաթիվ|գնման ամսաթիվ",
            required=True,
            example="2025-11-30",
        ),
        Field(
            "amount",
            "number",
            "Amount|total|sum|value|dollar value|сумма|итого|стоимость|գումար|ընդամենը",
            required=True,
            example="12500",
        ),
        Field(
            "quantity",
            "number",
            "Quantity|qty|number of items|number of cds|количество|кол-во|քանակ",
            example="3",
        ),
        Field(
            "margin", "number", "Margin|profit|маржа|прибыль|շահույթ", example="4000"
        ),
        Field(
            "reference",
            "code",
            "Reference|receipt|receipt number|number|чек|номер чека|կտրոն|կտրոնի համար",
            example="R-10045",
        ),
        _BRANCH,
    ),
}
WHO = tuple(known.name for known in _WHO)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and what it holds."""

    index: int
    header: str
    field: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, in one column or (``header`` empty) as a whole."""

    row: int
    header: str
    value: str
    code: str
    facts: Mapping = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """How the cells of one file are to be understood.

    :param choices: ``{field name: {name.casefold(): id}}``
    """

    today: date
    country: str | None = None
    date_order: str = "dmy"
    decimal_mark: str = "."
    choices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def propose(kind: str, headers: Sequence[str]) -> dict[int, str]:
    """Match headers with fields: ``{column index: field name}``.

    The exact header wins over one that merely begins with a known name.

    >>> propose("purchases", ["Дата", "Сумма, руб.", "Card No."])
    {0: 'date', 2: 'card_code', 1: 'amount'}
    """
    known = [(known.name, known.synonyms()) for known in FIELDS[kind]]
    found: dict[int, str] = {}
    for matches in (lambda head, words: head in words, _begins):
        for index, header in enumerate(headers):
            head = _plain(header)
            if index in found or not head:
                continue
            for name, words in known:
                if name not in found.values() and matches(head, words):
                    found[index] = name
                    break
    return found


def missing(kind: str, names: Iterable[str]) -> list[tuple[str, ...]]:
    """List the columns an import cannot do without; each item is a choice."""
    names = set(names)
    needed = [(known.name,) for known in FIELDS[kind] if known.required]
    if kind != "members":
        needed.append(WHO)
    return [choice for choice in needed if not names & set(choice)]


class Checker:
    """Read rows to values and say what is wrong; remembers what the file held."""

    def __init__(self, kind: str, columns: Iterable[Column], form: Format):
        self.kind = kind
        self.form = form
        fields = {known.name: known for known in FIELDS[kind]}
        self.columns = [(column, fields[column.field]) for column in columns]
        self.seen: dict[tuple[str, object], int] = {}
        self.purchases: Counter = Counter()

    def check(self, row: int, cells: Sequence) -> tuple[dict, list[Problem]]:
        """Read one row.

        :return: values by field name, blanks absent, and the problems
        """
        found: dict = {}
        problems: list[Problem] = []
        for column, known in self.columns:
            cell = cells[column.index] if column.index < len(cells) else None
            try:
                value = self._value(known, cell)
            except BadValue as error:
                problems.append(_problem(row, column, cell, error.code, error.facts))
                continue
            if value in (None, ""):
                if known.required:
                    problems.append(_problem(row, column, cell, "required"))
                continue
            found[known.name] = value
            if known.unique and (problem := self._repeated(row, column, value)):
                problems.append(problem)
        if not problems:
            problems += self._check_whole(row, found)
        return found, problems

    def _value(self, known: Field, cell: object) -> object:
        if isinstance(cell, FormulaWithoutValue):
            raise BadValue("formula", value=str(cell))
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        return _READERS[known.type](cell, self.form, known)

    def _repeated(self, row: int, column: Column, value: object) -> Problem | None:
        first = self.seen.setdefault((column.field, value), row)
        if first == row:
            return None
        return Problem(row, column.header, str(value), "repeated", {"first": first})

    def _check_whole(self, row: int, found: dict) -> list[Problem]:
        if self.kind == "members":
            return self._check_member(row, found)
        if not any(name in found for name in WHO):
            return [Problem(row, "", "", "nobody")]
        if self.kind == "purchases":
            found["key"] = self._purchase_key(found)
        return []

    def _check_member(self, row: int, found: dict) -> list[Problem]:
        referrer = found.get("referrer")
        if referrer:
            own = (found.get("phone"), found.get("card_code"), found.get("ref"))
            try:
                referrer = values.phone(referrer, self.form.country)
            except BadValue:
                referrer = codes.normalise(referrer)
            if referrer in own:
                return [Problem(row, "", found["referrer"], "own_referrer")]
            found["referrer"] = referrer
        birthday, wedding = found.get("birthday"), found.get("wedding_date")
        if birthday and wedding and wedding <= birthday:
            return [Problem(row, "", str(wedding), "wedding")]
        if "points_expiry" in found and "points" not in found:
            del found["points_expiry"]
        return []

    def _purchase_key(self, found: dict) -> str:
        """Name a purchase by its receipt, or by what it was and which of its kind."""
        if "reference" in found:
            return f"ref:{found['reference']}"
        who = [str(found.get(name, "")) for name in WHO]
        what = (*who, found["date"], found["amount"], found.get("quantity", ""))
        self.purchases[what] += 1
        words = "|".join(map(str, (*what, self.purchases[what])))
        return f"row:{hashlib.sha256(words.encode()).hexdigest()[:32]}"


def to_json(found: Mapping) -> dict:
    """Turn the values of a row to what JSON can carry.

    >>> to_json({"date": date(2026, 3, 2), "amount": Decimal("1.50"), "branch_id": 3})
    {'date': '2026-03-02', 'amount': '1.50', 'branch_id': 3}
    """
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for name, value in found.items()
    }


def _problem(row, column: Column, cell, code: str, facts: Mapping | None = None):
    shown = "" if cell is None else str(cell)[:200]
    return Problem(row, column.header, shown.replace("\x00", "␀"), code, facts or {})


def _plain(words: str) -> str:
    return " ".join(_WORDS.sub(" ", words.casefold().replace("ё", "е")).split())


def _begins(head: str, words: frozenset[str]) -> bool:
    return any(len(word) > 3 and head.startswith(f"{word} ") for word in words)


def _code(cell: object, form: Format, known: Field) -> str:
    words = values.text(cell, 100)
    return codes.normalise(words) if known.name == "card_code" else words


def _past(cell: object, form: Format, known: Field) -> date:
    return values.day(cell, form.date_order, latest=form.today)


def _positive(cell: object, form: Format, known: Field) -> Decimal | None:
    found = values.number(cell, form.decimal_mark)
    if found < 0:
        raise BadValue("negative", value=str(found))
    if found != round(found, 2):
        raise BadValue("decimals", value=str(found))
    return found or None


_READERS: Mapping[str, Callable] = {
    "text": lambda cell, form, known: values.text(cell),
    "code": _code,
    "phone": lambda cell, form, known: values.phone(cell, form.country),
    "email": lambda cell, form, known: values.email(cell),
    "date": lambda cell, form, known: values.day(cell, form.date_order),
    "past": _past,
    "number": lambda cell, form, known: values.number(cell, form.decimal_mark),
    "positive": _positive,
    "boolean": lambda cell, form, known: values.boolean(cell),
    "gender": lambda cell, form, known: values.gender(cell),
    "choice": lambda cell, form, known: values.choice(
        cell, form.choices.get(known.name, {})
    ),
}
