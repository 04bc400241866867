import contextlib
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.loyalty_sms.engine import draw
from odoo.addons.loyalty_sms.models import loyalty_sms_campaign_plan

from .campaign_common import SATURDAY, CampaignCommon


@tagged("post_install", "-at_install")
@freeze_time(SATURDAY)
class TestCampaign(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(SATURDAY):
            cls.members = cls._members(12)

    # -- the list ---------------------------------------------------------------
    def test_everybody_gets_one_message_in_their_words(self):
        campaign = self._run(self._campaign())
        queued = self._messages(campaign, state="queued")
        self.assertEqual(queued.partner_id, self.members)
        self.assertEqual(len(queued), 12)
        self.assertIn("A: double points today, Member 1", queued.mapped("body"))
        self.assertEqual(set(queued.mapped("gateway_id")), {self.gateway})
        self.assertEqual(campaign.state, "running")
        self.assertEqual(campaign.recipient_ids.mapped("state"), ["planned"] * 12)
        self.assertEqual(campaign.recipient_ids.message_id, queued)

    def test_planning_again_doubles_nothing(self):
        campaign = self._run(self._campaign())
        self._plan()
        campaign.recipient_ids.sudo().write({"state": "todo"})
        self.env.flush_all()
        self._plan()
        self.assertEqual(len(self._messages(campaign)), 12)
        self.assertEqual(len(self._messages(campaign, state="queued")), 12)

    def test_a_shared_number_is_written_to_once(self):
        twin = self._members(1, name="Twin")
        twin.phone = self.members[0].phone
        campaign = self._run(self._campaign())
        numbers = self._messages(campaign, state="queued").mapped("number")
        self.assertEqual(len(numbers), 12)
        self.assertEqual(len(set(numbers)), 12)
        doubled = campaign.recipient_ids.filtered(lambda r: r.reason == "duplicate")
        self.assertEqual(doubled.partner_id, twin)

    def test_who_has_no_number_is_listed_with_the_reason(self):
        silent = self._members(1, name="Silent", phone=False)
        campaign = self._campaign()
        campaign.action_submit()
        self.assertEqual(campaign.recipient_count, 12)
        left_out = campaign.recipient_ids.filtered(lambda r: r.state == "skipped")
        self.assertRecordValues(
            left_out, [{"partner_id": silent.id, "reason": "no_number"}]
        )

    def test_without_consent_no_message_but_a_line_in_the_history(self):
        stranger = self._members(1, consent=False, name="Stranger", first=500)
        campaign = self._run(self._campaign())
        line = self._messages(campaign, partner_id=stranger.id)
        self.assertRecordValues(
            line, [{"state": "suppressed", "reason": "no_consent", "body": False}]
        )
        recipient = campaign.recipient_ids.filtered(lambda r: r.partner_id == stranger)
        self.assertRecordValues(
            recipient, [{"state": "skipped", "reason": "no_consent"}]
        )

    def test_an_empty_audience_is_refused(self):
        self.audience.branch_ids = self.arabkir
        campaign = self._campaign()
        with self.assertRaisesRegex(UserError, "Choose another audience"):
            campaign.action_submit()

    def test_who_left_the_audience_before_the_start_gets_nothing(self):
        campaign = self._campaign(schedule_date=SATURDAY + timedelta(days=1))
        self.audience.branch_ids = self.kentron
        self.members.loyalty_branch_id = self.kentron
        campaign.action_submit()
        campaign.action_approve()
        self.members[0].loyalty_branch_id = self.arabkir
        newcomer = self._members(1, name="New", first=700)
        newcomer.loyalty_branch_id = self.kentron
        with freeze_time(SATURDAY + timedelta(days=1)):
            self._plan()
        queued = self._messages(campaign, state="queued")
        self.assertEqual(queued.partner_id, self.members[1:])
        gone = campaign.recipient_ids.filtered(
            lambda r: r.partner_id == self.members[0]
        )
        self.assertEqual(gone.reason, "condition")

    def test_a_new_number_is_not_written_to_under_the_old_consent(self):
        campaign = self._campaign()
        campaign.action_submit()
        campaign.action_approve()
        self.members[0].phone = "+37499111222"
        self._plan()
        self.assertNotIn(
            self.members[0], self._messages(campaign, state="queued").partner_id
        )

    # -- control group and halves ---------------------------------------------------
    def test_the_control_group_is_drawn_by_lot_and_gets_nothing(self):
        campaign = self._run(self._campaign(control_percent=40))
        expected = self.members.filtered(
            lambda p: draw.is_control(campaign.id, p.id, 40)
        )
        control = campaign.recipient_ids.filtered("is_control")
        self.assertEqual(control.partner_id, expected)
        self.assertTrue(expected)
        self.assertEqual(set(control.mapped("state")), {"control"})
        self.assertTrue(all(control.mapped("touched_at")))
        queued = self._messages(campaign, state="queued")
        self.assertEqual(queued.partner_id, self.members - expected)
        held = self._messages(campaign, reason="control")
        self.assertEqual(held.partner_id, expected)
        self.assertEqual(set(held.mapped("state")), {"suppressed"})

    def test_the_same_campaign_draws_the_same_group_again(self):
        campaign = self._campaign(control_percent=40, ab_mode="halves")
        campaign.template_b_id = self.template_b
        facts = []
        for _time in range(2):
            campaign.action_submit()
            facts.append(
                sorted(
                    (r.partner_id.id, r.is_control, r.variant, r.position)
                    for r in campaign.recipient_ids
                )
            )
            campaign.action_reset()
            self.assertFalse(campaign.recipient_ids)
        self.assertEqual(facts[0], facts[1])

    def test_halves_get_their_own_words(self):
        campaign = self._run(
            self._campaign(ab_mode="halves", template_b_id=self.template_b.id)
        )
        for message in self._messages(campaign, state="queued"):
            half = draw.variant(campaign.id, message.partner_id.id)
            self.assertEqual(message.variant, half)
            self.assertTrue(message.body.startswith(f"{half}: "))
            self.assertEqual(
                message.template_id,
                self.template if half == "A" else self.template_b,
            )
        halves = set(campaign.recipient_ids.mapped("variant"))
        self.assertEqual(halves, {"A", "B"})

    def test_two_halves_need_two_texts(self):
        with self.assertRaisesRegex(ValidationError, "same template"):
            self._campaign(ab_mode="halves", template_b_id=self.template.id)
        campaign = self._campaign(ab_mode="halves")
        with self.assertRaisesRegex(UserError, "Template B"):
            campaign.action_submit()
        self.assertEqual(campaign.state, "draft")

    def test_the_rest_gets_the_better_half(self):
        campaign = self._run(
            self._campaign(
                ab_mode="winner",
                ab_share=60,
                ab_hours=4,
                ab_criterion="buyers",
                template_b_id=self.template_b.id,
            )
        )
        tried = self._messages(campaign, state="queued")
        rest = campaign.recipient_ids.filtered(lambda r: r.variant == "W")
        self.assertTrue(rest)
        self.assertEqual(tried.partner_id, self.members - rest.partner_id)
        self.assertEqual(set(rest.mapped("state")), {"todo"})
        self._send(tried, SATURDAY)
        buyer = tried.filtered(lambda m: m.variant == "B")[:1].partner_id
        self.assertTrue(buyer)
        with freeze_time(SATURDAY + timedelta(hours=2)):
            self._invoice(1000, buyer)
            self.env.cr.execute(
                "UPDATE account_move SET create_date = %s WHERE partner_id = %s",
                (SATURDAY + timedelta(hours=1), buyer.id),
            )
            self._plan()
        self.assertFalse(campaign.ab_winner)
        with freeze_time(SATURDAY + timedelta(hours=5)):
            self._plan()
        self.assertEqual(campaign.ab_winner, "B")
        late = self._messages(campaign, state="queued")
        self.assertEqual(late.partner_id, rest.partner_id)
        self.assertEqual(set(late.mapped("variant")), {"B"})

    # -- schedule -------------------------------------------------------------------
    def test_nothing_leaves_before_the_date(self):
        campaign = self._campaign(schedule_date=SATURDAY + timedelta(hours=3))
        self._run(campaign)
        self.assertEqual(campaign.state, "scheduled")
        self.assertFalse(self._messages(campaign))
        with freeze_time(SATURDAY + timedelta(hours=3)):
            self._plan()
        self.assertEqual(campaign.state, "running")
        self.assertEqual(len(self._messages(campaign, state="queued")), 12)

    def test_a_date_in_the_past_is_refused(self):
        campaign = self._campaign(schedule_date=SATURDAY - timedelta(hours=1))
        with self.assertRaisesRegex(UserError, "in the past"):
            campaign.action_submit()

    def test_messages_are_spread_evenly(self):
        campaign = self._run(self._campaign(spread_hours=4))
        first = self._messages(campaign, state="queued")
        self.assertLess(len(first), 12)
        # One hour ahead is planned: a quarter of them, and one.
        self.assertEqual(len(first), 4)
        for hour in (1, 2, 3):
            with freeze_time(SATURDAY + timedelta(hours=hour)):
                self._plan()
        moments = sorted(self._messages(campaign, state="queued").mapped("not_before"))
        self.assertEqual(len(moments), 12)
        self.assertEqual(moments[0], SATURDAY)
        self.assertEqual(moments[-1], SATURDAY + timedelta(hours=3, minutes=40))
        gaps = {b - a for a, b in zip(moments, moments[1:], strict=False)}
        self.assertEqual(gaps, {timedelta(minutes=20)})

    def test_at_night_the_morning_is_waited_for(self):
        with freeze_time(SATURDAY + timedelta(hours=12)):
            campaign = self._run(self._campaign())
        queued = self._messages(campaign, state="queued")
        self.assertEqual(
            set(queued.mapped("not_before")), {SATURDAY + timedelta(hours=22)}
        )

    def test_only_so_many_wait_in_the_queue(self):
        with (
            patch.object(loyalty_sms_campaign_plan, "AHEAD", 5),
            patch.object(loyalty_sms_campaign_plan, "CHUNK", 2),
        ):
            campaign = self._run(self._campaign())
            self.assertEqual(len(self._messages(campaign, state="queued")), 5)
            self._send(self._messages(campaign, state="queued")[:3], SATURDAY)
            self._plan()
            self.assertEqual(len(self._messages(campaign, state="queued")), 5)
        self.assertEqual(len(self._messages(campaign)), 8)

    def test_a_process_that_dies_between_portions_doubles_nothing(self):
        campaign = self._campaign()
        campaign.action_submit()
        campaign.action_approve()

        class Killed(Exception):
            pass

        def die(portion):
            if portion == 3:
                raise Killed

        with patch.object(loyalty_sms_campaign_plan, "CHUNK", 5):
            # assertRaises of the ERP would take back what was committed.
            with contextlib.suppress(Killed), self._commits(die):
                self.env["loyalty.sms.campaign"]._cron_plan()
                self.fail("the process went on")
            planned = len(self._messages(campaign))
            self.assertEqual(planned, 10)
            self.env.invalidate_all()
            self._plan()
        queued = self._messages(campaign, state="queued")
        self.assertEqual(len(queued), 12)
        self.assertEqual(queued.partner_id, self.members)

    # -- money ----------------------------------------------------------------------
    def test_the_cost_is_counted_before_it_is_approved(self):
        self.env["loyalty.sms.tariff"].create(
            {
                "gateway_id": self.gateway.id,
                "price": 5,
                "currency_id": self.company.currency_id.id,
                "valid_from": "2026-01-01",
            }
        )
        campaign = self._campaign()
        campaign.action_submit()
        self.assertEqual(campaign.cost_estimate, 60)
        self.assertEqual(campaign.segments_max, 1)
        self.assertEqual(campaign.cost_details["shares"], {"1": 100.0})
        campaign.action_approve()
        self._plan()
        self.assertEqual(campaign.planned_cost, 60)
        self.assertEqual(
            set(self._messages(campaign, state="queued").mapped("estimated_cost")), {5}
        )

    def test_sending_ends_with_the_budget(self):
        self.env["loyalty.sms.tariff"].create(
            {
                "gateway_id": self.gateway.id,
                "price": 5,
                "currency_id": self.company.currency_id.id,
                "valid_from": "2026-01-01",
            }
        )
        with patch.object(loyalty_sms_campaign_plan, "CHUNK", 3):
            campaign = self._run(self._campaign(budget=22))
        self.assertEqual(len(self._messages(campaign, state="queued")), 4)
        self.assertEqual(campaign.planned_cost, 20)
        over = self._messages(campaign, state="suppressed")
        self.assertEqual(set(over.mapped("reason")), {"budget"})
        self.assertEqual(len(over), 8)

    # -- pause, resume, cancel --------------------------------------------------------
    def _claimed(self, campaign):
        self.env.flush_all()
        _token, rows = self.env["loyalty.message"]._claim(self.gateway, 100)
        self.env.invalidate_all()
        return len([r for r in rows if r["id"] in self._messages(campaign).ids])

    def test_a_pause_holds_what_waits_and_a_resume_lets_it_go(self):
        campaign = self._run(self._campaign())
        campaign.with_user(self.manager).action_pause()
        self.assertEqual(self._claimed(campaign), 0)
        self.assertEqual(len(self._messages(campaign, state="queued")), 12)
        campaign.with_user(self.manager).action_resume()
        self.assertEqual(self._claimed(campaign), 12)

    def test_while_paused_nothing_is_planned(self):
        with patch.object(loyalty_sms_campaign_plan, "AHEAD", 5):
            campaign = self._run(self._campaign())
        campaign.action_pause()
        self._plan()
        self.assertEqual(len(self._messages(campaign)), 5)
        campaign.action_resume()
        self._plan()
        self.assertEqual(len(self._messages(campaign)), 12)

    def test_a_cancelled_campaign_sends_nothing_more(self):
        campaign = self._run(self._campaign())
        gone = self._messages(campaign)[:2]
        self._send(gone, SATURDAY, "accepted")
        campaign.with_user(self.manager).action_cancel()
        self.assertEqual(len(self._messages(campaign, state="cancelled")), 10)
        self.assertEqual(set(gone.mapped("state")), {"accepted"})
        self.assertEqual(self._claimed(campaign), 0)
        self._plan()
        self.assertEqual(campaign.state, "cancelled")
        with self.assertRaisesRegex(UserError, "not possible"):
            campaign.action_resume()

    def test_what_came_into_the_queue_of_a_cancelled_campaign_is_not_sent(self):
        campaign = self._run(self._campaign())
        campaign.action_cancel()
        late = self._messages(campaign)[:1]
        late.write({"state": "queued"})
        self.env.flush_all()
        self.assertEqual(self._claimed(campaign), 0)
        self.assertEqual(late.state, "cancelled")

    def test_when_all_is_sent_the_campaign_is_done(self):
        campaign = self._run(self._campaign())
        self._plan()
        self.assertEqual(campaign.state, "running")
        self._send(self._messages(campaign), SATURDAY)
        self._plan()
        self.assertEqual(campaign.state, "done")
        self.assertEqual(campaign.finished_at, SATURDAY)
        self.assertEqual(campaign.progress, 100)

    # -- what is fixed -----------------------------------------------------------------
    def test_what_was_handed_in_cannot_be_changed(self):
        campaign = self._campaign().with_user(self.user)
        campaign.action_submit()
        for values in (
            {"template_id": self.template_b.id},
            {"budget": 5},
            {"audience_id": False},
        ):
            with self.assertRaisesRegex(UserError, "back to draft"):
                campaign.write(values)
        campaign.name = "Renamed"
        campaign.action_reset()
        campaign.template_id = self.template_b
        self.assertEqual(campaign.state, "draft")

    def test_steps_are_taken_by_buttons_only(self):
        campaign = self._campaign().with_user(self.manager)
        with self.assertRaises(AccessError):
            campaign.state = "running"
        with self.assertRaises(AccessError):
            campaign.create({"name": "Sneaky", "state": "running"})
        self.assertEqual(campaign.state, "draft")

    def test_a_campaign_with_messages_is_not_deleted(self):
        campaign = self._run(self._campaign())
        with self.assertRaisesRegex(UserError, "Archive it"):
            campaign.unlink()
        self.assertTrue(campaign.exists())
