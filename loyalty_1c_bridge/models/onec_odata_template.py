import json
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.errors import ExchangeError
from .constants import OTYPES

MODELS = {
    "sale": "account.move",
    "return": "account.move",
    "correction": "account.move",
    "bank_in": "account.payment",
    "bank_out": "account.payment",
    "cash_in": "account.payment",
    "cash_out": "account.payment",
}
HEAD = [
    ("Date", "field", "date", False),
    ("Организация_Key", "map", "company_id", "organization"),
    ("Контрагент_Key", "map", "partner_id", "partner"),
    ("ВалютаДокумента_Key", "map", "currency_id", "currency"),
]
# What Бухгалтерия для Казахстана asks of the documents; changed in the template.
DEFAULTS = {
    "sale": {
        "entity": "Document_РеализацияТоваровУслуг",
        "table": "Товары",
        "table_path": "invoice_line_ids",
        "head": [*HEAD, ("СуммаДокумента", "field", "amount_total", False)],
        "rows": [
            ("Номенклатура_Key", "map", "product_id", "product"),
            ("Количество", "field", "quantity", False),
            ("Цена", "field", "price_unit", False),
            ("Сумма", "field", "price_total", False),
        ],
    },
    "cash_in": {
        "entity": "Document_ПриходныйКассовыйОрдер",
        "head": [*HEAD, ("СуммаДокумента", "field", "amount", False)],
        "rows": [],
    },
}


class OnecOdataTemplate(models.Model):
    """How a document of ours is written as a document of 1C by OData."""

    _name = "onec.odata.template"
    _description = "Document handed over to 1C by OData"
    _order = "backend_id, otype"
    _rec_name = "entity"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    otype = fields.Selection(
        [pair for pair in OTYPES if pair[0] in MODELS], "Kind", required=True
    )
    entity = fields.Char(
        "Document of 1C",
        required=True,
        help="As OData names it, e.g. Document_РеализацияТоваровУслуг.",
    )
    table = fields.Char("Table of rows", help="Tabular section in 1C, e.g. Товары.")
    table_path = fields.Char("Rows here", help="Field with our rows.")
    line_ids = fields.One2many("onec.odata.template.line", "template_id")
    active = fields.Boolean(default=True)

    _kind_uniq = models.UniqueIndex(
        "(backend_id, otype) WHERE active", "This kind has a template already."
    )

    @api.constrains("entity", "table", "table_path", "otype")
    def _check_entity(self):
        for template in self:
            if not template.entity.startswith("Document_"):
                raise ValidationError(
                    self.env._(
                        "“%s” is no document: its name begins with Document_.",
                        template.entity,
                    )
                )
            if bool(template.table) != bool(template.table_path):
                raise ValidationError(
                    self.env._("Give both the table of 1C and our rows, or neither.")
                )
            if template.table_path:
                template._model_at(template.table_path)

    def _model_at(self, path, in_table=False):
        """Name of the model that ``path`` ends at, or "" for a plain value.

        :raise ValidationError: there is no such field, or it is a secret
        """
        self.ensure_one()
        model = MODELS[self.otype]
        if in_table:
            model = self._model_at(self.table_path or "")
        for name in path.split("."):
            field = self.env[model]._fields.get(name) if model in self.env else None
            if field is None or field.groups:
                raise ValidationError(
                    self.env._(
                        "%(entity)s: there is no field “%(path)s” that may be sent.",
                        entity=self.entity,
                        path=path,
                    )
                )
            model = field.comodel_name or ""
        return model

    @api.model
    def _fill(self, backend):
        """Templates that a base of this kind begins with; existing ones stay."""
        if backend.kind != "bk_kz":
            return
        known = self.with_context(active_test=False).search(
            [("backend_id", "=", backend.id)]
        )
        for otype, values in DEFAULTS.items():
            if otype in known.mapped("otype"):
                continue
            lines = [(*row, False) for row in values["head"]]
            lines += [(*row, True) for row in values["rows"]]
            self.create(
                {
                    "backend_id": backend.id,
                    "otype": otype,
                    "entity": values["entity"],
                    "table": values.get("table"),
                    "table_path": values.get("table_path"),
                    "line_ids": [
                        fields.Command.create(
                            {
                                "name": name,
                                "source": source,
                                "value": value,
                                "otype": of,
                                "in_table": in_table,
                            }
                        )
                        for name, source, value, of, in_table in lines
                    ],
                }
            )

    def _values(self, record):
        """The document of 1C that ``record`` is.

        :raise ExchangeError: something it refers to is not known in 1C
        """
        self.ensure_one()
        head = self.line_ids.filtered(lambda line: not line.in_table)
        values = {line.name: line._value(record) for line in head}
        if self.table:
            rows = record.mapped(self.table_path)
            if rows._name == "account.move.line":
                rows = rows.filtered(lambda row: row.display_type == "product")
            values[self.table] = [
                {
                    "LineNumber": number,
                    **{line.name: line._value(row) for line in self.line_ids - head},
                }
                for number, row in enumerate(rows, 1)
            ]
        return values


class OnecOdataTemplateLine(models.Model):
    """Where one requisite of a document of 1C comes from."""

    _name = "onec.odata.template.line"
    _description = "Requisite of a document handed over to 1C"
    _order = "in_table, sequence, id"

    template_id = fields.Many2one(
        "onec.odata.template", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    in_table = fields.Boolean("In the table")
    name = fields.Char("Requisite", required=True)
    source = fields.Selection(
        [
            ("constant", "Always the same"),
            ("field", "Field here"),
            ("map", "Reference to what 1C knows"),
        ],
        required=True,
        default="field",
    )
    value = fields.Char(
        "Field or value",
        required=True,
        help="A field path such as partner_id.ref. A constant that is a number or "
        "true/false goes as such; put digits that are text in quotes.",
    )
    otype = fields.Selection(OTYPES, "Kind of reference")

    @api.constrains("source", "value", "otype", "in_table", "template_id")
    def _check_value(self):
        for line in self.filtered(lambda one: one.source != "constant"):
            model = line.template_id._model_at(line.value, line.in_table)
            if line.source == "map" and not (model and line.otype):
                raise ValidationError(
                    self.env._(
                        "%s refers to an object: give its kind, and a field that "
                        "holds a record.",
                        line.name,
                    )
                )

    def _value(self, record):
        if self.source == "constant":
            return _constant(self.value)
        *path, last = self.value.split(".")
        found = record.mapped(".".join(path))[:1] if path else record
        value = found[last] if found else False
        if self.source == "map":
            return self._reference(value)
        return self._plain(value, found._fields[last].type)

    def _reference(self, record):
        if self.otype == "partner":
            record = record.commercial_partner_id
        row = (
            self.env["onec.map"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.template_id.backend_id.id),
                    ("otype", "=", self.otype),
                    ("model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("role", "=", ""),
                ],
                limit=1,
            )
        )
        if not record or not row:
            raise ExchangeError(
                "odata_unmapped", self.name, name=record.display_name or ""
            )
        return row.external_id.lower()

    def _plain(self, value, kind):
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        if isinstance(value, datetime):
            backend = self.template_id.backend_id.with_context(
                tz=self.template_id.backend_id.tz
            )
            moment = fields.Datetime.context_timestamp(backend, value)
            return moment.strftime("%Y-%m-%dT%H:%M:%S")
        if isinstance(value, date):
            return f"{value}T00:00:00"
        return "" if value is False and kind != "boolean" else value


def _constant(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
