from odoo import models

# Where documents say their amount.
AMOUNTS = ("amount_total", "amount_paid")


class LoyaltySmsEvent(models.Model):
    _inherit = "loyalty.sms.event"

    def _text_values(self):
        """``{event id: {variable: value}}``: its own facts, and its document's."""
        values = {}
        for model, events in self.grouped("res_model").items():
            facts = {}
            if model and model in self.env:
                documents = self.env[model].sudo().browse(events.mapped("res_id"))
                facts = {doc.id: doc for doc in documents.exists()}
            for event in events:
                document = facts.get(event.res_id)
                own = event.payload or {}
                values[event.id] = {
                    **(event._document_values(document) if document else {}),
                    **{name: value for name, value in own.items() if value != ""},
                }
        return values

    def _document_values(self, document):
        """What an order, invoice or receipt says of itself."""
        found = {}
        if self.code not in ("purchase", "points_spent"):
            return found
        if "name" in document._fields:
            found["document"] = document.name
        for name in AMOUNTS:
            if name in document._fields:
                found["amount"] = document[name]
                break
        return found
