import re
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine.errors import ExchangeError
from .test_onec_desk import DeskCommon

CODES = re.compile(r'ExchangeError\(\s*"(\w+)"')


@tagged("post_install", "-at_install")
class TestOnecDecisions(DeskCommon):
    def _both(self, **values):
        partner = self.env["res.partner"].create({"name": "Арев", "phone": "1"})
        return partner, self.env["onec.conflict"]._ask(
            self.backend,
            "both_changed",
            "partner:p",
            "Арев",
            otype="partner",
            external_id="p",
            model="res.partner",
            res_id=partner.id,
            left={"Phone": "1"},
            right={"Phone": "2"},
            payload={"otype": "partner", "values": {"phone": "2"}},
            **values,
        )

    def test_a_choice_is_taken_back_with_what_it_wrote(self):
        partner, conflict = self._both()
        conflict.with_user(self.accountant).action_1c()
        self.assertEqual((partner.phone, conflict.state), ("2", "solved"))
        conflict.with_user(self.accountant).action_reopen()
        self.assertEqual((partner.phone, conflict.state), ("1", "open"))
        conflict.with_user(self.accountant).action_1c()
        self.assertEqual(partner.phone, "2")

    def test_a_decision_that_did_more_is_not_taken_back(self):
        _partner, conflict = self._both()
        conflict.write({"kind": "shared_id", "state": "solved", "resolution": "1c"})
        with self.assertRaises(UserError):
            conflict.with_user(self.accountant).action_reopen()
        self.assertEqual(conflict.state, "solved")

    def test_always_makes_a_rule_of_the_fields_and_only_for_accountants(self):
        _partner, conflict = self._both()
        clerk = self._user("dec_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            conflict.with_user(clerk).action_always()
        rules = self.env["onec.rule"]
        self.assertFalse(rules.search([("backend_id", "=", self.backend.id)]))
        conflict.with_user(self.accountant).with_context(
            onec_choice="here"
        ).action_always()
        rule = rules.search([("backend_id", "=", self.backend.id)])
        self.assertEqual(
            (rule.otype, rule.field_name, rule.owner), ("partner", "phone", "odoo")
        )

    def test_questions_are_dismissed_together_with_a_reason(self):
        partner, conflict = self._both()
        self.env["onec.conflict.dismiss"].with_user(self.accountant).with_context(
            active_model="onec.conflict", active_ids=conflict.ids
        ).create({"reason": "<b>Agreed</b>"}).action_dismiss()
        self.assertEqual(conflict.state, "dismissed")
        self.assertEqual(conflict.resolution, "<b>Agreed</b>")
        self.assertEqual(conflict.user_id, self.accountant)
        self.assertEqual(partner.phone, "1")

    def _sent(self, state="received"):
        message = self.env["onec.message"].create(
            {
                "backend_id": self.backend.id,
                "direction": "out",
                "channel": "ed",
                "filename": "Message_OD_BP.xml",
                "state": "sent",
            }
        )
        row = self.env["onec.outbox"].create(
            {
                "backend_id": self.backend.id,
                "otype": "partner",
                "model": "res.partner",
                "res_id": self.env.company.partner_id.id,
                "state": state,
                "message_id": message.id,
            }
        )
        return message, row

    def test_what_went_is_sent_again_once_asked(self):
        message, row = self._sent()
        message.with_user(self.accountant).action_send_again()
        self.assertEqual((row.state, row.message_id.id), ("queued", False))
        with self.assertRaises(UserError):
            message.with_user(self.accountant).action_send_again()
        with self.assertRaises(UserError):
            row.with_user(self.accountant).action_send_again()

    def test_a_message_of_1c_is_not_sent(self):
        message = self._message()
        with self.assertRaises(UserError):
            message.with_user(self.accountant).action_send_again()
        self.assertEqual(message.state, "received")

    def test_records_show_where_they_are_on_their_way(self):
        partner = self.env.company.partner_id.with_user(self.accountant)
        self.assertEqual(partner.onec_state, "none")
        _message, row = self._sent("posted")
        partner.invalidate_recordset()
        self.assertEqual(partner.onec_state, "posted")
        action = partner.action_onec()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]).ids, row.ids
        )
        clerk = self._user("linked_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            partner.with_user(clerk).action_onec()

    def test_what_comes_from_outside_is_no_html_in_an_activity(self):
        kind = self.env.ref("mail.mail_activity_data_todo")
        self.backend.user_id = self.accountant
        message = self._message(dry_run=True)
        message._work(30)
        cls = type(self.backend)
        self.patch(
            cls, "_health_problems", lambda one: [("bad", "<img src=x onerror=a>")]
        )
        self.backend.invalidate_recordset()
        self.env["onec.backend"]._cron_health()
        note = self.backend.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        ).note
        self.assertIn("&lt;img", note)
        self.assertNotIn("<img", note)

    def _codes(self):
        root = Path(__file__).parent.parent
        codes = {
            code
            for folder in ("engine", "models")
            for path in (root / folder).rglob("*.py")
            for code in CODES.findall(path.read_text(encoding="utf-8"))
        }
        self.assertGreater(len(codes), 40)
        return sorted(codes)

    def test_every_error_is_explained(self):
        for code in self._codes():
            with self.subTest(code=code):
                error = ExchangeError(code, "Товар")
                text = self.env["onec.message"]._explain(error)
                self.assertNotIn(code, text)
                self.assertGreater(len(text), 10)

    def test_errors_are_explained_in_russian_and_armenian(self):
        for lang, letters in (("ru_RU", "[а-яё]{3}"), ("hy_AM", "[ա-և]{3}")):
            self.env["res.lang"]._activate_lang(lang)
            messages = self.env["onec.message"].with_context(lang=lang)
            for code in self._codes():
                with self.subTest(lang=lang, code=code):
                    text = messages._explain(ExchangeError(code, "X"))
                    self.assertRegex(text, letters)
