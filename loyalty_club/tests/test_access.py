"""What each role may do, and what it may not."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import LoyaltyCommon

# The rights by model: c(reate), r(ead), u(pdate), d(elete).
NOBODY = dict.fromkeys(
    (
        "loyalty.point.move",
        "loyalty.point.lot",
        "loyalty.tier.change",
        "loyalty.card.code",
        "loyalty.purchase",
        "loyalty.point.report",
    ),
    "",
)
SHOWN = dict.fromkeys(
    (
        "loyalty.tier",
        "loyalty.multiplier",
        "loyalty.branch",
        "loyalty.source",
        "loyalty.attribute",
        "loyalty.attribute.value",
    ),
    "r",
)
CORE = dict.fromkeys(
    (
        "loyalty.card",
        "loyalty.program",
        "loyalty.rule",
        "loyalty.reward",
        "loyalty.history",
    ),
    "",
)
LEDGER = ("loyalty.point.move", "loyalty.point.lot", "loyalty.tier.change")
PLAIN = {**NOBODY, **SHOWN, **CORE}
CASHIER = {
    **PLAIN,
    **dict.fromkeys((*LEDGER, "loyalty.card.code", "loyalty.purchase"), "r"),
    **dict.fromkeys(CORE, "r"),
}
OFFICER = {
    **CASHIER,
    "loyalty.card": "cru",
    "loyalty.history": "cru",
    "loyalty.point.report": "r",
}
MANAGER = {
    **OFFICER,
    **dict.fromkeys(
        (
            "loyalty.tier",
            "loyalty.multiplier",
            "loyalty.source",
            "loyalty.attribute",
            "loyalty.attribute.value",
            "loyalty.purchase",
            "loyalty.program",
            "loyalty.rule",
            "loyalty.reward",
        ),
        "crud",
    ),
}
ADMIN = {**MANAGER, "loyalty.branch": "crud"}
AUDITOR = {**CASHIER, "loyalty.point.report": "r"}
SALESMAN = {
    **PLAIN,
    **dict.fromkeys((*LEDGER, "loyalty.card.code"), "r"),
    **dict.fromkeys(("loyalty.program", "loyalty.rule", "loyalty.reward"), "r"),
    "loyalty.card": "ru",
    "loyalty.history": "cru",
}
CLERK = {
    **PLAIN,
    **dict.fromkeys((*LEDGER, "loyalty.card.code"), "r"),
    **dict.fromkeys(
        ("loyalty.card", "loyalty.program", "loyalty.rule", "loyalty.reward"), "r"
    ),
    "loyalty.point.report": "r",
}
OUTSIDER = dict.fromkeys(PLAIN, "")
OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.davit = cls.env["res.partner"].create(
            {"name": "Davit", "loyalty_branch_id": cls.arabkir.id}
        )
        cls.ani.loyalty_branch_id = cls.kentron
        cls.mariam = cls.env["res.partner"].create({"name": "Mariam"})
        cls.card = cls._enroll()
        cls.davit_card = cls._enroll(cls.davit)
        cls.free_card = cls._enroll(cls.mariam)
        (cls.card | cls.davit_card | cls.free_card)._post_points(
            [
                card._entry("adjust", 500, reason="Opening")
                for card in cls.card | cls.davit_card | cls.free_card
            ]
        )
        cls.env["loyalty.purchase"].create(
            [
                {
                    "partner_id": card.partner_id.id,
                    "program_id": cls.club.id,
                    "branch_id": card.branch_id.id,
                    "date": "2026-01-15",
                    "amount": 1000,
                }
                for card in cls.card | cls.davit_card | cls.free_card
            ]
        )
        cls.cashier = cls._user("cashier", "loyalty_club.group_loyalty_cashier")
        cls.kentron.operator_ids = cls.cashier
        cls.officer = cls._user("officer", "loyalty_club.group_loyalty_officer")
        cls.manager = cls._user("manager", "loyalty_club.group_loyalty_manager")
        cls.admin = cls._user("admin_club", "loyalty_club.group_loyalty_admin")
        cls.auditor = cls._user("auditor", "loyalty_club.group_loyalty_auditor")
        cls.salesman = cls._user("salesman", "sales_team.group_sale_salesman")
        cls.clerk = cls._user("clerk", "account.group_account_invoice")
        cls.plain = cls._user("plain", "base.group_user")
        cls.portal = cls._user("ani_portal", "base.group_portal", partner_id=cls.ani.id)
        cls.public = cls.env.ref("base.public_user")

    # -- the matrix ----------------------------------------------------
    def _assert_rights(self, user, expected):
        for model, rights in expected.items():
            found = "".join(
                letter
                for letter, operation in OPERATIONS.items()
                if self.env[model].with_user(user).has_access(operation)
            )
            self.assertEqual(found, rights, f"{user.login} on {model}")

    def test_rights_of_each_role_on_each_model(self):
        for user, expected in (
            (self.cashier, CASHIER),
            (self.officer, OFFICER),
            (self.manager, MANAGER),
            (self.admin, ADMIN),
            (self.auditor, AUDITOR),
            (self.salesman, SALESMAN),
            (self.clerk, CLERK),
            (self.plain, PLAIN),
            (self.portal, OUTSIDER),
            (self.public, OUTSIDER),
        ):
            with self.subTest(user=user.login):
                self._assert_rights(user, expected)

    def test_nobody_writes_the_ledger_not_even_the_administrator(self):
        move, lot = self.card.move_ids[:1], self.card.lot_ids[:1]
        for user in (self.admin, self.officer, self.salesman, self.cashier):
            with self.subTest(user=user.login):
                for record, values in (
                    (move, {"points": 1}),
                    (lot, {"remaining": 1}),
                ):
                    with self.assertRaises(UserError):
                        record.with_user(user).write(values)
                    with self.assertRaises(UserError):
                        record.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self.env["loyalty.point.move"].with_user(user).create(
                        {"card_id": self.card.id, "kind": "bonus", "points": 1}
                    )
                with self.assertRaises(AccessError):
                    self.env["loyalty.point.lot"].with_user(user).create(
                        {"card_id": self.card.id, "points": 1, "remaining": 1}
                    )
        self.assertLedger(self.card, 500)

    # -- cards ----------------------------------------------------
    def test_salesperson_cannot_give_points_tiers_or_cards_away(self):
        card = self.card.with_user(self.salesman)
        for values in (
            {"points": 100000},
            {"pending_points": 100000},
            {"lifetime_points": 100000},
            {"tier_id": self.gold.id},
            {"tier_locked": True},
            {"partner_id": self.davit.id},
            {"code": "STOLEN-CODE"},
            {"state": "blocked"},
            {"active": False},
        ):
            before = card.sudo().read(list(values))
            with self.subTest(values=values), self.assertRaises(AccessError):
                card.write(values)
            card.invalidate_recordset()
            self.assertEqual(card.sudo().read(list(values)), before)
        self.assertLedger(self.card, 500)

    def test_salesperson_cannot_change_points_by_the_dialog_of_the_erp(self):
        dialog = self.env["loyalty.card.update.balance"].with_user(self.salesman)
        wizard = dialog.create(
            {"card_id": self.card.id, "new_balance": 9999, "description": "Gift"}
        )
        with self.assertRaises(AccessError):
            wizard.action_update_card_point()
        self.assertLedger(self.card, 500)

    def test_salesperson_cannot_set_what_a_reward_costs(self):
        order = self._order(10000, user_id=self.salesman.id)
        order.action_loyalty_spend(100)
        line = order.order_line.filtered("coupon_id").with_user(self.salesman)
        for values in ({"points_cost": 1}, {"coupon_id": self.davit_card.id}):
            with self.assertRaises(AccessError):
                line.write(values)
        self.assertRecordValues(line, [{"points_cost": 100, "coupon_id": self.card.id}])

    def test_not_even_officers_write_tiers_and_pending_points(self):
        card = self.card.with_user(self.officer)
        for values in ({"tier_id": self.gold.id}, {"pending_points": 1}):
            with self.assertRaises(AccessError):
                card.write(values)
        self.assertEqual(self.card.tier_id, self.bronze)

    def test_client_cannot_date_or_key_the_ledger_by_defaults(self):
        context = {"default_date": "2020-01-01 00:00:00", "default_key": "taken"}
        card = self.card.with_user(self.officer).with_context(**context)
        card.points = 510
        move = self.card.move_ids.sorted("id")[-1]
        self.assertEqual(move.points, 10)
        self.assertGreater(move.date.year, 2020)
        self.assertFalse(move.key)

    def test_officer_corrects_within_the_limit_only(self):
        self.club.adjust_limit = 100
        self.card.with_user(self.officer).points = 550
        self.assertLedger(self.card, 550)
        with self.assertRaisesRegex(AccessError, "second person"):
            self.card.with_user(self.officer).points = 5000
        self.assertLedger(self.card, 550)

    def test_new_member_brings_no_points(self):
        partner = self.env["res.partner"].create({"name": "Levon"})
        boss = self._user("boss", "sales_team.group_sale_manager")
        cards = self.env["loyalty.card"]
        values = {"program_id": self.club.id, "partner_id": partner.id}
        for user, more in (
            (boss, {"points": 1000}),
            (boss, {"tier_id": self.gold.id}),
            (self.officer, {"points": 1000000}),
            (self.officer, {"pending_points": 10}),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                cards.with_user(user).create({**values, **more})
        self.assertFalse(cards.search([("partner_id", "=", partner.id)]))
        self.assertTrue(cards.with_user(self.officer).create(values))

    def test_block_unblock_and_tier_are_for_the_roles_that_may(self):
        for user in (self.cashier, self.salesman, self.clerk, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.card.with_user(user).action_block()
        self.assertEqual(self.card.state, "active")
        self.card.with_user(self.officer).action_block("Lost phone")
        self.assertEqual(self.card.state, "blocked")
        self.card.with_user(self.officer).action_unblock()
        self.assertEqual(self.card.state, "active")
        with self.assertRaises(AccessError):
            self.card.with_user(self.officer)._set_tier(self.gold, "Friend")
        with self.assertRaises(AccessError):
            self.card.with_user(self.officer).action_release_tier()
        self.assertEqual(self.card.tier_id, self.bronze)

    # -- branches ----------------------------------------------------
    def _seen(self, model, user, field="card_id"):
        records = self.env[model].with_user(user).search([])
        cards = records if model == "loyalty.card" else records[field]
        ours = self.card | self.davit_card | self.free_card
        if field == "partner_id":
            ours = ours.partner_id
        return cards.sudo().with_user(self.env.user) & ours

    def test_cashier_sees_cards_ledger_and_lots_of_own_branches_or_of_none(self):
        own = self.card | self.free_card
        for model in ("loyalty.card", "loyalty.point.move", "loyalty.point.lot"):
            with self.subTest(model=model):
                self.assertEqual(self._seen(model, self.cashier), own)
        self.assertEqual(
            self._seen("loyalty.purchase", self.cashier, "partner_id"), own.partner_id
        )
        self.assertEqual(self._seen("loyalty.tier.change", self.cashier), own)

    def test_cashier_of_another_branch_is_refused_the_card_by_its_id(self):
        card = self.davit_card.with_user(self.cashier)
        with self.assertRaises(AccessError):
            card.read(["points"])
        with self.assertRaises(AccessError):
            card.action_replace_code()
        with self.assertRaises(AccessError):
            self.davit.with_user(self.cashier).read(["phone"])
        self.card.with_user(self.cashier).read(["points"])
        self.ani.with_user(self.cashier).read(["phone"])
        self.mariam.with_user(self.cashier).read(["phone"])

    def test_branch_given_to_a_cashier_is_seen_at_once(self):
        self.assertNotIn(self.davit_card, self._seen("loyalty.card", self.cashier))
        self.arabkir.operator_ids |= self.cashier
        self.assertIn(self.davit_card, self._seen("loyalty.card", self.cashier))
        self.arabkir.operator_ids -= self.cashier
        self.assertNotIn(self.davit_card, self._seen("loyalty.card", self.cashier))

    def test_other_staff_see_all_branches(self):
        everything = self.card | self.davit_card | self.free_card
        for user in (
            self.officer,
            self.manager,
            self.admin,
            self.auditor,
            self.salesman,
            self.clerk,
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen("loyalty.card", user), everything)
                self.assertEqual(self._seen("loyalty.point.move", user), everything)
                self.davit.with_user(user).read(["phone"])

    def test_plain_user_sees_customers_as_before(self):
        self.davit.with_user(self.plain).read(["phone", "loyalty_points"])
        with self.assertRaises(AccessError):
            self.card.with_user(self.plain).read(["points"])

    # -- companies ----------------------------------------------------
    def test_staff_of_another_company_see_nothing_of_the_club(self):
        other = self.env["res.company"].create({"name": "Other LLC"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="loyalty_club.group_loyalty_admin,sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        context = {"allowed_company_ids": other.ids}
        env = self.env(user=stranger, context=context)
        for model in (
            "loyalty.card",
            "loyalty.program",
            "loyalty.tier",
            "loyalty.point.move",
            "loyalty.point.lot",
            "loyalty.tier.change",
            "loyalty.purchase",
            "loyalty.branch",
            "loyalty.multiplier",
            "loyalty.point.report",
        ):
            with self.subTest(model=model):
                records = env[model].search([]).sudo()
                if "company_id" in records:
                    companies = records.company_id
                else:
                    companies = records.program_id.company_id
                self.assertNotIn(self.company, companies)
        with self.assertRaises(AccessError):
            self.card.with_env(env).read(["points"])

    # -- outsiders ----------------------------------------------------
    def test_portal_and_public_get_nothing_by_the_orm(self):
        for user in (self.portal, self.public):
            for record in (
                self.card,
                self.card.move_ids[:1],
                self.card.lot_ids[:1],
                self.club,
                self.bronze,
                self.kentron,
            ):
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])
                    with self.assertRaises(AccessError):
                        record.with_user(user).search([])
        for method in ("action_replace_code", "action_block", "action_unblock"):
            with self.assertRaises(AccessError):
                getattr(self.card.with_user(self.portal), method)()

    # -- the report ----------------------------------------------------
    def test_points_report_agrees_with_the_ledger(self):
        self.card._post_points([self.card._entry("spend", -120)])
        self.env.flush_all()
        report = self.env["loyalty.point.report"].with_user(self.auditor)
        [(issued, spent, expired, corrected, outstanding, worth)] = report._read_group(
            [("program_id", "=", self.club.id)],
            [],
            [
                "issued:sum",
                "spent:sum",
                "expired:sum",
                "corrected:sum",
                "outstanding:sum",
                "worth:sum",
            ],
        )
        self.assertEqual(
            (issued, spent, expired, corrected, outstanding, worth),
            (0, 120, 0, 1500, 1380, 1380),
        )
        self.assertEqual(
            outstanding, self.club.with_user(self.auditor).points_outstanding
        )
