"""The shop of the story: Arev LLC with its club, for all tests."""

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class LoyaltyCommon(BaseCommon):
    """Company in Yerevan, AMD, VAT 20 % included; club with three tiers; Ani."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_company()
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.company = cls.company.with_env(cls.env)
        cls.cash = cls.env["account.journal"].create(
            {"name": "Cash desk", "type": "cash", "code": "CASHA"}
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "VAT 20 % included",
                "amount": 20,
                "price_include_override": "tax_included",
                "type_tax_use": "sale",
                "company_id": cls.company.id,
            }
        )
        cls.product = cls._make_product("Coffee beans", 1000)
        cls.kentron, cls.arabkir = cls.env["loyalty.branch"].create(
            [{"name": "Kentron"}, {"name": "Arabkir"}]
        )
        cls.club = cls._make_club()
        cls.bronze, cls.silver, cls.gold = cls.club.tier_ids
        cls.ani = cls.env["res.partner"].create(
            {"name": "Ani", "phone": "+37491234567"}
        )

    @classmethod
    def _make_company(cls, name="Arev LLC"):
        amd = cls.env.ref("base.AMD")
        amd.active = True
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": amd.id,
                "country_id": cls.env.ref("base.am").id,
            }
        )
        company.partner_id.tz = "Asia/Yerevan"
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        company.currency_id = amd  # the chart brings its own
        return company

    @classmethod
    def _make_product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.set(cls.tax.ids)],
                **values,
            }
        )

    @classmethod
    def _make_club(cls, **values):
        values = {
            "name": "Arev Club",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "is_club": True,
            "earn_on": "posted",
            "release_policy": "paid",
            "expiry_mode": "month_end",
            "expiry_months": 12,
            "point_value": 1,
            "cap_doc_percent": 30,
            "cap_day_points": 20000,
            "rule_ids": [
                Command.clear(),
                Command.create(
                    {
                        "reward_point_mode": "money",
                        "reward_point_amount": 3,
                        "per_amount": 100,
                        "minimum_qty": 0,
                    }
                ),
            ],
            "reward_ids": [
                Command.clear(),
                Command.create(
                    {
                        "reward_type": "discount",
                        "discount_mode": "per_point",
                        "discount": 1,
                        "required_points": 1,
                        "discount_applicability": "order",
                    }
                ),
            ],
            "multiplier_ids": [
                Command.create(
                    {
                        "name": "Tuesday",
                        "factor": 2,
                        **dict.fromkeys(
                            (
                                "monday",
                                "wednesday",
                                "thursday",
                                "friday",
                                "saturday",
                                "sunday",
                            ),
                            False,
                        ),
                    }
                )
            ],
            "tier_ids": [
                Command.create({"name": "Bronze", "threshold": 0}),
                Command.create(
                    {
                        "name": "Silver",
                        "threshold": 100000,
                        "earn_multiplier": 1.5,
                        "free_delivery": True,
                        "free_delivery_from": 15000,
                    }
                ),
                Command.create(
                    {
                        "name": "Gold",
                        "threshold": 300000,
                        "earn_multiplier": 2,
                        "free_delivery": True,
                    }
                ),
            ],
            **values,
        }
        return cls.env["loyalty.program"].create(values)

    # -- what people do -------------------------------------------------------------
    @classmethod
    def _enroll(cls, partner=None, program=None):
        return (program or cls.club)._enroll(partner or cls.ani)

    @classmethod
    def _invoice(cls, amount, partner=None, post=True, product=None, **values):
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.ani).id,
                "invoice_date": fields.Date.context_today(cls.env.user),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": (product or cls.product).id,
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.set(cls.tax.ids)],
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, invoices, amount=None):
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(
                {
                    "journal_id": cls.cash.id,
                    **({"amount": amount} if amount is not None else {}),
                }
            )
        )
        return wizard._create_payments()

    @classmethod
    def _credit(cls, invoice, amount=None, post=True):
        refund = invoice._reverse_moves(
            [{"invoice_date": fields.Date.context_today(invoice)}]
        )
        if amount is not None:
            refund.invoice_line_ids[:1].price_unit = amount
        if post:
            refund.action_post()
        return refund

    @classmethod
    def _order(cls, amount, partner=None, product=None, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.ani).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.product).id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.set(cls.tax.ids)],
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _user(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            **values,
        )

    # -- what must be true ------------------------------------------------------------
    def assertLedger(self, card, balance, pending=0.0):
        """Balance, ledger and lots agree with each other and with the figure."""
        self.env.flush_all()
        card.invalidate_recordset()
        rows = card.sudo().move_ids
        lots = card.sudo().lot_ids
        available = sum(
            lots.filtered(lambda lot: lot.state == "open").mapped("remaining")
        )
        waiting = sum(
            lots.filtered(lambda lot: lot.state == "pending").mapped("remaining")
        )
        self.assertEqual(
            {
                "balance": round(card.points, 2),
                "ledger": round(sum(rows.mapped("points")), 2),
                "lots": round(available, 2),
                "pending": round(card.pending_points, 2),
                "pending ledger": round(sum(rows.mapped("pending_points")), 2),
                "pending lots": round(waiting, 2),
            },
            {
                "balance": balance,
                "ledger": balance,
                "lots": max(balance, 0.0),
                "pending": pending,
                "pending ledger": pending,
                "pending lots": pending,
            },
        )
