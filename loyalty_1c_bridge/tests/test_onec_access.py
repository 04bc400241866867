"""Who may and may not, for every model of the bridge and every button, by RPC."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .test_onec_desk import DeskCommon

ACCOUNTANT = "loyalty_1c_bridge.group_onec_accountant"
MANAGER = "loyalty_1c_bridge.group_onec_manager"
# Besides reading, accountants change only what they work with.
ACCOUNTANT_WRITES = {
    "onec.posting.rule",
    "onec.proposal",
    "onec.reconcile",
    "onec.reconcile.line",
}
MANAGER_WRITES = {
    "onec.odata.template",
    "onec.odata.template.line",
    "onec.backend",
    "onec.rule",
    "onec.status",
} | ACCOUNTANT_WRITES


@tagged("post_install", "-at_install")
class TestOnecAccess(DeskCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._user("acc_man", MANAGER)
        cls._user("acc_audit", "loyalty_club.group_loyalty_auditor")
        cls._user("acc_none", "base.group_user")
        cls._user("acc_sale", "sales_team.group_sale_salesman")
        new_test_user(cls.env, "acc_portal", groups="base.group_portal")
        other = cls._make_company("Other LLC")
        new_test_user(
            cls.env,
            "acc_other",
            groups=ACCOUNTANT,
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        cls.models = sorted(
            name
            for name, model in cls.env.registry.items()
            if name.startswith("onec.")
            and not model._abstract
            and not model._transient
            and model._auto
        )
        cls._make_records()

    @classmethod
    def _make_records(cls):
        backend = cls.backend
        message = cls._message(dry_run=True)
        line = {"message_id": message.id, "otype": "partner", "action": "error"}
        cls.env["onec.line"].create({**line, "state": "error", "payload": {}})
        about = {"backend_id": backend.id, "otype": "partner"}
        here = {
            **about,
            "model": "res.partner",
            "res_id": cls.env.company.partner_id.id,
        }
        cls.env["onec.map"].create({**here, "external_id": "p"})
        cls.env["onec.outbox"].create({**here, "state": "sent"})
        cls.env["onec.outbox"].create(
            {**here, "otype": "sale", "state": "blocked", "document_name": "INV/1"}
        )
        cls.env["onec.rule"].create({**about, "field_name": "name"})
        cls.env["onec.conflict"]._ask(
            backend, "both_changed", "k", "Name", otype="partner", left={"a": "b"}
        )

    # --- by the wire ---

    def _call(self, model, method, *args, **kwargs):
        """Result of an RPC, or the name of the error."""
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "jsonrpc": "2.0",
                "params": {
                    "model": model,
                    "method": method,
                    "args": list(args),
                    "kwargs": kwargs,
                },
            },
        ).json()
        if "error" in answer:
            return answer["error"]["data"]["name"].rpartition(".")[2]
        return answer.get("result")

    def _ids(self, model):
        return self.env[model].sudo().with_context(active_test=False).search([]).ids

    def _picture(self):
        """Everything that the bridge keeps, as one hash a table."""
        self.env.flush_all()
        return {
            name: self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM %s AS t",
                    SQL.identifier(self.env[name]._table),
                )
            )
            for name in self.models
        }

    def _changed(self, before):
        after = self._picture()
        return {name: after[name] for name in after if after[name] != before[name]}

    def _buttons(self, model):
        return sorted(
            name
            for name in dir(type(self.env[model]))
            if name.startswith("action_")
            and callable(getattr(type(self.env[model]), name))
        )

    def _try_everything(self, model):
        """What each call that would change something answers: names of errors."""
        ids = self._ids(model) or [1]
        calls = [
            ("create", [{}]),
            ("write", ids, {"create_date": "2020-01-01"}),
            ("unlink", ids),
        ]
        return {str(self._call(model, *call)) for call in calls}

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_strangers_read_and_change_nothing(self):
        before = self._picture()
        for login in ("acc_none", "acc_sale", "acc_portal"):
            self.authenticate(login, login)
            for model in self.models:
                ids = self._ids(model) or [1]
                with self.subTest(login=login, model=model):
                    self.assertEqual(
                        self._call(model, "search_read", [], ["id"]), "AccessError"
                    )
                    self.assertEqual(
                        self._call(model, "read", ids, ["id"]), "AccessError"
                    )
                    self.assertEqual(
                        self._try_everything(model) - {"UserError", "MissingError"},
                        {"AccessError"},
                    )
        self.assertEqual(self._picture(), before)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_no_button_works_for_who_has_not_the_right(self):
        before = self._picture()
        for login in ("acc_none", "acc_sale", "acc_portal", "acc_audit", "acc_other"):
            self.authenticate(login, login)
            for model in self.models:
                for button in self._buttons(model):
                    with self.subTest(login=login, button=f"{model}.{button}"):
                        self._call(model, button, self._ids(model) or [1])
                        self.assertEqual(self._changed(before), {})

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_auditors_read_and_change_nothing(self):
        self.authenticate("acc_audit", "acc_audit")
        before = self._picture()
        for model in ("onec.message", "onec.line", "onec.map", "onec.outbox"):
            with self.subTest(model=model):
                self.assertTrue(self._call(model, "search_read", [], ["id"]))
        for model in self.models:
            with self.subTest(model=model):
                self.assertEqual(
                    self._try_everything(model) - {"UserError", "MissingError"},
                    {"AccessError"},
                )
        self.assertEqual(self._picture(), before)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_accountants_read_the_journal_and_write_none_of_it(self):
        self.authenticate("desk_acc", "desk_acc")
        before = self._picture()
        for model in self.models:
            if model in ACCOUNTANT_WRITES:
                continue
            with self.subTest(model=model):
                self.assertEqual(
                    self._try_everything(model) - {"UserError", "MissingError"},
                    {"AccessError"},
                )
        self.assertEqual(self._picture(), before)
        for model in ("onec.message", "onec.line", "onec.map", "onec.conflict"):
            self.assertTrue(self._call(model, "search_read", [], ["id"]))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_managers_set_up_and_write_no_journal_either(self):
        self.authenticate("acc_man", "acc_man")
        before = self._picture()
        for model in set(self.models) - MANAGER_WRITES:
            with self.subTest(model=model):
                self.assertEqual(
                    self._try_everything(model) - {"UserError", "MissingError"},
                    {"AccessError"},
                )
        self.assertEqual(self._picture(), before)
        self.assertIs(
            self._call("onec.backend", "write", self.backend.ids, {"name": "B"}), True
        )
        self.assertEqual(self.backend.name, "B")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_another_companys_accountant_sees_none_of_ours(self):
        self.authenticate("acc_other", "acc_other")
        before = self._picture()
        for model in self.models:
            ids = self._ids(model)
            if not ids or "company_id" not in self.env[model]._fields:
                continue
            ours = (
                self.env[model]
                .browse(ids)
                .filtered(lambda one: one.company_id == self.backend.company_id)
            )
            with self.subTest(model=model):
                found = self._call(model, "search", [("id", "in", ours.ids)])
                self.assertIn(found, ([], "AccessError"))
                if ours:
                    self.assertEqual(
                        self._call(model, "read", ours.ids, ["id"]), "AccessError"
                    )
        self.assertEqual(self._picture(), before)

    def test_secrets_stay_with_administrators(self):
        for login in ("desk_acc", "acc_man", "acc_audit"):
            self.authenticate(login, login)
            known = self._call("onec.backend", "fields_get")
            self.assertIn("name", known)
            for name, field in known.items():
                if field["type"] == "boolean":
                    continue
                with self.subTest(login=login, field=name):
                    self.assertNotRegex(name, "password|token|secret")
