from odoo import fields, models


class PosSession(models.Model):
    """A closed session is queued for 1C."""

    _inherit = "pos.session"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "closed":
            self._onec_queue()
        return result

    def _onec_queue(self):
        """Queue the reports of these sessions, and payments of invoiced orders."""
        outbox = self.env["onec.outbox"].sudo()
        for company, sessions in self.grouped("company_id").items():
            payments = sessions.order_ids.filtered("account_move").payment_ids
            for backend in self.env["onec.backend"]._ed_targets(company):
                outbox._queue(backend, "retail_report", sessions)
                for otype, some in payments.grouped(lambda p: p._onec_otype()).items():
                    if otype:
                        outbox._queue(backend, otype, some)

    def _onec_orders(self):
        """Paid orders without an invoice of their own."""
        return self.order_ids.filtered(
            lambda order: order.state in ("paid", "done") and not order.account_move
        )

    def _onec_day(self):
        zone = self.company_id.partner_id.tz or "UTC"
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), self.stop_at or fields.Datetime.now()
        )
        return moment.date()

    def _onec_facts(self):
        return {
            "document_name": self.name,
            "document_date": self._onec_day(),
            "amount": sum(self._onec_orders().mapped("amount_total")),
            "currency_id": self.currency_id.id,
        }
