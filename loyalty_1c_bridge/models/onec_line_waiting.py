from odoo import api, fields, models
from odoo.tools import SQL

# Lines tried again at once when somebody chooses; more are left to the background.
AT_ONCE = 200
BATCH = 500


class OnecLine(models.Model):
    """Lines that wait for a correspondence, or for their good, are applied then."""

    _inherit = "onec.line"

    waits_for = fields.Char(readonly=True, help="Kind and id of what is not known yet.")
    retry = fields.Boolean(readonly=True, help="Will be applied again soon.")

    _waits_idx = models.Index("(backend_id, waits_for) WHERE waits_for IS NOT NULL")
    _retry_idx = models.Index("(id) WHERE retry")

    @api.model
    def _wake(self, backend, otype, external_ids):
        """Lines that waited for some objects are to be applied again.

        Some are applied at once, the rest by the scheduled action.

        :return: how many lines wait no more for these
        """
        keys = [f"{otype}:{external_id}" for external_id in external_ids]
        self.env.flush_all()
        woken = self.env.execute_query(
            SQL(
                """
                UPDATE onec_line SET retry = true
                 WHERE backend_id = %(backend)s AND state IN ('conflict', 'error')
                   AND (waits_for = ANY(%(keys)s)
                        OR (waits_for IS NULL AND otype <> %(otype)s
                            AND state = 'conflict'
                            AND EXISTS (SELECT 1 FROM unnest(%(ids)s) AS key
                                         WHERE position(key IN payload::text) > 0)))
             RETURNING id
                """,
                backend=backend.id,
                keys=keys,
                otype=otype,
                ids=[external_id for external_id in external_ids if external_id],
            )
        )
        self.invalidate_model(["retry"])
        if woken:
            self._retry_some(AT_ONCE, backend)
        return len(woken)

    @api.model
    def _wake_offers(self, backend):
        """Offers that came before their goods, whose goods are here now."""
        self.env.flush_all()
        woken = self.env.execute_query(
            SQL(
                """
                UPDATE onec_line line SET retry = true
                  FROM onec_map map
                 WHERE line.backend_id = %(backend)s AND line.state = 'conflict'
                   AND map.backend_id = line.backend_id AND map.otype = 'product'
                   AND line.waits_for = 'product:' || map.external_id
             RETURNING line.id
                """,
                backend=backend.id,
            )
        )
        self.invalidate_model(["retry"])
        if woken:
            self.env.ref("loyalty_1c_bridge.ir_cron_retry").sudo()._trigger()
        return len(woken)

    @api.model
    def _retry_some(self, limit, backend=None):
        """Apply lines marked for it, the oldest first; the scheduler does the rest.

        :return: how many are left
        """
        domain = [("retry", "=", True)]
        if backend:
            domain.append(("backend_id", "=", backend.id))
        lines_sudo = self.sudo().search(domain, order="id", limit=limit)
        lines_sudo.write({"retry": False})
        lines_sudo._apply_again()
        left = self.sudo().search_count(domain)
        if left:
            self.env.ref("loyalty_1c_bridge.ir_cron_retry").sudo()._trigger()
        return left

    @api.model
    def _cron_retry(self):
        """Apply lines whose correspondence was found meanwhile."""
        left = self._retry_some(BATCH)
        self.env["ir.cron"]._commit_progress(BATCH, remaining=left)
