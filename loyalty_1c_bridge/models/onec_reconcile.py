import io
from collections import defaultdict
from decimal import Decimal

import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..engine import reconcile
from ..engine.errors import ExchangeError

ACCOUNTS = ("asset_receivable", "liability_payable")
# They take back what was charged, however 1C books them: red, or turned round.
RETURNS = (
    "Document_ВозвратТоваровОтПокупателя",
    "Document_КорректировкаРеализации",
)


class OnecReconcile(models.Model):
    """Reconciliation statement (акт сверки): our ledger beside that of 1C."""

    _name = "onec.reconcile"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Reconciliation with 1C"
    _order = "date_to desc, id desc"
    _rec_name = "partner_id"

    backend_id = fields.Many2one(
        "onec.backend",
        "1C base",
        required=True,
        index=True,
        default=lambda self: self.env["onec.backend"].search(
            [("company_id", "=", self.env.company.id)], order="use_odata desc", limit=1
        ),
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    contract_id = fields.Many2one(
        "onec.map",
        "Contract",
        domain="[('otype', '=', 'contract'), ('backend_id', '=', backend_id), "
        "('model', '=', 'res.partner'), ('res_id', '=', partner_id)]",
        help="Only records of this contract in 1C. Empty: all contracts.",
    )
    date_from = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(required=True, default=fields.Date.context_today)
    state = fields.Selection(
        [
            ("draft", "To compare"),
            ("compared", "Compared"),
            ("agreed", "Agreed"),
        ],
        default="draft",
        required=True,
        tracking=True,
    )
    line_ids = fields.One2many("onec.reconcile.line", "reconcile_id", readonly=True)
    opening = fields.Monetary(readonly=True)
    debit = fields.Monetary("Charged", readonly=True)
    credit = fields.Monetary("Paid", readonly=True)
    closing = fields.Monetary("Balance", readonly=True)
    onec_opening = fields.Monetary("Opening in 1C", readonly=True)
    onec_debit = fields.Monetary("Charged in 1C", readonly=True)
    onec_credit = fields.Monetary("Paid in 1C", readonly=True)
    onec_closing = fields.Monetary("Balance in 1C", readonly=True)
    onec_read = fields.Datetime("1C read at", readonly=True)
    difference = fields.Monetary(compute="_compute_difference", store=True)
    open_count = fields.Integer(
        "Differences", compute="_compute_difference", store=True
    )
    error = fields.Text(readonly=True)
    agreed_by = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_at = fields.Date(readonly=True, copy=False)
    signed_here = fields.Char(
        "Signs for us",
        default=lambda self: self.env.user.name,
        copy=False,
        help="Printed beside the signature of our side.",
    )
    signed_there = fields.Char(
        "Signs for the customer",
        copy=False,
        tracking=True,
        help="Printed beside the signature of the customer.",
    )

    @api.depends("closing", "onec_closing", "onec_read", "line_ids.status")
    def _compute_difference(self):
        for act in self:
            act.difference = act.closing - act.onec_closing if act.onec_read else 0.0
            act.open_count = len(
                act.line_ids.filtered(
                    lambda line: line.status not in ("agreed", "here")
                )
            )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for act in self:
            if act.date_from > act.date_to:
                raise ValidationError(
                    self.env._("The period ends before it begins: turn the days round.")
                )

    # --- comparing --------------------------------------------------------------------

    def action_compare(self):
        """Read both ledgers and pair their documents.

        1C is asked outside of any open change; where it does not answer, our side
        stands alone and the problem is told.
        """
        self.env["onec.backend"]._check_group()
        self.check_access("write")
        if self.filtered(lambda act: act.state == "agreed"):
            raise UserError(
                self.env._("Agreed statements do not change. Make a new one.")
            )
        groups = self.grouped(lambda act: (act.backend_id, act.date_from, act.date_to))
        for (backend, date_from, date_to), acts in groups.items():
            theirs, error = acts._read_1c(backend, date_from, date_to)
            for act in acts:
                act._compare(theirs, error)

    def _read_1c(self, backend, date_from, date_to):
        """Balances and records of the period, or None with a text."""
        if not backend.use_odata or not backend.sudo().odata_url:
            return None, ""
        backend._ed_commit()
        try:
            ledger = backend.sudo()._odata_ledger()
            return (
                ledger.balances(date_from),
                list(ledger.entries(date_from, date_to)),
            ), ""
        except ExchangeError as error:
            return None, self.env["onec.message"]._explain(error)

    def _compare(self, theirs, error):
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        opening, ours = self._our_rows(partner)
        values = {
            "state": "compared",
            "error": error or False,
            "opening": opening,
            "debit": float(sum(row.debit for row in ours)),
            "credit": float(sum(row.credit for row in ours)),
            "onec_read": False,
            "onec_opening": 0,
            "onec_debit": 0,
            "onec_credit": 0,
            "onec_closing": 0,
        }
        values["closing"] = opening + values["debit"] - values["credit"]
        if theirs is None:
            pairs = [reconcile.Pair(row, None, "here") for row in ours]
        else:
            onec_opening, rows = self._their_rows(partner, *theirs)
            pairs = reconcile.match(ours, rows, self.contract_id.external_id or "")
            values.update(
                onec_read=fields.Datetime.now(),
                onec_opening=float(onec_opening),
                onec_debit=float(sum(row.debit for row in rows)),
                onec_credit=float(sum(row.credit for row in rows)),
            )
            values["onec_closing"] = (
                values["onec_opening"] + values["onec_debit"] - values["onec_credit"]
            )
        values["line_ids"] = [
            Command.clear(),
            *(Command.create(self._line_values(pair)) for pair in pairs),
        ]
        self.sudo().write(values)

    def _our_rows(self, partner):
        """Opening balance and documents of the period in our ledger."""
        domain = (
            Domain("partner_id", "child_of", partner.id)
            & Domain("company_id", "child_of", self.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "in", ACCOUNTS)
            & Domain("date", "<=", self.date_to)
        )
        lines = self.env["account.move.line"].sudo()
        groups = lines._read_group(
            domain & Domain("date", "<", self.date_from), [], ["balance:sum"]
        )
        before = self._bare_payments(partner, Domain("date", "<", self.date_from))
        opening = (groups[0][0] or 0.0) - sum(
            before.mapped("amount_company_currency_signed")
        )
        moves = defaultdict(lambda: lines.browse())
        for line in lines.search(domain & Domain("date", ">=", self.date_from)):
            moves[line.move_id] |= line
        payments = self._bare_payments(
            partner,
            Domain("date", ">=", self.date_from) & Domain("date", "<=", self.date_to),
        )
        references = self._references(self.env["account.move"].union(*moves), payments)
        rows = [
            reconcile.Row(
                key=references.get(move, ""),
                day=move.date,
                debit=_money(sum(some.mapped("debit"))),
                credit=_money(sum(some.mapped("credit"))),
                text=self._document_text(move),
                source=move,
                red=move.move_type == "out_refund",
            )
            for move, some in moves.items()
        ]
        rows += [
            reconcile.Row(
                key=references.get(payment, ""),
                day=payment.date,
                debit=_money(-payment.amount_company_currency_signed),
                credit=Decimal(0),
                text=f"{self.env._('Payment')} {payment.name or ''}".strip(),
                source=payment,
            )
            for payment in payments
        ]
        rows = [row for row in rows if row.net]
        for row in rows:
            row.settle()
        return opening, sorted(rows, key=lambda row: (row.day, row.source.id))

    def _bare_payments(self, partner, period):
        """Payments whose journal keeps no entry, and that no entry has replaced.

        Once a bank statement has paid their invoices, its entry stands for them.
        """
        payments = (
            self.env["account.payment"]
            .sudo()
            .search(
                Domain("partner_id", "child_of", partner.id)
                & Domain("company_id", "child_of", self.company_id.id)
                & Domain("state", "in", ("in_process", "paid"))
                & Domain("move_id", "=", False)
                & period
            )
        )
        return payments.filtered(
            lambda one: (
                not one.reconciled_statement_line_ids
                and (
                    not one.invoice_ids
                    or any(
                        not invoice.currency_id.is_zero(invoice.amount_residual)
                        for invoice in one.invoice_ids
                    )
                )
            )
        )

    def _references(self, moves, bare):
        """``{record: reference in 1C}`` of invoices, payments and entries."""
        payments = moves.origin_payment_id | bare
        maps = self.env["onec.map"].sudo()
        found = {}
        for model, ids in (
            ("account.move", moves.ids),
            ("account.payment", payments.ids),
        ):
            rows = maps.search_fetch(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("model", "=", model),
                    ("res_id", "in", ids),
                    ("otype", "not in", ("netting", "gift_sale")),
                    ("role", "=", ""),
                ],
                ["res_id", "external_id"],
            )
            found.update(((model, row.res_id), row.external_id.lower()) for row in rows)
        answer = {
            move: reference
            for move in moves
            if (
                reference := found.get(("account.payment", move.origin_payment_id.id))
                or found.get(("account.move", move.id))
            )
        }
        for payment in bare:
            answer[payment] = found.get(("account.payment", payment.id), "")
        return answer

    def _document_text(self, move):
        kinds = {
            "out_invoice": self.env._("Sale"),
            "out_receipt": self.env._("Sale"),
            "out_refund": self.env._("Return"),
            "in_invoice": self.env._("Purchase"),
            "in_refund": self.env._("Return to supplier"),
        }
        kind = kinds.get(move.move_type)
        if kind is None:
            kind = (
                self.env._("Payment")
                if move.origin_payment_id or move.statement_line_id
                else self.env._("Entry")
            )
        return f"{kind} {move.name or ''}".strip()

    def _their_rows(self, partner, balances, entries):
        references = {
            row.external_id.lower()
            for row in self.env["onec.map"]
            .sudo()
            .search_fetch(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("otype", "=", "partner"),
                    ("model", "=", "res.partner"),
                    ("res_id", "=", partner.id),
                ],
                ["external_id"],
            )
        }
        contract = (self.contract_id.external_id or "").lower()
        opening = sum(
            (
                amount
                for (who, what), amount in balances.items()
                if who in references and (not contract or what == contract)
            ),
            Decimal(0),
        )
        rows = [
            reconcile.Row(
                key=entry.document,
                day=entry.day,
                debit=entry.debit,
                credit=entry.credit,
                text=entry.text or entry.kind.replace("Document_", ""),
                contract=entry.contract,
                red=entry.kind in RETURNS,
            )
            for entry in entries
            if entry.partner in references
            and (not contract or entry.contract == contract)
        ]
        return opening, reconcile.by_document(rows)

    def _line_values(self, pair):
        ours, theirs = pair.ours, pair.theirs
        source = ours.source if ours else None
        is_payment = source is not None and source._name == "account.payment"
        return {
            "date": (ours or theirs).day,
            "text": ours.text if ours else "",
            "debit": float(ours.debit) if ours else 0.0,
            "credit": float(ours.credit) if ours else 0.0,
            "move_id": source.id if source and not is_payment else False,
            "payment_id": source.id if is_payment else False,
            "onec_date": theirs.day if theirs else False,
            "onec_text": theirs.text if theirs else "",
            "onec_debit": float(theirs.debit) if theirs else 0.0,
            "onec_credit": float(theirs.credit) if theirs else 0.0,
            "external_id": (theirs or ours).key,
            "status": pair.status,
        }

    # --- buttons ----------------------------------------------------------------------

    def action_agree(self):
        """Both sides say the same: sign it.

        :raise UserError: not compared yet, or there are differences
        """
        self.env["onec.backend"]._check_group()
        self.check_access("write")
        for act in self:
            if act.state != "compared":
                raise UserError(self.env._("Compare the ledgers first."))
            if act.open_count or act.currency_id.compare_amounts(act.difference, 0):
                raise UserError(
                    self.env._(
                        "%(name)s still has %(count)s differences.",
                        name=act.partner_id.display_name,
                        count=act.open_count,
                    )
                )
        self.write(
            {
                "state": "agreed",
                "agreed_by": self.env.uid,
                "agreed_at": fields.Date.context_today(self),
            }
        )

    def action_print(self):
        """The form the customer signs."""
        return self.env.ref(
            "loyalty_1c_bridge.onec_reconcile_customer_report"
        ).report_action(self)

    def action_excel(self):
        """Download as Excel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_1c/reconcile/{self.id}.xlsx",
            "target": "download",
        }

    def action_send(self):
        """Write to the customer, with the form attached."""
        self.ensure_one()
        template = self.env.ref("loyalty_1c_bridge.onec_reconcile_mail_template")
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "force_email": True,
            },
        }

    # --- Excel ------------------------------------------------------------------------

    def _xlsx(self):
        """The statement as a workbook: bytes."""
        self.ensure_one()
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(
            stream, {"in_memory": True, "strings_to_formulas": False}
        )
        sheet = book.add_worksheet(self.env._("Reconciliation")[:31])
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00"})
        total = book.add_format({"num_format": "#,##0.00", "bold": True})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(
            0,
            0,
            [
                self.env._("Reconciliation statement"),
                self.company_id.name,
                self.partner_id.display_name,
                str(self.date_from),
                str(self.date_to),
            ],
            bold,
        )
        heads = [
            self.env._("Date"),
            self.env._("Document"),
            self.env._("Debit"),
            self.env._("Credit"),
            self.env._("Date in 1C"),
            self.env._("Document in 1C"),
            self.env._("Debit in 1C"),
            self.env._("Credit in 1C"),
            self.env._("Result"),
        ]
        sheet.write_row(2, 0, heads, bold)
        sheet.write_row(3, 1, [self.env._("Opening balance")], bold)
        sheet.write_number(3, 2, self.opening, total)
        sheet.write_number(3, 6, self.onec_opening, total)
        words = dict(
            self.env["onec.reconcile.line"]
            ._fields["status"]
            ._description_selection(self.env)
        )
        row = 4
        for line in self.line_ids:
            sheet.write_datetime(row, 0, fields.Datetime.to_datetime(line.date), day)
            sheet.write_string(row, 1, line.text or "")
            sheet.write_number(row, 2, line.debit, money)
            sheet.write_number(row, 3, line.credit, money)
            if line.onec_date:
                moment = fields.Datetime.to_datetime(line.onec_date)
                sheet.write_datetime(row, 4, moment, day)
            sheet.write_string(row, 5, line.onec_text or "")
            sheet.write_number(row, 6, line.onec_debit, money)
            sheet.write_number(row, 7, line.onec_credit, money)
            sheet.write_string(row, 8, words.get(line.status, ""))
            row += 1
        sheet.write_string(row, 1, self.env._("Turnover"), bold)
        for column, amount in (
            (2, self.debit),
            (3, self.credit),
            (6, self.onec_debit),
            (7, self.onec_credit),
        ):
            sheet.write_number(row, column, amount, total)
        sheet.write_string(row + 1, 1, self.env._("Closing balance"), bold)
        sheet.write_number(row + 1, 2, self.closing, total)
        sheet.write_number(row + 1, 6, self.onec_closing, total)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 4, 13)
        sheet.set_column(5, 5, 34)
        sheet.set_column(6, 8, 15)
        sheet.freeze_panes(3, 0)
        book.close()
        return stream.getvalue()


class OnecReconcileLine(models.Model):
    _name = "onec.reconcile.line"
    _description = "Line of a reconciliation with 1C"
    _order = "date, id"

    reconcile_id = fields.Many2one(
        "onec.reconcile", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="reconcile_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date()
    text = fields.Char("Document")
    debit = fields.Monetary()
    credit = fields.Monetary()
    move_id = fields.Many2one("account.move", "Entry", ondelete="set null")
    payment_id = fields.Many2one("account.payment", "Payment", ondelete="set null")
    onec_date = fields.Date("Date in 1C")
    onec_text = fields.Char("Document in 1C")
    onec_debit = fields.Monetary("Debit in 1C")
    onec_credit = fields.Monetary("Credit in 1C")
    external_id = fields.Char("Id in 1C")
    status = fields.Selection(
        [
            ("agreed", "Agrees"),
            ("missing_here", "Not here"),
            ("missing_there", "Not in 1C"),
            ("amount", "Another amount"),
            ("period", "Another month"),
            ("contract", "Another contract"),
            ("link", "Same day and amount, not linked"),
            ("here", "Ours only"),
        ],
        "Result",
        required=True,
    )


def _money(amount):
    return Decimal(str(amount)).quantize(Decimal("0.01"))
