import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.identity import external_guid


class OnecBackend(models.Model):
    _name = "onec.backend"
    _inherit = ["mail.thread"]
    _description = "1C base"
    _order = "sequence, name"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        tracking=True,
        help="One 1C base keeps the books of one organization.",
    )
    kind = fields.Selection(
        [
            ("bp", "Accounting (Бухгалтерия предприятия)"),
            ("ut", "Trade (Управление торговлей)"),
            ("unf", "Small firm (УНФ)"),
            ("rt", "Retail (Розница)"),
            ("bk_kz", "Accounting for Kazakhstan"),
            ("bank", "Bank only"),
            ("custom", "Other"),
        ],
        required=True,
        default="bp",
        tracking=True,
    )
    use_cml = fields.Boolean("CommerceML", tracking=True)
    use_ed = fields.Boolean("EnterpriseData", tracking=True)
    use_bank = fields.Boolean("Bank text", tracking=True)
    use_odata = fields.Boolean("OData", tracking=True)
    namespace_uuid = fields.Char(
        "Namespace",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
        help="Root of the GUIDs given to what was born here. Never changes.",
    )
    dry_run = fields.Boolean(
        default=True,
        tracking=True,
        help="Incoming messages wait with their differences until somebody approves. "
        "On for every new base; turn it off once the first exchange looks right.",
    )
    tz = fields.Selection(
        lambda self: self.env["res.partner"]
        ._fields["tz"]
        ._description_selection(self.env),
        "Time zone",
        default=lambda self: self.env.user.tz or "UTC",
        required=True,
        help="Dates of documents are written to and read from 1C in this zone.",
    )
    date_start = fields.Date(
        "Hand over since",
        default=fields.Date.context_today,
        help="Documents of earlier days stay out of the exchange.",
    )
    prefix = fields.Char(
        size=2,
        default="ОД",
        help="Two letters in front of numbers of documents born here.",
    )

    _namespace_uniq = models.UniqueIndex("(namespace_uuid)")

    @api.constrains("namespace_uuid")
    def _check_namespace(self):
        for backend in self:
            try:
                uuid.UUID(backend.namespace_uuid)
            except ValueError as error:
                raise ValidationError(
                    self.env._("%(name)s is not a UUID.", name=backend.namespace_uuid)
                ) from error

    def write(self, vals):
        if "namespace_uuid" in vals and any(
            backend.namespace_uuid != vals["namespace_uuid"] for backend in self
        ):
            raise UserError(
                self.env._(
                    "The namespace of a 1C base never changes: 1C knows our documents "
                    "by GUIDs made of it. Create another base instead."
                )
            )
        return super().write(vals)

    # --- identity -------------------------------------------------------------------

    def _guid(self, otype, record, role=""):
        """External id of ``record`` in this base; made and kept at the first call.

        The row of the map is written in the caller's transaction, so a GUID that went
        out is always known here.

        :param otype: a key of ``OTYPES``
        :param record: one record
        :return: GUID text (lower case), or whatever id 1C gave to it
        """
        return self._guids(otype, record, role)[record.id]

    def _guids(self, otype, records, role=""):
        """Like ``_guid`` for many: ``{record id: external id}`` in two queries."""
        self.ensure_one()
        maps = self.env["onec.map"].sudo()
        known = maps.search_fetch(
            [
                ("backend_id", "=", self.id),
                ("otype", "=", otype),
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("role", "=", role),
            ],
            ["res_id", "external_id"],
        )
        found = {row.res_id: row.external_id for row in known}
        missing = [res_id for res_id in records.ids if res_id not in found]
        created = maps.create(
            [
                {
                    "backend_id": self.id,
                    "otype": otype,
                    "model": records._name,
                    "res_id": res_id,
                    "role": role,
                    "origin": "odoo",
                    "external_id": external_guid(
                        self.namespace_uuid, otype, records._name, res_id, role
                    ),
                }
                for res_id in missing
            ]
        )
        found.update((row.res_id, row.external_id) for row in created)
        return found

    def _find(self, otype, external_ids):
        """Rows of the map by external id: ``{external id: onec.map record}``."""
        self.ensure_one()
        rows = (
            self.env["onec.map"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.id),
                    ("otype", "=", otype),
                    ("external_id", "in", list(external_ids)),
                ]
            )
        )
        return {row.external_id: row for row in rows}
