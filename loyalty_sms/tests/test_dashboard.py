from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_history import HistoryCommon


@tagged("post_install", "-at_install")
class TestDashboard(HistoryCommon):
    def _figures(self, user=None):
        dashboard = self.env["loyalty.sms.dashboard"].with_user(user or self.marketer)
        return dashboard.get_figures()

    def _tiles(self, user=None):
        return {tile["key"]: tile for tile in self._figures(user)["tiles"]}

    def _values(self):
        return {key: tile["value"] for key, tile in self._tiles().items()}

    def test_month_is_counted_by_state(self):
        for state in ("accepted", "delivered", "read", "failed", "queued"):
            self._message(
                state=state, estimated_cost=8, currency_id=self.company.currency_id.id
            )
        self._message(state="suppressed", reason="quiet")
        self._message(
            state="delivered", create_date=fields.Datetime.now() - timedelta(days=40)
        )
        tiles = self._tiles()
        values = {key: tile["value"] for key, tile in tiles.items()}
        self.assertEqual(values["sent"], "3")
        self.assertEqual(values["delivered"], "2")
        self.assertEqual(tiles["delivered"]["hint"], "67 %")
        self.assertEqual(values["failed"], "1")
        self.assertEqual(values["not_sent"], "1")
        self.assertIn("24", values["cost"])
        self.assertNotIn("unknown", tiles)

    def test_reported_cost_goes_before_the_estimate(self):
        self._message(
            state="delivered",
            estimated_cost=8,
            cost=11,
            currency_id=self.company.currency_id.id,
        )
        self.assertIn("11", self._values()["cost"])

    def test_tiles_open_what_they_count(self):
        for state in ("accepted", "delivered", "failed"):
            self._message(state=state)
        self._answered(1)
        for tile in self._tiles().values():
            action = self.env.ref(tile["action"])
            records = self.env[action.res_model].with_user(self.marketer)
            count = records.search_count(tile["domain"])
            if tile["value"].isdigit() and tile["key"] not in ("nps", "opt_outs"):
                self.assertEqual(str(count), tile["value"], tile["key"])

    def test_opt_outs_and_feedback(self):
        self.ani.consent_sms = True
        self.ani.consent_sms = False
        self._answered(1)._answer({"nps": 2}, "link")
        self._answered(5)._answer({"nps": 10}, "link")
        late = self.env["loyalty.complaint"].search(
            [("company_id", "=", self.company.id)]
        )
        late.deadline = fields.Datetime.now() - timedelta(hours=1)
        values = self._values()
        self.assertEqual(values["opt_outs"], "1")
        self.assertEqual(values["complaints"], "1")
        self.assertEqual(values["late"], "1")
        self.assertEqual(values["rating"], "3.0 ★")
        self.assertEqual(values["nps"], "0")

    def test_month_begins_on_the_users_clock(self):
        self.marketer.tz = "Asia/Yerevan"
        dashboard = self.env["loyalty.sms.dashboard"].with_user(self.marketer)
        with freeze_time("2026-03-31 21:00:00"):  # the first of April, 01:00
            start = dashboard.with_context(tz="Asia/Yerevan")._month_start()
            self.assertEqual(str(start), "2026-03-31 20:00:00")

    def test_gateways_tell_how_they_go(self):
        good, bad, off = self.env["loyalty.sms.gateway"].create(
            [{"name": name, "company_id": self.company.id} for name in "ABC"]
        )
        off.is_paused = True
        self._message(state="delivered", gateway_id=good.id)
        for _number in range(8):
            self._message(state="delivered", gateway_id=bad.id)
        for _number in range(2):
            self._message(state="failed", gateway_id=bad.id)
        levels = {row["id"]: row["level"] for row in self._figures()["gateways"]}
        self.assertEqual(levels[good.id], "success")
        self.assertEqual(levels[bad.id], "danger")
        self.assertEqual(levels[off.id], "secondary")

    def test_campaigns_ahead_are_listed(self):
        ahead, _draft = self.env["loyalty.sms.campaign"].create(
            [
                {"name": "Autumn", "state": "scheduled", "company_id": self.company.id},
                {"name": "Draft", "company_id": self.company.id},
            ]
        )
        rows = self._figures()["campaigns"]
        self.assertEqual([row["id"] for row in rows], ahead.ids)

    def test_others_get_no_figures(self):
        for user in (self.cashier, self._user("feed_clerk", "base.group_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._figures(user)
