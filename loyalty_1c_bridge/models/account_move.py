from odoo import fields, models

SALE_TYPES = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """Finished sales, returns and nettings are queued for 1C."""

    _inherit = "account.move"

    onec_refund_kind = fields.Selection(
        [("return", "Goods came back"), ("correction", "Correction of the sale")],
        "In 1C",
        default="return",
        copy=False,
        help="How 1C books this credit note: as a return of goods, or as a correction "
        "of price or quantity of the invoice. Credit notes for services of an invoice "
        "are corrections in any case.",
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._onec_queue()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._onec_queue("cancel")
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._onec_queue("cancel")
        return result

    def unlink(self):
        self.filtered("posted_before")._onec_queue("delete")
        return super().unlink()

    def _onec_queue(self, op="upsert"):
        """Queue these entries for the 1C bases of their companies."""
        outbox = self.env["onec.outbox"].sudo()
        for company, moves in self.grouped("company_id").items():
            backends = self.env["onec.backend"]._ed_targets(company)
            if not backends:
                continue
            retail = moves.filtered(lambda move: move._onec_is_retail())
            days = self.env["onec.retail.day"]._of(retail)
            kinds = (moves - retail).grouped(lambda move: move._onec_otype())
            if op != "upsert":
                # What gift cards paid of a sale goes back with it.
                kinds["netting"] = moves - retail
            for backend in backends:
                for otype, some in kinds.items():
                    if otype:
                        outbox._queue(backend, otype, some, op)
                outbox._queue(backend, "retail_report", days)

    def _onec_is_retail(self):
        """Whether a receipt goes with the day of the club's own till."""
        return self.move_type in ("out_receipt", "out_refund") and bool(
            self.loyalty_till_key or self.reversed_entry_id.loyalty_till_key
        )

    def _onec_otype(self):
        if self.move_type in SALE_TYPES:
            return "sale"
        if self.move_type == "out_refund":
            return "correction" if self._onec_is_correction() else "return"
        if self.move_type == "entry" and self._onec_is_netting():
            return "netting"
        return None

    def _onec_is_correction(self):
        if not self.reversed_entry_id:
            return False
        if self.onec_refund_kind == "correction":
            return True
        products = self.invoice_line_ids.product_id
        return bool(products) and set(products.mapped("type")) == {"service"}

    def _onec_is_netting(self):
        """Only debts of partners move against each other, or one is written off.

        Payments, statements, differences of rates and entries of several partners
        besides other accounts are no documents of their own for 1C.
        """
        if self.origin_payment_id or self.statement_line_id:
            return False
        if self.journal_id == self.company_id.currency_exchange_journal_id:
            return False
        debts = self._onec_debts()
        if not debts or not all(line.partner_id for line in debts):
            return False
        others = self.line_ids - debts
        return not others or (len(debts) == 1 and len(others) == 1)

    def _onec_debts(self):
        return self.line_ids.filtered(
            lambda line: (
                line.account_id.account_type
                in ("asset_receivable", "liability_payable")
            )
        )

    def _onec_facts(self):
        return {
            "document_name": self.name,
            "document_date": self.invoice_date or self.date,
            "partner_id": self.commercial_partner_id.id,
            "amount": self.amount_total,
            "currency_id": self.currency_id.id,
        }
