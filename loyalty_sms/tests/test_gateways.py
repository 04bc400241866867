from pathlib import Path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

from ..engine.gateways.base import Outgoing
from ..engine.gateways.presets import presets

SECRETS = (
    "login",
    "secret",
    "webhook_key",
    "webhook_secret",
    "whatsapp_verify_token",
    "kannel_admin_password",
    "kannel_status_password",
    "kannel_conf",
    "http_headers",
    "http_body",
    "report_address",
)


class GatewayCommon(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateways = cls.env["loyalty.sms.gateway"]
        cls.gateways.search([]).active = False
        cls.user = cls._user("sms_reader", "loyalty_sms.group_sms_user")
        cls.manager = cls._user("sms_chief", "loyalty_sms.group_sms_manager")
        cls.admin = cls._user("sms_boss", "loyalty_sms.group_sms_admin")

    @classmethod
    def _gateway(cls, name="Gateway", **values):
        return cls.gateways.create({"name": name, **values})


class TestGateways(GatewayCommon):
    def test_a_new_gateway_is_a_demo_phone_and_has_a_long_key(self):
        gateway = self._gateway()
        self.assertEqual(gateway.kind, "demo")
        self.assertGreaterEqual(len(gateway.webhook_key), 43)  # 256 bits in base64
        self.assertNotEqual(gateway.webhook_key, self._gateway().webhook_key)

    def test_a_copy_has_no_secrets_and_a_key_of_its_own(self):
        gateway = self._gateway(kind="http", secret="k", webhook_secret="w")
        copy = gateway.copy()
        self.assertFalse(copy.secret)
        self.assertFalse(copy.webhook_secret)
        self.assertNotEqual(copy.webhook_key, gateway.webhook_key)

    def test_every_kind_has_an_adapter(self):
        for kind in dict(self.gateways._fields["kind"].selection):
            form = Form(self.gateways.with_user(self.admin))
            form.name = kind
            form.kind = kind
            if kind == "whatsapp":
                form.whatsapp_phone_number_id = "1045"
            provider = form.save()._provider()
            self.assertEqual(provider.code, kind)
            self.assertIn(form.channel, provider.channels)

    def test_kannel_sends_no_e_mails(self):
        with self.assertRaises(ValidationError):
            self._gateway(kind="kannel", channel="email")

    def test_equal_settings_share_an_adapter_and_changes_make_another(self):
        gateway = self._gateway(kind="kannel", secret="one")
        before = gateway._provider()
        self.assertIs(gateway._provider(), before)
        gateway.secret = "two"
        self.assertEqual(gateway._provider().config.secret, "two")
        self.assertEqual(before.config.secret, "one")

    def test_settings_that_cannot_work_are_refused_with_the_reason(self):
        gateway = self._gateway(kind="http", http_url="https://sms.example/send")
        for name, value, words in (
            ("http_body", "{bad", "JSON"),
            ("http_error_map", "207 = nummer", "nummer"),
            ("http_report_map", "no equals sign", "no equals sign"),
            ("http_headers", "no colon", "no colon"),
            ("http_id_regex", "(", "pattern"),
        ):
            with self.assertRaises(ValidationError) as refusal:
                gateway[name] = value
            self.assertIn(words, str(refusal.exception))
            gateway.invalidate_recordset()
            self.assertFalse(gateway[name])

    def test_a_demo_phone_takes_everything_and_fails_as_told(self):
        gateway = self._gateway(demo_simulate=True)
        numbers = ("+37491000099", "+37491000000", "+37491000001", "+37491000002")
        batch = [
            Outgoing(f"{n:032x}", number, "Hi") for n, number in enumerate(numbers)
        ]
        self.assertEqual(
            [result.outcome for result in gateway._provider().send(batch)],
            ["accepted", "failed", "retry", "unknown"],
        )

    def test_a_message_through_a_demo_phone_is_delivered(self):
        gateway = self._gateway(channel="sms")
        gateway.test_number = "+37491000055"
        gateway.with_user(self.admin).action_test()
        messages = self.env["loyalty.message"]
        message = messages.search([("gateway_id", "=", gateway.id)])
        self.assertEqual((message.state, message.number), ("queued", "+37491000055"))
        token, rows = messages._claim(gateway, 10)
        results = gateway._provider().send(gateway._outgoing(rows))
        messages._settle(gateway, token, rows, results)
        messages._apply_inbox()
        message.invalidate_recordset()
        self.assertEqual(message.state, "delivered")
        self.assertEqual(gateway.health, "good")
        self.assertEqual((gateway.count_sent, gateway.count_delivered), (1, 1))

    def test_the_test_leads_to_its_message(self):
        gateway = self._gateway(test_number="+37491000055")
        (link,) = gateway.with_user(self.admin).action_test()["params"]["links"]
        message = self.env["loyalty.message"].search([("gateway_id", "=", gateway.id)])
        self.assertEqual(link["url"], f"/odoo/loyalty-messages/{message.id}")

    def test_a_test_wants_a_whole_number(self):
        gateway = self._gateway(test_number="091123456")
        with self.assertRaises(UserError):
            gateway.action_test()
        self.assertFalse(
            self.env["loyalty.message"].search([("gateway_id", "=", gateway.id)])
        )

    def test_a_demo_phone_has_no_balance(self):
        with self.assertRaises(UserError):
            self._gateway().action_balance()

    def test_reports_are_asked_for_only_where_they_are_wanted(self):
        gateway = self._gateway(kind="kannel", webhook_base="https://shop.example/")
        self.assertEqual(
            gateway._report_url(),
            f"https://shop.example/loyalty_sms/cb/{gateway.webhook_key}/report",
        )
        gateway.report_mask = "none"
        self.assertEqual(gateway._report_url(), "")

    def test_a_new_key_ends_the_old_one(self):
        gateway = self._gateway()
        old = gateway.webhook_key
        gateway.with_user(self.admin).action_renew_key()
        self.assertFalse(self.gateways._of_key(old))
        self.assertEqual(self.gateways._of_key(gateway.webhook_key), gateway)

    def test_no_gateway_answers_to_an_empty_key(self):
        gateway = self._gateway()
        self.env.cr.execute(
            "UPDATE loyalty_sms_gateway SET webhook_key = '' WHERE id = %s",
            (gateway.id,),
        )
        self.assertFalse(self.gateways._of_key(""))


class TestGatewayPresets(GatewayCommon):
    def test_choosing_a_provider_fills_the_form_in(self):
        form = Form(self.gateways.with_user(self.admin))
        form.name = "Ours"
        form.kind = "http"
        form.preset = "infobip_viber"
        form.secret = "key"
        gateway = form.save()
        self.assertEqual(gateway.channel, "viber")
        self.assertEqual(gateway.http_url, "https://api.infobip.com/viber/2/messages")
        self.assertTrue(gateway._provider().client_id)

    def test_another_provider_leaves_nothing_of_the_first(self):
        form = Form(self.gateways.with_user(self.admin))
        form.name = "Ours"
        form.kind = "http"
        form.preset = "sms_ru"
        form.preset = "nikita"
        gateway = form.save()
        self.assertEqual(gateway.channel, "sms")
        self.assertFalse(gateway.http_report_map)
        self.assertFalse(gateway.http_results_path)
        self.assertEqual(gateway.http_auth, "basic")

    def test_every_preset_makes_a_gateway_that_works(self):
        for code in presets():
            gateway = self._gateway(name=code, kind="http", preset=code)
            config = gateway._provider().config
            for name, value in presets()[code].values.items():
                self.assertEqual(getattr(config, name), value, (code, name))


class TestGatewayAccess(GatewayCommon):
    def test_only_the_administrator_reads_secrets(self):
        gateway = self._gateway(kind="http", secret="k3y", webhook_secret="w")
        for user in (self.user, self.manager):
            mine = gateway.with_user(user)
            self.assertEqual(mine.name, "Gateway")
            self.assertFalse(set(SECRETS) & set(mine.read()[0]))
            for name in SECRETS:
                with self.assertRaises(AccessError):
                    mine.read([name])
                with self.assertRaises(AccessError):
                    self.gateways.with_user(user).search([(name, "like", "k")])
                with self.assertRaises(AccessError):
                    mine.export_data([name])
        found = gateway.with_user(self.admin).read(list(SECRETS))[0]
        self.assertEqual((found["secret"], found["webhook_secret"]), ("k3y", "w"))

    def test_everybody_with_messages_sees_how_gateways_do(self):
        gateway = self._gateway(kind="http", preset="sms_ru", secret="k3y")
        for user in (self.user, self.manager):
            form = Form(gateway.with_user(user))
            self.assertEqual(form.name, "Gateway")
            self.assertNotIn("secret", form._view["fields"])
            self.assertNotIn("kannel_conf", form._view["fields"])
        self.assertIn("secret", Form(gateway.with_user(self.admin))._view["fields"])

    def test_only_the_administrator_changes_gateways(self):
        gateway = self._gateway()
        for user in (self.user, self.manager):
            mine = gateway.with_user(user)
            for act in (
                lambda mine=mine: mine.write({"is_paused": True}),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.action_toggle_pause(),
                lambda mine=mine: mine.action_renew_key(),
                lambda mine=mine: mine.action_balance(),
                lambda mine=mine: mine.action_test(),
                lambda mine=mine: mine.action_kannel_status(),
            ):
                with self.assertRaises(AccessError):
                    act()
        self.assertFalse(gateway.is_paused)
        gateway.with_user(self.admin).action_toggle_pause()
        self.assertTrue(gateway.is_paused)

    def test_only_the_administrator_sets_up_ways_prices_and_senders(self):
        gateway = self._gateway()
        for model, values in (
            ("loyalty.sms.route", {"name": "R"}),
            ("loyalty.sms.tariff", {"gateway_id": gateway.id, "price": 1}),
            ("loyalty.sms.sender", {"gateway_id": gateway.id, "name": "Arev"}),
        ):
            for user in (self.user, self.manager):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).create(values)
            record = self.env[model].with_user(self.admin).create(values)
            self.assertTrue(record.with_user(self.user).read())
            with self.assertRaises(AccessError):
                record.with_user(self.manager).unlink()
            self.assertTrue(record.exists())

    def test_links_of_kannel_are_the_administrators(self):
        link = self.env["loyalty.sms.kannel.link"].create(
            {
                "gateway_id": self._gateway(kind="kannel").id,
                "name": "op",
                "host": "smsc.example",
                "system_id": "esme",
                "password": "p",
            }
        )
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                link.with_user(user).read(["name"])
        self.assertEqual(link.with_user(self.admin).password, "p")

    def test_gateways_of_another_company_are_not_seen(self):
        other = self._make_company("Other LLC")
        gateway = self._gateway(company_id=other.id)
        ours = self._gateway(company_id=False)
        found = self.gateways.with_user(self.user).search([])
        self.assertIn(ours, found)
        self.assertNotIn(gateway, found)

    def test_secrets_are_neither_tracked_nor_shown_in_the_chatter(self):
        gateway = self._gateway(kind="http", secret="before")
        self.env.cr.flush()
        gateway.write({"secret": "after-k3y", "webhook_secret": "w-k3y", "tps": 5})
        self.env.cr.flush()
        words = " ".join(
            f"{m.body} {m.sudo().tracking_value_ids.mapped('new_value_char')}"
            for m in gateway.message_ids
        )
        self.assertNotIn("k3y", words)
        for name in SECRETS:
            self.assertFalse(getattr(self.gateways._fields[name], "tracking", None))


