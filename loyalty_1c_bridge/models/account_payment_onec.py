from odoo import models


class AccountPayment(models.Model):
    """Payments are queued for 1C by where the money went."""

    _inherit = "account.payment"

    def action_post(self):
        result = super().action_post()
        self._onec_queue()
        return result

    def action_validate(self):
        result = super().action_validate()
        self._onec_queue()
        return result

    def action_draft(self):
        result = super().action_draft()
        self._onec_queue("cancel")
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self._onec_queue("cancel")
        return result

    def action_reject(self):
        result = super().action_reject()
        self._onec_queue("cancel")
        return result

    def unlink(self):
        self._onec_queue("delete")
        return super().unlink()

    def _onec_queue(self, op="upsert"):
        """Queue these payments for the 1C bases of their companies."""
        outbox = self.env["onec.outbox"].sudo()
        for company, payments in self.grouped("company_id").items():
            backends = self.env["onec.backend"]._ed_targets(company)
            if not backends:
                continue
            for otype, some in payments.grouped(lambda p: p._onec_otype()).items():
                for backend in backends:
                    if otype in ("bank_in", "bank_out") and not backend.send_bank:
                        continue
                    if otype:
                        outbox._queue(backend, otype, some, op)
                    if otype and op != "upsert":
                        outbox._queue(backend, "gift_sale", some, op)

    def _onec_otype(self):
        """Kind of document in 1C, by the journal; nothing for journals left out."""
        kind = self.journal_id._onec_kind()
        if kind == "none":
            return None
        if kind == "card":
            return "card_payment"
        return f"{kind}_in" if self.payment_type == "inbound" else f"{kind}_out"

    def _onec_facts(self):
        return {
            "document_name": self.name or self.memo,
            "document_date": self.date,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
        }
