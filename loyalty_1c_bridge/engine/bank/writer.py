"""Writes payment orders for the bank, and statements in the same format."""

from datetime import date

from ..errors import ExchangeError

# Fields a bank needs to take an order: (label for people, how to get it).
_REQUIRED = (
    ("number", lambda payment: payment.number),
    ("date", lambda payment: payment.date),
    ("amount", lambda payment: payment.amount),
    ("payer_account", lambda payment: payment.payer.account),
    ("payee_account", lambda payment: payment.payee.account),
    ("payee_name", lambda payment: payment.payee.name),
    ("payee_bic", lambda payment: payment.payee.bic),
    ("purpose", lambda payment: payment.purpose),
)

MAX_PURPOSE = 210
_ENCODING_NAMES = {"cp1251": "Windows", "cp866": "DOS", "utf-8": "UTF8"}


def missing(payment):
    """Names of what a payment order lacks, in the order of the form.

    :param payment: :class:`~.records.Payment`
    """
    return [name for name, get in _REQUIRED if not get(payment)]


def write_orders(payments, *, account, now, encoding="cp1251", sender="", receiver=""):
    """Text of payment orders of one account.

    :param payments: list of :class:`~.records.Payment`
    :param account: our account number
    :param now: naive local datetime of the file
    :param encoding: ``cp1251``, ``cp866`` or ``utf-8``
    :return: bytes with CRLF
    :raise ExchangeError: ``bank_order_incomplete`` names the payment and what it lacks,
        ``bank_order_letters`` a letter that the encoding does not have
    """
    days = [payment.date for payment in payments if payment.date]
    lines = [
        "1CClientBankExchange",
        "ВерсияФормата=1.03",
        f"Кодировка={_ENCODING_NAMES[encoding]}",
        f"Отправитель={_one_line(sender)}",
        f"Получатель={_one_line(receiver)}",
        f"ДатаСоздания={_day(now.date())}",
        f"ВремяСоздания={now:%H:%M:%S}",
        f"ДатаНачала={_day(min(days, default=now.date()))}",
        f"ДатаКонца={_day(max(days, default=now.date()))}",
        f"РасчСчет={account}",
        "Документ=Платежное поручение",
    ]
    for payment in payments:
        if lacking := missing(payment):
            raise ExchangeError(
                "bank_order_incomplete",
                payment.number,
                number=payment.number,
                missing=", ".join(lacking),
            )
        order = list(_order(payment))
        try:
            "".join(order).encode(encoding)
        except UnicodeEncodeError as error:
            raise ExchangeError(
                "bank_order_letters",
                payment.number,
                number=payment.number,
                letter=error.object[error.start],
                encoding=encoding,
            ) from error
        lines += order
    lines.append("КонецФайла")
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def _order(payment):
    yield f"СекцияДокумент={payment.kind or 'Платежное поручение'}"
    yield f"Номер={_one_line(payment.number)}"
    yield f"Дата={_day(payment.date)}"
    yield f"Сумма={payment.amount:.2f}"
    for title, party in (("Плательщик", payment.payer), ("Получатель", payment.payee)):
        yield f"{title}Счет={party.account}"
        yield f"{title}={_full_name(party)}"
        yield f"{title}ИНН={party.tax_id}"
        if party.kpp:
            yield f"{title}КПП={party.kpp}"
        yield f"{title}1={_one_line(party.name)}"
        yield f"{title}РасчСчет={party.account}"
        yield f"{title}Банк1={_one_line(party.bank)}"
        yield f"{title}БИК={party.bic}"
        if party.correspondent:
            yield f"{title}Корсчет={party.correspondent}"
    yield "ВидПлатежа=электронно"
    yield "ВидОплаты=01"
    yield "Очередность=5"
    for key, value in payment.extra.items():
        yield f"{key}={_one_line(value)}"
    yield f"НазначениеПлатежа={_one_line(payment.purpose)[:MAX_PURPOSE]}"
    yield "КонецДокумента"


def _full_name(party):
    name = _one_line(party.name)
    return f"ИНН {party.tax_id} {name}" if party.tax_id else name


def _one_line(text):
    """A value can hold no line break: it would begin another key."""
    return " ".join(str(text).split())


def _day(value):
    return date.strftime(value, "%d.%m.%Y")
