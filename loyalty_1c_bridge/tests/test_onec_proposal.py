from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.loyalty_1c_bridge.engine.commerceml.records import (
    Offer,
    Price,
    PriceType,
    to_json,
)

from .test_onec_apply_offer import OfferCommon


@tagged("post_install", "-at_install")
class TestOnecProposal(OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proposals = cls.env["onec.proposal"]
        cls.accountant = cls._user("acc", "loyalty_1c_bridge.group_onec_accountant")
        cls.camomile = cls.env["res.partner"].create(
            {"name": "ООО «Ромашка»", "vat": "7707083893", "is_company": True}
        )

    def _propose(self, otype, **facts):
        return self.proposals._propose(self.backend, otype, {"k": facts})["k"]

    def _suggest(self, otype="warehouse", key="w9", backend=None, **facts):
        facts.setdefault("name", "Лунный склад")
        return self.proposals._suggest(backend or self.backend, otype, {key: facts})

    # --- partners -------------------------------------------------------------------

    def test_the_same_tax_id_is_exact(self):
        answer = self._propose("partner", inn="7707083893", name="Whoever")
        self.assertEqual(answer, [(self.camomile, 1.0, "tax_id", True)])

    def test_kpp_tells_branches_of_one_tax_id_apart(self):
        branch = self.camomile.copy({"vat": "7707083893", "onec_kpp": "770701001"})
        self.camomile.onec_kpp = "770801001"
        answer = self._propose("partner", inn="7707083893", kpp="770701001")
        self.assertEqual(answer[0], (branch, 1.0, "tax_id_kpp", True))
        self.assertEqual(answer[1], (self.camomile, 0.8, "tax_id_only", False))

    def test_two_of_one_tax_id_are_nobodys_guess(self):
        self.camomile.copy({"vat": "RU7707083893"})
        answer = self._propose("partner", inn="7707083893")
        self.assertEqual([exact for *_rest, exact in answer], [False, False])

    def test_a_bank_account_is_strong_and_a_name_is_a_hint(self):
        self.env["res.partner.bank"].create(
            {"acc_number": "4070 2810 9000", "partner_id": self.camomile.id}
        )
        self.assertEqual(
            self._propose("partner", accounts=["407028109000"], name="X"),
            [(self.camomile, 0.9, "bank_account", False)],
        )
        self.assertEqual(
            self._propose("partner", name='Ромашка, ООО"'),
            [(self.camomile, 1.0, "same_name", False)],
        )
        self.camomile.name = "Ромашковый рай"
        self.assertEqual(
            self._propose("partner", name="Ромашковой рай"),
            [(self.camomile, 0.93, "like_name", False)],
        )
        self.assertEqual(self._propose("partner", name="Ромашковый луг"), [])

    def test_partners_of_another_company_are_not_proposed(self):
        self.camomile.company_id = self._make_company("Other LLC")
        self.assertEqual(self._propose("partner", inn="7707083893"), [])

    def test_a_malformed_tax_id_is_kept_with_a_warning(self):
        self.backend.company_id.country_id = self.env.ref("base.ru")
        proposal = self._suggest("partner", "p", name="Новый", inn="7707083894")
        self.assertIn("7707083894", proposal.warning)
        proposal.with_user(self.accountant).action_create_new()
        partner = self.env["res.partner"].browse(proposal.res_id)
        self.assertEqual((partner.name, partner.vat), ("Новый", "7707083894"))

    # --- goods ----------------------------------------------------------------------

    def test_goods_by_barcode_then_article_then_name(self):
        cup = self._make_product("Чашка", 1, barcode="4600000000017")
        pot = self._make_product("Чайник", 1, default_code="T-1")
        self.assertEqual(
            self._propose("product", barcode="4600000000017", article="T-1")[0],
            (cup, 1.0, "barcode", True),
        )
        self.assertEqual(
            self._propose("product", article="T-1"), [(pot, 0.95, "article", True)]
        )
        self._make_product("Другой чайник", 1, default_code="T-1")
        answer = self._propose("product", article="T-1")
        self.assertEqual([exact for *_rest, exact in answer], [False, False])
        self.assertEqual(
            self._propose("product", name="чашка"), [(cup, 1.0, "same_name", False)]
        )

    # --- the list -------------------------------------------------------------------

    def test_a_question_comes_with_a_proposal(self):
        self._offer(stock={"w9": Decimal(3)})
        proposal = self.proposals.search([("external_id", "=", "w9")])
        self.assertRecordValues(
            proposal,
            [
                {
                    "otype": "warehouse",
                    "state": "open",
                    "reason": "only",
                    "exact": False,
                    "res_id": self.warehouse.id,
                    "line_count": 1,
                }
            ],
        )

    def test_accepting_applies_the_lines_that_waited(self):
        offer = Offer("mug", stock={"w9": Decimal(3)})
        message = self._journal()
        self._apply("offer", offer, message=message)
        message.line_ids.payload = to_json(offer)
        proposal = self.proposals.search([("external_id", "=", "w9")])
        proposal.with_user(self.accountant).action_accept()
        self.assertEqual(
            (proposal.state, message.line_ids.state), ("accepted", "solved")
        )
        self.assertEqual(self._count(), 3)
        conflict = self.env["onec.conflict"].search([("key", "=", "warehouse:w9")])
        self.assertEqual(
            (conflict.state, conflict.user_id), ("solved", self.accountant)
        )

    def test_lines_of_goods_that_wait_for_a_tax_are_applied_again(self):
        message = self._journal()
        line = self.env["onec.line"].create(
            {
                "message_id": message.id,
                "otype": "offer",
                "external_id": "mug",
                "action": "conflict",
                "state": "conflict",
                "payload": to_json(
                    Offer("mug", prices=[Price("retail", Decimal(5), "XXW")])
                ),
            }
        )
        self.backend._match("currency", {"XXW": self.env.ref("base.AMD")})
        self.assertEqual(line.state, "solved")
        self.assertEqual(self._fixed(), 5)

    def test_exact_ones_are_accepted_together_others_stay(self):
        exact = self._suggest("partner", "p1", name="A", inn="7707083893")
        other = self._suggest("partner", "p2", name="Ромашка")
        self.assertTrue(exact.exact)
        self.proposals.with_user(self.accountant).action_accept_exact()
        self.assertEqual((exact.state, other.state), ("accepted", "open"))
        row = self.backend._find("partner", ["p1"])["p1"]
        self.assertEqual((row._records(), row.origin), (self.camomile, "user"))

    def test_nothing_chosen_is_nothing_accepted(self):
        proposal = self._suggest("account", "62.01", name="62.01")
        with self.assertRaises(UserError):
            proposal.with_user(self.accountant).action_accept()
        self.assertEqual(proposal.state, "open")
        with self.assertRaises(UserError):
            proposal.with_user(self.accountant).action_create_new()
        self.assertFalse(self.backend._find("account", ["62.01"]))

    def test_somebodys_own_choice_is_accepted(self):
        proposal = self._suggest("status", "Отгружен", name="Отгружен")
        shipped = self.env.ref("loyalty_1c_bridge.onec_status_shipped")
        proposal.with_user(self.accountant).res_id = shipped.id
        self.assertEqual(proposal.reason, "choice")
        proposal.with_user(self.accountant).action_accept()
        answer = self.backend._resolve("status", {"Отгружен": {}})
        self.assertEqual(answer["Отгружен"].code, "shipped")

    def test_new_ones_are_made_of_what_1c_told(self):
        tax = self._suggest("tax", "НДС 17", name="НДС 17%", rate="17")
        warehouse = self._suggest()
        dram = self._suggest("currency", "398", name="398")
        prices = self._suggest("price_type", "vip", name="VIP")
        done = tax | warehouse | dram | prices
        done.with_user(self.accountant).action_create_new()
        self.assertEqual(set(done.mapped("state")), {"accepted"})
        self.assertEqual(self.env["account.tax"].browse(tax.res_id).amount, 17)
        self.assertEqual(
            self.env["stock.warehouse"].browse(warehouse.res_id).company_id,
            self.backend.company_id,
        )
        self.assertEqual(dram.record_name, "KZT")

    def test_what_is_ignored_is_passed_over_for_ever(self):
        proposal = self._suggest()
        proposal.with_user(self.accountant).action_ignore()
        self.assertEqual(proposal.state, "ignored")
        self.assertEqual(self._offer(stock={"w9": Decimal(3)}).action, "skip")

    def test_taxes_and_currencies_are_never_ignored(self):
        proposal = self._suggest("tax", "НДС 17", name="НДС 17%")
        with self.assertRaises(UserError):
            proposal.with_user(self.accountant).action_ignore()
        self.assertEqual(proposal.state, "open")
        self.assertFalse(self.backend._find("tax", ["НДС 17"]))

    def test_undoing_asks_again(self):
        proposal = self._suggest()
        for method in ("action_accept", "action_ignore"):
            getattr(proposal.with_user(self.accountant), method)()
            proposal.with_user(self.accountant).action_undo()
            self.assertEqual(proposal.state, "open")
            self.assertFalse(self.backend._find("warehouse", ["w9"]))
            self.assertEqual(
                self._offer(stock={"w9": Decimal(3)}).action, "conflict", method
            )

    def test_an_id_that_went_out_is_never_undone(self):
        guid = self.backend._guid("partner", self.camomile)
        row = self.backend._find("partner", [guid])[guid]
        with self.assertRaises(UserError):
            row.with_user(self.accountant).action_undo()
        self.assertTrue(row.exists())

    def test_who_may_and_who_may_not(self):
        proposal = self._suggest()
        auditor = self._user("aud", "loyalty_club.group_loyalty_auditor")
        self.assertEqual(proposal.with_user(auditor).state, "open")
        seller = self._user("seller", "base.group_user")
        for user in (auditor, seller):
            for method in ("action_accept", "action_create_new", "action_ignore"):
                with self.assertRaises(AccessError):
                    getattr(proposal.with_user(user), method)()
            with self.assertRaises(AccessError):
                proposal.with_user(user).res_id = self.warehouse.id
        with self.assertRaises(UserError):
            proposal.with_user(self.accountant).write({"state": "accepted"})
        self.assertEqual(proposal.state, "open")
        self.assertFalse(self.backend._find("warehouse", ["w9"]))

    def test_another_companys_proposals_are_not_seen(self):
        other = self._make_backend(
            "Other", company_id=self._make_company("Other LLC").id
        )
        proposal = self._suggest(backend=other)
        with self.assertRaises(AccessError):
            proposal.with_user(self.accountant).action_accept()
        self.assertEqual(proposal.state, "open")

    # --- merged and deleted records -------------------------------------------------

    def test_a_merged_partner_keeps_every_guid(self):
        double = self.env["res.partner"].create({"name": "Ромашка"})
        guids = [self.backend._guid("partner", p) for p in (double, self.camomile)]
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            [double.id, self.camomile.id], self.camomile
        )
        self.assertFalse(double.exists())
        rows = self.backend._find("partner", guids)
        self.assertEqual([rows[guid]._records() for guid in guids], [self.camomile] * 2)
        self.assertEqual(self.backend._guid("partner", self.camomile), guids[1])

    def test_merged_products_keep_every_guid(self):
        tea, double = self._good("tea", "Tea"), self._good("tea2", "Tea")
        self.env["onec.map"]._repoint(double, tea)
        rows = self.backend._find("product", ["tea", "tea2"])
        self.assertEqual({row.res_id for row in rows.values()}, {tea.id})
        # Offers of both ids mean the one that is left.
        self._price("9", offer="tea2")
        self.assertEqual(self._fixed(tea), 9)

    def test_what_1c_knows_is_archived_not_deleted(self):
        for record in (self.mug, self.pricelist):
            with self.assertRaisesRegex(UserError, "Archive it"):
                record.unlink()
            self.assertTrue(record.exists())
            record.active = False
        self.camomile.unlink()
        self.assertFalse(self.camomile.exists())

    def test_a_type_of_prices_that_waited_is_applied_when_matched(self):
        self.backend.create_pricelists = False
        message = self._journal()
        kind = PriceType("bulk", "Опт", "AMD", tax_included=True)
        self._apply("price_type", kind, message=message)
        message.line_ids.payload = to_json(kind)
        proposal = self.proposals.search([("external_id", "=", "bulk")])
        proposal.res_id = self.pricelist.copy({"name": "Мой опт"}).id
        proposal.with_user(self.accountant).action_accept()
        self.assertEqual(message.line_ids.state, "solved")
        row = self.backend._find("price_type", ["bulk"])["bulk"]
        self.assertEqual(row.facts, {"currency": "AMD", "included": True})
