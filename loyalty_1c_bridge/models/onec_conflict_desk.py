from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class OnecConflict(models.Model):
    _inherit = "onec.conflict"

    sides_html = fields.Html("Both sides", compute="_compute_sides", sanitize=False)
    left_text = fields.Char("Ours", compute="_compute_sides")
    right_text = fields.Char("Theirs", compute="_compute_sides")
    has_choice = fields.Boolean(compute="_compute_has_choice")

    @api.depends("left", "right")
    def _compute_sides(self):
        """Both values side by side, escaped; differing ones stand out."""
        for conflict in self:
            left, right = _pairs(conflict.left), _pairs(conflict.right)
            conflict.left_text = "; ".join(f"{k}: {v}" for k, v in left.items())
            conflict.right_text = "; ".join(f"{k}: {v}" for k, v in right.items())
            labels = list(dict.fromkeys([*left, *right]))
            rows = Markup().join(
                Markup("<tr class='%s'><th>%s</th><td>%s</td><td>%s</td></tr>")
                % (
                    "" if left.get(label) == right.get(label) else "table-warning",
                    label,
                    left.get(label, "–"),
                    right.get(label, "–"),
                )
                for label in labels
            )
            conflict.sides_html = (
                Markup(
                    "<table class='table table-sm'><thead><tr><th></th><th>%s</th>"
                    "<th>%s</th></tr></thead><tbody>%s</tbody></table>"
                )
                % (self.env._("Here"), self.env._("In 1C"), rows)
                if labels
                else False
            )

    @api.depends("kind")
    def _compute_has_choice(self):
        for conflict in self:
            conflict.has_choice = hasattr(conflict, f"_resolve_{conflict.kind}")

    def action_here(self):
        """What we have stays, and 1C is told where a channel allows it."""
        return self._choose("here")

    def action_1c(self):
        """What 1C says is taken over."""
        return self._choose("1c")

    def action_dismiss(self):
        """Nothing is done; the question is closed, with the reason if one is given.

        A reason comes in the context as ``onec_reason``, from its dialog.
        """
        self._check_open()
        reason = str(self.env.context.get("onec_reason") or "")[:500]
        self.sudo().write(
            {
                "state": "dismissed",
                "resolution": reason or self.env._("dismissed"),
                "user_id": self.env.uid,
                "solved_at": fields.Datetime.now(),
            }
        )

    def action_reopen(self):
        """Ask again."""
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        for conflict in self.filtered(lambda one: one.state != "open"):
            if self.search_count(
                [
                    ("backend_id", "=", conflict.backend_id.id),
                    ("key", "=", conflict.key),
                    ("state", "=", "open"),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._("The same question is open already: %s", conflict.name)
                )
            conflict.sudo().write({"state": "open", "resolution": False})

    def action_retry(self):
        """Apply the waiting line again; the question closes when it succeeds."""
        self._check_open()
        for conflict in self:
            line = conflict.line_id
            if line and line._apply_again():
                conflict.sudo().write(
                    {
                        "state": "solved",
                        "resolution": "retried",
                        "user_id": self.env.uid,
                        "solved_at": fields.Datetime.now(),
                    }
                )

    def action_always(self):
        """Decide for this and make a rule: the side of ``onec_choice`` always wins.

        :raise UserError: the conflict is not about fields
        """
        choice = self.env.context.get("onec_choice", "1c")
        self._check_open()
        for conflict in self:
            if conflict.kind != "both_changed" or not conflict.payload:
                raise UserError(
                    self.env._(
                        "A rule can be made of fields changed on both sides only."
                    )
                )
            conflict._make_rule(choice)
        return self._choose(choice)

    def _make_rule(self, choice):
        self.ensure_one()
        rules = self.env["onec.rule"].sudo()
        owner = "1c" if choice == "1c" else "odoo"
        payload = self.payload or {}
        for name in payload.get("fields") or payload.get("values") or ():
            rule = rules.search(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("otype", "=", self.otype),
                    ("field_name", "=", name),
                ]
            )
            if rule:
                rule.owner = owner
            else:
                rules.create(
                    {
                        "backend_id": self.backend_id.id,
                        "otype": self.otype,
                        "field_name": name,
                        "owner": owner,
                    }
                )

    def _check_open(self):
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        for conflict in self:
            if conflict.state != "open":
                raise UserError(self.env._("%s is decided already.", conflict.name))

    def _choose(self, choice):
        self._check_open()
        for conflict in self:
            if not conflict.has_choice:
                raise UserError(
                    self.env._(
                        "“%s” is not solved by choosing a side: mend the cause and try "
                        "again, or dismiss it.",
                        conflict.name,
                    )
                )
        self.sudo()._resolve(choice)

    def action_record(self):
        """Open our record."""
        self.ensure_one()
        if not self.model or self.model not in self.env or not self.res_id:
            raise UserError(self.env._("There is no record here yet."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


def _pairs(value):
    if isinstance(value, dict):
        return {str(key): str(text) for key, text in value.items()}
    return {"": str(value)} if value else {}
