"""Statements of banks: dialects, encodings, odd files, keys, balances."""

import doctest
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.bank import (
    caret,
    keys,
    matching,
    reader,
    records,
    values,
    writer,
)
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError

OURS = "40702810000000000001"
THEIRS = "40702810000000000888"


def section(**fields):
    told = {
        "ДатаНачала": "01.06.2026",
        "ДатаКонца": "10.06.2026",
        "РасчСчет": OURS,
        "НачальныйОстаток": "100000.00",
        "ВсегоПоступило": "20000.00",
        "ВсегоСписано": "15000.00",
        "КонечныйОстаток": "105000.00",
        **fields,
    }
    return [
        "СекцияРасчСчет",
        *(f"{key}={value}" for key, value in told.items()),
        "КонецРасчСчет",
    ]


def document(number="11", kind="Платежное поручение", end=True, **fields):
    told = {
        "Номер": number,
        "Дата": "05.06.2026",
        "Сумма": "20000.00",
        "ПлательщикСчет": THEIRS,
        "ПлательщикИНН": "7700000003",
        "Плательщик1": "ООО Клиент",
        "ПолучательСчет": OURS,
        "ДатаПоступило": "05.06.2026",
        "ПолучательИНН": "7700000001",
        "Получатель1": "ООО Арев",
        "НазначениеПлатежа": "Оплата по счету № 305",
        **fields,
    }
    lines = [f"СекцияДокумент={kind}"]
    lines += [f"{key}={value}" for key, value in told.items() if value is not None]
    return lines + (["КонецДокумента"] if end else [])


def paid_out(number="13", **fields):
    return document(
        number,
        **{
            "Сумма": "15000.00",
            "ПлательщикСчет": OURS,
            "ПолучательСчет": "40702810000000000999",
            "ДатаПоступило": None,
            "ДатаСписано": "07.06.2026",
            **fields,
        },
    )


def text(*parts, encoding="Windows", end=True):
    head = ["1CClientBankExchange", "ВерсияФормата=1.03", f"Кодировка={encoding}"]
    lines = head + [line for part in parts for line in part]
    return "\r\n".join(lines + (["КонецФайла"] if end else [])) + "\r\n"


def codes(problems):
    return [problem.code for problem in problems]


def test_doctests():
    for module in (caret, keys, matching, reader, records, values, writer):
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    "bytes_in", ["cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16"]
)
@pytest.mark.parametrize("told", ["Windows", "DOS", "windows-1251", "UTF8", ""])
def test_the_encoding_is_found_whatever_the_header_claims(bytes_in, told):
    file = reader.read(text(section(), document(), encoding=told).encode(bytes_in))
    assert file.payments[0].payer.name == "ООО Клиент"
    assert file.balances[0].closing == Decimal("105000.00")


def test_money_in_and_out_of_our_account():
    file = reader.read(text(section(), document(), paid_out()).encode("cp1251"))
    made, problems = reader.entries(file)
    assert not problems
    assert [(row.date, row.amount) for row in made] == [
        (date(2026, 6, 5), Decimal("20000.00")),
        (date(2026, 6, 7), Decimal("-15000.00")),
    ]
    assert made[0].other.tax_id == "7700000003"
    assert made[1].other.account == "40702810000000000999"
    assert reader.balance_problems(file, made) == []


def test_a_missing_end_is_told_and_nothing_is_lost():
    file = reader.read(text(section(), document(), end=False).encode("cp1251"))
    assert codes(file.problems) == ["bank_no_end"]
    assert len(reader.entries(file)[0]) == 1


def test_a_document_cut_off_is_left_out_and_told():
    whole = text(section(), document(), document("12", end=False), end=False)
    file = reader.read(whole.encode("cp1251"))
    made, problems = reader.entries(file)
    assert [row.payment.number for row in made] == ["11"]
    assert codes(problems) == ["bank_document_cut"]


def test_two_equal_payments_of_a_day_are_two_and_stay_two():
    data = text(section(), document(), document()).encode("cp1251")
    first, _problems = reader.entries(reader.read(data))
    again, _problems = reader.entries(reader.read(data))
    assert len({row.key for row in first}) == 2
    assert [row.key for row in first] == [row.key for row in again]


def test_a_longer_period_holds_the_keys_of_the_shorter():
    short, _problems = reader.entries(
        reader.read(text(section(), document()).encode("cp1251"))
    )
    long, _problems = reader.entries(
        reader.read(text(section(), document(), paid_out(), document()).encode())
    )
    assert short[0].key == long[0].key
    assert len({row.key for row in long}) == 3


def test_balances_that_do_not_add_up_are_told_with_both_amounts():
    wrong = section(КонечныйОстаток="105000.01", ВсегоСписано="0")
    file = reader.read(text(wrong, document(), paid_out()).encode("cp1251"))
    made, _problems = reader.entries(file)
    told = {
        problem.code: problem.values for problem in reader.balance_problems(file, made)
    }
    assert told["bank_outcome"] == {"account": OURS, "told": "0", "counted": "15000.00"}
    assert told["bank_closing"]["told"] == "105000.01"


