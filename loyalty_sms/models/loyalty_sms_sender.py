from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import prefixes
from ..engine.senders import problem
from .constants import MESSAGE_CLASSES


class LoyaltySmsSender(models.Model):
    """Name or number that a customer sees, as registered with the operators."""

    _name = "loyalty.sms.sender"
    _description = "Sender of messages"
    _order = "gateway_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        help="Up to 11 Latin letters and digits, or a number with the country's code.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    gateway_id = fields.Many2one(
        "loyalty.sms.gateway", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="gateway_id.company_id", store=True, precompute=True
    )
    country_id = fields.Many2one("res.country", help="Empty for all countries.")
    message_class = fields.Selection(
        MESSAGE_CLASSES, "Class", help="Empty for all classes."
    )
    takes_replies = fields.Boolean(
        "Takes replies", help="Customers can answer to it; to a name they cannot."
    )

    @api.constrains("name", "gateway_id")
    def _check_name(self):
        for sender in self.filtered(lambda s: s.gateway_id.channel == "sms"):
            if problem(sender.name):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be a sender: operators take up to 11 Latin"
                        " letters, digits and spaces, or a number of up to 15 digits.",
                        name=sender.name,
                    )
                )

    @api.model
    def _choose_many(self, gateway, numbers, message_class=False):
        """Senders for many numbers, with one query.

        :return: ``{number: name}``; empty where the gateway has none
        """
        senders = self.sudo().search(
            [
                ("gateway_id", "=", gateway.id),
                ("message_class", "in", [message_class, False]),
            ]
        )
        rules = [
            prefixes.Rule(
                sender.id,
                country=sender.country_id.code or "",
                has_class=bool(sender.message_class),
                sequence=sender.sequence,
            )
            for sender in senders
        ]
        names = {sender.id: sender.name for sender in senders}
        return {
            number: names.get(prefixes.best(rules, number), gateway.default_sender)
            or ""
            for number in numbers
        }
