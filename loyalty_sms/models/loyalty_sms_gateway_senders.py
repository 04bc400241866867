from odoo import fields, models


class LoyaltySmsGateway(models.Model):
    _inherit = "loyalty.sms.gateway"

    sender_ids = fields.One2many("loyalty.sms.sender", "gateway_id", "Senders")
    tariff_ids = fields.One2many("loyalty.sms.tariff", "gateway_id", "Prices")

    def _fill_senders(self, rows):
        """Messages without a sender of their own take the one of their country."""
        by_class = {}
        for row in rows:
            if not row["sender"]:
                by_class.setdefault(row["message_class"], []).append(row)
        for message_class, some in by_class.items():
            names = self.env["loyalty.sms.sender"]._choose_many(
                self, [row["number"] or "" for row in some], message_class
            )
            for row in some:
                row["sender"] = names[row["number"] or ""]
