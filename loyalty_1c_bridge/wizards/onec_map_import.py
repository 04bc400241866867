import base64
import zipfile

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import table
from ..models.constants import OTYPES
from ..models.onec_map_match import TARGETS

# Fields by which a person may name a record, the surest first.
KEYS = {
    "res.partner": ("vat", "ref", "name"),
    "product.product": ("default_code", "barcode", "name"),
    "account.account": ("code", "name"),
    "account.journal": ("code", "name"),
    "stock.warehouse": ("code", "name"),
    "onec.status": ("code", "name"),
}
SHOWN = 100


class OnecMapImport(models.TransientModel):
    """A table of ids in 1C and ours becomes correspondence, after a look at it."""

    _name = "onec.map.import"
    _description = "Import of 1C correspondence"

    backend_id = fields.Many2one(
        "onec.backend",
        "1C base",
        required=True,
        default=lambda self: self.env["onec.backend"].search([], limit=1),
    )
    otype = fields.Selection(
        [pair for pair in OTYPES if pair[0] in TARGETS],
        "Kind",
        required=True,
        default="account",
    )
    text = fields.Text(
        "Table", help="Copy the columns in your spreadsheet and paste them here."
    )
    file = fields.Binary("Or a file", attachment=False)
    filename = fields.Char()
    preview = fields.Html(readonly=True, sanitize=False)
    count_ready = fields.Integer("Will be matched", readonly=True)
    count_same = fields.Integer("Matched already", readonly=True)
    count_problem = fields.Integer("Left out", readonly=True)

    def action_check(self):
        """Show what would happen; nothing is written."""
        self.ensure_one()
        self.env["onec.backend"]._check_group()
        ready, same, problems = self._sorted_out()
        self.write(
            {
                "count_ready": len(ready),
                "count_same": len(same),
                "count_problem": len(problems),
                "preview": self._preview(ready, problems),
            }
        )
        return self._again()

    def action_import(self):
        """Match what can be matched; the rest stays as it is."""
        self.ensure_one()
        self.env["onec.backend"]._check_group()
        self.backend_id.check_access("read")
        ready, _same, _problems = self._sorted_out()
        if not ready:
            raise UserError(self.env._("There is nothing new in this table to match."))
        self.backend_id.sudo()._match(
            self.otype,
            {pair.external_id: record for pair, record in ready},
            {pair.external_id: pair.name or pair.external_id for pair, _r in ready},
        )
        proposals_sudo = self.env["onec.proposal"].sudo()
        proposals_sudo.search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("otype", "=", self.otype),
                ("external_id", "in", [pair.external_id for pair, _r in ready]),
            ]
        ).write({"state": "accepted"})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"loyalty_1c_bridge.onec_map_action_{self.otype}"
        )
        return {**action, "target": "main"}

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _rows(self):
        if not self.file:
            return table.from_text(self.text or "")
        try:
            return table.from_bytes(base64.b64decode(self.file))
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise UserError(
                self.env._(
                    "%s is neither a workbook (.xlsx) nor a text. Save it again.",
                    self.filename or self.env._("The file"),
                )
            ) from error

    def _sorted_out(self):
        """Pairs to be matched, matched already, and left out with the reason.

        :return: ``([(pair, record)], [pair], [(pair, reason)])``
        """
        pairs = table.pairs(self._rows())
        found = self._found({pair.ours for pair in pairs} - {""})
        known = self.backend_id._find(self.otype, {p.external_id for p in pairs})
        ready, same, problems, seen = [], [], [], set()
        for pair in pairs:
            records = found.get(pair.ours)
            row = known.get(pair.external_id)
            reason = self._problem(pair, records, row, seen)
            seen.add(pair.external_id)
            if reason:
                problems.append((pair, reason))
            elif row and row.state == "ok" and row._records() == records:
                same.append(pair)
            else:
                ready.append((pair, records))
        return ready, same, problems

    def _problem(self, pair, records, row, seen):
        if not pair.external_id:
            return self.env._("the id in 1C is missing")
        if pair.external_id in seen:
            return self.env._("this id stands twice in the table")
        if not records:
            return self.env._("“%s” is not found here", pair.ours)
        if len(records) > 1:
            return self.env._("“%s” is several records here", pair.ours)
        if row and row.origin == "odoo":
            return self.env._("1C got this id from here; it cannot mean another record")
        return ""

    def _found(self, words):
        """``{word: records}`` by the first field that knows it."""
        model = self.env[TARGETS[self.otype]].with_company(self.backend_id.company_id)
        company = Domain.TRUE
        if {"company_id", "company_ids"} & model._fields.keys():
            company = Domain(model._check_company_domain(self.backend_id.company_id))
        found = {}
        for name in KEYS.get(model._name, (model._rec_name or "name",)):
            left = [word for word in words if word not in found]
            records = model.search(company & Domain(name, "in", left))
            for value, same in records.grouped(name).items():
                found.setdefault(str(value), same)
        return found

    def _preview(self, ready, problems):
        rows = [
            (
                pair.number,
                pair.external_id,
                pair.name,
                pair.ours,
                reason,
                "table-warning",
            )
            for pair, reason in problems
        ]
        rows += [
            (
                pair.number,
                pair.external_id,
                pair.name,
                record.display_name,
                self.env._("will be matched"),
                "",
            )
            for pair, record in ready
        ]
        body = Markup().join(
            Markup(
                "<tr class='%s'><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
                "<td>%s</td></tr>"
            )
            % (css, number, external_id, name, ours, words)
            for number, external_id, name, ours, words, css in rows[:SHOWN]
        )
        heads = (
            self.env._("Row"),
            self.env._("Id in 1C"),
            self.env._("Name in 1C"),
            self.env._("Here"),
            "",
        )
        head = Markup().join(Markup("<th>%s</th>") % word for word in heads)
        return (
            Markup("<table class='table table-sm'><tr>%s</tr>%s</table>") % (head, body)
            if rows
            else False
        )
