import io
from datetime import timedelta

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import Command
from odoo.tests import tagged

from odoo.addons.loyalty_sms.engine import draw

from .campaign_common import SATURDAY, CampaignCommon

SUNDAY = SATURDAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCampaignReport(CampaignCommon):
    """Purchases after a message, to the coin; prices hold 20 % VAT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(SATURDAY):
            cls.members = cls._members(12)
            cls.campaign = cls._campaign(control_percent=30)
            cls.campaign.action_submit()
            cls.campaign.action_approve()
        cls.control = cls.members.filtered(
            lambda p: draw.is_control(cls.campaign.id, p.id, 30)
        )
        cls.treated = cls.members - cls.control
        assert cls.control and len(cls.treated) > 3

    def setUp(self):
        super().setUp()
        with freeze_time(SATURDAY):
            self._plan()
            self._send(self._messages(self.campaign, state="queued"), SATURDAY)

    def _sold(self, amount, partner, day=SUNDAY, **values):
        with freeze_time(day):
            return self._invoice(amount, partner, **values)

    def _refresh(self, campaign=None, day=SUNDAY + timedelta(days=10)):
        campaign = campaign or self.campaign
        with freeze_time(day):
            campaign.action_refresh_results()
        return campaign.result_ids.filtered(lambda r: r.dimension == "total")

    def _recipient(self, partner, campaign=None):
        recipients = (campaign or self.campaign).recipient_ids
        return recipients.filtered(lambda r: r.partner_id == partner)

    # -- what counts ----------------------------------------------------------------
    def test_purchases_after_the_message_count_without_taxes(self):
        self._sold(12000, self.treated[0])
        self._sold(600, self.treated[0], SUNDAY + timedelta(days=2))
        self._sold(2400, self.treated[1])
        total = self._refresh()
        self.assertRecordValues(
            total,
            [
                {
                    "sent_count": len(self.treated),
                    "delivered_count": len(self.treated),
                    "buyer_count": 2,
                    "revenue": 12500,
                    "revenue_delivered": 12500,
                    "control_count": len(self.control),
                    "control_revenue": 0,
                }
            ],
        )
        self.assertEqual(self._recipient(self.treated[0]).purchase_count, 2)
        self.assertEqual(self.campaign.revenue, 12500)

    def test_purchases_before_and_long_after_do_not_count(self):
        self._sold(1200, self.treated[0], SATURDAY - timedelta(days=1))
        self._sold(2400, self.treated[0], SATURDAY + timedelta(days=8))
        total = self._refresh()
        self.assertEqual(total.revenue, 0)
        self.assertEqual(total.buyer_count, 0)

    def test_a_purchase_of_the_same_morning_does_not_count(self):
        early = self._sold(1200, self.treated[0], SATURDAY)
        late = self._sold(2400, self.treated[1], SATURDAY)
        for invoice, hours in ((early, -1), (late, 1)):
            self.env.cr.execute(
                "UPDATE account_move SET create_date = %s WHERE id = %s",
                (SATURDAY + timedelta(hours=hours), invoice.id),
            )
        self.assertEqual(self._refresh().revenue, 2000)

    def test_drafts_do_not_count(self):
        self._sold(1200, self.treated[0], post=False)
        self.assertEqual(self._refresh().revenue, 0)

    def test_what_was_returned_is_taken_off(self):
        invoice = self._sold(12000, self.treated[0])
        with freeze_time(SUNDAY + timedelta(days=9)):
            self._credit(invoice, 1200)
        total = self._refresh()
        self.assertEqual(total.revenue, 9000)
        self.assertEqual(total.buyer_count, 1)

    def test_a_failed_message_is_in_the_first_column_only(self):
        failed = self._messages(self.campaign, partner_id=self.treated[0].id)
        self._send(failed, SATURDAY, "failed")
        self._sold(1200, self.treated[0])
        self._sold(2400, self.treated[1])
        total = self._refresh()
        self.assertEqual(total.revenue, 3000)
        self.assertEqual(total.revenue_delivered, 2000)
        self.assertEqual(total.delivered_count, len(self.treated) - 1)

    def test_the_last_message_before_a_purchase_gets_it(self):
        monday = SATURDAY + timedelta(days=2)
        later = self._campaign(name="Monday")
        with freeze_time(monday):
            self._run(later)
            self._send(self._messages(later, state="queued"), monday)
        self._sold(1200, self.treated[0], SUNDAY)
        self._sold(2400, self.treated[0], monday + timedelta(days=1))
        self.assertEqual(self._refresh().revenue, 1000)
        self.assertEqual(self._refresh(later).revenue, 2000)

    def test_open_orders_count_when_asked_for(self):
        with freeze_time(SUNDAY):
            order = self._order(1200, self.treated[0])
            order.action_confirm()
        self.assertEqual(self._refresh().revenue, 0)
        self.campaign.count_orders = True
        self.assertEqual(self._refresh().revenue, 1000)
        with freeze_time(SUNDAY):
            order._create_invoices().action_post()
        self.assertEqual(self._refresh().revenue, 1000)

    def test_purchases_of_another_system_count(self):
        self.env["loyalty.purchase"].create(
            {
                "partner_id": self.treated[0].id,
                "program_id": self.club.id,
                "company_id": self.company.id,
                "date": SUNDAY.date(),
                "amount": 500,
            }
        )
        self.assertEqual(self._refresh().revenue, 500)

    def test_another_company_does_not_count(self):
        other = self._make_company("Other LLC")
        with freeze_time(SUNDAY):
            move = (
                self.env["account.move"]
                .with_company(other)
                .create(
                    {
                        "move_type": "out_invoice",
                        "company_id": other.id,
                        "partner_id": self.treated[0].id,
                        "invoice_date": SUNDAY.date(),
                        "invoice_line_ids": [
                            Command.create({"name": "Coffee", "price_unit": 100})
                        ],
                    }
                )
            )
            move.action_post()
        self.assertEqual(self._refresh().revenue, 0)

    # -- against the control group ----------------------------------------------------
    def test_only_what_the_control_group_did_not_buy_was_gained(self):
        for partner in self.treated:
            self._sold(1800, partner)
        for partner in self.control:
            self._sold(1200, partner)
        total = self._refresh()
        self.assertEqual(total.per_head, 500)
        self.assertEqual(total.incremental, 500 * len(self.treated))
        self.assertEqual(total.note, "small")
        self.assertEqual(total.control_revenue, 1000 * len(self.control))
        self.assertIn("may be chance", self.campaign.verdict)

    def test_without_a_control_group_nothing_is_claimed(self):
        monday = SATURDAY + timedelta(days=2)
        campaign = self._campaign(name="No control")
        with freeze_time(monday):
            self._run(campaign)
            self._send(self._messages(campaign, state="queued"), monday)
        self._sold(1200, self.treated[0], monday + timedelta(days=1))
        total = self._refresh(campaign)
        self.assertRecordValues(
            total, [{"note": "none", "incremental": 0, "revenue": 1000}]
        )
        self.assertIn("nobody knows", campaign.verdict)

    # -- cost, points, consent --------------------------------------------------------
    def test_cost_and_margin_make_the_profit(self):
        messages = self._messages(self.campaign, state="delivered")
        messages.write({"estimated_cost": 10})
        messages[0].cost = 16
        self.env.flush_all()
        self.campaign.margin_percent = 40
        for partner in self.treated:
            self._sold(1200, partner)
        total = self._refresh()
        cost = 10 * (len(messages) - 1) + 16
        self.assertEqual(total.cost, cost)
        gained = 1000 * len(self.treated)
        self.assertEqual(total.incremental, gained)
        # Points of purchases in the window cost as well: 3 for each full 100.
        points = total.points_value
        self.assertEqual(points, 36 * len(self.treated))
        self.assertAlmostEqual(total.profit, gained * 0.4 - cost - points)
        self.assertAlmostEqual(
            total.roi, 100 * total.profit / (cost + points), delta=0.06
        )

    def test_discounts_are_shown(self):
        with freeze_time(SUNDAY):
            invoice = self._invoice(1200, self.treated[0], post=False)
            invoice.invoice_line_ids.discount = 10
            invoice.action_post()
        total = self._refresh()
        self.assertEqual(total.revenue, 900)
        self.assertEqual(total.discount, 100)

    def test_withdrawn_consents_are_counted(self):
        with freeze_time(SUNDAY):
            self.treated[0].consent_sms = False
        with freeze_time(SATURDAY + timedelta(days=20)):
            self.treated[1].consent_sms = False
        total = self._refresh(day=SATURDAY + timedelta(days=21))
        self.assertEqual(total.optout_count, 1)

    def test_who_was_not_written_to_after_all_is_left_out(self):
        message = self._messages(self.campaign, partner_id=self.treated[0].id)
        message.write({"state": "suppressed", "reason": "opted_out"})
        self.env.flush_all()
        self._sold(1200, self.treated[0])
        total = self._refresh()
        self.assertEqual(total.sent_count, len(self.treated) - 1)
        self.assertEqual(total.revenue, 0)
        self.assertRecordValues(
            self._recipient(self.treated[0]),
            [{"state": "skipped", "reason": "opted_out"}],
        )

    # -- lines ------------------------------------------------------------------------
    def test_tiers_add_up_to_all(self):
        self._sold(1200, self.treated[0])
        self._sold(2400, self.treated[1])
        total = self._refresh()
        tiers = self.campaign.result_ids.filtered(lambda r: r.dimension == "tier")
        self.assertTrue(tiers)
        for name in ("sent_count", "buyer_count", "revenue", "cost"):
            self.assertEqual(sum(tiers.mapped(name)), total[name], name)

    def test_halves_are_compared(self):
        monday = SATURDAY + timedelta(days=2)
        campaign = self._campaign(
            name="Halves", ab_mode="halves", template_b_id=self.template_b.id
        )
        with freeze_time(monday):
            self._run(campaign)
            self._send(self._messages(campaign, state="queued"), monday)
        for half, amount in (("A", 1200), ("B", 2400)):
            for recipient in campaign.recipient_ids:
                if recipient.variant == half:
                    self._sold(amount, recipient.partner_id, monday + timedelta(days=1))
        total = self._refresh(campaign)
        halves = campaign.result_ids.filtered(lambda r: r.dimension == "half")
        count = {
            half: len(campaign.recipient_ids.filtered(lambda r, h=half: r.variant == h))
            for half in ("A", "B")
        }
        self.assertRecordValues(
            halves,
            [
                {"name": "A", "sent_count": count["A"], "revenue": 1000 * count["A"]},
                {"name": "B", "sent_count": count["B"], "revenue": 2000 * count["B"]},
            ],
        )
        self.assertEqual(sum(halves.mapped("revenue")), total.revenue)

    def test_refreshing_again_changes_nothing(self):
        self._sold(1200, self.treated[0])
        first = self._refresh().read(["revenue", "sent_count", "profit"])
        second = self._refresh().read(["revenue", "sent_count", "profit"])
        for line in first + second:
            line.pop("id")
        self.assertEqual(first, second)

    def test_the_night_writes_results_of_what_still_counts(self):
        self._sold(1200, self.treated[0])
        with freeze_time(SUNDAY + timedelta(days=1)), self._commits():
            self.env["loyalty.sms.campaign"]._cron_results()
        self.assertEqual(self.campaign.revenue, 1000)
        self._sold(2400, self.treated[0])
        with freeze_time(SUNDAY + timedelta(days=120)), self._commits():
            self.env["loyalty.sms.campaign"]._cron_results()
        self.assertEqual(self.campaign.revenue, 1000)

    def test_all_of_it_goes_to_excel(self):
        self._sold(1200, self.treated[0])
        self._refresh()
        data = self.env["loyalty.campaign.book"]._book(self.campaign)
        book = load_workbook(io.BytesIO(data))
        self.assertEqual(
            book.sheetnames,
            ["Summary", "All", "By tier", "A and B", "Why not", "Recipients"],
        )
        summary = {row[0].value: row[1].value for row in book["Summary"].iter_rows()}
        self.assertEqual(summary["Name"], "Saturday")
        self.assertEqual(summary["Revenue"], 1000)
        self.assertEqual(book["Recipients"].max_row, 12 + 2)

    # -- live -------------------------------------------------------------------------
    def test_the_card_tells_how_far_it_is(self):
        messages = self._messages(self.campaign, state="delivered")
        messages[0].write({"state": "queued", "accepted_at": False})
        messages[1].write(
            {"state": "failed", "error_code": "0b", "error_text": "Invalid address"}
        )
        self.env.flush_all()
        with freeze_time(SATURDAY + timedelta(seconds=10)):
            card = self.campaign.with_user(self.user).get_progress()
        self.assertEqual(card["total"], len(self.treated))
        self.assertEqual(card["queued"], 1)
        self.assertEqual(card["failed"], 1)
        self.assertEqual(card["delivered"], len(self.treated) - 2)
        self.assertEqual(card["control"], len(self.control))
        self.assertEqual(card["speed"], round((len(self.treated) - 1) / 10, 1))
        self.assertTrue(card["eta"])
        self.assertEqual(
            [(r["state"], r["code"], r["count"]) for r in card["reasons"]],
            [("failed", "0b", 1)],
        )
