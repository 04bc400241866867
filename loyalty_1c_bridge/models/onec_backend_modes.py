from datetime import datetime, timezone

from odoo import fields, models
from odoo.exceptions import UserError

# States of a message in which its goods are not touched yet.
UNFINISHED = ("received", "staged", "applying", "review")


class OnecBackend(models.Model):
    """What the module of 1C-Bitrix asks at the end of a full exchange."""

    _inherit = "onec.backend"

    def _deactivate_untouched(self, session, timestamp):
        """1C wants gone what it did not send since ``timestamp``: a person decides.

        :param timestamp: Unix time told at ``mode=checkauth``, as text
        """
        goods = self._untouched_goods(timestamp)
        names = goods.mapped("record_name")
        self.env["onec.conflict"]._ask(
            self,
            "deactivate",
            f"deactivate:{session.exchange}",
            self.env._("1C wants to archive %s goods that it did not send", len(goods)),
            proposal=self.env._(
                "Nothing was archived. Goods are archived when 1C marks them as "
                "deleted."
            ),
            left={
                self.env._("Goods"): str(len(goods)),
                self.env._("For example"): ", ".join(filter(None, names[:10])),
            },
            right={self.env._("Goods"): "0"},
            payload={"timestamp": timestamp, "session_id": session.id},
        )

    def _untouched_goods(self, timestamp):
        """Rows of the map of active goods that 1C did not speak of since then."""
        self.ensure_one()
        digits = "".join(char for char in str(timestamp) if char.isdigit())[:11]
        if not digits:
            return self.env["onec.map"]
        since = datetime.fromtimestamp(int(digits), timezone.utc).replace(tzinfo=None)
        rows = self.env["onec.map"].search(
            [
                ("backend_id", "=", self.id),
                ("otype", "=", "product"),
                ("origin", "=", "1c"),
                ("state", "=", "ok"),
                ("last_in", "<", fields.Datetime.to_string(since)),
            ]
        )
        return rows.filtered(
            lambda row: (
                row.model in self.env and self.env[row.model].browse(row.res_id).active
            )
        )


class OnecConflict(models.Model):
    _inherit = "onec.conflict"

    def _resolve_deactivate(self, choice):
        """``1c`` archives what was not sent, counted anew; ``here`` leaves it.

        :raise UserError: a file of that exchange is not applied yet
        """
        self.ensure_one()
        if choice != "1c":
            return
        waiting = self.env["onec.message"].search_count(
            [
                ("backend_id", "=", self.backend_id.id),
                ("direction", "=", "in"),
                ("state", "in", UNFINISHED),
            ],
            limit=1,
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Files of this base are not applied yet: approve or refuse them "
                    "first, or goods that came would be archived too."
                )
            )
        goods = self.backend_id._untouched_goods(self.payload["timestamp"])
        for rows in goods.grouped("model").values():
            rows._records().write({"active": False})
