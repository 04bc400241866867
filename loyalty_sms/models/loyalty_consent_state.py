from odoo import api, fields, models
from odoo.tools import SQL

from .constants import CONSENT_CHANNELS, PURPOSES


class LoyaltyConsentState(models.Model):
    """What holds now for a number, channel and purpose: the last consent of each."""

    _name = "loyalty.consent.state"
    _description = "Consent that holds now"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    number = fields.Char("Number or address", required=True, readonly=True)
    channel = fields.Selection(CONSENT_CHANNELS, required=True, readonly=True)
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    allowed = fields.Boolean(required=True, readonly=True)
    is_pending = fields.Boolean("Waits for confirmation", readonly=True)
    date = fields.Datetime(readonly=True)
    consent_id = fields.Many2one("loyalty.consent", readonly=True)

    _key = models.UniqueIndex("(number, channel, purpose, COALESCE(company_id, 0))")
    _partner_idx = models.Index("(partner_id)")

    @api.model
    def _follow(self, consent_ids):
        """Make the last of these consents hold, in one statement."""
        if not consent_ids:
            return
        self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_consent_state AS state (company_id, partner_id,
                       number, channel, purpose, allowed, is_pending, date, consent_id)
                   SELECT DISTINCT ON (number, channel, purpose,
                                       COALESCE(company_id, 0))
                          company_id, partner_id, number, channel, purpose,
                          action = 'opt_in', action = 'asked', date, id
                     FROM loyalty_consent
                    WHERE id = ANY(%s)
                    ORDER BY number, channel, purpose, COALESCE(company_id, 0), id DESC
                   ON CONFLICT (number, channel, purpose, COALESCE(company_id, 0))
                   DO UPDATE SET partner_id = EXCLUDED.partner_id,
                                 allowed = EXCLUDED.allowed,
                                 is_pending = EXCLUDED.is_pending,
                                 date = EXCLUDED.date,
                                 consent_id = EXCLUDED.consent_id
                           WHERE state.consent_id IS NULL
                              OR state.consent_id < EXCLUDED.consent_id
                   RETURNING id""",
                list(consent_ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _open(self):
        """Consents given before this history began, for every customer at once."""
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_consent (partner_id, company_id, number, channel,
                       purpose, action, source, text, user_id, date)
                   SELECT partner.id, NULL, given.number, given.channel, given.purpose,
                          given.action, 'install', partner.consent_source, %(uid)s,
                          COALESCE(partner.consent_date, %(now)s)
                     FROM res_partner partner
                    CROSS JOIN LATERAL (VALUES
                       (partner.phone_sanitized, 'sms', 'marketing', 'opt_in',
                        partner.consent_sms),
                       (lower(partner.email_normalized), 'email', 'marketing', 'opt_in',
                        partner.consent_email),
                       (partner.phone_sanitized, 'whatsapp', 'marketing', 'opt_in',
                        partner.consent_messenger),
                       (partner.phone_sanitized, 'viber', 'marketing', 'opt_in',
                        partner.consent_messenger),
                       (partner.phone_sanitized, 'call', 'marketing', 'opt_in',
                        partner.consent_call),
                       (partner.phone_sanitized, 'sms', 'service', 'opt_out',
                        partner.consent_service IS FALSE),
                       (lower(partner.email_normalized), 'email', 'service', 'opt_out',
                        partner.consent_service IS FALSE)
                    ) AS given (number, channel, purpose, action, holds)
                    WHERE given.holds AND COALESCE(given.number, '') != ''
                      AND NOT EXISTS (SELECT 1 FROM loyalty_consent known
                                       WHERE known.partner_id = partner.id)
                    ORDER BY given.action, partner.id
                   RETURNING id""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self._follow([row[0] for row in rows])
