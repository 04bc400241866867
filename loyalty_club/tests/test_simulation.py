from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestSimulation(LoyaltyCommon):
    """The week at Arev as past purchases: every figure is counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-05-10 08:00:00"))
        cls.aram = cls.env["res.partner"].create({"name": "Aram"})
        cls.club.write({"expiry_mode": "month_end", "expiry_months": 1})
        for partner, day, amount in (
            (cls.ani, "2026-03-02", 20000),  # Monday: 600
            (cls.ani, "2026-03-03", 90000),  # Tuesday: 5 400, then Silver
            (cls.ani, "2026-03-04", 47000),  # 1 410 × 1.5 = 2 115
            (cls.aram, "2026-04-07", 1000),  # Tuesday: 60
        ):
            cls._purchase(partner, day, amount)
        cls.simulation = cls._simulation()

    @classmethod
    def _purchase(cls, partner, day, amount, **values):
        return cls.env["loyalty.purchase"].create(
            {
                "partner_id": partner.id,
                "program_id": cls.club.id,
                "company_id": cls.company.id,
                "date": day,
                "amount": amount,
                **values,
            }
        )

    @classmethod
    def _simulation(cls, **values):
        return cls.env["loyalty.simulation"].create(
            {"name": "Draft", "program_id": cls.club.id, **values}
        )

    def _run(self, simulation=None):
        simulation = simulation or self.simulation
        simulation.action_run()
        self.assertEqual(simulation.state, "running")
        self._work()
        self.assertEqual(simulation.state, "done")

    def _work(self):
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.cron_simulation").method_direct_trigger()
        self.env.invalidate_all()

    def _cards(self):
        return self.env["loyalty.card"].search([("program_id", "=", self.club.id)])

    def test_the_figures_by_month_and_tier(self):
        self._run()
        self.assertRecordValues(
            self.simulation.month_ids,
            [
                {
                    "month": date(2026, 3, 1),
                    "purchase_count": 3,
                    "amount": 157000,
                    "buyer_count": 1,
                    "member_count": 1,
                    "points_issued": 8115,
                    "points_expired": 0,
                    "points_spendable": 8115,
                    "cost": 6492,
                },
                {
                    "month": date(2026, 4, 1),
                    "purchase_count": 1,
                    "amount": 1000,
                    "buyer_count": 1,
                    "member_count": 2,
                    "points_issued": 60,
                    "points_expired": 0,
                    "points_spendable": 8175,
                    "cost": 48,
                },
                {
                    "month": date(2026, 5, 1),
                    "purchase_count": 0,
                    "amount": 0,
                    "buyer_count": 0,
                    "member_count": 2,
                    "points_issued": 0,
                    "points_expired": 8115,
                    "points_spendable": 60,
                    "cost": 0,
                },
            ],
        )
        self.assertRecordValues(
            self.simulation,
            [
                {
                    "purchase_count": 4,
                    "member_count": 2,
                    "turnover": 158000,
                    "points_issued": 8175,
                    "points_expired": 8115,
                    "points_left": 60,
                    "cost": 6540,
                    "left_out": False,
                }
            ],
        )
        self.assertAlmostEqual(self.simulation.cost_percent, 4.14, 2)
        march = self.simulation.tier_line_ids.filtered(
            lambda line: line.month == date(2026, 3, 1)
        )
        self.assertEqual(march.tier_id, self.silver)
        self.assertFalse(self._cards(), "a simulation touches nothing")

    def test_computing_again_replaces_the_figures(self):
        self._run()
        self._purchase(self.aram, "2026-05-01", 10000)
        self._run()
        self.assertEqual(len(self.simulation.month_ids), 3)
        self.assertEqual(self.simulation.points_issued, 8475)

    def test_purchases_of_the_club_try_a_draft_of_another(self):
        draft = self._make_club(name="Generous", active=False)
        draft.rule_ids.reward_point_amount = 6
        simulation = self._simulation(
            program_id=draft.id, purchases_program_id=self.club.id
        )
        self._run(simulation)
        self.assertEqual(simulation.points_issued, 2 * 8175)
        self._run()
        simulation.compare_id = self.simulation
        self.assertEqual(simulation.cost_difference, 6540)
        self.assertEqual(simulation.issued_difference, 8175)
        with self.assertRaisesRegex(UserError, "archived"):
            simulation.action_go_live()

    def test_posted_invoices_and_their_refunds_are_played(self):
        with freeze_time("2026-03-02 08:00:00"):
            invoice = self._invoice(10000)
            self._credit(invoice, 4000)
        self._run(simulation := self._simulation(source="invoices"))
        self.assertEqual(simulation.turnover, 6000)
        self.assertEqual(simulation.points_issued, 180)

    def test_what_the_figures_cannot_show_is_told(self):
        self.club.rule_ids.product_ids = self.product
        self.club.multiplier_ids.hour_from = 18
        self._run()
        self.assertEqual(self.simulation.points_issued, 0)
        self.assertIn("1 rules that look at products", self.simulation.left_out)
        self.assertIn("noon", self.simulation.left_out)

    def test_going_live_credits_what_is_left_once(self):
        self._run()
        wizard = self.env["loyalty.simulation.golive"].create(
            {"simulation_id": self.simulation.id}
        )
        self.assertRecordValues(
            wizard,
            [{"member_count": 1, "points": 60, "worth": 60, "new_member_count": 1}],
        )
        wizard.action_go_live()
        self.assertEqual(self.simulation.state, "crediting")
        self._work()
        self.assertEqual(self.simulation.state, "live")
        card = self._cards()
        self.assertEqual(card.partner_id, self.aram)
        self.assertLedger(card, 60)
        self.assertEqual(str(card.lot_ids.expiration_date), "2026-05-31")
        self.assertEqual(card.move_ids.kind, "opening")
        with self.assertRaises(UserError):
            wizard.action_go_live()
        self.simulation.member_ids.credited = False
        self.simulation._credit(self.simulation.member_ids)
        self.assertLedger(card, 60)
        with self.assertRaisesRegex(UserError, "already"):
            self._run(other := self._simulation())
            other.action_go_live()

    def test_going_live_is_undone_while_nothing_was_spent(self):
        self._run()
        self.simulation._go_live()
        self._work()
        card = self._cards()
        self.simulation.action_undo()
        self.assertLedger(card, 0)
        self.assertEqual(self.simulation.state, "undone")

    def test_going_live_is_not_undone_once_points_were_spent(self):
        self._run()
        self.simulation._go_live()
        self._work()
        card = self._cards()
        card._post_points([card._entry("spend", -10)])
        with self.assertRaisesRegex(UserError, "Aram"), self.env.cr.savepoint():
            self.simulation.action_undo()
        self.assertLedger(card, 50)
        self.assertEqual(self.simulation.state, "live")

    def test_a_live_simulation_is_not_deleted(self):
        self._run()
        self.simulation._go_live()
        with self.assertRaises(UserError):
            self.simulation.unlink()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_simulations_are_for_managers(self):
        officer = self._user("so", "loyalty_club.group_loyalty_officer")
        manager = self._user("sm", "loyalty_club.group_loyalty_manager")
        with self.assertRaises(AccessError):
            self.simulation.with_user(officer).action_run()
        self.assertEqual(self.simulation.state, "draft")
        self.simulation.with_user(manager).action_run()
        self._work()
        self.assertEqual(self.simulation.with_user(officer).points_issued, 8175)
        with self.assertRaises(AccessError):
            self.simulation.with_user(officer).action_go_live()
        self.simulation.with_user(manager).action_go_live()
