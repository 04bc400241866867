from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestMultiCompany(LoyaltyCommon):
    """One club of two companies with two currencies, and clubs of one company each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.multiplier_ids.active = False
        cls.silver.earn_multiplier = 1
        cls.other = cls._make_company("Arev Europe")
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.other.currency_id = euro
        # 1 euro is 400 dram, in both companies' books.
        cls.env["res.currency.rate"].create(
            [
                {
                    "currency_id": euro.id,
                    "name": "2020-01-01",
                    "rate": 0.0025,
                    "company_id": cls.company.id,
                },
                {
                    "currency_id": cls.company.currency_id.id,
                    "name": "2020-01-01",
                    "rate": 400,
                    "company_id": cls.other.id,
                },
            ]
        )
        cls.env.user.company_ids |= cls.other
        cls.card = cls._enroll()

    def _there(self, records):
        return records.with_company(self.other).with_context(
            allowed_company_ids=[self.other.id, self.company.id]
        )

    def _as(self, records, user):
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def _invoice_there(self, amount, post=True):
        invoice = self._there(self.env["account.move"]).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.ani.id,
                "company_id": self.other.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Coffee",
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def test_a_sale_of_another_company_earns_nothing_in_a_club_of_one(self):
        self._invoice_there(100)
        self.assertLedger(self.card, 0)

    def test_shared_club_earns_in_its_currency_and_tells_the_company(self):
        self.club.company_id = False
        self._invoice_there(100)
        self.assertLedger(self.card, 0, 1200)
        self.assertEqual(self.card.move_ids.company_id, self.other)
        self.assertEqual(self.card.lot_ids.company_id, self.other)

    def test_points_earned_here_pay_there(self):
        self.club.company_id = False
        self._pay(self._invoice(100000))
        self.assertLedger(self.card, 3000)
        invoice = self._invoice_there(50, post=False)
        self.assertEqual(float(invoice._loyalty_offer(self.card).points), 3000)
        invoice.action_loyalty_spend(2000)
        self.assertEqual(invoice.amount_total, 45)
        invoice.action_post()
        self.assertLedger(self.card, 1000, 45 * 400 * 3 / 100)
        spent = self.card.move_ids.filtered(lambda move: move.kind == "spend")
        self.assertEqual(spent.company_id, self.other)
        self.assertEqual(spent.lot_id.company_id, self.company)

    def test_purchases_of_both_companies_lift_the_tier(self):
        self.club.company_id = False
        self._pay(self._invoice(60000))
        self.assertEqual(self.card.tier_id, self.bronze)
        invoice = self._invoice_there(100)
        self._there(
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
        ).create({})._create_payments()
        self.card._update_tiers()
        self.assertEqual(self.card.tier_metric_value, 100000)
        self.assertEqual(self.card.tier_id, self.silver)

    def test_ledger_of_another_company_is_not_seen(self):
        self._pay(self._invoice(10000))
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "arev_stranger",
                "company_id": self.other.id,
                "company_ids": [Command.set(self.other.ids)],
                "group_ids": [
                    Command.link(self.env.ref("loyalty_club.group_loyalty_manager").id)
                ],
            }
        )
        for model in ("loyalty.point.move", "loyalty.point.lot", "loyalty.card"):
            with self.subTest(model=model):
                records = self._as(self.env[model], stranger)
                self.assertFalse(records.search([("program_id", "=", self.club.id)]))
        with self.assertRaises(AccessError):
            self._as(self.card, stranger).read(["points"])
        with self.assertRaises(AccessError):
            self._as(self.club, stranger).write({"point_value": 100})
        self.assertEqual(self.club.point_value, 1)
