from odoo import models
from odoo.exceptions import UserError


class LoyaltyDeliveryBooking(models.Model):
    _inherit = "loyalty.delivery.booking"

    # -- invoices ---------------------------------------------------------------------
    def _book_invoices(self):
        """Invoice what was delivered, where the company wants it so."""
        if not self.company_id.delivery_invoice_on_delivery:
            return
        if self.stop_id.state not in ("delivered", "partial"):
            return
        orders = self._orders()
        due = orders.filtered(lambda order: order.invoice_status == "to invoice")
        for order in due:
            order._create_invoices(final=True)
        drafts = orders.invoice_ids.filtered(lambda move: move.state == "draft")
        drafts.action_post()

    def _orders(self):
        return self.stop_id.sale_ids | self.stop_id.picking_ids.sale_id

    # -- payments ---------------------------------------------------------------------
    def _book_payment(self):
        """Bring the payments to what the courier collected."""
        stop = self.stop_id
        amount = stop.cod_collected if stop.state in self._paying_states() else 0.0
        journal = self._journal() if amount else self.env["account.journal"]
        booked = self._payments()
        if (
            booked.journal_id == journal
            and stop.currency_id.compare_amounts(sum(booked.mapped("amount")), amount)
            == 0
        ):
            return
        booked.action_draft()
        booked.action_cancel()
        if amount:
            payment = self.env["account.payment"].create(
                self._prepare_payment_values(amount, journal)
            )
            if journal.type == "cash":
                # A courier's purse shows what is in it, not what a bank will confirm.
                payment.outstanding_account_id = journal.default_account_id
            payment.action_post()
            self._reconcile(payment)

    def _paying_states(self):
        """A customer may pay for a failed attempt too."""
        return ("delivered", "partial", "failed")

    def _payments(self):
        return self.env["account.payment"].search(
            [
                ("loyalty_delivery_stop_id", "=", self.stop_id.id),
                ("state", "in", ("in_process", "paid")),
            ]
        )

    def _journal(self):
        courier, company = self.stop_id.courier_id, self.company_id
        if self.stop_id.payment_method == "card":
            journal = company.delivery_card_journal_id
            where = self.env._("the journal of card terminals in the settings")
        elif self.stop_id.payment_method == "qr":
            journal = company.delivery_qr_journal_id
            where = self.env._("the journal of QR payments in the settings")
        else:
            journal = courier.cash_journal_id
            where = self.env._("a cash journal on courier %s", courier.name or "?")
        if not journal:
            raise UserError(
                self.env._(
                    "The payment of %(delivery)s has no journal. Choose %(where)s, then"
                    " press “Book now”.",
                    delivery=self.stop_id.display_name,
                    where=where,
                )
            )
        return journal

    def _prepare_payment_values(self, amount, journal):
        stop = self.stop_id
        payer = self._invoices().partner_id[:1] or stop.partner_id
        if not payer:
            raise UserError(
                self.env._(
                    "Nobody is known as the payer of %s. Set its customer, then press"
                    " “Book now”.",
                    stop.display_name,
                )
            )
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": payer.commercial_partner_id.id,
            "amount": amount,
            "currency_id": stop.currency_id.id,
            "journal_id": journal.id,
            "date": stop._local_day(),
            "memo": stop.display_name,
            "loyalty_delivery_stop_id": stop.id,
            "loyalty_delivery_key": f"{stop.id}:{self.version}",
        }

    def _invoices(self):
        """What the payment pays, the oldest first."""
        orders = self._orders()
        return orders.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and not move.currency_id.is_zero(move.amount_residual)
            )
        ).sorted(lambda move: (move.invoice_date_due or move.date, move.id))

    def _reconcile(self, payment):
        """Pay the open invoices; what is left stays with the customer."""
        _liquidity, counterpart, _writeoff = payment._seek_for_lines()
        for invoice in self._invoices():
            lines = invoice.line_ids.filtered(
                lambda line: (
                    line.account_id == counterpart.account_id and not line.reconciled
                )
            )
            if lines and not all(counterpart.mapped("reconciled")):
                (lines | counterpart).reconcile()
