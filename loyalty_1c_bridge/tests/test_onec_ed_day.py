from unittest.mock import patch
from xml.etree import ElementTree

from odoo.tests import tagged

from ..engine.enterprisedata import VERSIONS, soap
from ..engine.enterprisedata.validate import validate
from . import fake_1c
from .test_onec_outbox import OnecDocumentsCommon

PARTNER = "Справочник.Контрагенты"
GOODS = "Справочник.Номенклатура"
SALE = "Документ.РеализацияТоваровУслуг"
CASH_IN = "Документ.ПКОРасчетыСКонтрагентами"


@tagged("post_install", "-at_install")
class TestOnecEdDay(OnecDocumentsCommon):
    """A day of the shop with a 1C base on the loopback that reads for itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fake = fake_1c.enterprisedata()
        cls.backend.write(
            {
                "ed_node_code": "ОД",
                "ed_peer_code": "БП",
                "ed_transport": "soap",
                "ed_login": "bridge",
                "ed_password": "secret",
            }
        )
        cls.startClassPatcher(patch.object(soap, "PAUSE_S", 0))

    def setUp(self):
        super().setUp()
        self.base = self.fake.Base()
        self.node = self.base.node
        self.node.versions = list(VERSIONS)
        self.backend.ed_url = self.enterContext(self.fake.running(self.base))

    def _exchange(self):
        self.env["onec.backend"]._cron_ed_send()
        self.env["onec.backend"]._cron_ed_fetch()
        self.env["onec.message"]._cron_apply()
        self.assertFalse(self.backend.ed_error)
        self.assertFalse(self.backend.ed_fetch_error)

    def _of(self, name):
        """Objects of a type that 1C has, by its own reading: ``{GUID: element}``."""
        return {
            guid: node
            for (kind, guid), node in self.node.objects.items()
            if kind == name
        }

    def _text(self, node, path):
        return node.findtext("/".join(f"{{*}}{part}" for part in path.split("/")))

    def test_a_day_reaches_1c_in_every_version_and_its_receipt_comes_back(self):
        for version in VERSIONS:
            with self.subTest(version):
                self.backend.ed_version = self.node.version = version
                self.node.versions = [version]
                self.node.objects.clear()
                invoice = self._sell(1200)
                payment = self._pay(invoice)
                self._exchange()
                guid = self.backend._guid("sale", invoice)
                sale = self._of(SALE)[guid]
                self.assertEqual(float(self._text(sale, "Сумма")), 1200)
                rows = self._rows(invoice) | self._rows(payment)
                self.assertEqual(set(rows.mapped("state")), {"received"})
                message = rows.message_id
                self.assertEqual(message.state, "acknowledged")
                self.assertEqual(validate(message._ed_content(), version), [])
        self.assertEqual(self.node.loaded, sorted(set(self.node.loaded)))

    def test_nothing_new_sends_nothing(self):
        self._sell(1200)
        self._exchange()
        sent = self.backend.ed_last_sent_no
        self._exchange()
        self.assertEqual(self.backend.ed_last_sent_no, sent)

    def test_an_edit_updates_the_same_object_in_1c(self):
        invoice = self._sell(1200)
        self._exchange()
        guids = set(self._of(SALE))
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 900
        invoice.action_post()
        self._exchange()
        self.assertEqual(set(self._of(SALE)), guids)
        (sale,) = self._of(SALE).values()
        self.assertEqual(float(self._text(sale, "Сумма")), 900)

    def test_what_1c_posted_comes_back_with_its_number(self):
        invoice = self._sell(1200)
        self._exchange()
        guid = self.backend._guid("sale", invoice)
        node = self._of(SALE)[guid]
        space = node.tag.partition("}")[0].strip("{")
        ElementTree.register_namespace("", space)
        number = node.find("{*}КлючевыеСвойства/{*}Номер")
        number.text = "0000-000077"
        xml = "".join(ElementTree.tostring(child, encoding="unicode") for child in node)
        self.node.register(SALE, guid, xml)
        self._exchange()
        row = self._rows(invoice)
        self.assertEqual((row.state, row.number_1c), ("posted", "0000-000077"))
        self._exchange()
        self.assertFalse(self.node.changes)

    def test_counterparties_and_goods_of_1c_arrive_once(self):
        self.node.register(
            PARTNER,
            "c0000000-0000-4000-8000-000000000001",
            "<КлючевыеСвойства><Ссылка>c0000000-0000-4000-8000-000000000001</Ссылка>"
            "<Наименование>Ромашка</Наименование>"
            "<НаименованиеПолное>ООО Ромашка</НаименованиеПолное>"
            "<ИНН>7707083893</ИНН><КПП>770701001</КПП>"
            "<ЮридическоеФизическоеЛицо>ЮридическоеЛицо</ЮридическоеФизическоеЛицо>"
            "</КлючевыеСвойства>",
        )
        self.node.register(
            GOODS,
            "c0000000-0000-4000-8000-000000000002",
            "<КлючевыеСвойства><Ссылка>c0000000-0000-4000-8000-000000000002</Ссылка>"
            "<Артикул>TEA-1</Артикул><Наименование>Чай</Наименование>"
            "</КлючевыеСвойства><ТипНоменклатуры>Товар</ТипНоменклатуры>",
        )
        self._exchange()
        partner = self._find("partner", "c0000000-0000-4000-8000-000000000001")
        product = self._find("product", "c0000000-0000-4000-8000-000000000002")
        self.assertEqual(partner.name, "Ромашка")
        self.assertEqual((product.name, product.default_code), ("Чай", "TEA-1"))
        self._exchange()
        self.assertFalse(self.node.changes)
        self.assertEqual(
            self.env["product.template"].search_count([("name", "=", "Чай")]), 1
        )

    def _find(self, otype, guid):
        return self.backend._find(otype, [guid])[guid]._records()