def test_orders_for_the_bank_are_not_facts():
    order = document(ДатаПоступило=None, ПлательщикСчет=OURS, ПолучательСчет=THEIRS)
    file = reader.read(text(["РасчСчет=" + OURS], order).encode("cp1251"))
    made, problems = reader.entries(file)
    assert (made, codes(problems)) == ([], ["bank_not_executed"])
    taken, _problems = reader.entries(file, undated=True)
    assert [row.amount for row in taken] == [Decimal("-20000.00")]


def test_the_tax_id_inside_the_name_is_found():
    told = document(
        ПлательщикИНН=None, Плательщик1=None, Плательщик="ИНН 7700000003 ООО Клиент"
    )
    payment = reader.read(text(section(), told).encode("cp1251")).payments[0]
    assert (payment.payer.tax_id, payment.payer.name) == ("7700000003", "ООО Клиент")


def test_a_purpose_of_several_lines_is_one_text():
    told = document(НазначениеПлатежа="Оплата по договору")
    told[-1:-1] = ["в т.ч. НДС 20%=3333,33", "от 01.06.2026"]
    payment = reader.read(text(section(), told).encode("cp1251")).payments[0]
    assert payment.purpose == "Оплата по договору в т.ч. НДС 20%=3333,33 от 01.06.2026"
    numbered = document(
        НазначениеПлатежа=None, НазначениеПлатежа1="Оплата", НазначениеПлатежа2="товара"
    )
    payment = reader.read(text(section(), numbered).encode("cp1251")).payments[0]
    assert payment.purpose == "Оплата товара"


def test_kazakhstan_upper_case_with_amounts_by_direction():
    data = "\n".join(
        [
            "1CClientBankExchange",
            "ВерсияФормата=2.00",
            "Кодировка=UTF8",
            "ДатаНачала=01.10.2024",
            "СЕКЦИЯРАСЧСЧЕТ",
            "РАСЧСЧЕТ=KZ698562203124676325",
            "НАЧАЛЬНЫЙОСТАТОК=202742.8",
            "ВСЕГОПОСТУПИЛО=0",
            "ВСЕГОСПИСАНО=160000",
            "КОНЕЧНЫЙОСТАТОК=42742.8",
            "КОНЕЦРАСЧСЧЕТ",
            'СЕКЦИЯДОКУМЕНТ="Выписка"',
            "ВидДокумента=ПлатежноеПоручение",
            "ДатаОперации=01.10.2024",
            "СуммаРасход=160000",
            "НомерДокумента=NT-475719",
            "ДатаДокумента=01.10.2024",
            "ПлательщикНаименование=ТОО Арев",
            "ПлательщикБИН_ИИН=220840049859",
            "ПлательщикИИК=KZ698562203124676325",
            "ПолучательНаименование=АО Банк",
            "ПолучательБИН_ИИН=901041000015",
            "ПолучательКБЕ=18",
            "ПолучательИИК=KZ298561005127073713",
            "НазначениеПлатежа=Снятие наличных",
            "Валюта=KZT",
            "КонецДокумента",
        ]
    )
    file = reader.read(data.encode())
    (row,), problems = reader.entries(file)
    assert (row.amount, row.date, problems) == (Decimal(-160000), date(2024, 10, 1), [])
    assert (row.other.tax_id, row.payment.number) == ("901041000015", "NT-475719")
    assert row.payment.extra == {"ПолучательКБЕ": "18"}
    assert reader.balance_problems(file, [row]) == []


def test_belarus_caret_lines():
    data = "\r\n".join(
        [
            "***** ^Type=4^ ^Acc=BY34ALFA30122H10700010270000^ - Выписка",
            "[IN_PARAM]",
            "^Name=ООО АРЕВ^",
            "^UNN=100000001^",
            "[OUT_PARAM]",
            "^DateBegin=12.02.2026^",
            "^DateEnd=12.02.2026^",
            "^RestIn=1000.00^",
            "^DocDate=12.02.2026^",
            "^Num=362^",
            "^Code=ALFABY2X^",
            "^Acc=BY70ALFA30132788650010270000^",
            "^Db=140.18^",
            "^Credit=0.00^",
            "^KorUNP=200000001^",
            "^KorName=ООО РОМАШКА^",
            "^Nazn=оплата по договору^",
            "^OpDate=12.02.2026^",
            "^DocDate=12.02.2026^",
            "^Num=480^",
            "^Acc=BY99XYZA00000000000001234567^",
            "^Db=0.00^",
            "^Credit=57.05^",
            "^KorUNP=200000003^",
            "^KorName=ЗАО БАНК^",
            "^Nazn=возврат^",
            "^OpDate=12.02.2026^",
            "^DB=140.18^",
            "^CR=57.05^",
            "^RestOut=916.87^",
        ]
    )
    file = reader.read(data.encode("cp1251"))
    made, problems = reader.entries(file)
    assert [row.amount for row in made] == [Decimal("-140.18"), Decimal("57.05")]
    assert [row.other.tax_id for row in made] == ["200000001", "200000003"]
    assert (problems, reader.balance_problems(file, made)) == ([], [])


