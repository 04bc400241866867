from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_club.engine import intake

TODAY = date(2026, 3, 2)


def checker(kind, *names, **form):
    columns = [intake.Column(i, name.title(), name) for i, name in enumerate(names)]
    form = {"today": TODAY, "country": "AM", **form}
    return intake.Checker(kind, columns, intake.Format(**form))


def codes_of(problems):
    return [(problem.header, problem.code) for problem in problems]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Name", "Phone", "E-mail"], ["name", "phone", "email"]),
        (["ФИО *", "Телефон", "Дата рождения"], ["name", "phone", "birthday"]),
        (["Անուն", "Հեռախոս", "Սեռ"], ["name", "phone", "gender"]),
        (["Mobile (new)", "Full name", "Баллы"], ["phone", "name", "points"]),
        (["", "Name", "Name"], [None, "name", None]),
        (
            ["consent_sms", "card_code", "branch"],
            ["consent_sms", "card_code", "branch_id"],
        ),
    ],
)
def test_headers_are_recognised(headers, expected):
    found = intake.propose("members", headers)
    assert [found.get(index) for index in range(len(headers))] == expected


@pytest.mark.parametrize("kind", intake.KINDS)
def test_the_headers_of_our_own_template_are_recognised(kind):
    headers = [known.names.split("|")[0] for known in intake.FIELDS[kind]]
    names = [known.name for known in intake.FIELDS[kind]]
    assert intake.propose(kind, headers) == dict(enumerate(names))


@pytest.mark.parametrize("kind", intake.KINDS)
def test_no_header_means_two_fields(kind):
    seen = {}
    for known in intake.FIELDS[kind]:
        for word in known.synonyms():
            assert seen.setdefault(word, known.name) == known.name


@pytest.mark.parametrize("kind", intake.KINDS)
def test_the_examples_of_the_template_pass(kind):
    known = intake.FIELDS[kind]
    choices = {
        field.name: {field.example.casefold(): 1}
        for field in known
        if field.type == "choice"
    }
    check = checker(kind, *(field.name for field in known), choices=choices)
    assert check.check(2, [field.example for field in known])[1] == []


def test_what_is_missing_is_told():
    assert intake.missing("members", ["phone"]) == [("name",)]
    assert intake.missing("balances", ["points"]) == [intake.WHO]
    assert intake.missing("purchases", ["ref", "date", "amount"]) == []


def test_a_row_is_read():
    check = checker("members", "name", "phone", "birthday", "points", "gender")
    found, problems = check.check(2, ["Ani", "091234567", "17.05.1990", "1 500", "ж"])
    assert problems == []
    assert found == {
        "name": "Ani",
        "phone": "+37491234567",
        "birthday": date(1990, 5, 17),
        "points": Decimal(1500),
        "gender": "female",
    }


def test_every_problem_of_a_row_is_told():
    check = checker("members", "name", "phone", "birthday", "email", "branch_id")
    _found, problems = check.check(7, [None, "12", "2027-01-01", "ani", "Mars"])
    assert codes_of(problems) == [
        ("Name", "required"),
        ("Phone", "phone"),
        ("Birthday", "date_range"),
        ("Email", "email"),
        ("Branch_Id", "choice"),
    ]
    assert {problem.row for problem in problems} == {7}


def test_what_is_twice_in_the_file_names_the_first_row():
    check = checker("members", "name", "phone")
    assert check.check(2, ["Ani", "091234567"])[1] == []
    problems = check.check(9, ["Anna", "+374 91 23 45 67"])[1]
    assert codes_of(problems) == [("Phone", "repeated")]
    assert problems[0].facts == {"first": 2}


def test_nobody_recommends_themselves():
    check = checker("members", "name", "phone", "referrer")
    problems = check.check(2, ["Ani", "091234567", "+374 91 234567"])[1]
    assert codes_of(problems) == [("", "own_referrer")]
    found = check.check(3, ["Aram", "099111222", "091234567"])[0]
    assert found["referrer"] == "+37491234567"


def test_points_are_positive_and_have_two_decimals():
    check = checker("balances", "card_code", "points")
    assert codes_of(check.check(2, ["A", "-1"])[1]) == [("Points", "negative")]
    assert codes_of(check.check(3, ["A", "1.005"])[1]) == [("Points", "decimals")]
    assert codes_of(check.check(4, ["A", "0"])[1]) == [("Points", "required")]
    assert check.check(5, ["A", "1.25"])[0]["points"] == Decimal("1.25")


def test_a_balance_needs_somebody():
    check = checker("balances", "card_code", "points")
    assert codes_of(check.check(2, ["", "10"])[1]) == [("", "nobody")]


def test_purchases_have_keys_that_survive_a_second_import():
    rows = [["1", "20260101", "10"], ["1", "20260101", "10"], ["2", "20260101", "10"]]
    keys = []
    for _time in range(2):
        check = checker("purchases", "ref", "date", "amount")
        keys.append([check.check(2, row)[0]["key"] for row in rows])
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 3


def test_a_receipt_is_the_key():
    check = checker("purchases", "ref", "date", "amount", "reference")
    assert check.check(2, ["1", "20260101", "1", "R-1"])[0]["key"] == "ref:R-1"


cells = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)


@pytest.mark.parametrize("kind", intake.KINDS)
@given(data=st.data())
def test_any_row_is_read_or_explained_and_fits_json(kind, data):
    names = [known.name for known in intake.FIELDS[kind]]
    row = data.draw(st.lists(cells, max_size=len(names) + 2))
    found, problems = checker(kind, *names).check(2, row)
    assert all(problem.code and problem.row == 2 for problem in problems)
    assert all(
        isinstance(value, (str, int)) for value in intake.to_json(found).values()
    )
