from odoo import models
from odoo.exceptions import UserError

# What went once, whatever became of it.
WENT = ("sent", "received", "posted", "refused")


class OnecOutbox(models.Model):
    _inherit = "onec.outbox"

    def action_send_again(self):
        """Write documents that went already into the next message once more.

        1C finds them by their ids, so nothing doubles there.

        :raise UserError: none of them went yet
        """
        self._check_accountant()
        rows = self.filtered(lambda row: row.state in WENT and row.latest)
        if not rows:
            raise UserError(
                self.env._(
                    "These documents did not go to 1C yet: they are in the queue or "
                    "blocked. Use “Try again” for blocked ones."
                )
            )
        rows.sudo()._ed_requeue()

    def action_record(self):
        """Open the document itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


class OnecMessage(models.Model):
    _inherit = "onec.message"

    def action_send_again(self):
        """Queue the documents of outgoing messages for the next message.

        :raise UserError: a message is from 1C, or holds no document any more
        """
        self.env["onec.backend"]._check_group()
        self.check_access("read")
        rows = self.env["onec.outbox"].search([("message_id", "in", self.ids)])
        if set(self.mapped("direction")) != {"out"} or not rows.filtered("latest"):
            raise UserError(
                self.env._(
                    "There is nothing to send again: the message came from 1C, or all "
                    "its documents went anew in later ones."
                )
            )
        rows.action_send_again()
