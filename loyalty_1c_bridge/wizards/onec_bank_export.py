import base64
import hashlib
import re
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..engine.bank import writer
from ..engine.bank.records import Party, Payment
from ..engine.errors import ExchangeError


class OnecBankExport(models.TransientModel):
    """Outgoing payments as payment orders for the client-bank program."""

    _name = "onec.bank.export"
    _description = "Payment orders for the bank"

    backend_id = fields.Many2one(
        "onec.backend",
        "1C base",
        required=True,
        domain=[("use_bank", "=", True)],
        default=lambda self: self.env["onec.bank.import"]._default_backend(),
    )
    company_id = fields.Many2one(related="backend_id.company_id")
    journal_id = fields.Many2one(
        "account.journal",
        "Bank account",
        required=True,
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
    )
    payment_ids = fields.Many2many(
        "account.payment",
        string="Payments",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'outbound'), "
        "('state', 'in', ('in_process', 'paid'))]",
    )
    again = fields.Boolean(
        "Also those which the bank has already",
        help="The bank pays an order twice when it gets it twice with another number; "
        "the number stays the same here, yet ask your bank first.",
    )
    encoding = fields.Selection(
        [("cp1251", "Windows"), ("cp866", "DOS"), ("utf-8", "UTF-8")],
        default="cp1251",
        required=True,
    )
    problems = fields.Text(compute="_compute_problems")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "account.payment":
            payments = self.env["account.payment"].browse(
                self.env.context.get("active_ids", [])
            )
            values["payment_ids"] = [Command.set(payments.ids)]
            values["journal_id"] = payments.journal_id[:1].id
        return values

    @api.onchange("journal_id")
    def _onchange_journal(self):
        """Offer everything that waits for the bank."""
        if self.journal_id and not self.payment_ids:
            self.payment_ids = self.env["account.payment"].search(
                [
                    ("journal_id", "=", self.journal_id.id),
                    ("payment_type", "=", "outbound"),
                    ("state", "=", "in_process"),
                    ("onec_order_message_id", "=", False),
                ]
            )

    @api.depends("payment_ids", "journal_id", "again")
    def _compute_problems(self):
        for wizard in self:
            wizard.problems = "\n".join(wizard._problem_lines()) or False

    def _chosen(self):
        return self.payment_ids.filtered(
            lambda payment: self.again or not payment.onec_order_message_id
        )

    def _problem_lines(self):
        labels = self._labels()
        for payment in self._chosen():
            if payment.journal_id != self.journal_id:
                yield self.env._(
                    "%(name)s is of another bank account.", name=payment.display_name
                )
            lacking = writer.missing(self._payment_order(payment))
            if lacking:
                yield self.env._(
                    "%(name)s lacks: %(what)s.",
                    name=payment.display_name,
                    what=", ".join(labels[name] for name in lacking),
                )

    def _labels(self):
        return {
            "number": self.env._("number"),
            "date": self.env._("date"),
            "amount": self.env._("amount"),
            "payer_account": self.env._("account number of the bank journal"),
            "payee_account": self.env._("bank account of the payee"),
            "payee_name": self.env._("name of the payee"),
            "payee_bic": self.env._("bank identifier (BIC) of the payee's bank"),
            "purpose": self.env._("purpose (memo)"),
        }

    def _payment_order(self, payment):
        """Payment order of one payment, as plain values."""
        company_bank = self.journal_id.bank_account_id
        partner = payment.partner_id.commercial_partner_id
        number = re.search(r"(\d+)\D*$", payment.name or "")
        return Payment(
            number=str(int(number[1]))[-6:] if number else str(payment.id)[-6:],
            date=payment.date,
            amount=Decimal(str(payment.amount)),
            payer=self._party(self.company_id.partner_id, company_bank),
            payee=self._party(partner, payment.partner_bank_id),
            purpose=payment.memo or "",
            currency=payment.currency_id.name,
        )

    @api.model
    def _party(self, partner, account):
        return Party(
            name=account.acc_holder_name or partner.name or "",
            tax_id=partner._onec_tax_id(),
            kpp=partner.onec_kpp or "",
            account=account.sanitized_acc_number or "",
            bank=account.bank_id.name or "",
            bic=account.bank_id.bic or "",
            correspondent=account.bank_id.onec_correspondent or "",
        )

    def action_export(self):
        """Write the file into the journal of messages and download it.

        :raise UserError: nothing to write, or a payment lacks something
        """
        self.ensure_one()
        payments = self._chosen().sorted(lambda payment: (payment.date, payment.id))
        if not payments:
            raise UserError(
                self.env._("The bank has all of these payments already. Choose others.")
            )
        if self.problems:
            raise UserError(self.problems)
        now = fields.Datetime.context_timestamp(
            self.with_context(tz=self.backend_id.tz), fields.Datetime.now()
        )
        try:
            data = writer.write_orders(
                [self._payment_order(payment) for payment in payments],
                account=self.journal_id.bank_account_id.sanitized_acc_number,
                now=now,
                encoding=self.encoding,
                sender=self.company_id.name,
                receiver=self.journal_id.bank_id.name or "",
            )
        except ExchangeError as error:
            raise UserError(self.env["onec.message"]._explain(error)) from error
        message = self._message(data, payments, now)
        payments.sudo().onec_order_message_id = message
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{message.attachment_id.id}?download=true",
            "target": "download",
        }

    def _message(self, data, payments, now):
        message = (
            self.env["onec.message"]
            .sudo()
            .create(
                {
                    "backend_id": self.backend_id.id,
                    "direction": "out",
                    "channel": "bank",
                    "kind": "orders",
                    "filename": f"1c_to_kl_{now:%Y%m%d_%H%M%S}.txt",
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "size": len(data),
                    "state": "sent",
                    "sent_at": fields.Datetime.now(),
                    "counts": {"total": len(payments), "seen": len(payments)},
                    "line_ids": [
                        Command.create(
                            {
                                "seq": seq,
                                "otype": "bank_out",
                                "name": payment.display_name,
                                "model": payment._name,
                                "res_id": payment.id,
                                "action": "send",
                                "document_date": payment.date,
                                "amount": payment.amount,
                            }
                        )
                        for seq, payment in enumerate(payments, 1)
                    ],
                }
            )
        )
        message.attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": message.filename,
                    "datas": base64.b64encode(data),
                    "mimetype": "text/plain",
                    "res_model": message._name,
                    "res_id": message.id,
                }
            )
        )
        return message
