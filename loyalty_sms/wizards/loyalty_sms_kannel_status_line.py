from odoo import fields, models


class LoyaltySmsKannelStatusLine(models.TransientModel):
    """A box of Kannel, or one of its links."""

    _name = "loyalty.sms.kannel.status.line"
    _description = "Part of Kannel"

    status_id = fields.Many2one(
        "loyalty.sms.kannel.status", required=True, ondelete="cascade"
    )
    kind = fields.Selection([("box", "Box"), ("link", "Link")], readonly=True)
    name = fields.Char(readonly=True)
    status = fields.Char("State", readonly=True)
    is_online = fields.Boolean(readonly=True)
    queued = fields.Integer("Waiting", readonly=True)
    sent = fields.Integer(readonly=True)
    received = fields.Integer(readonly=True)
    failed = fields.Integer(readonly=True)
