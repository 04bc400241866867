from odoo import api, fields, models

from ..engine.commerceml.records import Counterparty, to_json

# ВидРасчетов of payments that belong to a customer or a supplier.
PARTNER_TYPES = {
    None: "customer",
    "СПокупателем": "customer",
    "Аванс": "customer",
    "Долг": "customer",
    "СПоставщиком": "supplier",
}


class OnecApplyPayment(models.AbstractModel):
    """Payments of 1C become payments here, and pay the invoices they name.

    One that was made here and comes back is followed like any document of ours.
    """

    _name = "onec.apply.payment"
    _inherit = "onec.apply.document"
    _description = "Applying of 1C payments"
    _onec_direction = "inbound"
    _onec_journal_type = "bank"

    @api.model
    def _apply_document(self, message, item, rows):
        row = rows.get(item.id)
        if row and row.origin == "odoo":
            return super()._apply_document(message, item, rows)
        payment = row._records() if row else self.env["account.payment"]
        if item.record.deleted:
            return self._apply_deleted(message, item, row, payment, rows)
        problem = self._find_problem(message, item)
        if problem:
            return problem
        values = self._prepare_payment_values(message, item)
        if payment:
            return self._apply_changed_payment(message, item, payment, values, rows)
        diff = {
            self.env._("Amount"): ["", str(item.record.amount)],
            self.env._("Counterparty"): ["", self._partner(message, item).name or ""],
            self.env._("Date"): ["", item.record.date],
        }
        if message.dry_run:
            return self._result(item, "create", diff=diff)
        payment = payment.create(values)
        # Known before it is posted: nobody takes it for a payment born here.
        self._link(
            message.backend_id, rows, [(item, payment)], {item.id: self._state(item)}
        )
        self._finish(message, item, payment)
        return self._result(item, "create", payment, diff=diff)

    @api.model
    def _state(self, item):
        record = item.record
        return {
            "number_1c": record.number,
            "date_1c": record.date or False,
            "amount_1c": float(record.amount),
            "posted_1c": record.posted and not record.deleted,
            "state": "deleted" if record.deleted else "ok",
        }

    # --- what it becomes ------------------------------------------------------------

    @api.model
    def _prepare_payment_values(self, message, item):
        record = item.record
        number = self.env._("1C %(number)s", number=record.number)
        return {
            "payment_type": self._onec_direction,
            "partner_type": PARTNER_TYPES[record.settlement],
            "partner_id": self._partner(message, item).id,
            "amount": float(record.amount),
            "currency_id": self._currency(message, item).id,
            "journal_id": self._journal(message, item).id,
            "date": record.date,
            "memo": record.purpose or number,
        }

    @api.model
    def _finish(self, message, item, payment):
        """Post it as it is in 1C, and pay what it names."""
        if not item.record.posted:
            return
        payment.action_post()
        moves = self._named_moves(message, item)
        if not moves:
            return
        payment.invoice_ids |= moves
        lines = (payment.move_id | moves).line_ids.filtered(
            lambda line: (
                line.account_id == payment.destination_account_id
                and not line.reconciled
                and line.parent_state == "posted"
            )
        )
        if payment.move_id and len(lines.move_id) > 1:
            lines.reconcile()

    @api.model
    def _named_moves(self, message, item):
        """Posted invoices of the payer that the payment is for."""
        ids = {one for part in item.record.parts for one in part.document_ids}
        moves = self.env["account.move"]
        for otype in ("sale", "correction"):
            for row in message.backend_id._find(otype, ids).values():
                if row.model == "account.move":
                    moves |= row._records()
        partner = self._partner(message, item).commercial_partner_id
        return moves.filtered(
            lambda move: (
                move.state == "posted"
                and move.commercial_partner_id == partner
                and move.company_id == message.company_id
            )
        )

    @api.model
    def _apply_changed_payment(self, message, item, payment, values, rows):
        changes = self._payment_changes(payment, values)
        diff = self._payment_diff(payment, changes)
        was_posted = payment.state not in ("draft", "canceled", "rejected")
        if was_posted != item.record.posted:
            diff[self.env._("Posted in 1C")] = [
                self._yes(was_posted),
                self._yes(item.record.posted),
            ]
        if diff and self._is_used(payment):
            text = self.env._(
                "The payment changed in 1C, but here it is matched already. Undo the "
                "matching of %(name)s and apply the line again.",
                name=payment.display_name,
            )
            return self._result(item, "conflict", payment, diff=diff, error=text)
        if message.dry_run:
            return self._result(item, "update" if diff else "skip", payment, diff=diff)
        if diff:
            payment.action_draft()
            # Only what changed: a journal written anew would choose its method again.
            payment.write(changes)
            self._finish(message, item, payment)
        self._link(
            message.backend_id, rows, [(item, payment)], {item.id: self._state(item)}
        )
        return self._result(item, "update" if diff else "skip", payment, diff=diff)

    @api.model
    def _payment_changes(self, payment, values):
        """Values that differ and matter for the books."""
        changes = {}
        for name, value in values.items():
            field = payment._fields[name]
            here = payment[name].id if field.type == "many2one" else payment[name]
            here = str(here) if field.type == "date" else here
            if name != "memo" and here != value:
                changes[name] = value
        return changes

    @api.model
    def _payment_diff(self, payment, changes):
        diff = {}
        for name, value in changes.items():
            field = payment._fields[name]
            label = field.get_description(self.env, ["string"])["string"]
            old, new = payment[name], value
            if field.type == "many2one":
                old = old.display_name
                new = self.env[field.comodel_name].browse(value).display_name
            diff[label] = [str(old or ""), str(new or "")]
        return diff

    @api.model
    def _is_used(self, payment):
        """Whether somebody matched it, with an invoice or with the bank."""
        moves = payment.reconciled_invoice_ids | payment.reconciled_bill_ids
        return bool(moves or payment.reconciled_statement_line_ids)

    @api.model
    def _apply_deleted(self, message, item, row, payment, rows):
        if not payment or payment.state == "canceled":
            return self._result(item, "skip")
        if self._is_used(payment):
            text = self.env._(
                "Deleted in 1C, but matched here. Undo the matching of %(name)s and "
                "apply the line again.",
                name=payment.display_name,
            )
            return self._result(item, "conflict", payment, error=text)
        if not message.dry_run:
            payment.action_draft()
            payment.action_cancel()
            self._link(
                message.backend_id,
                rows,
                [(item, payment)],
                {item.id: self._state(item)},
            )
        return self._result(item, "archive", payment)

    # --- what it needs --------------------------------------------------------------

    @api.model
    def _find_problem(self, message, item):
        """Why a person has to look at it first; the question is put to the queue."""
        record, company = item.record, message.company_id
        if self._is_foreign(company, record.organization_inn):
            text = self.env._(
                "The payment belongs to the organization %(inn)s, this base to "
                "%(company)s.",
                inn=record.organization_inn,
                company=company.name,
            )
            return self._ask(message, item, "other_company", f"payment:{item.id}", text)
        if record.settlement not in PARTNER_TYPES or record.amount <= 0:
            text = self.env._(
                "“%(kind)s” for %(amount)s is no payment of a customer or supplier. "
                "Book it by hand, or leave it out.",
                kind=record.settlement or "",
                amount=record.amount,
            )
            return self._ask(message, item, "invalid", f"payment:{item.id}", text)
        if not self._partner(message, item):
            partner = record.partner or Counterparty("", "")
            return self._ask_missing(
                message, item, "missing_map", "partner", partner.id, partner.name
            )
        if not self._currency(message, item):
            return self._ask_missing(
                message, item, "currency_unknown", "currency", record.currency
            )
        return self._find_journal_problem(message, item)

    @api.model
    def _find_journal_problem(self, message, item):
        record, journal = item.record, self._journal(message, item)
        if not journal:
            key = record.account_id or record.account or self._onec_otype
            return self._ask_missing(
                message, item, "missing_map", "journal", key, record.account or key
            )
        locks = message.company_id._get_violated_lock_dates(
            fields.Date.to_date(record.date), False, journal
        )
        if locks:
            text = self.env._(
                "The payment of %(date)s lies in a period closed up to %(lock)s. Date "
                "it in the open period in 1C, or open the period here.",
                date=record.date,
                lock=locks[-1][0],
            )
            return self._ask(message, item, "period_locked", f"payment:{item.id}", text)
        return None

    @api.model
    def _is_foreign(self, company, inn):
        ours = "".join(filter(str.isdigit, company.vat or ""))
        return bool(inn and ours and inn != ours)

    @api.model
    def _partner(self, message, item):
        partner = item.record.partner
        if not partner:
            return self.env["res.partner"]
        row = message.backend_id._find("partner", [partner.id]).get(partner.id)
        known = row and row.state != "ignored"
        return row._records() if known else self.env["res.partner"]

    @api.model
    def _currency(self, message, item):
        code = item.record.currency
        if not code:
            return message.company_id.currency_id
        found = message.backend_id._resolve("currency", {code: {"code": code}})
        return found.get(code, self.env["res.currency"])

    @api.model
    def _journal(self, message, item):
        """Journal of the account or cash desk: chosen, of that number, the only one."""
        record = item.record
        keys = [record.account_id, record.account, self._onec_otype]
        for otype in ("journal", "bank_account"):
            rows = message.backend_id._find(otype, filter(None, keys))
            for key in filter(rows.get, keys):
                if rows[key].model == "account.journal":
                    return rows[key]._records()
        mine = self.env["account.journal"].search(
            [
                ("company_id", "=", message.company_id.id),
                ("type", "=", self._onec_journal_type),
            ]
        )
        if record.account:
            number = "".join(filter(str.isalnum, record.account)).upper()
            return mine.filtered(
                lambda journal: journal.bank_account_id.sanitized_acc_number == number
            )[:1]
        return mine if len(mine) == 1 else mine.browse()

    @api.model
    def _ask(self, message, item, kind, key, text):
        """Put a question to the accountant; a dry run only tells."""
        if not message.dry_run:
            self.env["onec.conflict"]._ask(
                message.backend_id,
                kind,
                key,
                self.env._(
                    "%(document)s: %(text)s", document=item.record.number, text=text
                ),
                otype=self._onec_otype,
                external_id=item.id,
                message_id=message.id,
                right={
                    self.env._("Number in 1C"): item.record.number,
                    self.env._("Amount"): str(item.record.amount),
                    self.env._("Date"): item.record.date,
                    self.env._("Purpose"): item.record.purpose or "",
                },
                payload=to_json(item.record),
            )
        return self._result(item, "conflict", error=text)
