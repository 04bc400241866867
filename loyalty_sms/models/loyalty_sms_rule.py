from odoo import fields, models

from .constants import MESSAGE_CLASSES


class LoyaltySmsRule(models.Model):
    """When an event becomes a message, and which."""

    _name = "loyalty.sms.rule"
    _description = "Message rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    event = fields.Char(required=True)
    template_id = fields.Many2one("loyalty.sms.template", required=True)
    message_class = fields.Selection(
        MESSAGE_CLASSES, "Class", required=True, default="service"
    )
