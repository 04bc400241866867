from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_card_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestMerge(OperationsCommon):
    """Ani was registered twice: ``card`` and ``other`` are both hers."""

    def _merge(self, survivor=None, source=None):
        survivor = survivor or self.ani
        source = source or self.davit
        # Names die with the record that is merged away.
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [survivor.id, source.id], survivor
        )

    def assertMergedAway(self, card, target):
        self.assertLedger(card, 0)
        self.assertRecordValues(
            card,
            [{"active": False, "state": "closed", "merged_into_id": target.id}],
        )

    @freeze_time("2026-03-04 08:00:00")
    def test_lots_keep_their_last_days(self):
        self._give(self.card, 100)
        self._give(self.other, 40, expiration_date="2026-05-31")
        self._give(self.other, 60, expiration_date="2026-04-30")
        self._merge()
        self.assertLedger(self.card, 200)
        self.assertMergedAway(self.other, self.card)
        self.assertEqual(
            sorted(
                (str(lot.expiration_date or "never"), lot.remaining)
                for lot in self.card.lot_ids
            ),
            [("2026-04-30", 60), ("2026-05-31", 40), ("never", 100)],
        )
        self.assertEqual(self.card.lifetime_points, 200)

    def test_pending_points_wait_on_the_surviving_card(self):
        self._give(self.other, 70, pending=True, available_date="2099-01-01")
        self._merge()
        self.assertLedger(self.card, 0, 70)
        self.assertMergedAway(self.other, self.card)
        self.assertEqual(str(self.card.lot_ids.available_date), "2099-01-01")

    def test_a_debt_is_paid_by_the_surviving_card(self):
        self._give(self.card, 100)
        self.other._post_points([self.other._entry("reverse", -30, allow_debt=True)])
        self._merge()
        self.assertLedger(self.card, 70)
        self.assertMergedAway(self.other, self.card)

    def test_a_debt_of_the_surviving_card_is_paid(self):
        self._give(self.other, 100)
        self.card._post_points([self.card._entry("reverse", -130, allow_debt=True)])
        self._merge()
        self.assertLedger(self.card, -30)
        self.assertMergedAway(self.other, self.card)

    def test_the_other_direction(self):
        self._give(self.card, 100)
        self._give(self.other, 40)
        self._merge(self.davit, self.ani)
        self.assertLedger(self.other, 140)
        self.assertMergedAway(self.card, self.other)

    def test_a_member_merged_into_a_customer_without_card(self):
        stranger = self.env["res.partner"].create({"name": "Ani P."})
        self._give(self.card, 100)
        self._merge(stranger, self.ani)
        self.assertLedger(self.card, 100)
        self.assertEqual(self.card.partner_id, stranger)
        self.assertTrue(self.card.active)

    def test_the_code_tells_where_the_points_went(self):
        code = self.other.code
        self._merge()
        card, message = self.env["loyalty.card"]._find_by_code(code)
        self.assertFalse(card)
        self.assertIn("merged", message)
        self.assertIn("Ani", message)
        self.assertRecordValues(
            self.card.code_ids, [{"code": code, "reason": "merged"}]
        )

    def test_former_codes_and_tier_history_move_over(self):
        former = self.other.code
        self.other.action_replace_code("lost")
        self.other._set_tier(self.gold, "Friend of the house")
        self._merge()
        self.assertIn(former, self.card.code_ids.mapped("code"))
        self.assertEqual(self.card.tier_id, self.gold)
        self.assertTrue(self.card.tier_locked)
        self.assertEqual(self.ani.loyalty_tier_id, self.gold)
        self.assertEqual(
            self.card.tier_change_ids[:2].mapped("cause"), ["merge", "manual"]
        )

    def test_a_chain_of_merges_ends_at_one_card(self):
        third = self.env["res.partner"].create({"name": "Ani again"})
        last = self._enroll(third)
        self._give(self.other, 10)
        self._merge(self.ani, self.davit)
        self._merge(third, self.ani)
        self.assertLedger(last, 10)
        self.assertEqual(self.other.merged_into_id, last)

    def test_purchases_count_together_for_the_tier(self):
        self._pay(self._invoice(60000))
        self._pay(self._invoice(60000, self.davit))
        self.assertEqual(self.card.tier_id, self.bronze)
        self._merge()
        self.assertEqual(self.card.tier_metric_value, 120000)
        self.assertEqual(self.card.tier_id, self.silver)

    # -- documents after the merge -----------------------------------------------
    def _spent_some(self):
        """An invoice that earned 600, of which 400 are gone, then the merge."""
        with freeze_time("2026-03-02 06:00:00"):
            invoice = self._invoice(20000, self.davit)
            self._pay(invoice)
            self.other._post_points(
                [self.other._entry("spend", -400, res_model="x.receipt", res_id=1)]
            )
            self._give(self.card, 1000)
            self._merge()
        self.assertLedger(self.card, 1200)
        return invoice

    def test_a_credit_note_takes_back_from_the_surviving_card(self):
        invoice = self._spent_some()
        with freeze_time("2026-03-03 06:00:00"):
            self._credit(invoice)
            self.assertLedger(self.card, 600)
            self.assertLedger(self.other, 0)
            invoice._loyalty_sync()
            self.assertLedger(self.card, 600)

    def test_a_partial_credit_note_takes_its_share(self):
        invoice = self._spent_some()
        with freeze_time("2026-03-03 06:00:00"):
            refund = self._credit(invoice, 5000)
            self.assertLedger(self.card, 1050)
            refund.button_draft()
            self.assertLedger(self.card, 1200)
            self.assertLedger(self.other, 0)

    def test_an_unpaid_invoice_of_the_double_is_released_on_the_survivor(self):
        with freeze_time("2026-03-02 06:00:00"):
            invoice = self._invoice(20000, self.davit)
            self.assertLedger(self.other, 0, 600)
            self._merge()
            self.assertLedger(self.card, 0, 600)
            self._pay(invoice)
            self.assertLedger(self.card, 600)
            self.assertLedger(self.other, 0)

    def test_a_pending_invoice_of_the_double_is_cancelled_on_the_survivor(self):
        with freeze_time("2026-03-02 06:00:00"):
            invoice = self._invoice(20000, self.davit)
            self._merge()
            invoice.button_draft()
            self.assertLedger(self.card, 0, 0)
            self.assertLedger(self.other, 0)
            invoice.action_post()
            self.assertLedger(self.card, 0, 600)

    def test_a_credit_note_before_the_merge_is_counted_once(self):
        with freeze_time("2026-03-02 06:00:00"):
            invoice = self._invoice(20000, self.davit)
            self._pay(invoice)
            self._credit(invoice, 5000)
            self.assertLedger(self.other, 450)
            self._merge()
            self.assertLedger(self.card, 450)
            self._credit(invoice, 15000)
            self.assertLedger(self.card, 0)
            self.assertLedger(self.other, 0)

    def test_points_of_a_cancelled_order_return_to_the_survivor(self):
        with freeze_time("2026-03-04 06:00:00"):
            self._give(self.other, 1000)
            order = self._order(10000, self.davit)
            order.action_loyalty_spend(700)
            order.action_confirm()
            self.assertLedger(self.other, 300)
            self._merge()
            self.assertLedger(self.card, 300)
            order._action_cancel()
            self.assertLedger(self.card, 1000)
            self.assertLedger(self.other, 0)

    def test_a_quotation_of_the_double_spends_from_the_survivor(self):
        with freeze_time("2026-03-04 06:00:00"):
            self._give(self.other, 1000)
            order = self._order(10000, self.davit)
            order.action_loyalty_spend(700)
            self._merge()
            order.action_confirm()
            self.assertLedger(self.card, 300)
            self.assertLedger(self.other, 0)

    # -- what goes with the person ------------------------------------------------
    def test_referrals_and_consents_survive_sensibly(self):
        self.davit.write({"loyalty_referrer_id": self.ani.id, "consent_sms": True})
        self._merge()
        self.assertFalse(self.ani.loyalty_referrer_id)
        self.assertFalse(self.ani.consent_sms)

    # -- the dialog -----------------------------------------------------------------
    def _wizard(self, user, survivor=None, source=None):
        return (
            self.env["loyalty.member.merge"]
            .with_user(user)
            .with_context(
                active_model="res.partner",
                active_ids=[(survivor or self.ani).id, (source or self.davit).id],
            )
            .create({})
        )

    def test_an_officer_merges_two_members(self):
        self._give(self.card, 100)
        self._give(self.other, 40)
        wizard = self._wizard(self.officer)
        self.assertIn("140", wizard.outcome)
        wizard.action_swap()
        self.assertEqual(wizard.partner_id, self.davit)
        wizard.action_merge()
        self.assertFalse(self.ani.exists())
        self.assertLedger(self.other, 140)

    def test_cashiers_do_not_merge(self):
        with self.assertRaises(AccessError):
            self._wizard(self.cashier)
        self.assertTrue(self.davit.exists())

    def test_staff_and_contacts_without_card_are_not_merged_here(self):
        self._enroll(self.manager.partner_id)
        with self.assertRaisesRegex(UserError, "administrator"):
            self._wizard(self.officer, source=self.manager.partner_id).action_merge()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(UserError, "Both must be members"):
            self._wizard(self.officer, source=stranger).action_merge()
        self.assertTrue(stranger.exists())
        self.assertTrue(self.manager.partner_id.exists())
