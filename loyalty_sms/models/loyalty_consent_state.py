from odoo import fields, models

from .constants import CHANNELS, PURPOSES


class LoyaltyConsentState(models.Model):
    """What holds now for a number, channel and purpose: the last consent of each."""

    _name = "loyalty.consent.state"
    _description = "Consent that holds now"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    number = fields.Char("Number or address", required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    allowed = fields.Boolean(required=True, readonly=True)
    date = fields.Datetime(readonly=True)
    consent_id = fields.Many2one("loyalty.consent", readonly=True)

    _key = models.UniqueIndex("(number, channel, purpose, COALESCE(company_id, 0))")
