from odoo import fields, models

from .constants import MESSAGE_CLASSES


class LoyaltySmsTemplate(models.Model):
    """Words of a message in several languages and channels."""

    _name = "loyalty.sms.template"
    _description = "Message template"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    message_class = fields.Selection(
        MESSAGE_CLASSES, "Class", required=True, default="service"
    )
    body = fields.Text("Text", required=True, translate=True)
