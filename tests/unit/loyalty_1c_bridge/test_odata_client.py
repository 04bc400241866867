"""The client of OData against the pretended base with its traps."""

import importlib.util
import sys
import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError
from odoo.addons.loyalty_1c_bridge.engine.odata import client as client_module
from odoo.addons.loyalty_1c_bridge.engine.odata import lock
from odoo.addons.loyalty_1c_bridge.engine.odata.client import Client
from odoo.addons.loyalty_1c_bridge.engine.odata.ledger import Ledger

PATH = Path(__file__).parents[3] / "setup" / "fake_1c" / "odata.py"
SALE = "Document_РеализацияТоваровУслуг"
KEY = "6f2cb1a0-6d0c-4c4e-9a9a-0d3d8f0f6a11"


@pytest.fixture(scope="module")
def fake():
    spec = importlib.util.spec_from_file_location("fake_1c_odata", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fake_1c_odata"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server(fake, tmp_path):
    with fake.Server(tmp_path / "base.json") as running:
        yield running


@pytest.fixture
def client(server):
    return Client(server.url, "odata", "secret", timeout=10)


def code_of(call, *args):
    with pytest.raises(ExchangeError) as caught:
        call(*args)
    assert "secret" not in str(caught.value)
    return caught.value.code


def test_pages_are_read_to_the_end_without_inlinecount(server, client):
    for index in range(7):
        server.store.put("Catalog_Контрагенты", Description=f"Partner {index}")
    path = "Catalog_Контрагенты"
    found = list(client.rows(path, order="Ref_Key", page=3))
    assert len({row["Ref_Key"] for row in found}) == 7
    queries = [query for _method, _path, query in server.base.calls]
    assert len(queries) == 3
    assert all("$orderby=Ref_Key" in query for query in queries)
    assert not any("inlinecount" in query for query in queries)
    assert all("allowedOnly=true" in query for query in queries)


def test_objects_are_found_by_key_and_absent_ones_are_none(server, client):
    server.store.document(SALE, KEY, "2026-03-02", "0000-1", 100)
    assert client.get(SALE, KEY)["Posted"] is True
    assert client.get(SALE, str(uuid.uuid4())) is None
    other = str(uuid.uuid4())
    assert list(client.by_keys(SALE, [KEY, other])) == [KEY]


def test_many_keys_are_asked_for_in_short_addresses(server, client):
    keys = [
        server.store.document(SALE, None, "2026-03-02", str(i), 1) for i in range(45)
    ]
    assert set(client.by_keys(SALE, keys)) == set(keys)
    assert len(server.base.calls) == 3


def test_rights_told_by_a_page_are_no_answer(server, client):
    server.base.traps.add("rights")
    assert code_of(client.get, SALE, KEY) == "odata_rights"


def test_wrong_password_redirect_and_foreign_page_are_told_apart(server, client):
    bad = Client(server.url, "odata", "wrong", timeout=10)
    assert code_of(bad.get, SALE, KEY) == "odata_refused"
    assert code_of(client.get, "Nothing_Here", KEY) == "odata_no_set"
    server.base.traps.add("redirect")
    assert code_of(client.get, SALE, KEY) == "url_redirect"


def test_addresses_of_cloud_metadata_are_refused():
    assert code_of(Client, "http://169.254.169.254/base") == "address_blocked"
    assert code_of(Client, "http://user:secret@1c.local/base") == "url_credentials"


def test_whole_queries_survive_rights_by_rows(server, client):
    server.base.traps.add("row_rights")
    server.store.document(SALE, KEY, "2026-03-02", "0000-1", 100)
    assert len(list(client.objects(SALE))) == 1


def test_object_is_created_under_our_key_posted_and_unposted(client):
    made = client.create(SALE, KEY, {"СуммаДокумента": 10})
    assert (made["Ref_Key"], made["Posted"]) == (KEY, False)
    assert client.post(SALE, KEY)["Posted"] is True
    assert client.unpost(SALE, KEY)["Posted"] is False


def test_lost_answer_makes_no_second_object(server, client):
    server.base.traps.add("lost_answer")
    client.create(SALE, KEY, {"СуммаДокумента": 10})
    client.create(SALE, KEY, {"СуммаДокумента": 10})
    assert list(server.store.read()["objects"][SALE]) == [KEY]
    assert server.methods.count("POST") == 1


def test_property_that_1c_drops_silently_is_noticed(client):
    assert code_of(client.create, SALE, KEY, {"СуммаДокумент": 10}) == "odata_property"


def test_document_that_does_not_post_is_noticed(server, client):
    client.create(SALE, KEY, {})
    server.base.traps.add("not_posting")
    assert code_of(client.post, SALE, KEY) == "odata_not_posted"


def test_change_of_somebody_else_is_not_overwritten(server, client):
    version = client.create(SALE, KEY, {"Комментарий": "a"})["DataVersion"]
    client.change(SALE, KEY, {"Комментарий": "b"}, version)
    assert (
        code_of(client.change, SALE, KEY, {"Комментарий": "c"}, version)
        == "odata_version"
    )
    assert client.get(SALE, KEY)["Комментарий"] == "b"


def test_nothing_is_ever_deleted(server, client):
    client.create(SALE, KEY, {})
    assert client.mark_deleted(SALE, KEY)["DeletionMark"] is True
    with pytest.raises(ValueError):
        client._call("DELETE", f"{SALE}(guid'{KEY}')")
    assert "DELETE" not in server.methods
    assert '"DELETE"' not in Path(client_module.__file__).read_text(encoding="utf-8")


def test_register_gives_balances_and_entries_of_settlements(server, client):
    partner, contract = str(uuid.uuid4()), str(uuid.uuid4())
    entry = server.store.entry
    entry(SALE, KEY, "2026-02-10", "62.01", "90.01", 500, partner, contract)
    entry(SALE, KEY, "2026-03-02", "62.01", "90.01", 100, partner, contract)
    entry("Document_X", KEY, "2026-03-06", "51", "62.01", 70, partner, contract)
    entry("Document_X", KEY, "2026-03-07", "51", "50", 999, partner, contract)
    ledger = Ledger(client, "Хозрасчетный", ["62"])
    side = (partner, contract)
    assert ledger.balances(date(2026, 3, 1)) == {side: Decimal(500)}
    rows = list(ledger.entries(date(2026, 3, 1), date(2026, 3, 6)))
    assert [(row.debit, row.credit, row.contract) for row in rows] == [
        (Decimal(100), Decimal(0), contract),
        (Decimal(0), Decimal(70), contract),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"ДатаЗапрета": "2026-01-31T00:00:00"}, date(2026, 1, 31)),
        ({"ДатаЗапрета": "0001-01-01T00:00:00"}, None),
        ({"ОписаниеДатыЗапрета": "КонецПрошлогоКвартала"}, date(2025, 12, 31)),
        (
            {
                "ДатаЗапрета": "2026-01-31T00:00:00",
                "Пользователь_Type": "StandardODATA.Catalog_Пользователи",
            },
            None,
        ),
        ({"ДатаЗапрета": "2026-01-31T00:00:00", "Объект": str(uuid.uuid4())}, None),
    ],
)
def test_closed_period_is_the_one_for_everybody(row, expected):
    assert lock.lock_date([row], date(2026, 3, 6)) == expected