def test_a_georgian_account_with_its_currency_behind_is_ours():
    told = document(ПлательщикСчет="GE29TB7773645061100001GEL", ДатаПоступило=None)
    told[1:1] = ["ДатаСписано=05.06.2026"]
    data = text(section(РасчСчет="GE29TB7773645061100001"), told, encoding="DOS")
    made, _problems = reader.entries(reader.read(b"\xef\xbb\xbf" + data.encode()))
    assert [row.amount for row in made] == [Decimal("-20000.00")]


def test_between_two_accounts_of_ours_told_once_or_twice():
    other = section(РасчСчет=THEIRS)
    both = document(ДатаСписано="05.06.2026")
    file = reader.read(text(section(), other, both, both).encode("cp1251"))
    made, _problems = reader.entries(file)
    assert sorted(row.amount for row in made) == [Decimal(-20000), Decimal(20000)]


def test_a_section_told_twice_counts_once():
    file = reader.read(text(section(), section(), document()).encode("cp1251"))
    assert len(file.balances) == 1
    assert codes(file.problems) == ["bank_balance_twice"]


def test_a_wrong_date_or_number_is_told_and_the_rest_goes_on():
    head = ["ДатаСоздания=99.99.2026"]
    told = document("15", Сумма="двести")
    file = reader.read(text(head, section(), told, paid_out()).encode("cp1251"))
    made, problems = reader.entries(file)
    assert codes(file.problems) == ["bank_date", "bank_number"]
    assert codes(problems) == ["bank_no_amount"]
    assert [row.payment.number for row in made] == ["13"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bank_empty"),
        (b"\x00\x00\r\n", "bank_empty"),
        (b"PK\x03\x04 something else", "bank_encoding"),
        ("Кодировка=Windows\nСекцияДокумент=x\n".encode(), "bank_signature"),
    ],
)
def test_what_is_no_bank_file_is_refused(data, code):
    with pytest.raises(ExchangeError) as caught:
        reader.read(data)
    assert caught.value.code == code


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=4000))
def test_cut_anywhere_no_half_document_is_taken(cut):
    data = text(section(), document(), paid_out(), document("14")).encode("cp1251")
    try:
        file = reader.read(data[:cut])
    except ExchangeError:
        return
    whole = {row.key: row.amount for row in reader.entries(reader.read(data))[0]}
    for row in reader.entries(file)[0]:
        assert whole[row.key] == row.amount


PARTY = st.builds(
    records.Party,
    name=st.from_regex(r"[А-Яа-я][А-Яа-я \"]{0,30}[а-я]", fullmatch=True),
    tax_id=st.from_regex(r"[0-9]{10}", fullmatch=True),
    account=st.from_regex(r"[0-9]{20}", fullmatch=True),
    bic=st.from_regex(r"[0-9]{9}", fullmatch=True),
)


@settings(max_examples=60, deadline=None)
@given(
    PARTY,
    PARTY,
    st.decimals(min_value=Decimal("0.01"), max_value=10**9, places=2),
    st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 1, 1)),
    st.from_regex(r"[А-Яа-я][А-Яа-я0-9 №.,=]{0,150}[а-я]", fullmatch=True),
    st.sampled_from(["cp1251", "cp866"]),
)
def test_what_is_written_is_read_back(payer, payee, amount, day, purpose, encoding):
    payment = records.Payment(
        number="7", date=day, amount=amount, payer=payer, payee=payee, purpose=purpose
    )
    data = writer.write_orders(
        [payment], account=payer.account, now=datetime(2026, 6, 1), encoding=encoding
    )
    file = reader.read(data)
    (back,) = file.payments
    assert (back.number, back.date, back.amount) == ("7", day, amount)
    if encoding == "cp1251" or "№" not in purpose:
        assert back.purpose == " ".join(purpose.split())
    assert (back.payer.account, back.payee.tax_id) == (payer.account, payee.tax_id)
    assert back.payee.name == " ".join(payee.name.split())


def test_an_order_that_lacks_something_is_refused_by_name():
    payment = records.Payment(number="7", date=date(2026, 6, 1), amount=Decimal(5))
    with pytest.raises(ExchangeError) as caught:
        writer.write_orders([payment], account=OURS, now=datetime(2026, 6, 1))
    assert "payee_account" in caught.value.values["missing"]
