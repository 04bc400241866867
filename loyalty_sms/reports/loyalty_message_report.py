from odoo import api, fields, models
from odoo.tools import SQL

from ..models.constants import CHANNELS, MESSAGE_CLASSES, REASONS, STATES

HANDED_OVER = ("accepted", "submitted", "delivered", "read", "failed")
ARRIVED = ("delivered", "read")


class LoyaltyMessageReport(models.Model):
    """What became of messages, what they cost, and whom they drove away."""

    _name = "loyalty.message.report"
    _description = "Messages analysis"
    _auto = False
    _order = "date desc"
    _rec_name = "date"
    _depends = {
        "loyalty.message": [
            "channel",
            "company_id",
            "cost",
            "create_date",
            "currency_id",
            "delivered_at",
            "estimated_cost",
            "gateway_id",
            "message_class",
            "number",
            "partner_id",
            "reason",
            "segments",
            "state",
        ],
        "loyalty.consent": ["action", "channel", "date", "partner_id"],
    }

    date = fields.Datetime(readonly=True)
    hour = fields.Char("Hour of the day", readonly=True, help="By the company's clock.")
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    prefix = fields.Char(
        "Operator's prefix",
        readonly=True,
        help="The country's code and two digits of the number.",
    )
    channel = fields.Selection(CHANNELS, readonly=True)
    message_class = fields.Selection(MESSAGE_CLASSES, "Class", readonly=True)
    gateway_id = fields.Many2one("loyalty.sms.gateway", "Gateway", readonly=True)
    template_id = fields.Many2one("loyalty.sms.template", "Template", readonly=True)
    campaign_id = fields.Many2one("loyalty.sms.campaign", "Campaign", readonly=True)
    rule_id = fields.Many2one("loyalty.sms.rule", "Rule", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    reason = fields.Selection(REASONS, "Why not sent", readonly=True)
    encoding = fields.Selection([("GSM7", "GSM-7"), ("UCS2", "UCS-2")], readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    messages = fields.Integer(readonly=True, help="Handed over to a gateway.")
    not_sent = fields.Integer(readonly=True)
    segments = fields.Integer(readonly=True)
    delivered = fields.Integer(readonly=True)
    failed = fields.Integer(readonly=True)
    delivery_rate = fields.Float(
        "Delivered %", digits=(5, 1), readonly=True, aggregator="avg"
    )
    delivery_seconds = fields.Float(
        "Seconds to deliver", digits=(16, 1), readonly=True, aggregator="avg"
    )
    cost = fields.Float(digits=(16, 2), readonly=True)
    opt_outs = fields.Integer(
        "Opt-outs",
        readonly=True,
        help="Consents withdrawn within a day of the message.",
    )

    @property
    def _table_query(self):
        return SQL("%s FROM loyalty_message m %s", self._select(), self._from())

    @api.model
    def _select(self):
        return SQL(
            """SELECT m.id, m.create_date AS date, m.company_id, m.partner_id,
                      m.channel, m.message_class, m.gateway_id, m.template_id,
                      m.campaign_id, m.rule_id, m.state, m.reason, m.encoding,
                      m.currency_id,
                      to_char(m.create_date AT TIME ZONE 'UTC'
                              AT TIME ZONE COALESCE(zone.tz, 'UTC'), 'HH24') AS hour,
                      CASE WHEN m.number LIKE '+%%' THEN left(m.number, 6) END
                          AS prefix,
                      (m.state IN %(sent)s)::int AS messages,
                      (m.state IN ('suppressed', 'cancelled', 'expired'))::int
                          AS not_sent,
                      CASE WHEN m.state IN %(sent)s THEN m.segments ELSE 0 END
                          AS segments,
                      (m.state IN %(arrived)s)::int AS delivered,
                      (m.state = 'failed')::int AS failed,
                      CASE WHEN m.state IN %(sent)s
                           THEN CASE WHEN m.state IN %(arrived)s THEN 100.0 ELSE 0.0 END
                      END AS delivery_rate,
                      EXTRACT(EPOCH FROM m.delivered_at - m.accepted_at)
                          AS delivery_seconds,
                      CASE WHEN m.state IN %(sent)s
                           THEN COALESCE(NULLIF(m.cost, 0), m.estimated_cost, 0)
                           ELSE 0 END AS cost,
                      (m.state IN %(sent)s AND EXISTS (
                          SELECT 1 FROM loyalty_consent c
                           WHERE c.partner_id = m.partner_id
                             AND c.channel = m.channel AND c.action = 'opt_out'
                             AND c.date >= m.create_date
                             AND c.date < m.create_date + INTERVAL '1 day'
                      ))::int AS opt_outs""",
            sent=HANDED_OVER,
            arrived=ARRIVED,
        )

    @api.model
    def _from(self):
        return SQL(
            """JOIN res_company company ON company.id = m.company_id
               JOIN res_partner zone ON zone.id = company.partner_id"""
        )
