"""Members, opening balances and past purchases from files."""

import base64
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..engine import intake, tabular, values

ROWS_IN_A_BATCH = 500
ROWS_AT_ONCE = 500
STORED_PROBLEMS = 10_000
# By what a row may name the member who recommended it.
REFERRABLE = ("phone", "card_code", "ref")
# Written by the server only.
KEPT = {"state", "user_id", "batch_ids", "problem_ids", "row_count", "bad_row_count"}
# What the check depends on.
READING = {
    "kind",
    "program_id",
    "company_id",
    "branch_id",
    "country_id",
    "file",
    "sheet",
    "encoding",
    "delimiter",
    "date_order",
    "decimal_mark",
    "existing",
    "column_ids",
}


class LoyaltyImport(models.Model):
    """One file, from the upload to the last row; nothing is written before a check."""

    _name = "loyalty.import"
    _description = "Loyalty import"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    kind = fields.Selection(
        [
            ("members", "Members"),
            ("balances", "Opening balances"),
            ("purchases", "Past purchases"),
        ],
        "Import",
        required=True,
        default="members",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("checking", "Checking"),
            ("checked", "Checked"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Stopped"),
            ("cancelled", "Undone"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    program_id = fields.Many2one(
        "loyalty.program",
        "Club",
        required=True,
        check_company=True,
        domain=[("is_club", "=", True)],
        default=lambda self: self.env.company._loyalty_club(),
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    branch_id = fields.Many2one(
        "loyalty.branch",
        check_company=True,
        help="For rows that name no branch of their own.",
    )
    country_id = fields.Many2one(
        "res.country",
        default=lambda self: self.env.company.country_id,
        help="Phone numbers without a country code are of this country.",
    )
    file = fields.Binary(attachment=True, copy=False)
    filename = fields.Char(copy=False)
    sheet = fields.Char(help="Name of the sheet in an Excel file. Empty: the first.")
    sheet_names = fields.Char("Sheets of the file", readonly=True, copy=False)
    encoding = fields.Char(
        help="Filled in from the file. Change it when letters look wrong: utf-8,"
        " cp1251, cp1252…"
    )
    delimiter = fields.Selection(
        [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")],
        "Columns parted by",
    )
    date_order = fields.Selection(
        [
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
            ("ymd", "Year, month, day"),
        ],
        "Dates are written",
        required=True,
        default="dmy",
    )
    decimal_mark = fields.Selection(
        [(".", "Point: 1,234 is a thousand"), (",", "Comma: 1,234 is one and a bit")],
        "Decimals after a",
        required=True,
        default=".",
    )
    existing = fields.Selection(
        [
            ("problem", "Is a problem"),
            ("enrol", "Becomes a member"),
        ],
        "A customer the ERP knows",
        required=True,
        default="problem",
        help="What to do with a row whose phone, national id or customer number belongs"
        " to a customer who is not a member yet. Their own data stays as it is; what"
        " was empty is filled in.",
    )
    skip_bad_rows = fields.Boolean(
        "Leave out rows with problems",
        copy=False,
        help="Off: nothing is imported while one row has a problem.",
    )
    column_ids = fields.One2many("loyalty.import.column", "import_id", "Columns")
    problem_ids = fields.One2many(
        "loyalty.import.problem", "import_id", "Problems", readonly=True
    )
    batch_ids = fields.One2many(
        "loyalty.import.batch", "import_id", "Batches", readonly=True
    )
    row_count = fields.Integer("Rows", readonly=True, copy=False)
    problem_count = fields.Integer("Problems found", readonly=True, copy=False)
    bad_row_count = fields.Integer("Rows with problems", readonly=True, copy=False)
    good_row_count = fields.Integer(
        "Rows to import", compute="_compute_progress", help="Rows without a problem."
    )
    done_count = fields.Integer("Rows done", compute="_compute_progress")
    imported_count = fields.Integer("Rows imported", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")
    has_points = fields.Boolean(compute="_compute_has_points")
    user_id = fields.Many2one("res.users", "Started by", readonly=True, copy=False)
    failure = fields.Text("Why it stopped", readonly=True, copy=False)

    # -- fields -----------------------------------------------------------------
    @api.depends("kind", "filename")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for load in self:
            words = (kinds.get(load.kind), load.filename)
            load.name = ": ".join(filter(None, words))

    @api.depends("batch_ids.state", "row_count", "bad_row_count")
    def _compute_progress(self):
        figures = {}
        for load, state, rows, created in self.env["loyalty.import.batch"]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "state"],
            ["row_count:sum", "created_count:sum"],
        ):
            figures.setdefault(load.id, {})[state] = (rows, created)
        for load in self:
            by_state = figures.get(load.id, {})
            done, load.imported_count = by_state.get("done", (0, 0))
            load.done_count = done
            total = sum(rows for rows, _created in by_state.values())
            load.good_row_count = total
            load.progress = 100.0 * done / total if total else 0.0

    @api.depends("kind", "column_ids.field_name")
    def _compute_has_points(self):
        for load in self:
            used = set(load.column_ids.mapped("field_name"))
            load.has_points = load.kind != "members" or bool(
                used & {"points", "tier_id"}
            )

    @api.model
    def _field_labels(self):
        """``{field name: label}`` of everything a column may hold."""
        return {
            "name": self.env._("Name"),
            "phone": self.env._("Phone"),
            "card_code": self.env._("Card number"),
            "national_id": self.env._("National id"),
            "ref": self.env._("Customer number"),
            "email": self.env._("Email"),
            "gender": self.env._("Gender"),
            "birthday": self.env._("Birthday"),
            "wedding_date": self.env._("Wedding anniversary"),
            "street": self.env._("Street"),
            "city": self.env._("City"),
            "zip": self.env._("Postal code"),
            "branch_id": self.env._("Branch"),
            "source_id": self.env._("Heard of us"),
            "referrer": self.env._("Referred by (card or phone)"),
            "consent_sms": self.env._("Consent: SMS"),
            "consent_email": self.env._("Consent: e-mail"),
            "consent_messenger": self.env._("Consent: messengers"),
            "consent_call": self.env._("Consent: calls"),
            "tier_id": self.env._("Tier"),
            "tier_until": self.env._("Tier until"),
            "points": self.env._("Points"),
            "points_expiry": self.env._("Points can be used until"),
            "note": self.env._("Note"),
            "reason": self.env._("Reason"),
            "date": self.env._("Date of the purchase"),
            "amount": self.env._("Amount"),
            "quantity": self.env._("Quantity"),
            "margin": self.env._("Margin"),
            "reference": self.env._("Receipt number"),
        }

    # -- reading the file ---------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_written(vals)
        loads = super().create(vals_list)
        for load in loads:
            if load.file and not load.column_ids:
                load._read_head()
        return loads

    def write(self, vals):
        self._check_written(vals)
        res = super().write(vals)
        if {"file", "sheet", "kind"} & set(vals) and "column_ids" not in vals:
            for load in self.filtered("file"):
                load._read_head()
        return res

    def _check_written(self, vals):
        """Buttons move an import on; what was checked is what will be imported.

        :raise AccessError: somebody writes what only the buttons do
        :raise UserError: the file or its reading changes after the check
        """
        if self.env.su:
            return
        if KEPT & set(vals):
            raise AccessError(
                self.env._("Use the buttons of the import to check and to run it.")
            )
        if READING & set(vals):
            self._check_state(("draft",))

    @api.onchange("file", "sheet", "kind")
    def _onchange_file(self):
        if not self.file:
            return None
        try:
            self.update(self._head_values())
        except UserError as error:
            self.column_ids = [Command.clear()]
            return {"warning": {"title": self.env._("File"), "message": str(error)}}
        return None

    def _read_head(self):
        self.ensure_one()
        self.write(self._head_values())

    def _head_values(self):
        """What the first rows say about the file: columns, encoding, formats."""
        content = self._content()
        source = self._sniffed(content)
        try:
            _row, headers, stream = tabular.table(content, source, samples=200)
            rows = [cells for _row, cells in stream]
        except tabular.Unreadable as error:
            raise UserError(self._unreadable_message(error)) from error
        proposed = intake.propose(self.kind, headers)
        dates = [
            cells[index]
            for index, name in proposed.items()
            if name
            in ("birthday", "wedding_date", "date", "points_expiry", "tier_until")
            for cells in rows
            if index < len(cells)
        ]
        return {
            "sheet": source.sheet,
            "sheet_names": ", ".join(source.sheets),
            "encoding": source.encoding,
            "delimiter": source.delimiter if source.kind == "csv" else False,
            "date_order": values.guess_date_order(dates),
            "decimal_mark": ","
            if source.kind == "csv" and source.delimiter == ";"
            else ".",
            "column_ids": [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "position": index,
                            "header": header,
                            "sample": self._sample(rows, index),
                            "field_name": proposed.get(index, False),
                        }
                    )
                    for index, header in enumerate(headers)
                ),
            ],
        }

    @staticmethod
    def _sample(rows, index):
        cells = (row[index] for row in rows if index < len(row))
        shown = (str(cell).strip() for cell in cells if cell not in (None, ""))
        return " · ".join(islice((cell[:40] for cell in shown), 3)).replace("\x00", "")

    def _content(self):
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        file = self.with_context(bin_size=False).file
        return base64.b64decode(file)

    def _sniffed(self, content):
        try:
            return tabular.sniff(content, self.filename or "", self.sheet or "")
        except tabular.Unreadable as error:
            if error.code != "sheet":
                raise UserError(self._unreadable_message(error)) from error
        # The sheet was of the file before this one.
        return tabular.sniff(content, self.filename or "")

    def _source(self, content):
        """How the file is read, with what the person corrected."""
        source = self._sniffed(content)
        changes = {}
        if source.kind != "xlsx" and self.encoding:
            changes["encoding"] = self.encoding.strip()
        if source.kind == "csv" and self.delimiter:
            changes["delimiter"] = self.delimiter
        return source.changed(**changes)

    def _unreadable_message(self, error):
        """What to tell about a file that cannot be read."""
        facts = error.facts
        messages = {
            "empty": self.env._("The file is empty."),
            "large": self.env._(
                "The file is larger than %s MB. Split it, or save it as CSV.",
                facts.get("limit"),
            ),
            "bomb": self.env._(
                "The file unpacks to far more than a list of rows would. It was not"
                " opened. Save the list again as a new file."
            ),
            "old_excel": self.env._(
                "This is an Excel file of the old kind (.xls), or one with a password."
                " Save it as .xlsx without a password."
            ),
            "encrypted": self.env._("The file has a password. Save it without one."),
            "macros": self.env._("The file has macros. Save it as plain .xlsx."),
            "encoding": self.env._(
                "The file is not written in %s. Choose another encoding, or save it as"
                " .xlsx.",
                facts.get("encoding"),
            ),
            "columns": self.env._(
                "Row %(row)s has more than %(limit)s columns.",
                row=facts.get("row"),
                limit=facts.get("limit"),
            ),
            "rows": self.env._("The file has more than %s rows.", facts.get("limit")),
            "sheet": self.env._(
                "There is no sheet %(sheet)s. The file has: %(sheets)s.",
                sheet=facts.get("sheet"),
                sheets=facts.get("sheets"),
            ),
            "format": self.env._(
                "This is neither an Excel file, nor CSV, nor a vCard."
            ),
        }
        return messages.get(error.code) or self.env._(
            "The file is damaged and cannot be read: %s", facts.get("detail", "")
        )

    # -- the dry run ---------------------------------------------------------------
    def action_check(self):
        """Read the whole file and list every problem; nothing is imported."""
        for load in self:
            load._check_may_import()
            load._check_columns()
            load._set_state("checking", ("draft", "checked", "checking"))
            load.sudo().user_id = self.env.user
            if len(load._content()) > 2 * 2**20:
                self._trigger_workers()
            else:
                load._as_worker()._dry_run()

    def _check_columns(self):
        names = [name for name in self.column_ids.mapped("field_name") if name]
        labels = self._field_labels()
        known = {field.name for field in intake.FIELDS[self.kind]}
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise UserError(
                self.env._(
                    "Two columns hold the same: %s. Leave one of them out.",
                    ", ".join(sorted(labels[name] for name in twice)),
                )
            )
        if strangers := set(names) - known:
            raise UserError(
                self.env._(
                    "These do not belong to this kind of import: %s.",
                    ", ".join(sorted(labels[name] for name in strangers)),
                )
            )
        for choice in intake.missing(self.kind, names):
            raise UserError(
                self.env._(
                    "No column holds: %s. Choose it in the list of columns.",
                    self.env._(" or ").join(labels[name] for name in choice),
                )
            )

    def _dry_run(self):
        """Read, judge and store the rows in batches; store the problems beside."""
        self.ensure_one()
        self.problem_ids.unlink()
        self.batch_ids.unlink()
        try:
            self._read_batches()
        except tabular.Unreadable as error:
            self._set_state("draft", ("checking",))
            self.message_post(body=self._unreadable_message(error))
            self.failure = self._unreadable_message(error)
            return
        self.failure = False
        self._set_state("checked", ("checking",))

    def _read_batches(self):
        content = self._content()
        source = self._source(content)
        _header_row, _headers, stream = tabular.table(content, source)
        checker = intake.Checker(
            self.kind, self.column_ids._to_engine(), self._format()
        )
        problems = [
            intake.Problem(first + 1, "", name, "merged", {"cells": name})
            for first, last, name in source.merged
            if last > first
        ]
        bad = {problem.row for problem in problems}
        row_count, promised, referrers = 0, set(), {}
        while block := list(islice(stream, ROWS_IN_A_BATCH)):
            row_count += len(block)
            rows = {}
            for number, cells in block:
                found, wrong = checker.check(number, cells)
                problems += wrong
                if not wrong and number not in bad:
                    rows[number] = found
            judged = self._judge(rows)
            problems += judged
            for problem in judged:
                rows.pop(problem.row, None)
            for number, row in rows.items():
                promised |= {row[name] for name in REFERRABLE if name in row}
                if "referrer" in row:
                    referrers[number] = row["referrer"]
            if rows:
                batches = self.env["loyalty.import.batch"]
                batches.create(batches._from_rows(self, rows))
                self.env.flush_all()
                self.env.invalidate_all(flush=False)
        problems += self._judge_referrers(referrers, promised)
        self._store_problems(problems)
        self.write(
            {
                "row_count": row_count,
                "problem_count": len(problems),
                "bad_row_count": len({problem.row for problem in problems}),
            }
        )

    def _format(self):
        """How cells are read, with the names that stand for records."""

        def names(records):
            return {record.name.strip().casefold(): record.id for record in records}

        branches = self.env["loyalty.branch"].search(
            [("company_id", "=", self.company_id.id)]
        )
        codes = {
            branch.code.strip().casefold(): branch.id
            for branch in branches
            if branch.code
        }
        return intake.Format(
            today=self.program_id._today(),
            country=self.country_id.code,
            date_order=self.date_order,
            decimal_mark=self.decimal_mark,
            choices={
                "branch_id": {**codes, **names(branches)},
                "source_id": names(
                    self.env["loyalty.source"].search([("active", "=", True)])
                ),
                "tier_id": names(self.program_id.tier_ids),
            },
        )

    def _store_problems(self, problems):
        """Keep problems as sentences; beyond the limit only their number counts."""
        room = STORED_PROBLEMS - len(self.problem_ids)
        self.env["loyalty.import.problem"].sudo().create(
            [
                {
                    "import_id": self.id,
                    "row": problem.row,
                    "column": problem.header,
                    "value": problem.value,
                    "message": self._problem_message(problem),
                }
                for problem in sorted(problems, key=lambda problem: problem.row)[
                    : max(room, 0)
                ]
            ]
        )

    def _problem_message(self, problem):
        """The sentence for a problem, with what to do."""
        facts = problem.facts
        messages = {
            "required": self.env._("This cell is empty and must not be."),
            "date": self.env._("This is no date. Write it as 2026-03-31."),
            "date_range": self.env._(
                "A date before 1900, or in the future where it cannot be."
            ),
            "number": self.env._("This is no number."),
            "negative": self.env._("Points cannot be below zero."),
            "decimals": self.env._("Points have two decimals at most."),
            "phone": self.env._(
                "No valid phone number of %s. Write it with + and the country code.",
                self.country_id.name or self.env._("any country"),
            ),
            "email": self.env._("This is no e-mail address."),
            "boolean": self.env._("Write yes or no."),
            "gender": self.env._("Write female, male or other."),
            "choice": self.env._(
                "This name is not known here. Create it, or correct it."
            ),
            "formula": self.env._(
                "A formula, or a text that begins like one. Paste the value instead."
            ),
            "error": self.env._("The formula of this cell ends in an error."),
            "control": self.env._("The text has characters that cannot be printed."),
            "long": self.env._(
                "The text is longer than %s characters.", facts.get("limit")
            ),
            "merged": self.env._(
                "The cells %s are merged. Part them, so that each row has its own"
                " value.",
                facts.get("cells"),
            ),
            "repeated": self.env._(
                "The same stands in row %s of this file.", facts.get("first")
            ),
            "own_referrer": self.env._("Nobody can be their own referrer."),
            "no_referrer": self.env._(
                "No member has this card or phone, in the file or in the club."
            ),
            "wedding": self.env._("The wedding is not after the birthday."),
            "nobody": self.env._(
                "The row names no customer: phone, card, national id and number are"
                " empty."
            ),
            "unknown": self.env._("No member of the club has this."),
            "several": self.env._(
                "The row names several members: %s.", facts.get("names")
            ),
            "member": self.env._("%s is a member already.", facts.get("name")),
            "customer": self.env._(
                "%s is a customer already. Let known customers become members in the"
                " settings of this import, or leave the row out.",
                facts.get("name"),
            ),
            "card_used": self.env._("The card belongs to %s.", facts.get("name")),
            "card_blocked": self.env._("The card was blocked as lost or replaced."),
            "opened": self.env._(
                "This member got opening points by %s already.", facts.get("name")
            ),
            "imported": self.env._("This purchase was imported before."),
        }
        return messages[problem.code]

    # -- running -------------------------------------------------------------------
    def action_run(self):
        """Import the rows: small files at once, large ones in the background."""
        for load in self:
            load._check_may_import()
            if load.bad_row_count and not load.skip_bad_rows:
                raise UserError(
                    self.env._(
                        "%(bad)s of %(rows)s rows have problems, so nothing was"
                        " imported. Correct the file and check it again, or choose to"
                        " leave these rows out.",
                        bad=load.bad_row_count,
                        rows=load.row_count,
                    )
                )
            if not load.batch_ids:
                raise UserError(self.env._("There is no row to import."))
            load._set_state("running", ("checked", "failed"))
            load.sudo().write({"user_id": self.env.uid, "failure": False})
            if load.good_row_count <= ROWS_AT_ONCE:
                load._as_worker()._run_batches()
            else:
                self._trigger_workers()

    def _as_worker(self):
        """This import in the name of who started it, rights having been checked."""
        return (
            self.with_user(self.user_id)
            .sudo()
            .with_company(self.company_id)
            .with_context(
                tracking_disable=True,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                # Members of long standing are not greeted as new ones.
                loyalty_no_mail=True,
                lang=self.user_id.lang,
            )
        )

    def _run_batches(self):
        """Do all batches in the transaction that runs, all or nothing."""
        self.ensure_one()
        for batch in self.batch_ids.filtered(lambda batch: batch.state == "todo"):
            batch._run()
        self._finish()

    def _finish(self):
        """Conclude an import whose batches are all done."""
        self._link_referrers()
        self._set_state("done", ("running",))
        self.message_post(
            body=self.env._("%s rows were imported.", self.imported_count)
        )

    def _refuse(self, problems):
        """Stop a run that meets problems which the dry run had not seen.

        :raise UserError: always
        """
        first = problems[0]
        raise UserError(
            self.env._(
                "Since the check something changed: row %(row)s: %(problem)s Check the"
                " file again.",
                row=first.row,
                problem=self._problem_message(first),
            )
        )

    def action_cancel_run(self):
        """Stop a running import; what is done stays until it is undone."""
        for load in self:
            load._check_may_import()
            load.failure = self.env._("Stopped by %s.", self.env.user.name)
            load._set_state("failed", ("running", "checking"))

    def action_reset(self):
        """Back to the beginning, to correct columns or the file."""
        for load in self:
            load._check_may_import()
            if load.imported_count:
                raise UserError(
                    self.env._("Rows were imported already. Undo the import first.")
                )
            load._set_state("draft", ("checked", "failed", "cancelled"))

    def _set_state(self, state, sources):
        """The one way from state to state.

        :raise UserError: the import is in another state than ``sources``
        """
        self._check_state(sources)
        self.sudo().state = state

    def _check_state(self, sources):
        for load in self:
            if load.state not in sources:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The import %(name)s is %(state)s, so this cannot be done now.",
                        name=load.name,
                        state=states[load.state].lower(),
                    )
                )

    # -- rights ----------------------------------------------------------------------
    def _check_may_import(self):
        """Officers import members; points, tiers and purchases are for managers."""
        self.ensure_one()
        if self.env.su:
            return
        self.check_access("write")
        if self.env.user.has_group("loyalty_club.group_loyalty_manager"):
            return
        if not self.env.user.has_group("loyalty_club.group_loyalty_officer"):
            raise AccessError(self.env._("Only loyalty officers may import."))
        if self.has_points:
            raise AccessError(
                self.env._(
                    "Points, tiers and purchases are imported by loyalty managers."
                    " Leave these columns out, or ask a manager."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        for load in self:
            if load.state in ("running", "checking") or load.imported_count:
                raise UserError(
                    self.env._(
                        "%(name)s of %(date)s imported rows, which it must account for."
                        " Undo it first.",
                        name=load.name,
                        date=format_date(self.env, load.create_date),
                    )
                )

    # -- downloads -------------------------------------------------------------------
    def action_template(self):
        """Download an Excel file to fill in, with a sheet that explains it."""
        self.ensure_one()
        return self._download("template")

    def action_problems(self):
        """Download the rows that have problems, with the problems beside them."""
        self.ensure_one()
        return self._download("problems")

    def _download(self, what):
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty/import/{self.id}/{what}",
            "target": "download",
        }
