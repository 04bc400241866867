from odoo import fields, models


class LoyaltyMessageInbox(models.Model):
    """Calls of the gateways as they came: written first, applied afterwards."""

    _name = "loyalty.message.inbox"
    _description = "Calls of gateways"
    _order = "id"
    _log_access = False

    create_date = fields.Datetime(readonly=True, default=fields.Datetime.now)
    gateway_id = fields.Many2one("loyalty.sms.gateway", readonly=True)
    kind = fields.Selection([("report", "Report"), ("inbound", "Inbound")])
    external_id = fields.Char(readonly=True)
    state = fields.Char("Reported state", readonly=True)
    uuid = fields.Char(readonly=True)
    gateway_ref = fields.Char(readonly=True)
    payload = fields.Json(readonly=True)
    applied_at = fields.Datetime(readonly=True)
    outcome = fields.Char(readonly=True)

    _open_idx = models.Index("(id) WHERE applied_at IS NULL")
