import io
from unittest.mock import patch

from odoo.tests import tagged

from ..engine.enterprisedata import reader
from ..engine.enterprisedata.header import Header
from ..engine.enterprisedata.validate import validate
from ..engine.enterprisedata.writer import write_message
from .common import OnecCommon

PARTNER = "Справочник.Контрагенты"


class EdCommon(OnecCommon):
    """A base that speaks EnterpriseData; operations are counterparties, for short."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.write(
            {
                "use_ed": True,
                "ed_node_code": "ОД",
                "ed_peer_code": "БП",
                "ed_version": "1.19",
            }
        )
        cls.outbox = cls.env["onec.outbox"]
        patcher = patch.object(
            cls.registry["onec.backend"], "_ed_build", cls._built, create=True
        )
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    @staticmethod
    def _built(backend, rows):
        partners = backend.env["res.partner"].browse(rows.mapped("res_id"))
        return [
            (PARTNER, EdCommon._values(backend, partner), row)
            for row, partner in zip(rows, partners, strict=True)
        ]

    @staticmethod
    def _values(backend, partner):
        return {
            "КлючевыеСвойства": {
                "Ссылка": backend._guid("partner", partner),
                "Наименование": partner.name,
                "ИНН": partner.vat,
                "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
            }
        }

    def _queue(self, name, **values):
        partner = self.env["res.partner"].create({"name": name, **values})
        return self._queue_again(partner)

    def _queue_again(self, partner):
        before = self.outbox.search(
            [("res_id", "=", partner.id), ("model", "=", "res.partner")]
        )
        before.latest = False
        before.flush_recordset()
        return self.outbox.create(
            {
                "backend_id": self.backend.id,
                "otype": "partner",
                "model": "res.partner",
                "res_id": partner.id,
                "document_name": partner.name,
                "document_date": "2026-09-30",
            }
        )

    def _publish(self):
        """Collect, and let 1C see it."""
        message = self.backend._ed_collect()
        self.backend._ed_publish(message)
        self.backend._ed_handed_over(message)
        return message

    def _names(self, message):
        _header, objects = reader.read(lambda: io.BytesIO(message._ed_content()))
        return [values["КлючевыеСвойства"]["Наименование"] for _name, values in objects]

    def _from_1c(self, number, received, objects=(), **values):
        header = Header(
            **{
                "sender": "БП",
                "receiver": "ОД",
                "number": number,
                "received": received,
                "versions": ["1.17", "1.19"],
                **values,
            }
        )
        return write_message(header, objects, "1.19")

    def _take(self, *args, **values):
        return self.backend._ed_take(
            "Message_БП_ОД.xml", self._from_1c(*args, **values)
        )


@tagged("post_install", "-at_install")
class TestOnecEdSend(EdCommon):
    def test_what_waits_goes_into_a_valid_numbered_message(self):
        row = self._queue("Ани")
        message = self.backend._ed_collect()
        self.assertEqual((message.number, message.state), (1, "ready"))
        self.assertEqual(validate(message._ed_content(), "1.19"), [])
        self.assertEqual(self._names(message), ["Ани"])
        self.assertEqual((row.message_id, row.state), (message, "queued"))
        self.assertEqual(message.line_ids.res_id, row.res_id)

    def test_nothing_to_say_makes_no_message(self):
        self.assertFalse(self.backend._ed_collect())
        self.assertEqual(self.backend.ed_last_sent_no, 0)

    def test_an_unseen_message_grows_under_its_number(self):
        self._queue("Ани")
        first = self.backend._ed_collect()
        self._queue("Борис")
        second = self.backend._ed_collect()
        self.assertEqual(first, second)
        self.assertEqual(second.number, 1)
        self.assertEqual(self._names(second), ["Ани", "Борис"])

    def test_a_seen_message_is_followed_by_the_next_number_with_everything(self):
        row = self._queue("Ани")
        first = self._publish()
        content = first._ed_content()
        self._queue("Борис")
        second = self._publish()
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(first._ed_content(), content)
        self.assertEqual(self._names(second), ["Ани", "Борис"])
        self.assertEqual(second.line_ids[0].res_id, row.res_id)

    def test_without_news_the_waiting_message_is_handed_over_again(self):
        self._queue("Ани")
        message = self.backend._ed_collect()
        self.backend._ed_publish(message)
        self.assertEqual(self.backend._ed_collect(), message)

    def test_a_receipt_takes_operations_off_the_list(self):
        row = self._queue("Ани")
        message = self._publish()
        self._take(1, 1)
        self.assertEqual((message.state, row.state), ("acknowledged", "received"))
        self._queue("Борис")
        self.assertEqual(self._names(self._publish()), ["Борис"])

    def test_a_receipt_of_the_first_leaves_the_second_waiting(self):
        first_row = self._queue("Ани")
        self._publish()
        second_row = self._queue("Борис")
        second = self._publish()
        self._take(1, 1)
        self.assertEqual((first_row.state, second_row.state), ("received", "sent"))
        self.assertEqual(second.state, "sent")
        self._queue("Вера")
        self.assertEqual(self._names(self._publish()), ["Борис", "Вера"])

    def test_a_lost_message_costs_nothing(self):
        rows = self._queue("Ани")
        self._publish()
        rows |= self._queue("Борис")
        self._publish()
        self._take(1, 2)
        self.assertEqual(rows.mapped("state"), ["received", "received"])

    def test_an_edit_after_sending_goes_out_once_in_its_newest_form(self):
        row = self._queue("Ани")
        self._publish()
        partner = self.env["res.partner"].browse(row.res_id)
        partner.name = "Анна"
        edit = self._queue_again(partner)
        self.assertEqual(self._names(self._publish()), ["Анна"])
        self._take(1, 1)
        self.assertEqual((row.state, edit.state), ("received", "sent"))
        self._take(2, 2)
        self.assertEqual(edit.state, "received")

    def test_what_cannot_be_written_is_held_back_and_nothing_else(self):
        bad = self._queue("Плохой", vat="7" * 13)
        good = self._queue("Ани")
        message = self.backend._ed_collect()
        self.assertEqual(self._names(message), ["Ани"])
        self.assertEqual((bad.state, good.message_id), ("blocked", message))
        self.assertIn("ИНН", bad.error)

    def test_what_1c_does_not_take_is_not_sent(self):
        self.backend.ed_peer_types = {"receives": ["Документ.ЧекККМ"], "sends": []}
        row = self._queue("Ани")
        self.assertFalse(self.backend._ed_collect())
        self.assertEqual(row.state, "blocked")
        self.assertEqual(self.backend.ed_last_sent_no, 0)

    def test_another_version_builds_what_has_no_receipt_anew(self):
        self._queue("Ани")
        self._publish()
        self.backend.ed_version = "1.10"
        message = self._publish()
        self.assertEqual(message.number, 2)
        self.assertEqual(validate(message._ed_content(), "1.10"), [])
        self.assertEqual(self._names(message), ["Ани"])

    def test_the_settings_message_has_no_number_and_no_body(self):
        message = self.backend._ed_settings_message()
        self.assertEqual(validate(message._ed_content(), ""), [])
        header = reader.read_header(io.BytesIO(message._ed_content()))
        self.assertTrue(header.is_handshake)
        self.assertEqual((header.number, header.sender), (0, "ОД"))
        self.assertEqual(self.backend.ed_last_sent_no, 0)

    def test_only_what_has_an_applier_is_declared_as_receivable(self):
        types = self.backend._ed_object_types()
        received = {one.name for one in types if one.receiving}
        self.assertIn("Справочник.НоменклатураГруппа", received)
        self.assertNotIn("Документ.ЧекККМ", received)
        with patch.dict(self.registry.models):
            del self.registry.models["onec.apply.category"]
            types = self.backend._ed_object_types()
        received = {one.name for one in types if one.receiving}
        self.assertNotIn("Справочник.НоменклатураГруппа", received)