class TestGatewayNeutralize(GatewayCommon):
    def test_a_copy_of_the_database_has_no_keys_and_sends_nothing(self):
        gateway = self._gateway(
            kind="http",
            login="shop",
            secret="k3y",
            webhook_secret="w-k3y",
            http_headers="Authorization: k3y",
            http_body='{"key": "k3y"}',
            http_url="https://sms.example/k3y/send",
        )
        kannel = self._gateway(kind="kannel", secret="k3y")
        link = self.env["loyalty.sms.kannel.link"].create(
            {
                "gateway_id": kannel.id,
                "name": "op",
                "host": "smsc.example",
                "system_id": "esme",
                "password": "k3y",
            }
        )
        self.env.flush_all()
        path = Path(__file__).parents[1] / "data" / "neutralize.sql"
        self.env.cr.execute(path.read_text())
        self.env.invalidate_all()
        self.assertEqual(set((gateway | kannel).mapped("kind")), {"demo"})
        for record in gateway | kannel:
            values = record.read()[0]
            self.assertNotIn("k3y", str(values))
            for name in SECRETS[:7]:
                self.assertFalse(values[name], name)
        self.assertFalse(link.password)
        result = gateway._provider().send([Outgoing("a" * 32, "+37491234567", "Hi")])
        self.assertTrue(result[0].ref.startswith("demo-"))
