from odoo import fields, models


class LoyaltySmsRule(models.Model):
    _inherit = "loyalty.sms.rule"

    may_resend = fields.Boolean(
        "Send again when in doubt",
        help="When the line to the gateway broke and nobody can tell whether a message"
        " left, it goes once more after a quarter of an hour. For codes and gift cards,"
        " which do more harm when they do not come than when they come twice.",
    )
