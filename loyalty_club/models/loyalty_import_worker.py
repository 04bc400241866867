"""Imports in the background, and how they are undone."""

import logging

from psycopg2 import DataError, IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError

_logger = logging.getLogger(__name__)
WORKERS = ("loyalty_club.cron_import", "loyalty_club.cron_import_second")


class LoyaltyImport(models.Model):
    _inherit = "loyalty.import"

    @api.model
    def _trigger_workers(self):
        for xmlid in WORKERS:
            if cron := self.env.ref(xmlid, raise_if_not_found=False):
                cron.sudo()._trigger()

    # -- workers -------------------------------------------------------------------
    @api.model
    def _cron_import(self):
        """Check and run what waits, batch by committed batch; several workers may.

        What a killed worker had not committed is simply still waiting.
        """
        for load in self.search([("state", "=", "checking")]):
            load._check_in_background()
        for load in self.search([("state", "=", "running")]):
            if not load._run_in_background():
                self._trigger_workers()
                return

    def _check_in_background(self):
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked and locked.state == "checking":
            locked._as_worker()._dry_run()
        self.env["ir.cron"]._commit_progress()

    def _run_in_background(self):
        """Work until no batch is left, or the time is up.

        :return: whether the import needs no further run
        """
        self.ensure_one()
        failures = 0
        while failures < 10:
            try:
                done = self._run_next_batch()
                left = self.env["ir.cron"]._commit_progress(done)
            except (SerializationFailure, ConcurrencyError):
                # Another worker, or a sale, was first: go on with fresh data.
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                failures += 1
                continue
            except (UserError, IntegrityError, DataError) as error:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                self._stop(str(error))
                return True
            failures = 0
            self.env.invalidate_all()
            if not done:
                return True
            if not left:
                return False
        return False

    def _run_next_batch(self):
        """Do one batch, or conclude the import; how many rows were done."""
        worker = self._as_worker()
        if worker.state != "running":
            return 0
        batch = worker.env["loyalty.import.batch"]._claim(worker)
        if batch:
            done = batch._run()
            self.env.flush_all()
            return done
        waiting = worker.batch_ids.filtered(lambda batch: batch.state == "todo")
        # The other worker may conclude at the same moment: the lock decides.
        if not waiting and worker.try_lock_for_update(allow_referencing=True):
            worker._finish()
            self.env.flush_all()
        return 0

    def _stop(self, reason):
        _logger.warning("import stopped: import %s", self.id)
        self.failure = reason
        self._set_state("failed", ("running",))
        self.message_post(body=self.env._("The import stopped: %s", reason))
        self.env["ir.cron"]._commit_progress()

    # -- undo -----------------------------------------------------------------------
    def action_undo(self):
        """Take back everything the import created, as long as nobody used it.

        :raise UserError: points were spent, or documents were made; nothing is undone
        """
        for load in self:
            load._check_may_import()
            load._check_state(("done", "failed"))
            load._as_worker()._undo()
            load._set_state("cancelled", ("done", "failed"))
            load.message_post(
                body=self.env._("The import was undone by %s.", self.env.user.name)
            )

    def _undo(self):
        partners = self.batch_ids._created("res.partner")
        cards = self.batch_ids._created("loyalty.card")
        purchases = self.batch_ids._created("loyalty.purchase")
        moves = self.env["loyalty.point.move"].search(
            [("key", "=like", f"import:{self.id}:%")]
        )
        self._check_unused(partners, cards, moves)
        moves._take_back_openings(self.env._("Import undone"))
        buyers = purchases.partner_id
        purchases.unlink()
        self._mark_tiers_due(buyers)
        kept = cards.filtered("ledger_length")
        kept.write({"active": False, "state": "closed"})
        (cards - kept).unlink()
        (partners & kept.partner_id).write({"active": False})
        (partners - kept.partner_id).unlink()
        self.batch_ids.unlink()

    def _check_unused(self, partners, cards, moves):
        """Refuse when something happened since.

        :raise UserError: names the first customers
        """
        used = moves._used_openings().partner_id
        own = set(moves.ids)
        used |= cards.move_ids.filtered(lambda move: move.id not in own).partner_id
        for model in ("sale.order", "account.move", "loyalty.purchase"):
            documents = self.env[model].search(
                [("partner_id", "in", partners.ids)], limit=20
            )
            used |= documents.partner_id
        used |= partners.filtered("user_ids")
        if used:
            raise UserError(
                self.env._(
                    "%(count)s of these members used their card, bought, or have a"
                    " login since the import, so it cannot be undone: %(names)s.",
                    count=len(used),
                    names=", ".join(used[:10].mapped("display_name")),
                )
            )
