"""Excel files that an import gives: the template, and the rows with problems."""

from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from ..engine import intake, sheet, tabular


class LoyaltyImport(models.Model):
    _inherit = "loyalty.import"

    def _template(self):
        """An Excel file to fill in: one sheet for the rows, one that explains them."""
        self.ensure_one()
        known = intake.FIELDS[self.kind]
        headers = [field.names.split("|")[0] for field in known]
        book = sheet.Book()
        page = book.open_sheet(
            dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            [sheet.Column(header) for header in headers],
        )
        page.finish()
        book.add_sheet(
            self.env._("Help"),
            [
                sheet.Column(self.env._("Column")),
                sheet.Column(self.env._("Needed")),
                sheet.Column(self.env._("Once in the file")),
                sheet.Column(self.env._("What to write")),
                sheet.Column(self.env._("Example")),
            ],
            [
                (
                    header,
                    self.env._("yes") if field.required else "",
                    self.env._("yes") if field.unique else "",
                    self._field_help(field),
                    field.example,
                )
                for header, field in zip(headers, known, strict=True)
            ],
        )
        return book.close()

    def _field_help(self, field):
        """What to write in the cells of a field."""
        own = {
            "branch_id": self.env._("Name or code of a branch."),
            "source_id": self.env._("Name of a source of members."),
            "tier_id": self.env._(
                "Name of a tier of the club: %s.",
                ", ".join(self.program_id.tier_ids.mapped("name")),
            ),
            "referrer": self.env._(
                "Card, phone or number of the member who told them."
            ),
            "card_code": self.env._(
                "What is printed under the barcode. Empty: a code is made."
            )
            if self.kind == "members"
            else self.env._("The card of the member."),
            "ref": self.env._("The number of the customer in the former system."),
        }
        by_type = {
            "text": self.env._("Any text."),
            "code": self.env._("Letters and digits. Format the column as text."),
            "phone": self.env._("With + and the country code, or as dialled at home."),
            "email": self.env._("One address."),
            "date": self.env._("A date, as 2026-03-31."),
            "past": self.env._("A date that is not in the future, as 2026-03-31."),
            "number": self.env._("A number."),
            "positive": self.env._("A number above zero, two decimals at most."),
            "boolean": self.env._("yes or no. Empty: no."),
            "gender": self.env._("female, male or other."),
        }
        return own.get(field.name) or by_type[field.type]

    def _problem_rows(self):
        """The rows that have problems, as they stand in the file, problems beside."""
        self.ensure_one()
        by_row = defaultdict(list)
        for problem in self.problem_ids:
            words = filter(None, [problem.column, problem.message])
            by_row[problem.row].append(": ".join(words))
        content = self._content()
        try:
            _row, headers, stream = tabular.table(content, self._source(content))
            book = sheet.Book()
            page = book.open_sheet(
                self.env._("Problems"),
                [
                    sheet.Column(self.env._("Row"), "integer"),
                    sheet.Column(self.env._("Problems")),
                    *(sheet.Column(header) for header in headers),
                ],
            )
            for number, cells in stream:
                if number in by_row:
                    shown = [*cells, *([None] * len(headers))][: len(headers)]
                    page.add_row([number, "\n".join(by_row[number]), *shown])
            page.finish()
        except tabular.Unreadable as error:
            raise UserError(self._unreadable_message(error)) from error
        return book.close()
