"""The planner: events become messages, or lines that say why not."""

import logging

import psycopg2

from odoo import api, models

_logger = logging.getLogger(__name__)

EVENTS_AT_ONCE = 5000
LINES_AT_ONCE = 500


class LoyaltySmsEvent(models.Model):
    _inherit = "loyalty.sms.event"

    @api.model
    def _cron_plan(self, batch_size=LINES_AT_ONCE):
        """Give events to their rules and plan what is due, in committed batches.

        Runs in the worker and in the scheduler at once without harm: what one took is
        left out by the other.
        """
        logs = self.env["loyalty.sms.rule.log"].sudo()
        commit = self.env["ir.cron"]._commit_progress
        time_left = True
        while time_left and (taken := logs._spread(EVENTS_AT_ONCE)):
            time_left = commit(taken)
        while time_left and (due := logs._take_due(batch_size)):
            done = len(due)
            self._plan_due(due)
            time_left = commit(done, remaining=0 if done < batch_size else batch_size)
            self.env.invalidate_all()
        if time_left:
            self.env["loyalty.message"].sudo()._reopen_windows()
        commit()

    @api.model
    def _plan_due(self, logs):
        """Plan lines rule by rule; what fails is set aside and stops nothing else."""
        logs = logs._merge_told()
        for (rule, company), some in logs.grouped(
            lambda log: (log.rule_id, log.company_id)
        ).items():
            if self._attempt(rule, company, some):
                continue
            for log in some:
                self._attempt(rule, company, log, last=True)

    @api.model
    def _attempt(self, rule, company, logs, last=False):
        """Plan lines in a savepoint; the last attempt keeps the error with the line."""
        try:
            with self.env.cr.savepoint():
                rule.with_company(company)._plan(logs, company)
            return True
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # the database: all of the batch is tried again
        except Exception as error:
            if last:
                _logger.exception("rule failed: rule %s, event %s", rule.id, logs.ids)
                logs._set_aside(str(error) or type(error).__name__)
            return False
