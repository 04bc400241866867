"""The Excel export of the ERP, for lists of the suite: typed and with totals."""

import json

from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.web.controllers import export

from ..engine import sheet

# Figures whose sum says something; a balance after each entry or a rate does not.
NUMBERS = ("float", "monetary", "integer")
NO_FIGURES = ("id", ".id", "sequence", "color")


class LoyaltyExcelExport(export.ExcelExport):
    def base(self, data):
        """Say what is exported: the ERP passes only rows to its writers."""
        params = json.loads(data)
        request.loyalty_export_model = params["model"]
        request.loyalty_export_names = [field["name"] for field in params["fields"]]
        return super().base(data)

    def from_data(self, fields, columns_headers, rows):
        """One sheet with typed columns and a line of totals."""
        if not self._is_of_the_suite():
            return super().from_data(fields, columns_headers, rows)
        self._check_row_count(len(rows))
        book = sheet.Book()
        columns = self._columns(fields, columns_headers)
        book.add_sheet(
            self._title(),
            columns,
            (self._cells(row) for row in rows),
            total_label=request.env._("Total"),
        )
        return book.close()

    def from_group_data(self, fields, columns_headers, groups):
        """Groups as an outline that folds, each with the figures of the screen."""
        if not self._is_of_the_suite():
            return super().from_group_data(fields, columns_headers, groups)
        self._check_row_count(groups.count)
        book = sheet.Book()
        columns = self._columns(fields, columns_headers)
        page = book.open_sheet(self._title(), columns)
        for name, group in groups.children.items():
            self._write_group(page, fields, name, group, 0)
        totals = None
        if any(column.total for column in columns):
            figures = groups.aggregated_values
            totals = [figures.get(field["name"]) for field in fields]
        page.finish(request.env._("Total"), totals=totals)
        return book.close()

    def _write_group(self, page, fields, name, group, depth):
        page.add_group(
            self._group_label(name, group, depth),
            [self._aggregate(field, group) for field in fields[1:]],
            depth,
        )
        for child_name, child in group.children.items():
            self._write_group(page, fields, child_name, child, depth + 1)
        for row in group.data:
            page.add_row(self._cells(row), depth + 1)

    @staticmethod
    def _group_label(name, group, depth):
        if isinstance(name, (tuple, list)) and len(name) > 1:
            name = name[1]
        if group._groupby_type[depth] == "boolean":
            name = request.env._("Yes") if name else request.env._("No")
        label = name or request.env._("Undefined")
        return f"{'    ' * depth}{label} ({group.count})"

    @staticmethod
    def _aggregate(field, group):
        value = group.aggregated_values.get(field["name"])
        return value if isinstance(value, (int, float)) and value else None

    @staticmethod
    def _is_of_the_suite():
        """Lists of our models, and of customers where these are shown as members."""
        return request.loyalty_export_model.startswith("loyalty.") or (
            request.loyalty_export_model == "res.partner"
            and any("loyalty" in name for name in request.loyalty_export_names)
        )

    @staticmethod
    def _title():
        model = request.env["ir.model"]._get(request.loyalty_export_model)
        return model.name or request.loyalty_export_model

    @staticmethod
    def _check_row_count(count):
        if count + 2 > sheet.MAX_ROWS:
            raise UserError(
                request.env._(
                    "Excel has room for %(limit)s rows and this list has %(count)s."
                    " Filter it, or export it as CSV.",
                    limit=sheet.MAX_ROWS,
                    count=count,
                )
            )

    def _columns(self, fields, headers):
        model = request.env[request.loyalty_export_model]
        return [
            self._column(model, field, header)
            for field, header in zip(fields, headers, strict=True)
        ]

    def _column(self, model, field, header):
        name, kind = field["name"], field.get("type")
        known = model._fields.get(name)
        if kind == "boolean":
            return sheet.Column(header, "boolean")
        if kind not in NUMBERS or name in NO_FIGURES:
            return sheet.Column(header)
        digits = 2
        if kind == "float" and known is not None and known.get_digits(request.env):
            digits = known.get_digits(request.env)[1]
        elif kind == "monetary":
            digits = self._currency_digits()
        return sheet.Column(
            header,
            "integer" if kind == "integer" else "number",
            digits=digits,
            total=known is not None and known.aggregator == "sum",
        )

    @staticmethod
    def _currency_digits():
        currencies = request.env["res.currency"]
        return currencies._read_group([], aggregates=["decimal_places:max"])[0][0] or 2

    @staticmethod
    def _cells(row):
        return [
            cell.decode(errors="replace")
            if isinstance(cell, bytes)
            else str(cell)
            if isinstance(cell, (list, tuple, dict))
            else cell
            for cell in row
        ]
