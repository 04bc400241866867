"""Every screen of the addon opens, and shows what it promises."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestViews(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._enroll()
        cls._pay(cls._invoice(20000))
        cls.manager = cls._user(
            "loyalty_manager", "loyalty_club.group_loyalty_admin,base.group_user"
        )

    def _own(self, model):
        xml_ids = self.env["ir.model.data"].search(
            [("module", "=", "loyalty_club"), ("model", "=", model)]
        )
        return self.env[model].browse(xml_ids.mapped("res_id"))

    def _read_columns(self, action, arch, fields_info):
        names = {
            node.get("name")
            for node in etree.fromstring(arch).iter("field")
            if node.get("name") in fields_info
        }
        model = self.env[action.res_model].with_user(self.manager)
        return model.web_search_read([], {name: {} for name in names}, limit=5)

    def test_every_action_opens_for_the_manager(self):
        actions = self._own("ir.actions.act_window").filtered(
            lambda action: action.target == "current"
            and action.res_model != "res.config.settings"
        )
        self.assertGreaterEqual(len(actions), 9)
        for action in actions:
            with self.subTest(action=action.name):
                model = self.env[action.res_model].with_user(self.manager)
                by_mode = {view.view_mode: view.view_id.id for view in action.view_ids}
                views = [
                    (by_mode.get(mode, False), mode)
                    for mode in action.view_mode.split(",")
                ]
                views.append((action.search_view_id.id, "search"))
                result = model.get_views(views)
                for _view, mode in views:
                    arch = result["views"][mode]["arch"]
                    self.assertTrue(arch)
                    if mode == "list":
                        info = result["models"][action.res_model]["fields"]
                        self._read_columns(action, arch, info)

    def test_settings_of_the_company_are_shown_and_saved(self):
        with Form(self.env["res.config.settings"]) as form:
            form.loyalty_program_id = self.club
            form.loyalty_prepayment_percent = 0.5
            form.loyalty_self_registration = False
        form.record.execute()
        self.assertRecordValues(
            self.company,
            [
                {
                    "loyalty_program_id": self.club.id,
                    "loyalty_prepayment_percent": 0.5,
                    "loyalty_self_registration": False,
                }
            ],
        )

    def test_every_action_has_a_path_and_says_what_will_appear(self):
        for action in self._own("ir.actions.act_window"):
            if action.target != "current":
                continue
            with self.subTest(action=action.name):
                self.assertTrue(action.path)
                self.assertIn("o_view_nocontent", action.help or "")

    def test_member_cards_open_as_members_and_other_cards_as_the_erp_shows_them(self):
        member_form = self.env.ref("loyalty_club.loyalty_card_view_form_member")
        self.assertEqual(self.card.get_formview_id(), member_form.id)
        program = self.env["loyalty.program"].create(
            {"name": "Coupons", "program_type": "coupons"}
        )
        coupon = self.env["loyalty.card"].create({"program_id": program.id})
        self.assertNotEqual(coupon.get_formview_id(), member_form.id)

    def test_card_leads_to_its_ledger_lots_orders_and_invoices(self):
        self._order(1000)
        action = self.card.action_view_ledger()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows, self.card.move_ids)
        action = self.card.action_view_lots()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), self.card.lot_ids
        )
        self.assertEqual(self.card.open_lot_count, 1)
        self.assertEqual(self.card.member_order_count, 1)
        self.assertEqual(self.card.member_invoice_count, 1)
        for action in (
            self.card.action_view_orders(),
            self.card.action_view_invoices(),
        ):
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found.partner_id, self.ani)
            self.assertEqual(len(found), 1)

    # -- programs -------------------------------------------------------------------
    def test_loyalty_program_made_in_core_becomes_a_club_by_the_switch(self):
        manager = self.env["loyalty.program"].with_user(self.manager)
        form = Form(manager.with_context(default_program_type="loyalty"))
        form.name = "Old program"
        program = form.save()
        self.assertFalse(program.is_club)
        with Form(program) as form:
            form.is_club = True
        self.assertTrue(program.is_club)
        self.assertTrue(program._point_reward())
        self.assertEqual(program.rule_ids.mapped("per_amount"), [1.0])

    def test_club_made_in_the_app_has_rules_and_the_reward_of_points(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_club.loyalty_program_action_clubs"
        )
        context = safe_eval(action["context"])
        manager = self.env["loyalty.program"].with_user(self.manager)
        form = Form(manager.with_context(**context))
        form.name = "Second club"
        with form.tier_ids.new() as tier:
            tier.name = "Start"
        club = form.save()
        self.assertRecordValues(
            club, [{"is_club": True, "program_type": "loyalty", "applies_on": "both"}]
        )
        self.assertTrue(club.rule_ids)
        self.assertTrue(club._point_reward())
        self.assertEqual(club.tier_ids.name, "Start")

    def test_new_rule_keeps_its_defaults_although_the_list_is_a_kanban(self):
        form = Form(self.club.with_user(self.manager))
        with form.rule_ids.new() as rule:
            rule.reward_point_amount = 5
        form.save()
        rule = self.club.rule_ids.filtered(lambda r: r.reward_point_amount == 5)
        self.assertRecordValues(
            rule, [{"per_amount": 1.0, "purchases": "any", "purchase_n": 10}]
        )

    def test_members_of_a_club_open_as_members(self):
        action = self.club.action_open_loyalty_cards()
        self.assertEqual(action["path"], "loyalty-members")
        found = self.env["loyalty.card"].search(action["domain"])
        self.assertEqual(found, self.card)

    # -- documents ------------------------------------------------------------------
    def _html(self, report, record):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, record.ids
        )
        text = etree.fromstring(html, etree.HTMLParser()).xpath(
            "string(//div[@name='loyalty_block'])"
        )
        return " ".join(text.split())

    def test_invoice_tells_points_balance_and_the_way_to_the_next_tier(self):
        invoice = self._invoice(10000)
        points = 300.0 * (2 if invoice.invoice_date.weekday() == 1 else 1)
        self.assertEqual(invoice.loyalty_points_pending, points)
        text = self._html("account.report_invoice", invoice)
        self.assertIn("Arev Club", text)
        self.assertIn(f"Points for this purchase {points:.0f}", text)
        self.assertIn(f"of these pending {points:.0f}", text)
        self.assertIn("to Silver", text)

    def test_order_tells_what_it_earns_and_what_points_pay(self):
        order = self._order(1000)
        order.action_loyalty_spend(100)
        text = self._html("sale.report_saleorder", order)
        self.assertIn("Points for this purchase", text)
        self.assertIn("Paid with points 100", text)
        self.assertIn("to Silver", text)

    def test_invoice_tells_the_points_that_paid_its_order(self):
        order = self._order(1000)
        order.action_loyalty_spend(100)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        text = self._html("account.report_invoice", invoice)
        self.assertIn("Paid with points 100", text)

    def test_documents_of_others_tell_nothing_of_the_club(self):
        stranger = self.env["res.partner"].create({"name": "Boris"})
        order = self._order(1000, partner=stranger)
        self.assertEqual(self._html("sale.report_saleorder", order), "")
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.ani.id}
        )
        self.assertEqual(bill._loyalty_facts(), [])

    def test_facts_are_written_in_the_language_of_the_document(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.silver.with_context(lang="ru_RU").name = "Серебро"
        order = self._order(1000)
        self.assertIn("Silver", str(order._loyalty_facts()))
        russian = order.with_context(lang="ru_RU")
        self.assertIn("Серебро", str(russian._loyalty_facts()))


@tagged("post_install", "-at_install")
class TestPayWithPoints(LoyaltyCommon):
    """The dialog on orders and draft invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._enroll()
        cls.card._post_points([cls.card._entry("adjust", 5000, reason="Opening")])
        cls.seller = cls._user("seller", "sales_team.group_sale_salesman")
        cls.clerk = cls._user("clerk", "account.group_account_invoice")

    def _dialog(self, document, user):
        action = document.with_user(user).action_open_loyalty_spend()
        return Form(
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
        )

    def test_dialog_shows_the_limits_and_offers_the_most(self):
        order = self._order(10000, user_id=self.seller.id)
        dialog = self._dialog(order, self.seller)
        self.assertEqual(dialog.balance, 5000)
        self.assertEqual(dialog.allowed, 3000)
        self.assertEqual(dialog.points, 3000)
        self.assertEqual(dialog.amount, 3000)
        self.assertIn("share of the bill", dialog.limits)
        dialog.save().action_spend()
        self.assertEqual(order.loyalty_points_spent, 3000)
        self.assertEqual(order.amount_total, 7000)
        self.assertLedger(self.card, 5000)

    def test_points_are_taken_off_again(self):
        order = self._order(10000, user_id=self.seller.id)
        order.action_loyalty_spend(1000)
        dialog = self._dialog(order, self.seller)
        self.assertEqual(dialog.spent, 1000)
        dialog.save().action_take_off()
        self.assertEqual(order.loyalty_points_spent, 0)
        self.assertEqual(order.amount_total, 10000)

    def test_draft_invoice_is_paid_with_points_by_the_clerk(self):
        invoice = self._invoice(10000, post=False)
        dialog = self._dialog(invoice, self.clerk)
        self.assertEqual(dialog.allowed, 3000)
        dialog.points = 2000
        dialog.save().action_spend()
        self.assertEqual(invoice.amount_total, 8000)
        invoice.with_user(self.clerk).action_post()
        self.assertEqual(self.card.points, 3000)

    def test_more_than_allowed_is_refused_and_nothing_changes(self):
        order = self._order(10000, user_id=self.seller.id)
        dialog = self._dialog(order, self.seller)
        dialog.points = 3001
        wizard = dialog.save()
        with self.assertRaisesRegex(UserError, "cannot spend"):
            wizard.action_spend()
        wizard.points = 0
        with self.assertRaisesRegex(UserError, "how many points"):
            wizard.action_spend()
        self.assertEqual(order.amount_total, 10000)

    def test_dialog_does_not_open_on_a_document_the_user_may_not_change(self):
        order = self._order(10000, user_id=self.clerk.id)
        wizard = self.env["loyalty.points.spend"].with_user(self.seller)
        with self.assertRaises(AccessError):
            wizard.create({"order_id": order.id})
