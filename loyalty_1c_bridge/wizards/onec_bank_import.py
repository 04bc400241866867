import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..engine.bank import reader
from ..engine.errors import ExchangeError


class OnecBankImport(models.TransientModel):
    """Bank files: read, shown, then put into the bank journals."""

    _name = "onec.bank.import"
    _description = "Import of bank statements"

    backend_id = fields.Many2one(
        "onec.backend",
        "1C base",
        required=True,
        domain=[("use_bank", "=", True)],
        default=lambda self: self._default_backend(),
    )
    company_id = fields.Many2one(related="backend_id.company_id")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    state = fields.Selection(
        [("file", "File"), ("preview", "Preview")], default="file", required=True
    )
    undated = fields.Boolean(
        "Documents without a day of execution are done",
        help="Some banks write neither «ДатаСписано» nor «ДатаПоступило». Such a file "
        "may be a list of orders which the bank has not executed: look first.",
    )
    settle = fields.Boolean(
        "Pay the documents named in the purpose",
        default=True,
        help="Only where partner and number agree and no more is paid than is open.",
    )
    account_ids = fields.One2many("onec.bank.import.account", "wizard_id")
    line_ids = fields.One2many("onec.bank.import.line", "wizard_id")
    problems = fields.Text(readonly=True)
    count_new = fields.Integer(compute="_compute_counts")
    count_old = fields.Integer(compute="_compute_counts")

    @api.model
    def _default_backend(self):
        return self.env["onec.backend"].search(
            [("use_bank", "=", True), ("company_id", "=", self.env.company.id)], limit=1
        )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.line_ids.mapped("state")
            wizard.count_new = states.count("new")
            wizard.count_old = states.count("old")

    # --- reading --------------------------------------------------------------------

    def _read_files(self):
        """List of (attachment, file, entries, problems)."""
        if not self.attachment_ids:
            raise UserError(
                self.env._(
                    "Choose the file which your bank gives for 1C (kl_to_1c.txt)."
                )
            )
        journals = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "bank"),
            ]
        )
        ours = [number for number in journals.mapped("bank_acc_number") if number]
        answer = []
        for attachment in self.attachment_ids:
            try:
                file = reader.read(base64.b64decode(attachment.datas or b""))
            except ExchangeError as error:
                raise UserError(
                    self.env._(
                        "%(name)s: %(problem)s",
                        name=attachment.name,
                        problem=self.env["onec.message"]._explain(error),
                    )
                ) from error
            entries, problems = reader.entries(
                file, accounts=ours, undated=self.undated
            )
            problems = [
                *file.problems,
                *problems,
                *reader.balance_problems(file, entries),
            ]
            answer.append((attachment, file, entries, problems))
        return answer

    def action_preview(self):
        """Show what the files hold and what of it is new; nothing is written."""
        self.ensure_one()
        files = self._read_files()
        entries = [entry for _name, _file, rows, _problems in files for entry in rows]
        journals = self._journals({entry.account for entry in entries})
        for _name, file, _rows, _problems in files:
            numbers = {balance.account for balance in file.balances if balance.account}
            journals = {**self._journals(numbers), **journals}
        known = self._known_keys(entries, journals)
        found = self.env["onec.bank"]._recognize(entries, self.company_id)
        self.write(
            {
                "state": "preview",
                "problems": self._problem_text(files) or False,
                "account_ids": [
                    Command.clear(),
                    *(
                        Command.create(vals)
                        for vals in self._account_vals(files, journals, known)
                    ),
                ],
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(self._line_vals(entry, found[entry.key], known))
                        for entry in entries
                    ),
                ],
            }
        )
        return self._reopen()

    def action_back(self):
        """Choose other files."""
        self.write(
            {
                "state": "file",
                "account_ids": [Command.clear()],
                "line_ids": [Command.clear()],
                "problems": False,
            }
        )
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import bank statements"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _journals(self, numbers):
        chosen = {row.number: row.journal_id for row in self.account_ids}
        bank = self.env["onec.bank"]
        return {
            number: chosen.get(number) or bank._journal(number, self.company_id)
            for number in numbers
        }

    def _known_keys(self, entries, journals):
        """Pairs (journal id, key) that are in the journals already."""
        lines = self.env["account.bank.statement.line"].search_fetch(
            [
                ("onec_key", "in", [entry.key for entry in entries]),
                ("journal_id", "in", [journal.id for journal in journals.values()]),
            ],
            ["journal_id", "onec_key"],
        )
        keys = {(line.journal_id.id, line.onec_key) for line in lines}
        return {
            entry.key
            for entry in entries
            if (journals[entry.account].id, entry.key) in keys
        }

    def _problem_text(self, files):
        messages = self.env["onec.message"]
        return "\n".join(
            f"{attachment.name}: "
            + messages._explain(
                ExchangeError(problem.code, str(problem.line), **problem.values)
            )
            for attachment, _file, _entries, problems in files
            for problem in problems
        )

    def _account_vals(self, files, journals, known):
        for _attachment, file, entries, _problems in files:
            balances = {balance.account: balance for balance in file.balances}
            for number in dict.fromkeys(
                [*balances, *(entry.account for entry in entries)]
            ):
                rows = [entry for entry in entries if entry.account == number]
                balance = balances.get(number)
                yield {
                    "number": number,
                    "journal_id": journals[number].id,
                    "opening": balance and balance.opening or 0,
                    "income": sum(row.amount for row in rows if row.amount > 0),
                    "outcome": -sum(row.amount for row in rows if row.amount < 0),
                    "closing": balance and balance.closing or 0,
                    "count_new": sum(row.key not in known for row in rows),
                    "count_old": sum(row.key in known for row in rows),
                    "problem": balance
                    and self._continuity_problem(balance, journals[number])
                    or False,
                }

    def _continuity_problem(self, balance, journal):
        """Text when a statement does not go on where the last one ended."""
        if balance.opening is None or not balance.date_from or not journal:
            return ""
        last = self.env["account.bank.statement"].search(
            [("journal_id", "=", journal.id), ("date", "<", balance.date_from)],
            order="date desc, id desc",
            limit=1,
        )
        opening = float(balance.opening)
        if not last or not last.currency_id.compare_amounts(
            last.balance_end_real, opening
        ):
            return ""
        return self.env._(
            "Begins with %(opening)s, while that of %(date)s ended with %(closing)s.",
            opening=last.currency_id.format(opening),
            date=last.date,
            closing=last.currency_id.format(last.balance_end_real),
        )

    def _line_vals(self, entry, found, known):
        return {
            "date": entry.date,
            "number": entry.payment.number,
            "account": entry.account,
            "amount": float(entry.amount),
            "other": entry.other.name,
            "tax_id": entry.other.tax_id,
            "purpose": entry.payment.purpose,
            "partner_id": found["partner"].id,
            "reason": found["reason"],
            "move_id": found["move"].id,
            "state": "old" if entry.key in known else "new",
        }

    # --- writing --------------------------------------------------------------------

    def action_import(self):
        """Write what is new: lines, statements with balances, paid documents.

        :return: action with the statements' lines
        :raise UserError: an account has no journal, or rights are missing
        """
        self.ensure_one()
        if not self.env["account.bank.statement.line"].has_access("create"):
            raise UserError(
                self.env._(
                    "Bank statements are imported by people with the right "
                    "“Invoicing & Banks”. Ask your administrator for it."
                )
            )
        files = self._read_files()
        lines = self.env["account.bank.statement.line"]
        for attachment, file, entries, problems in files:
            lines |= self._import_file(attachment, file, entries, problems)
        if not lines:
            return self._nothing_new()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported bank lines"),
            "res_model": "account.bank.statement.line",
            "view_mode": "list,form",
            "domain": [("id", "in", lines.ids)],
        }

    def _nothing_new(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Everything in these files is there already."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _import_file(self, attachment, file, entries, problems):
        numbers = {entry.account for entry in entries}
        numbers |= {balance.account for balance in file.balances if balance.account}
        journals = self._journals(numbers)
        for number, journal in journals.items():
            if not journal and any(entry.account == number for entry in entries):
                raise UserError(
                    self.env._(
                        "Account %(number)s has no bank journal. Choose one in the "
                        "preview, or write the number into the journal.",
                        number=number,
                    )
                )
        known = self._known_keys(entries, journals)
        new = [entry for entry in entries if entry.key not in known]
        message = self._message(attachment, entries, new, problems)
        found = self.env["onec.bank"]._recognize(new, self.company_id)
        lines = self.env["account.bank.statement.line"].create(
            [
                self._statement_line_vals(
                    entry, journals[entry.account], found[entry.key], message
                )
                for entry in new
            ]
        )
        for balance in file.balances:
            self._statement(balance, journals.get(balance.account), lines, attachment)
        if self.settle:
            for line, entry in zip(lines, new, strict=True):
                if found[entry.key]["move"]:
                    self.env["onec.bank"]._settle(line, found[entry.key]["move"])
        self._message_lines(message, lines, new)
        return lines

    def _statement_line_vals(self, entry, journal, found, message):
        payment = entry.payment
        return {
            "journal_id": journal.id,
            "date": entry.date,
            "amount": float(entry.amount),
            "payment_ref": payment.purpose or payment.number or payment.kind or "/",
            "ref": payment.number,
            "partner_id": found["partner"].id,
            "partner_name": entry.other.name,
            "account_number": entry.other.account,
            "transaction_type": payment.kind,
            "transaction_details": {
                "number": payment.number,
                "tax_id": entry.other.tax_id,
                "kpp": entry.other.kpp,
                "bank": entry.other.bank,
                "bic": entry.other.bic,
                **payment.extra,
            },
            "onec_key": entry.key,
            "onec_reason": found["reason"] or False,
            "onec_message_id": message.id,
        }

    def _statement(self, balance, journal, lines, attachment):
        """Statement of a section with what the bank says; the same period is one."""
        if not journal or balance.opening is None or balance.closing is None:
            return
        rows = lines.filtered(
            lambda line: line.journal_id == journal
            and not line.statement_id
            and (not balance.date_from or line.date >= balance.date_from)
            and (not balance.date_to or line.date <= balance.date_to)
        )
        if not rows:
            return
        reference = f"{balance.date_from or ''}–{balance.date_to or ''}"
        statements = self.env["account.bank.statement"]
        statement = statements.search(
            [("journal_id", "=", journal.id), ("reference", "=", reference)], limit=1
        )
        vals = {
            "balance_start": float(balance.opening),
            "balance_end_real": float(balance.closing),
        }
        if statement:
            rows.statement_id = statement
            statement.write(vals)
        else:
            statements.create(
                {
                    "name": f"{journal.code} {reference}",
                    "reference": reference,
                    "line_ids": [Command.set(rows.ids)],
                    **vals,
                }
            )

    def _message(self, attachment, entries, new, problems):
        data = base64.b64decode(attachment.datas or b"")
        return (
            self.env["onec.message"]
            .sudo()
            .create(
                {
                    "backend_id": self.backend_id.id,
                    "direction": "in",
                    "channel": "bank",
                    "kind": "statement",
                    "filename": attachment.name,
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "size": len(data),
                    "attachment_id": attachment.sudo()
                    .copy({"res_model": "onec.message", "res_id": 0})
                    .id,
                    "state": "done" if new or not entries else "superseded",
                    "applied_at": fields.Datetime.now(),
                    "counts": {
                        "created": len(new),
                        "unchanged": len(entries) - len(new),
                        "error": len(problems),
                        "total": len(entries),
                        "seen": len(entries),
                    },
                }
            )
        )

    def _message_lines(self, message, lines, new):
        message.attachment_id.res_id = message.id
        self.env["onec.line"].sudo().create(
            [
                {
                    "message_id": message.id,
                    "seq": seq,
                    "otype": "bank_in" if entry.amount > 0 else "bank_out",
                    "external_id": entry.key,
                    "name": entry.payment.purpose[:250],
                    "model": line._name,
                    "res_id": line.id,
                    "action": "create",
                    "document_date": entry.date,
                    "amount": float(entry.amount),
                }
                for seq, (line, entry) in enumerate(zip(lines, new, strict=True), 1)
            ]
        )


class OnecBankImportAccount(models.TransientModel):
    _name = "onec.bank.import.account"
    _description = "Account of a bank file"

    wizard_id = fields.Many2one("onec.bank.import", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id")
    number = fields.Char("Account", readonly=True)
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency")
    opening = fields.Monetary(readonly=True)
    income = fields.Monetary(readonly=True)
    outcome = fields.Monetary("Paid out", readonly=True)
    closing = fields.Monetary(readonly=True)
    count_new = fields.Integer("New", readonly=True)
    count_old = fields.Integer("There already", readonly=True)
    problem = fields.Char(readonly=True)

    @api.depends("journal_id")
    def _compute_currency(self):
        for row in self:
            row.currency_id = row.journal_id.currency_id or row.company_id.currency_id


class OnecBankImportLine(models.TransientModel):
    _name = "onec.bank.import.line"
    _description = "Row of a bank file"

    wizard_id = fields.Many2one("onec.bank.import", required=True, ondelete="cascade")
    date = fields.Date()
    number = fields.Char("No.")
    account = fields.Char()
    amount = fields.Float(digits=(16, 2))
    other = fields.Char("From or to")
    tax_id = fields.Char("Tax id")
    purpose = fields.Char()
    partner_id = fields.Many2one("res.partner", "Partner")
    reason = fields.Char("Recognized by")
    move_id = fields.Many2one("account.move", "Pays")
    state = fields.Selection([("new", "New"), ("old", "There already")])
