"""Orders stand in the order of the published schemas, where these are at hand."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from odoo.addons.loyalty_1c_bridge.engine.commerceml import records, writer

from .test_commerceml_writer import order

SCHEMAS = Path(__file__).parents[4] / "shared" / "data" / "1c" / "xsd"
FILES = {
    "2.07": "imega__cml207.xsd",
    "2.08": "dobromyslov__commerceml-2.08.xsd",
    "2.09": "carono__commerceML_2.09.xsd",
    "2.10": "carono__commerceML_2.10.xsd",
}


def full_order(children):
    line = replace(
        order().lines[0],
        unit=records.Unit(code="796", name="Штука", full_name="Штука"),
        requisites=[("ВидНоменклатуры", "Товар")],
        discount=Decimal(10),
    )
    partner = records.Counterparty(
        id="218a",
        name="Ани",
        full_name="Ани",
        inn="7707083893",
        address="Ереван",
        contacts=[records.Contact("Почта", "a@b.am")],
    )
    child = records.Document(
        id="c",
        number="P1",
        date="2026-09-30",
        operation="Выплата безналичных денег",
        currency="RUB",
        amount=Decimal(5),
    )
    return order(
        lines=[line],
        counterparties=[partner],
        children=[child] if children else [],
    )


@pytest.mark.parametrize(
    ("version", "children"),
    [
        ("2.07", False),
        ("2.08", False),
        ("2.09", False),
        ("2.10", False),
        ("2.10", True),
    ],
)
def test_an_order_is_valid(version, children):
    path = SCHEMAS / FILES[version]
    if not path.exists():
        pytest.skip("the schemas are not beside this clone")
    schema = etree.XMLSchema(etree.parse(str(path)))
    data = writer.write_orders(
        [full_order(children)], created=datetime(2026, 10, 1), version=version
    )
    tree = etree.fromstring(data)
    space = schema_namespace(path)
    for element in tree.iter():
        element.tag = f"{{{space}}}{element.tag}"
    tree = etree.fromstring(etree.tostring(tree, encoding="UTF-8"))
    assert schema.validate(tree), schema.error_log


def schema_namespace(path):
    return etree.parse(str(path)).getroot().get("targetNamespace")
