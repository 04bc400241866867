"""Orders for 1C: read back as written, refused before they stop a batch."""

import doctest
import io
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.commerceml import reader, records, writer

NOW = datetime(2026, 10, 1)


def order(**values):
    line = records.DocumentLine(
        id="9f6f#a0b1",
        name="Кружка",
        unit=records.Unit(code="796", name="шт"),
        price=Decimal("600"),
        quantity=Decimal(2),
        amount=Decimal("1200.00"),
        taxes=[("НДС", "20")],
        tax_amount=Decimal("200.00"),
    )
    return records.Document(
        **{
            "id": "5c2f",
            "number": "S00042",
            "date": "2026-09-30",
            "time": "14:05:09",
            "operation": "Заказ товара",
            "role": "Продавец",
            "currency": "RUB",
            "amount": Decimal("1200.00"),
            "counterparties": [
                records.Counterparty(id="218a", name="Ани", full_name="Ани", inn="1")
            ],
            "lines": [line],
            "requisites": [("Статус заказа", "Подтвержден")],
            **values,
        }
    )


def read(data):
    return [
        one for kind, one in reader.read(lambda: io.BytesIO(data)) if kind == "order"
    ]


def test_doctests():
    assert doctest.testmod(writer).failed == 0


@pytest.mark.parametrize("version", ["2.07", "2.08", "2.10", "3.1"])
def test_what_is_written_is_read_back(version):
    data = writer.write_orders([order()], created=NOW, version=version)
    assert data.startswith(b"<?xml") and b"xmlns" not in data
    (back,) = read(data)
    assert (back.number, back.date, back.amount) == (
        "S00042",
        "2026-09-30",
        Decimal("1200.00"),
    )
    assert back.lines[0].id == "9f6f#a0b1"
    assert back.lines[0].amount == Decimal("1200.00")
    assert back.requisites == [("Статус заказа", "Подтвержден")]
    assert back.counterparties[0].inn == "1"


def test_no_orders_are_a_file_too():
    data = writer.write_orders([], created=NOW)
    assert data.startswith(b"<?xml") and read(data) == []


def test_an_order_that_is_well_has_no_problem():
    assert writer.problems(order()) == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"number": "S/2026/00000042"}, "number"),
        ({"number": ""}, "number"),
        ({"currency": ""}, "currency"),
        ({"counterparties": []}, "counterparty"),
        ({"lines": []}, "lines"),
        ({"amount": Decimal("1199.99")}, "sum"),
    ],
)
def test_what_would_stop_the_batch_is_seen_before(values, problem):
    assert problem in writer.problems(order(**values))


@given(
    st.decimals(min_value=-(10**6), max_value=10**6, places=2),
    st.lists(
        st.decimals(min_value=Decimal("0.01"), max_value=10**5, places=2), min_size=1
    ),
)
def test_shares_add_up_to_the_coin(amount, weights):
    shares = writer.spread(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - amount * weight / sum(weights)) < Decimal("0.0101")


@given(st.text(max_size=40))
def test_any_text_can_be_written(text):
    data = writer.write_orders([order(comment=text)], created=NOW)
    (back,) = read(data)
    assert (back.comment or "").split() == writer.clean(text).split()
