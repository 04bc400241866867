from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class OnecLine(models.Model):
    _inherit = "onec.line"

    diff_html = fields.Html("Differences", compute="_compute_diff_html", sanitize=False)
    diff_text = fields.Char("Was → becomes", compute="_compute_diff_html")

    @api.depends("diff")
    def _compute_diff_html(self):
        """Old and new values; what came from outside is escaped."""
        for line in self:
            pairs = line._diff_pairs()
            line.diff_text = "; ".join(
                f"{label}: {old} → {new}" for label, old, new in pairs
            )
            line.diff_html = (
                Markup("<table class='table table-sm'>%s</table>")
                % Markup().join(
                    Markup(
                        "<tr><th>%s</th><td class='text-danger'><del>%s</del></td>"
                        "<td class='text-success'>%s</td></tr>"
                    )
                    % row
                    for row in pairs
                )
                if pairs
                else False
            )

    def _diff_pairs(self):
        self.ensure_one()
        answer = []
        for label, values in (self.diff or {}).items():
            old, new = (
                values
                if isinstance(values, list) and len(values) == 2
                else (
                    "",
                    values,
                )
            )
            answer.append((label, _text(old), _text(new)))
        return answer

    def action_retry(self):
        """Apply the object once more, after its cause was mended.

        :raise UserError: the line has nothing to apply
        """
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        todo = self.filtered(lambda line: line.state in ("error", "conflict"))
        if not todo:
            raise UserError(self.env._("These lines have no error to try again."))
        solved = todo._apply_again()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if solved else "warning",
                "message": self.env._(
                    "%(solved)s of %(all)s lines are solved.",
                    solved=len(solved),
                    all=len(todo),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_record(self):
        """Open what the line is about."""
        self.ensure_one()
        if not self.model or self.model not in self.env or not self.res_id:
            raise UserError(self.env._("Nothing was made of this line yet."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


def _text(value):
    if value is None or value is False:
        return "–"
    return str(value)[:500]
