from odoo import models


class OnecBackend(models.Model):
    """What the address of 1C asks of the other parts; each part replaces its own."""

    _inherit = "onec.backend"

    def _orders_query(self, session):
        """Orders that 1C has not got yet, as a file.

        An empty list is a file too: 1C takes an empty body for an error.

        :param session: the ``onec.session`` that asks; the same one confirms
        :return: bytes
        """
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<КоммерческаяИнформация ВерсияСхемы="2.08"/>\n'
        ).encode()

    def _orders_success(self, session):
        """1C stored what ``session`` asked for."""

    def _orders_info(self):
        """Lists of statuses, payments and deliveries for the settings in 1C."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<Справочник/>\n'.encode()

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
