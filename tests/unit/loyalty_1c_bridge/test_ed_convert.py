"""Objects of messages as the records that appliers take."""

import io
import json
import pathlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_1c_bridge.engine.commerceml.records import (
    Broken,
    from_json,
    to_json,
)
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata import VERSIONS, reader
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.convert import (
    RECEIVED,
    to_record,
)
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.header import Header
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.schema import Schema
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.validate import validate
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.writer import write_message
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError

from .ed_objects import OBJECTS, PARTNER, guid

SHARED = pathlib.Path(__file__).parents[4] / "shared" / "data" / "1c"


def records(version="1.19"):
    content = write_message(Header(), OBJECTS, version)
    _header, objects = reader.read(lambda: io.BytesIO(content))
    return [to_record(*found) for found in objects]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_is_understood_in_every_version(version):
    found = records(version)
    assert [otype for otype, _record in found] == [
        "partner",
        "contract",
        "product",
        "sale",
        "return",
        "bank_in",
    ]
    assert not [record for _otype, record in found if isinstance(record, Broken)]


def test_a_payment_has_its_money_its_payer_and_its_account():
    payment = dict(records())["bank_in"]
    assert (payment.amount, payment.currency) == (Decimal("1200.00"), "643")
    assert payment.partner.id == PARTNER["Ссылка"]
    assert payment.account == "40702810900000000001"
    assert (payment.date, payment.number) == ("2026-09-30", "PBNK55")
    assert payment.parts[0].contract_id == guid(3)
    assert payment.posted


def test_a_counterparty_and_a_product():
    found = dict(records())
    assert found["partner"].inn == "7707654321"
    assert found["partner"].official_name == "ООО Покупатель & сыновья <Юг>"
    assert found["product"].taxes == [("НДС", "20")]
    assert found["product"].unit.code == "796"


@pytest.mark.parametrize("version", VERSIONS)
def test_records_survive_being_stored(version):
    for _otype, record in records(version):
        assert from_json(json.loads(json.dumps(to_json(record)))) == record


@given(
    st.sampled_from(sorted(RECEIVED)),
    st.recursive(
        st.none() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "КлючевыеСвойства",
                        "Ссылка",
                        "ОбщиеДанные",
                        "Сумма",
                        "Контрагент",
                        "РасшифровкаПлатежа",
                        "СтавкаНДС",
                        "Ставка",
                        "Группа",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    ),
)
def test_a_strange_object_is_broken_and_stops_nothing(name, values):
    otype, record = to_record(name, values if isinstance(values, dict) else {})
    assert otype == RECEIVED[name]
    assert record is not None


def test_what_nobody_takes_in_is_passed_over():
    assert to_record("Справочник.Пользователи", {}) is None
    assert to_record("УдалениеОбъекта", {"x": {"ПользователиСсылка": "g"}}) is None


@pytest.mark.skipif(not SHARED.exists(), reason="the shared files are not there")
def test_the_shared_message_is_read_and_valid_again_in_every_version():
    content = (SHARED / "skeletons/enterprisedata_sales_1.19.xml").read_bytes()
    header, objects = reader.read(lambda: io.BytesIO(content))
    objects = list(objects)
    assert (header.number, len(objects)) == (7, 8)
    for version in VERSIONS:
        known = [one for one in objects if one[0] in Schema.load(version).objects]
        for name, values in known:
            try:
                written = write_message(header, [(name, values)], version)
            except ExchangeError as error:
                # Required up to 1.17 only, and the file is of 1.19.
                assert error.where.endswith("ВозвратПодДеятельность")
                assert version in ("1.10", "1.16", "1.17")
            else:
                assert validate(written, version) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the shared files are not there")
def test_the_shared_handshake_is_understood():
    name = "RECONSTRUCTED__unf_handshake_1.22.xml"
    content = (SHARED / "samples/enterprisedata" / name).read_bytes()
    header = reader.read_header(io.BytesIO(content))
    assert header.is_handshake
    assert reader.newest_common(VERSIONS, header.versions) == "1.10"
    assert header.object_types[0].receiving == "*"
