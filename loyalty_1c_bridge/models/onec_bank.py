"""Whom a row of a bank file is from, and what it pays."""

from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..engine.bank import matching
from ..engine.bank.reader import same_account
from ..engine.bank.records import account_key

# Prefixes that the ERP's own tax ids may have in front of what a bank writes.
COUNTRIES = ("", "RU", "KZ", "AM", "BY", "GE", "KG", "UZ", "UA")


class OnecBank(models.AbstractModel):
    _name = "onec.bank"
    _description = "Recognition of bank rows"

    @api.model
    def _journal(self, number, company):
        """Bank journal of an account number, or an empty recordset."""
        journals = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(company),
                ("type", "=", "bank"),
                ("bank_account_id", "!=", False),
            ]
        )
        return journals.filtered(
            lambda journal: same_account(number, journal.bank_account_id.acc_number)
        )[:1]

    @api.model
    def _recognize(self, entries, company):
        """Partner and document of each entry, in a constant number of queries.

        :param entries: list of ``engine.bank.records.Entry``
        :return: ``{entry.key: {"partner": record, "reason": text, "move": record}}``
        """
        by_tax_id = self._partners_by_tax_id(entries, company)
        by_account = self._partners_by_account(entries, company)
        answer = {}
        for entry in entries:
            partner, reason = self._partner_of(entry, by_tax_id, by_account)
            answer[entry.key] = {"partner": partner, "reason": reason}
        self._recognize_documents(entries, company, answer)
        return answer

    @api.model
    def _partner_of(self, entry, by_tax_id, by_account):
        other = entry.other
        found = by_tax_id.get(other.tax_id, self.env["res.partner"])
        if len(found) == 1:
            return found, self.env._("Tax id %(number)s", number=other.tax_id)
        banked = by_account.get(account_key(other.account), self.env["res.partner"])
        both = found & banked
        if len(both) == 1 or len(banked) == 1:
            return (both or banked)[:1], self.env._(
                "Bank account %(number)s", number=other.account
            )
        if len(found) > 1:
            return self.env["res.partner"], self.env._(
                "%(count)s partners have the tax id %(number)s",
                count=len(found),
                number=other.tax_id,
            )
        return self.env["res.partner"], ""

    @api.model
    def _partners_by_tax_id(self, entries, company):
        tax_ids = {entry.other.tax_id for entry in entries if entry.other.tax_id}
        variants = {prefix + number for number in tax_ids for prefix in COUNTRIES}
        partners = self.env["res.partner"].search(
            Domain(self.env["res.partner"]._check_company_domain(company))
            & (
                Domain("vat", "in", list(variants))
                | Domain("company_registry", "in", list(tax_ids))
            )
        )
        found = defaultdict(lambda: self.env["res.partner"])
        for partner in partners.commercial_partner_id:
            for number in {
                (partner.vat or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                partner.company_registry,
            } & tax_ids:
                found[number] |= partner
        return found

    @api.model
    def _partners_by_account(self, entries, company):
        numbers = {account_key(entry.other.account) for entry in entries} - {""}
        banks = self.env["res.partner.bank"].search(
            Domain(self.env["res.partner.bank"]._check_company_domain(company))
            & Domain("sanitized_acc_number", "in", list(numbers))
        )
        found = defaultdict(lambda: self.env["res.partner"])
        for bank in banks:
            found[bank.sanitized_acc_number] |= bank.partner_id.commercial_partner_id
        return found

    # --- documents ------------------------------------------------------------------

    @api.model
    def _recognize_documents(self, entries, company, answer):
        named = {
            entry.key: matching.document_numbers(entry.payment.purpose)
            for entry in entries
        }
        numbers = {number for told in named.values() for number in told}
        partners = self.env["res.partner"].union(
            *(found["partner"] for found in answer.values())
        )
        moves = self._open_moves(numbers, partners, company)
        for entry in entries:
            found = answer[entry.key]
            found["move"] = self._move_of(
                entry, named[entry.key], found["partner"], moves
            )
            if found["move"] and not found["partner"]:
                found["partner"] = found["move"].commercial_partner_id
                found["reason"] = self.env._(
                    "Document %(name)s in the purpose", name=found["move"].name
                )

    @api.model
    def _open_moves(self, numbers, partners, company):
        return self.env["account.move"].search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain(
                "move_type",
                "in",
                ("out_invoice", "in_refund", "in_invoice", "out_refund"),
            )
            & (
                Domain("commercial_partner_id", "in", partners.ids)
                | Domain("name", "in", list(numbers))
                | Domain("payment_reference", "in", list(numbers))
                | Domain("invoice_origin", "in", list(numbers))
            )
        )

    @api.model
    def _move_of(self, entry, numbers, partner, moves):
        """The one open document the purpose names, or an empty recordset."""
        kinds = (
            ("out_invoice", "in_refund")
            if entry.amount > 0
            else ("in_invoice", "out_refund")
        )
        candidates = moves.filtered(
            lambda move: move.move_type in kinds
            and (not partner or move.commercial_partner_id == partner)
        )
        for number in numbers:
            # Bare digits say little without a known partner.
            if number.isdigit() and not partner:
                continue
            same = candidates.filtered(
                lambda move, number=number: any(
                    matching.same_number(number, ours)
                    for ours in (move.name, move.payment_reference, move.ref)
                )
                or number == move.invoice_origin
            )
            if len(same) > 1:
                same = same.filtered(
                    lambda move: move.amount_residual == abs(float(entry.amount))
                )
            if len(same) == 1:
                return same
        return self.env["account.move"]

    # --- settling -------------------------------------------------------------------

    @api.model
    def _settle(self, st_line, move):
        """Pay ``move`` with a bank line: its whole amount goes to that document.

        :return: whether it was done; not when it pays more than is open
        """
        if (
            st_line.currency_id != move.currency_id
            or st_line.currency_id.compare_amounts(
                abs(st_line.amount), move.amount_residual
            )
            > 0
        ):
            return False
        _liquidity, suspense, _other = st_line._seek_for_lines()
        open_lines = move.line_ids.filtered(
            lambda line: line.account_id.account_type
            in ("asset_receivable", "liability_payable")
            and not line.reconciled
        )
        if len(suspense) != 1 or len(open_lines.account_id) != 1:
            return False
        suspense.write(
            {
                "account_id": open_lines.account_id.id,
                "partner_id": move.commercial_partner_id.id,
            }
        )
        (suspense + open_lines).reconcile()
        return True
