from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import OnecCommon

GROUPS = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.07"><Классификатор><Ид>c</Ид>
<Наименование>К</Наименование><Группы><Группа><Ид>g1</Ид>
<Наименование>%s</Наименование></Группа></Группы></Классификатор>
</КоммерческаяИнформация>"""


class DeskCommon(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user(
            "desk_acc", "loyalty_1c_bridge.group_onec_accountant"
        )

    @classmethod
    def _message(cls, name="Чай", dry_run=False, backend=None):
        attachment = cls.env["ir.attachment"].create(
            {"name": "import0_1.xml", "raw": (GROUPS % name).encode()}
        )
        return cls.env["onec.message"].create(
            {
                "backend_id": (backend or cls.backend).id,
                "channel": "cml",
                "kind": "catalog",
                "filename": "import0_1.xml",
                "attachment_id": attachment.id,
                "dry_run": dry_run,
            }
        )

    def _category(self):
        row = self.backend._find("category", ["g1"]).get("g1")
        return row._records() if row else self.env["product.category"]


@tagged("post_install", "-at_install")
class TestOnecDesk(DeskCommon):
    def test_a_dry_run_is_shown_then_approved(self):
        message = self._message(dry_run=True)
        message._work(30)
        self.assertEqual(message.state, "review")
        self.assertEqual(message.line_ids.mapped("state"), ["planned"])
        self.assertFalse(self._category())
        message.with_user(self.accountant).action_approve()
        message._work(30)
        self.assertEqual(message.state, "done")
        self.assertEqual(self._category().name, "Чай")

    def test_a_refused_message_changes_nothing(self):
        message = self._message(dry_run=True)
        message._work(30)
        message.with_user(self.accountant).action_refuse()
        self.assertEqual(message.state, "cancelled")
        self.assertFalse(self._category())

    def test_what_is_done_is_not_approved_again(self):
        message = self._message()
        message._work(30)
        with self.assertRaises(UserError):
            message.with_user(self.accountant).action_approve()
        self.assertEqual(message.state, "done")

    def test_a_replay_compares_and_writes_nothing(self):
        message = self._message()
        message._work(30)
        self._category().name = "Кофе"
        self.backend._find("category", ["g1"])["g1"].hash_in = False
        message.with_user(self.accountant).action_replay()
        message._work(30)
        self.assertEqual(message.state, "review")
        self.assertIn("Кофе → Чай", message.line_ids.diff_text)
        self.assertEqual(self._category().name, "Кофе")

    def test_differences_from_outside_are_escaped(self):
        line = self.env["onec.line"].create(
            {
                "message_id": self._message().id,
                "otype": "category",
                "action": "update",
                "diff": {"Name": ["<script>", "<img src=x onerror=alert(1)>"]},
            }
        )
        self.assertNotIn("<script>", line.diff_html)
        self.assertIn("&lt;img", line.diff_html)

    def test_only_accountants_decide(self):
        message = self._message(dry_run=True)
        message._work(30)
        clerk = self._user("desk_clerk", "base.group_user")
        auditor = self._user("desk_auditor", "loyalty_club.group_loyalty_auditor")
        for user in (clerk, auditor):
            with self.assertRaises(AccessError):
                message.with_user(user).action_approve()
        self.assertEqual(message.state, "review")
        self.assertEqual(message.with_user(auditor).filename, "import0_1.xml")

    def test_another_companys_messages_are_not_seen_nor_decided(self):
        other = self._make_company("Other LLC")
        message = self._message(
            dry_run=True, backend=self._make_backend("Чужая", company_id=other.id)
        )
        message._work(30)
        self.assertFalse(
            self.env["onec.message"]
            .with_user(self.accountant)
            .search([("id", "=", message.id)])
        )
        with self.assertRaises(AccessError):
            message.with_user(self.accountant).action_approve()
        self.assertEqual(message.state, "review")

    # --- conflicts ---

    def _conflict(self, **values):
        return self.env["onec.conflict"]._ask(
            self.backend,
            values.pop("kind", "invalid"),
            values.pop("key", "k"),
            "Something",
            **values,
        )

    def test_a_question_is_asked_once_and_remembers_who_decided(self):
        first = self._conflict(left={"Name": "A"}, right={"Name": "<b>B</b>"})
        self.assertEqual(self._conflict(), first)
        self.assertIn("&lt;b&gt;", first.sides_html)
        first.with_user(self.accountant).action_dismiss()
        self.assertEqual((first.state, first.user_id), ("dismissed", self.accountant))
        self.assertNotEqual(self._conflict(), first)
        with self.assertRaises(UserError):
            first.with_user(self.accountant).action_reopen()

    def test_a_question_without_sides_is_not_chosen(self):
        conflict = self._conflict()
        with self.assertRaises(UserError):
            conflict.with_user(self.accountant).action_1c()
        self.assertEqual(conflict.state, "open")

    # --- closed periods ---

    def test_both_sides_lock(self):
        day = date(2026, 3, 5)
        self.assertIsNone(self.backend._locked(day))
        self.backend.lock_date_1c = "2026-03-31"
        self.assertEqual(self.backend._locked(day), ("1c", date(2026, 3, 31)))
        self.backend.lock_date_1c = False
        self.backend.company_id.fiscalyear_lock_date = "2026-03-10"
        self.assertEqual(self.backend._locked(day), ("here", date(2026, 3, 10)))
        self.assertIsNone(self.backend._locked(date(2026, 3, 11)))
        self.env["account.lock_exception"].create(
            {
                "company_id": self.backend.company_id.id,
                "fiscalyear_lock_date": False,
                "user_id": self.env.uid,
                "end_datetime": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.assertIsNone(self.backend._locked(day))

    # --- health ---

    def test_what_stands_still_becomes_an_activity_and_goes_away_with_its_cause(self):
        self.backend.user_id = self.accountant
        message = self._message(dry_run=True)
        message._work(30)
        self.assertEqual((self.backend.health, self.backend.count_review), ("work", 1))
        self.env["onec.backend"]._cron_health()
        self.env["onec.backend"]._cron_health()
        self.assertEqual(self.backend.activity_ids.user_id, self.accountant)
        self.assertEqual(len(self.backend.activity_ids), 1)
        message.action_refuse()
        self.backend.invalidate_recordset()
        self.env["onec.backend"]._cron_health()
        self.assertFalse(self.backend.activity_ids)

    def test_a_queue_that_stands_is_bad(self):
        self.env["onec.outbox"].create(
            {
                "backend_id": self.backend.id,
                "otype": "sale",
                "model": "account.move",
                "res_id": 1,
                "dirty_since": fields.Datetime.now() - timedelta(days=2),
            }
        )
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.health, "bad")

    def test_old_files_go_and_the_journal_stays(self):
        message = self._message()
        message._work(30)
        self.env.cr.execute(
            "UPDATE onec_message SET create_date = now() - interval '500 days' "
            "WHERE id = %s",
            [message.id],
        )
        message.invalidate_recordset()
        self.backend._forget_old_files()
        self.assertFalse(message.attachment_id.exists())
        self.assertTrue(message.line_ids)

    def test_only_managers_go_live(self):
        self.backend.dry_run = True
        with self.assertRaises(AccessError):
            self.backend.with_user(self.accountant).action_go_live()
        self.assertTrue(self.backend.dry_run)
        manager = self._user("desk_man", "loyalty_1c_bridge.group_onec_manager")
        self.backend.with_user(manager).action_go_live()
        self.assertFalse(self.backend.dry_run)


@tagged("post_install", "-at_install")
class TestOnecMessageFile(DeskCommon, HttpCase):
    def test_the_file_goes_to_who_may_read_the_journal_and_never_as_a_page(self):
        message = self._message("<b>")
        self.authenticate("desk_acc", "desk_acc")
        answer = self.url_open(f"/loyalty_1c/message/{message.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/octet-stream")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self._user("file_clerk", "base.group_user")
        self.authenticate("file_clerk", "file_clerk")
        self.assertEqual(
            self.url_open(f"/loyalty_1c/message/{message.id}").status_code, 404
        )
