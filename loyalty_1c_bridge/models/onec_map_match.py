from odoo import api, fields, models
from odoo.exceptions import UserError

# Kinds that people match, and the model of their counterpart.
TARGETS = {
    "partner": "res.partner",
    "contract": "res.partner",
    "product": "product.product",
    "account": "account.account",
    "tax": "account.tax",
    "uom": "uom.uom",
    "currency": "res.currency",
    "warehouse": "stock.warehouse",
    "price_type": "product.pricelist",
    "payment_method": "account.journal",
    "journal": "account.journal",
    "status": "onec.status",
}
# Without these a line has no meaning: they are matched, never ignored.
NEEDED = ("tax", "uom", "currency")


class OnecBackend(models.Model):
    """Correspondence made by people: matched, ignored, undone."""

    _inherit = "onec.backend"

    def _match(self, otype, records, names=None):
        """Somebody chose our records for objects of 1C: keep it, and go on.

        Questions about them are closed and the lines that waited are applied.

        :param records: ``{external id: record}``
        :param names: ``{external id: name in 1C}``
        """
        self.ensure_one()
        known = self._find(otype, records)
        for external_id, row in known.items():
            record = records[external_id]
            row.write(
                {
                    "model": record._name,
                    "res_id": record.id,
                    "role": self._free_role(otype, record, external_id, row),
                    "state": "ok",
                    "origin": "user" if row.origin == "1c" else row.origin,
                    "hash_in": False,
                }
            )
        new = {key: record for key, record in records.items() if key not in known}
        self._bind(otype, new, names)
        for row in self._find(otype, new).values():
            row.origin = "user"
        self._matched(otype, records)

    def _ignore(self, otype, external_ids, names=None):
        """Objects of 1C that nobody wants here: they are passed over for ever.

        :raise UserError: lines have no meaning without such an object
        """
        self.ensure_one()
        if otype in NEEDED:
            raise UserError(
                self.env._(
                    "Taxes, units and currencies cannot be ignored: amounts would be "
                    "wrong. Choose which of ours corresponds."
                )
            )
        known = self._find(otype, external_ids)
        for row in known.values():
            row.state = "ignored"
        self.env["onec.map"].sudo().create(
            [
                {
                    "backend_id": self.id,
                    "otype": otype,
                    "external_id": external_id,
                    "external_name": (names or {}).get(external_id),
                    "model": TARGETS[otype],
                    "res_id": 0,
                    "role": external_id,
                    "origin": "user",
                    "state": "ignored",
                }
                for external_id in external_ids
                if external_id not in known
            ]
        )
        self._matched(otype, external_ids)

    def _matched(self, otype, external_ids):
        """Close the questions about some objects and apply what waited for them."""
        external_ids = list(external_ids)
        conflicts_sudo = (
            self.env["onec.conflict"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.id),
                    ("key", "in", [f"{otype}:{key}" for key in external_ids]),
                    ("state", "=", "open"),
                ]
            )
        )
        conflicts_sudo.write(
            {
                "state": "solved",
                "resolution": "matched",
                "user_id": self.env.uid,
                "solved_at": fields.Datetime.now(),
            }
        )
        self.env["onec.line"]._wake(self, otype, external_ids)

    def _free_role(self, otype, record, external_id, row=None):
        """Role of one more object of a record: empty while it is the only one."""
        domain = [
            ("backend_id", "=", self.id),
            ("otype", "=", otype),
            ("model", "=", record._name),
            ("res_id", "=", record.id),
            ("role", "=", ""),
            ("id", "not in", row.ids if row else []),
        ]
        return external_id if self.env["onec.map"].sudo().search_count(domain) else ""


class OnecMap(models.Model):
    _inherit = "onec.map"

    tax_id_warning = fields.Char("Look at", compute="_compute_tax_id_warning")

    @api.depends("model", "res_id")
    def _compute_tax_id_warning(self):
        self.tax_id_warning = False
        rows = self.filtered(lambda row: row.model == "res.partner" and row.res_id)
        partners = self.env["res.partner"].browse(rows.mapped("res_id")).exists()
        partners = partners._filtered_access("read")
        words = {partner.id: partner.onec_tax_id_warning for partner in partners}
        for row in rows:
            row.tax_id_warning = words.get(row.res_id, False)

    @api.depends("external_id", "external_name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.external_name or row.external_id

    def action_ignore(self):
        """Pass these objects of 1C over for ever."""
        self._check_matcher()
        for backend, rows in self.grouped("backend_id").items():
            for otype, same in rows.grouped("otype").items():
                if otype not in TARGETS:
                    raise UserError(self.env._("Documents cannot be ignored here."))
                backend.sudo()._ignore(otype, same.mapped("external_id"))

    def action_undo(self):
        """Forget a correspondence; the next time 1C speaks of it, it is asked for.

        :raise UserError: 1C knows the object by an id we gave, or it is a document
        """
        self._check_matcher()
        for row in self:
            if row.origin == "odoo" or row.otype not in TARGETS:
                raise UserError(
                    self.env._(
                        "1C knows “%s” by the id it got from here. Undoing this would "
                        "make it twice there. Archive the record instead.",
                        row.record_name or row.external_id,
                    )
                )
        keys = [(row.backend_id, row.otype, row.external_id) for row in self]
        self.sudo().unlink()
        proposals = self.env["onec.proposal"]
        for backend, otype, external_id in keys:
            proposals._reopen(backend, otype, external_id)

    def action_record(self):
        """Open the record of a row."""
        self.ensure_one()
        if not self._records():
            raise UserError(self.env._("The record was deleted. Choose another one."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def _check_matcher(self):
        self.env["onec.backend"]._check_group()
        self.check_access("read")

    @api.model
    def _repoint(self, sources, target):
        """Records were merged into ``target``: every GUID stays and means it now."""
        rows_sudo = self.sudo().search(
            [("model", "=", sources._name), ("res_id", "in", (sources - target).ids)],
            order="id",
        )
        for row in rows_sudo:
            role = row.role or row.backend_id._free_role(
                row.otype, target, row.external_id
            )
            if row.role and self._is_taken(row, target):
                role = row.external_id
            row.write({"res_id": target.id, "role": role})
        return rows_sudo

    @api.model
    def _is_taken(self, row, target):
        return self.sudo().search_count(
            [
                ("backend_id", "=", row.backend_id.id),
                ("otype", "=", row.otype),
                ("model", "=", target._name),
                ("res_id", "=", target.id),
                ("role", "=", row.role),
            ],
            limit=1,
        )
