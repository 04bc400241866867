"""The list of recipients, written once, and what they will cost."""

from odoo import models
from odoo.tools import SQL

from ..engine import draw
from .loyalty_sms_audience_query import ADDRESSES


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    def _snapshot(self):
        """Write the list of recipients down, as the user may see them.

        Halves, control group and turns are drawn by lot: see ``engine.draw``. A number
        that two customers share is written to once, as who agreed to it.

        :return: how many have a number
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_sms_campaign_recipient
                    (campaign_id, company_id, partner_id, number, tier_id, variant,
                     is_control, position, state, reason)
                SELECT %(campaign)s, %(company)s, id, number, tier_id,
                       %(variant)s, control < %(control)s,
                       row_number() OVER (
                           ORDER BY number IS NULL OR twin > 1, turn, id),
                       CASE WHEN number IS NULL OR twin > 1 THEN 'skipped'
                            ELSE 'todo' END,
                       CASE WHEN number IS NULL THEN 'no_number'
                            WHEN twin > 1 THEN 'duplicate' END
                  FROM (
                    SELECT drawn.*, row_number() OVER (
                               PARTITION BY number ORDER BY agreed DESC, id) AS twin,
                           %(control_lot)s AS control, %(half_lot)s AS half,
                           %(turn_lot)s AS turn
                      FROM (
                        SELECT p.id, NULLIF(p.%(address)s, '') AS number,
                               tier.id AS tier_id,
                               COALESCE(p.%(consent)s, FALSE) AS agreed,
                               md5(%(campaign)s::text || ':' || p.id) AS lots
                          FROM res_partner p
                     LEFT JOIN loyalty_tier tier
                            ON tier.id = (p.loyalty_tier_id ->> %(company)s::text)::int
                         WHERE p.id IN %(audience)s) drawn) chosen
                ON CONFLICT (campaign_id, partner_id) DO NOTHING
                """,
                campaign=self.id,
                company=self.company_id.id,
                variant=self._variant_sql(),
                control=draw.limit(self.control_percent),
                control_lot=self._lot_sql(draw.CONTROL),
                half_lot=self._lot_sql(draw.VARIANT),
                turn_lot=self._lot_sql(draw.POSITION),
                address=SQL.identifier(ADDRESSES.get(self.channel, "phone_sanitized")),
                consent=SQL.identifier(
                    self.env["res.partner"]._consent_switches()[
                        self.channel, "marketing"
                    ]
                ),
                audience=self.audience_id._query(),
            )
        )
        self._forget_cache()
        return self._count_recipients("state <> 'skipped'")

    @staticmethod
    def _lot_sql(what):
        """``engine.draw.lot`` of the digest in the column ``lots``."""
        return SQL("('x' || substr(lots, %s, 8))::bit(32)::bigint", what + 1)

    def _variant_sql(self):
        """``engine.draw.variant`` of the lot in the column ``half``."""
        if self.ab_mode == "none":
            return SQL("'A'")
        tested = draw.limit(self.ab_share if self.ab_mode == "winner" else 100)
        return SQL(
            """CASE WHEN half >= %s THEN 'W' WHEN half < %s THEN 'A' ELSE 'B' END""",
            tested,
            tested // 2,
        )

    def _count_recipients(self, condition):
        return self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = %s AND %s""",
                self.id,
                SQL(condition),
            )
        )[0][0]

    def _forget_recipients(self):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """DELETE FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = ANY(%s) AND message_id IS NULL
                RETURNING id""",
                self.ids,
            )
        )
        self._forget_cache()

    def _forget_cache(self):
        self.env["loyalty.sms.campaign.recipient"].invalidate_model()
        self.invalidate_recordset()

    def _leave_out_strangers(self):
        """Leave out who is no longer of the audience when sending begins.

        Somebody who bought yesterday must not read today that we miss them. Nobody is
        added: a campaign never grows beyond what was approved.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_sms_campaign_recipient
                      SET state = 'skipped', reason = 'condition'
                    WHERE campaign_id = %s AND state = 'todo'
                      AND partner_id NOT IN %s""",
                self.id,
                self.audience_id._query(),
            )
        )
        self._forget_cache()
