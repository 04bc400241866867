from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.loyalty_sms.engine import draw

from .campaign_common import SATURDAY, CampaignCommon

THURSDAY = SATURDAY - timedelta(days=2)


@tagged("post_install", "-at_install")
class TestSaturday(CampaignCommon):
    """The story: Ani answers STOP, Saturday's campaign reaches 40 of 41 members."""

    @freeze_time(THURSDAY)
    def test_saturday_reaches_40_of_41_and_the_control_group_gets_nothing(self):
        self.ani.consent_sms = True
        self.club._enroll(self.ani)
        campaign = self._campaign(
            control_percent=10, schedule_date=SATURDAY, name="Saturday"
        )
        # Members join until 41 of them, Ani among them, are for the message.
        first, control = 0, self.env["res.partner"]
        treated = self.ani
        if draw.is_control(campaign.id, self.ani.id, 10):
            campaign.control_percent = 0
        percent = campaign.control_percent
        while len(treated) < 41:
            member = self._members(1, first=first)
            first += 1
            if draw.is_control(campaign.id, member.id, percent):
                control |= member
            else:
                treated |= member
        campaign.action_submit()
        campaign.action_approve()
        self.assertEqual(campaign.recipient_count, 41)
        with freeze_time(SATURDAY - timedelta(hours=14)):
            self.env["loyalty.consent"]._record(
                [
                    {
                        "partner_id": self.ani.id,
                        "number": self.ani.phone_sanitized,
                        "channel": "sms",
                        "purpose": "marketing",
                        "action": "opt_out",
                        "source": "message",
                        "text": "STOP",
                    }
                ]
            )
        with freeze_time(SATURDAY):
            self._plan()
        queued = self._messages(campaign, state="queued")
        self.assertEqual(len(queued), 40)
        self.assertEqual(queued.partner_id, treated - self.ani)
        stopped = self._messages(campaign, partner_id=self.ani.id)
        self.assertRecordValues(
            stopped, [{"state": "suppressed", "reason": "opted_out"}]
        )
        held = self._messages(campaign, reason="control")
        self.assertEqual(held.partner_id, control)
        self.assertFalse(queued.partner_id & control)

    @freeze_time(SATURDAY)
    def test_stop_during_the_campaign_takes_back_what_is_queued(self):
        members = self._members(4)
        campaign = self._run(self._campaign())
        self.env["loyalty.consent"]._record(
            [
                {
                    "partner_id": members[0].id,
                    "number": members[0].phone_sanitized,
                    "channel": "sms",
                    "purpose": "marketing",
                    "action": "opt_out",
                    "source": "message",
                    "text": "STOP",
                }
            ]
        )
        self.env.flush_all()
        _token, rows = self.env["loyalty.message"]._claim(self.gateway, 100)
        self.env.invalidate_all()
        sent = self.env["loyalty.message"].browse(row["id"] for row in rows)
        self.assertEqual((sent & self._messages(campaign)).partner_id, members[1:])
        stopped = self._messages(campaign, partner_id=members[0].id)
        self.assertEqual(stopped.state, "suppressed")
