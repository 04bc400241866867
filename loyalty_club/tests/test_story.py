from freezegun import freeze_time

from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestStory(LoyaltyCommon):
    """A week at Arev, to the coin (times of Yerevan are UTC+4)."""

    def test_a_week_at_arev(self):
        with freeze_time("2026-03-02 06:00:00"):
            card = self._enroll()
            self.assertEqual(card.tier_id, self.bronze)
            self.assertLedger(card, 0)
        with freeze_time("2026-03-02 06:05:00"):
            first = self._invoice(20000)
            self.assertLedger(card, 0, 600)
        with freeze_time("2026-03-02 06:06:00"):
            self._pay(first)
            self.assertLedger(card, 600)
            lot_a = card.lot_ids
            self.assertEqual(str(lot_a.expiration_date), "2027-03-31")
        with freeze_time("2026-03-03 08:00:00"):
            tuesday = self._invoice(90000)
            self._pay(tuesday)
            self.assertLedger(card, 6000)
            self.assertEqual(card.tier_metric_value, 110000)
            self.assertEqual(card.tier_id, self.silver)
            self.assertEqual(
                card.move_ids.filtered("trace")[0].explanation,
                "2 700 × Tuesday 2 = 5 400",
            )
        with freeze_time("2026-03-04 12:00:00"):
            order = self._order(50000)
            offer = order._loyalty_offer(card)
            self.assertEqual(
                dict(offer.limits) | {"all": offer.points},
                {
                    "percent": 15000,
                    "amount": 50000,
                    "balance": 6000,
                    "day": 20000,
                    "all": 6000,
                },
            )
            order.action_loyalty_spend(3000)
            self.assertEqual(order.amount_total, 47000)
            order.action_confirm()
            self.assertLedger(card, 3000)
            lot_b = card.lot_ids - lot_a
            self.assertEqual((lot_a.remaining, lot_b.remaining), (0, 3000))
        with freeze_time("2026-03-04 12:01:00"):
            invoice = order._create_invoices()
            invoice.action_post()
            self.assertLedger(card, 3000, 2115)
            self._pay(invoice)
            self.assertLedger(card, 5115)
        with freeze_time("2026-03-05 07:00:00"):
            refund = self._credit(tuesday, 10000)
            self._pay(refund)
            self.assertLedger(card, 4515)
            self.assertEqual(lot_b.remaining, 2400)
            card._update_tiers()
            self.assertEqual(card.tier_metric_value, 147000)
            self.assertEqual(card.tier_id, self.silver)
            self.assertIn("153,000", card.tier_progress_text)
        with freeze_time("2026-03-06 10:40:00"):
            delivered = self._order(23000)
            delivered.action_confirm()
            last = delivered._create_invoices()
            last.action_post()
            self._pay(last)
            self.assertLedger(card, 5550)
            self.assertIn("130,000", card.tier_progress_text)
