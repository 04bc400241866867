from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class OnecMessage(models.Model):
    _inherit = "onec.message"

    summary = fields.Html(compute="_compute_summary", sanitize=False)
    can_restart = fields.Boolean(compute="_compute_can_restart")

    @api.depends("counts")
    def _compute_summary(self):
        """Counts by kind of object, as a small table."""
        words = dict(
            self.env["onec.line"]._fields["otype"]._description_selection(self.env)
        )
        heads = (
            ("created", self.env._("New")),
            ("updated", self.env._("Changed")),
            ("unchanged", self.env._("Same")),
            ("conflict", self.env._("Conflicts")),
            ("error", self.env._("Errors")),
        )
        for message in self:
            kinds = (message.counts or {}).get("otypes") or {}
            if not kinds:
                message.summary = False
                continue
            head = Markup().join(Markup("<th>%s</th>") % text for _name, text in heads)
            rows = Markup().join(
                Markup("<tr><td>%s</td>%s</tr>")
                % (
                    words.get(kind, kind),
                    Markup().join(
                        Markup('<td class="text-end">%s</td>')
                        % (numbers.get(name) or "")
                        for name, _text in heads
                    ),
                )
                for kind, numbers in kinds.items()
            )
            message.summary = Markup(
                '<table class="table table-sm w-auto"><thead><tr><th></th>%s</tr>'
                "</thead><tbody>%s</tbody></table>"
            ) % (head, rows)

    @api.depends("direction", "channel", "state")
    def _compute_can_restart(self):
        for message in self:
            message.can_restart = (
                message.direction == "in"
                and message.channel in ("cml", "ed")
                and message.state
                in ("failed", "partial", "done", "review", "cancelled")
            )

    def action_approve(self):
        """Apply for real what the dry run showed.

        :raise UserError: the message does not wait for approval
        """
        self.env["onec.backend"]._check_group()
        for message in self:
            message._check_company_access()
            if message.state != "review":
                raise UserError(
                    self.env._("%s does not wait for approval.", message.filename)
                )
            message._restart(dry_run=False)
            message.sudo().message_post(
                body=self.env._("Approved by %s.", self.env.user.name)
            )

    def action_refuse(self):
        """Leave everything as it is; 1C may send it again."""
        self.env["onec.backend"]._check_group()
        for message in self:
            message._check_company_access()
            if message.state != "review":
                raise UserError(
                    self.env._("%s does not wait for approval.", message.filename)
                )
        self.sudo().write({"state": "cancelled"})

    def action_replay(self):
        """Compare the stored file with the data of today; nothing is written."""
        self.env["onec.backend"]._check_group()
        for message in self:
            message._check_company_access()
            if not message.can_restart:
                raise UserError(
                    self.env._("%s cannot be read again.", message.filename)
                )
            message._restart(dry_run=True)

    def action_download(self):
        """The original file."""
        self.ensure_one()
        self.env["onec.backend"]._check_group()
        self._check_company_access()
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_1c/message/{self.id}",
            "target": "download",
        }

    def action_lines(self):
        """Lines of the message."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_1c_bridge.onec_line_action"
        )
        return {**action, "domain": [("message_id", "=", self.id)], "context": {}}

    def _check_company_access(self):
        """Record rules and rights apply before anything is done by ``sudo``."""
        self.check_access("read")
