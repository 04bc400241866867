"""Every screen of the addon opens, and shows what it promises."""

from lxml import etree

from odoo.tests import tagged

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
