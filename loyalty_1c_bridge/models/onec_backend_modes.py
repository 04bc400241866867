from odoo import models


class OnecBackend(models.Model):
    """What the address of 1C asks of the other parts; each part replaces its own."""

    _inherit = "onec.backend"

    def _deactivate_untouched(self, session, timestamp):
        """1C wants gone what it did not send since ``timestamp``: a person decides.

        :param timestamp: Unix time told at ``mode=checkauth``, as text
        """
        self.env["onec.conflict"]._ask(
            self,
            "deactivate",
            f"deactivate:{session.exchange}",
            self.env._("1C wants to archive what it did not send"),
            proposal=self.env._(
                "Nothing was archived. Goods are archived when 1C marks them as deleted."
            ),
            payload={"timestamp": timestamp, "session_id": session.id},
        )
