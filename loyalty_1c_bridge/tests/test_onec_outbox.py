from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..engine.enterprisedata import VERSIONS
from ..engine.enterprisedata.header import Header
from ..engine.enterprisedata.validate import validate
from ..engine.enterprisedata.writer import write_message
from .common import OnecCommon

SALE = "Документ.РеализацияТоваровУслуг"
RETURN = "Документ.ВозвратТоваровОтПокупателя"
CASH_IN = "Документ.ПКОРасчетыСКонтрагентами"


class OnecDocumentsCommon(OnecCommon):
    """A base that gets finished documents, goods, and what a message would hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.use_ed = True
        cls.beans = cls._make_product("Coffee beans, 1 kg", 1000, type="consu")
        cls.outbox = cls.env["onec.outbox"]

    def _rows(self, record=None, backend=None, **values):
        domain = [("backend_id", "=", (backend or self.backend).id)]
        domain += [("latest", "=", True)]
        if record is not None:
            domain += [("model", "=", record._name), ("res_id", "in", record.ids)]
        return self.outbox.search(domain, order="id")

    def _queued(self, backend=None):
        return self._rows(backend=backend).filtered(lambda r: r.state == "queued")

    def _message(self, backend=None):
        """Build what is queued as the exchange does, prove it, and mark it as sent."""
        backend = backend or self.backend
        objects = self.env["onec.ed.build"]._build(backend, self._queued(backend))
        version = backend.ed_version
        header = Header(
            version=version, sender="ОД", receiver="БП", number=1, received=0
        )
        content = write_message(
            header, [(name, values) for name, values, _row in objects], version
        )
        self.assertEqual(validate(content, version), [])
        self.assertFalse(
            self._rows(backend=backend)
            .filtered(lambda r: r.state == "blocked")
            .mapped("error")
        )
        number = self.env["onec.message"].search_count(
            [("backend_id", "=", backend.id)]
        )
        message = self.env["onec.message"].create(
            {
                "backend_id": backend.id,
                "direction": "out",
                "channel": "ed",
                "number": number + 1,
                "filename": "Message.xml",
                "state": "sent",
            }
        )
        rows = self.outbox.union(*(row for _name, _values, row in objects))
        rows.write({"message_id": message.id, "state": "sent"})
        return objects

    @staticmethod
    def _of(objects, name):
        return [values for kind, values, _row in objects if kind == name]

    def _sell(self, amount, **values):
        return self._invoice(amount, product=self.beans, **values)


@tagged("post_install", "-at_install")
class TestOnecOutbox(OnecDocumentsCommon):
    def test_a_posted_invoice_waits_once_however_often_it_is_edited(self):
        invoice = self._sell(20000)
        row = self._rows(invoice)
        self.assertRecordValues(
            row,
            [
                {
                    "otype": "sale",
                    "op": "upsert",
                    "state": "queued",
                    "document_name": invoice.name,
                    "document_date": invoice.invoice_date,
                    "partner_id": self.ani.id,
                    "amount": 20000,
                }
            ],
        )
        invoice.button_draft()
        self.assertEqual(self._rows(invoice).op, "cancel")
        invoice.invoice_line_ids.price_unit = 21000
        invoice.action_post()
        self.assertEqual(self._rows(invoice), row)
        self.assertRecordValues(row, [{"op": "upsert", "amount": 21000}])

    def test_a_draft_and_a_bill_are_nothing_to_1c(self):
        draft = self._sell(20000, post=False)
        self.assertFalse(self._rows(draft))
        draft.unlink()
        self.assertFalse(self._queued())

    def test_what_is_older_than_the_exchange_stays_out(self):
        self.backend.date_start = "2099-01-01"
        invoice = self._sell(20000)
        self._pay(invoice)
        self.assertFalse(self._queued())

    def test_documents_of_another_company_never_go(self):
        other = self._make_company("Ararat LLC")
        self.env.user.company_ids |= other
        journal = self.env["account.journal"].search(
            [("company_id", "=", other.id), ("type", "=", "sale")], limit=1
        )
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "company_id": other.id,
                "journal_id": journal.id,
                "partner_id": self.ani.id,
                "invoice_date": date(2026, 11, 1),
                "invoice_line_ids": [(0, 0, {"name": "Tea", "price_unit": 5})],
            }
        ).action_post()
        self.assertFalse(self._queued())

    def test_queueing_costs_two_queries_of_a_posting(self):
        def post():
            invoice = self._sell(20000, post=False)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            invoice.action_post()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.backend.use_ed = False
        post()
        without = post()
        self.backend.use_ed = True
        self.env["onec.backend"]._ed_targets(self.company)
        self.assertLessEqual(post() - without, 2)

    def test_an_edit_after_sending_is_sent_again_and_nothing_else_is(self):
        invoice = self._sell(20000)
        objects = self._message()
        self.assertEqual(len(self._of(objects, SALE)), 1)
        first = self._rows(invoice)
        self.assertEqual(first.state, "sent")
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self._message(), [])
        self.assertEqual(self._rows(invoice), first)
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 21000
        invoice.action_post()
        (values,) = self._of(again := self._message(), SALE)
        self.assertEqual(len(again), 1)
        self.assertEqual(values["Сумма"], 21000)
        self.assertEqual(
            values["КлючевыеСвойства"]["Ссылка"],
            self._of(objects, SALE)[0]["КлючевыеСвойства"]["Ссылка"],
        )
        self.assertFalse(first.latest)

    def test_a_document_that_is_a_draft_again_loses_its_posting_in_1c(self):
        invoice = self._sell(20000)
        self._message()
        invoice.button_draft()
        (values,) = self._of(self._message(), SALE)
        common = values["ОбщиеСвойстваОбъектовФормата"]
        self.assertEqual(common["СостояниеОбъекта"], "Черновик")
        invoice.action_post()
        (values,) = self._of(self._message(), SALE)
        common = values["ОбщиеСвойстваОбъектовФормата"]
        self.assertEqual(common["СостояниеОбъекта"], "Актуальный")

    def test_the_oldest_version_gets_a_mark_of_deletion_instead(self):
        self.backend.ed_version = "1.10"
        invoice = self._sell(20000)
        sent = self._of(self._message(), SALE)[0]
        invoice.button_draft()
        (values,) = self._of(self._message(), "УдалениеОбъекта")
        self.assertEqual(
            values["СсылкаНаОбъект"]["СсылкаНаОбъект"],
            {"РеализацияТоваровУслугСсылка": sent["КлючевыеСвойства"]["Ссылка"]},
        )

    def test_what_1c_never_saw_needs_no_cancelling(self):
        invoice = self._sell(20000)
        invoice.button_draft()
        self.assertEqual(self._message(), [])
        self.assertFalse(self._rows(invoice))

    def test_each_version_is_valid(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                backend = self._make_backend(version, use_ed=True, ed_version=version)
                invoice = self._sell(20000)
                self._pay(invoice)
                refund = self._credit(invoice, 500)
                self._pay(refund)
                kinds = {name for name, _values, _row in self._message(backend)}
                self.assertLessEqual(
                    {
                        "Справочник.Контрагенты",
                        "Справочник.Договоры",
                        "Справочник.Номенклатура",
                        "Справочник.Склады",
                        SALE,
                        RETURN,
                        CASH_IN,
                        "Документ.РКОРасчетыСКонтрагентами",
                    },
                    kinds,
                )

    def test_counterparties_and_goods_come_before_documents(self):
        self._pay(self._sell(20000))
        names = [name for name, _values, _row in self._message()]
        first = next(i for i, name in enumerate(names) if name.startswith("Документ."))
        self.assertFalse(
            [name for name in names[first:] if not name.startswith("Документ.")]
        )
        self.assertLess(
            names.index("Справочник.Контрагенты"), names.index("Справочник.Договоры")
        )

    def test_an_accountant_tries_again_and_a_stranger_does_not(self):
        row = self.outbox._queue(self.backend, "sale", self._sell(20000))
        row._block("Because.")
        stranger = self._user("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            row.with_user(stranger).action_try_again()
        self.assertEqual(row.state, "blocked")
        accountant = self._user("acc", "loyalty_1c_bridge.group_onec_accountant")
        row.with_user(accountant).action_try_again()
        self.assertRecordValues(row, [{"state": "queued", "error": False}])
