from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import ids
from .constants import OTYPES
from .onec_map_match import TARGETS

REASONS = [
    ("tax_id_kpp", "Same tax id and KPP"),
    ("tax_id", "Same tax id"),
    ("tax_id_only", "Same tax id, another KPP"),
    ("bank_account", "Same bank account"),
    ("barcode", "Same barcode"),
    ("article", "Same article"),
    ("rate", "Same rate and inclusion"),
    ("rate_only", "Same rate; look at the inclusion"),
    ("code", "Same code"),
    ("same_name", "Same name"),
    ("like_name", "Similar name"),
    ("only", "The only one there is"),
    ("choice", "Chosen by hand"),
    ("none", "Nothing similar here"),
]


class OnecProposal(models.Model):
    """An object of 1C without counterpart, and the one we propose, with the reason."""

    _name = "onec.proposal"
    _description = "Proposed 1C correspondence"
    _order = "state desc, otype, exact desc, score desc, id"
    _rec_name = "name"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    otype = fields.Selection(OTYPES, "Kind", required=True, readonly=True)
    external_id = fields.Char("Id in 1C", required=True, readonly=True)
    name = fields.Char("In 1C", required=True, readonly=True)
    # What 1C told of it: rate, code, tax id ...
    facts = fields.Json(readonly=True)
    facts_text = fields.Char("Told by 1C", compute="_compute_facts_text")
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("Here", model_field="model", aggregator=None)
    record_name = fields.Char("Proposed", compute="_compute_record_name")
    score = fields.Float("Likeness", readonly=True, aggregator=None)
    reason = fields.Selection(REASONS, "Because", required=True, readonly=True)
    exact = fields.Boolean(readonly=True, help="May be accepted together with others.")
    warning = fields.Char("Look at", readonly=True)
    line_count = fields.Integer("Waiting lines", compute="_compute_line_count")
    state = fields.Selection(
        [("open", "To match"), ("accepted", "Matched"), ("ignored", "Ignored")],
        required=True,
        readonly=True,
        default="open",
    )

    _object_uniq = models.UniqueIndex("(backend_id, otype, external_id)")

    @api.depends("facts")
    def _compute_facts_text(self):
        for proposal in self:
            facts = {
                key: value
                for key, value in (proposal.facts or {}).items()
                if value and value != proposal.name and key != "name"
            }
            proposal.facts_text = ", ".join(
                " ".join(map(str, value)) if isinstance(value, list) else str(value)
                for value in dict.fromkeys(
                    tuple(v) if isinstance(v, list) else v for v in facts.values()
                )
            )

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        self.record_name = False
        for model, proposals in self.grouped("model").items():
            known = [res_id for res_id in proposals.mapped("res_id") if res_id]
            records = self.env[model].browse(known).exists()._filtered_access("read")
            names = {record.id: record.display_name for record in records}
            for proposal in proposals:
                proposal.record_name = names.get(proposal.res_id, False)

    def _compute_line_count(self):
        keys = {f"{p.otype}:{p.external_id}": p for p in self}
        self.line_count = 0
        groups = self.env["onec.line"]._read_group(
            [
                ("backend_id", "in", self.backend_id.ids),
                ("waits_for", "in", list(keys)),
                ("state", "in", ("conflict", "error")),
            ],
            ["backend_id", "waits_for"],
            ["__count"],
        )
        for backend, key, count in groups:
            if keys[key].backend_id == backend:
                keys[key].line_count = count

    def write(self, vals):
        """An accountant may only choose the record; the rest is done by buttons."""
        if not self.env.su and vals.keys() - {"res_id"}:
            raise UserError(self.env._("Choose the record in the column “Here”."))
        if "res_id" in vals and not self.env.su:
            self.env["onec.backend"]._check_group()
            self.sudo().write({"reason": "choice", "exact": False, "score": 1})
        return super().write(vals)

    # --- buttons --------------------------------------------------------------------

    def action_accept(self):
        """Take the proposed records.

        :raise UserError: for some nothing is proposed
        """
        self._check_open()
        for proposal in self:
            if not proposal._target():
                raise UserError(
                    self.env._(
                        "Nothing is chosen for “%s”. Choose a record in the column "
                        "“Here”, or make a new one.",
                        proposal.name,
                    )
                )
        for (backend, otype), same in self._grouped_kinds():
            backend.sudo()._match(
                otype,
                {proposal.external_id: proposal._target() for proposal in same},
                {proposal.external_id: proposal.name for proposal in same},
            )
        self.sudo().write({"state": "accepted"})

    def action_accept_exact(self):
        """Accept every exact proposal there is, or those that are selected."""
        self.env["onec.backend"]._check_group()
        todo = self or self.search([("state", "=", "open"), ("exact", "=", True)])
        todo = todo.filtered(lambda proposal: proposal.exact and proposal._target())
        todo = todo.filtered(lambda proposal: proposal.state == "open")
        todo.action_accept()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if todo else "info",
                "message": self.env._("%s exact proposals are accepted.", len(todo)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_create_new(self):
        """Make new records of what 1C told."""
        self._check_open()
        for proposal in self:
            method = getattr(proposal.sudo(), f"_create_{proposal.otype}", None)
            if method is None:
                raise UserError(
                    self.env._(
                        "“%s” cannot be made from here. Make it where you keep such "
                        "records, then choose it.",
                        proposal.name,
                    )
                )
            proposal.sudo().res_id = method().id
        self.action_accept()

    def action_ignore(self):
        """Pass these objects of 1C over for ever."""
        self._check_open()
        for (backend, otype), same in self._grouped_kinds():
            backend.sudo()._ignore(
                otype,
                same.mapped("external_id"),
                {proposal.external_id: proposal.name for proposal in same},
            )
        self.sudo().write({"state": "ignored"})

    def action_undo(self):
        """Take back what was matched or ignored; it is open again."""
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        for proposal in self.filtered(lambda proposal: proposal.state != "open"):
            rows = proposal.backend_id._find(proposal.otype, [proposal.external_id])
            for row in rows.values():
                row.with_env(self.env).action_undo()
            proposal.sudo().state = "open"

    def _check_open(self):
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        for proposal in self:
            if proposal.state != "open":
                raise UserError(self.env._("“%s” is matched already.", proposal.name))

    def _grouped_kinds(self):
        return self.grouped(lambda p: (p.backend_id, p.otype)).items()

    def _target(self):
        """The proposed record, if it is there."""
        self.ensure_one()
        return self.env[self.model].browse(self.res_id or []).exists()

    @api.model
    def _reopen(self, backend, otype, external_id):
        self.sudo().search(
            [
                ("backend_id", "=", backend.id),
                ("otype", "=", otype),
                ("external_id", "=", external_id),
            ]
        ).state = "open"

    # --- making proposals -----------------------------------------------------------

    @api.model
    def _suggest(self, backend, otype, keys):
        """Put objects of 1C without counterpart on the list, with a proposal each.

        :param keys: ``{external id: facts}``, ``name`` among them
        """
        known = {
            proposal.external_id: proposal
            for proposal in self.sudo().search(
                [
                    ("backend_id", "=", backend.id),
                    ("otype", "=", otype),
                    ("external_id", "in", list(keys)),
                ]
            )
        }
        new = {key: facts for key, facts in keys.items() if key not in known}
        found = self._propose(backend, otype, new)
        for proposal in known.values():
            if proposal.state == "accepted":
                proposal.state = "open"
        return self.sudo().create(
            [
                self._prepare_values(backend, otype, key, facts or {}, found.get(key))
                for key, facts in new.items()
            ]
        )

    @api.model
    def _prepare_values(self, backend, otype, external_id, facts, candidates):
        record, score, reason, exact = (candidates or [(None, 0, "none", False)])[0]
        warning = otype == "partner" and self._tax_id_warning(backend, facts)
        return {
            "backend_id": backend.id,
            "otype": otype,
            "external_id": external_id,
            "name": facts.get("name") or external_id,
            "facts": facts,
            "model": record._name if record else TARGETS[otype],
            "res_id": record.id if record else False,
            "score": score,
            "reason": reason,
            "exact": exact,
            "warning": warning,
        }

    @api.model
    def _tax_id_warning(self, backend, facts):
        """What is doubtful about the tax id 1C tells; it is taken over all the same."""
        number = facts.get("inn")
        warning = self.env["res.partner"]._onec_tax_id_problem(
            number, backend.company_id.country_id.code, facts.get("kpp")
        )
        if not warning and number and not ids.kinds_of(number):
            return self.env._(
                "%s is a tax id of no country we know: a digit may be mistyped.", number
            )
        return warning
