"""From a list of recipients to messages in the queue, a portion at a time."""

import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

CHUNK = 1000
# So many messages of one campaign wait in the queue at most: a pause, a withdrawn
# consent or a new tier then matters for all who come after.
AHEAD = 20000
# Nobody is planned earlier than this before the turn.
HORIZON = timedelta(hours=1)
# Customers whose turns are as near as this are decided together.
SLOT = timedelta(minutes=5)
MAX_FAILURES = 5


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    planned_cost = fields.Float(
        "Cost so far", digits=(16, 4), readonly=True, copy=False
    )
    planning_error = fields.Char(
        "Why it does not go on",
        readonly=True,
        copy=False,
        help="Planning is tried again each minute until it works.",
    )

    # -- background -------------------------------------------------------------
    def _wake(self):
        self.env.ref("loyalty_sms.cron_campaigns").sudo()._trigger()

    @api.model
    def _cron_plan(self, portions=None):
        """Begin what is due and keep the queue of each running campaign full.

        Several processes may do it at the same time: each takes campaigns that no other
        holds. What is committed stays; a process that dies loses its portion only, and
        the next one plans it again, each customer once.

        :param portions: of each campaign at most, for who has other things to do
        """
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=self.search_count(self._due_domain()))
        for campaign in self.search(self._due_domain(), order="id"):
            if not campaign._advance(commit, portions):
                return

    def _due_domain(self):
        now = fields.Datetime.now()
        return [
            "|",
            ("state", "=", "running"),
            "&",
            ("state", "=", "scheduled"),
            "|",
            ("schedule_date", "=", False),
            ("schedule_date", "<=", now),
        ]

    def _advance(self, commit, portions=None):
        """Plan one campaign as far as it may go now.

        :param commit: ``ir.cron._commit_progress``
        :return: the time that is left for other campaigns
        """
        self.ensure_one()
        failures, done, left = 0, 0, 1
        while left and failures < MAX_FAILURES and done != portions:
            done += 1
            try:
                planned = self._plan_safely()
                left = commit(planned)
            except TransactionRollbackError:
                # Somebody pressed a button meanwhile; what they want is read anew.
                self.env.cr.rollback()
                failures, planned = failures + 1, 1
            self.env.invalidate_all(flush=False)
            if not planned:
                break
        if failures == MAX_FAILURES:
            _logger.warning("campaign not planned, too many conflicts: %s", self.id)
        return left

    def _plan_safely(self):
        """Plan a portion; a campaign that cannot be planned does not stop the others.

        :return: as :meth:`_plan_locked`
        """
        try:
            with self.env.cr.savepoint():
                planned = self._plan_locked()
        except TransactionRollbackError:
            raise
        except Exception as error:
            _logger.exception("campaign not planned: %s", self.id)
            self._tell_error(str(error) or type(error).__name__)
            return 0
        self._tell_error(False)
        return planned

    def _tell_error(self, text):
        """Keep on the form what only the server's log would tell."""
        if (self.planning_error or "") != (text or ""):
            self.planning_error = text
            self.flush_recordset(["planning_error"])

    def _plan_locked(self):
        """Plan a portion unless another process is at it.

        :return: how many recipients were dealt with
        """
        campaign = self.try_lock_for_update(allow_referencing=True)
        if not campaign:
            return 0
        campaign.invalidate_recordset(flush=False)
        if campaign.state == "scheduled":
            campaign._begin()
        if campaign.state != "running":
            return 0
        # Tables grow while their statistics are an hour old: a portion looks up its own
        # rows, never a whole table.
        self.env.cr.execute(SQL("SET LOCAL enable_seqscan = off"))
        campaign._choose_winner()
        planned = campaign._plan_portion()
        if not planned:
            campaign._finish()
        return planned

    def _begin(self):
        self._update_state("running", ("scheduled",), started_at=fields.Datetime.now())
        self._leave_out_strangers()

    # -- a portion --------------------------------------------------------------
    def _plan_portion(self):
        room = AHEAD - self._waiting_count()
        if room <= 0:
            return 0
        rows = self._next_recipients(min(CHUNK, room))
        for moment, some in self._by_slot(rows).items():
            self._plan_recipients(some, moment)
        return len(rows)

    def _waiting_count(self):
        return self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM loyalty_message
                    WHERE campaign_id = %s AND state = 'queued'""",
                self.id,
            )
        )[0][0]

    def _next_recipients(self, limit):
        """Rows of who comes next: id, partner, variant, control, position, number."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT id, partner_id, variant, is_control, position, number
                     FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = %s AND state = 'todo' AND %s
                      AND (variant <> 'W' OR is_control OR %s)
                 ORDER BY position LIMIT %s""",
                self.id,
                self._condition_due(),
                bool(self.ab_winner),
                limit,
            )
        )

    def _list_length(self):
        """Turns in the list; who has no number comes after all turns."""
        return self.env.execute_query(
            SQL(
                """SELECT COALESCE(MAX(position), 0)
                     FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = %s
                      AND reason IS DISTINCT FROM 'no_number'
                      AND reason IS DISTINCT FROM 'duplicate'""",
                self.id,
            )
        )[0][0]

    def _condition_due(self):
        """Whose turn has come, or is as near as the horizon."""
        if not self.spread_hours:
            return SQL("TRUE")
        passed = fields.Datetime.now() + HORIZON - self.started_at
        share = passed / timedelta(hours=self.spread_hours)
        return SQL("position <= %s", int(share * self._list_length()) + 1)

    def _by_slot(self, rows):
        """``{moment: rows}`` by when they have their turn."""
        now = fields.Datetime.now()
        if not self.spread_hours:
            return {now: rows} if rows else {}
        length, slots = self._list_length(), {}
        spread = timedelta(hours=self.spread_hours)
        for row in rows:
            passed = spread * ((row["position"] - 1) / length)
            moment = max(self.started_at + (passed // SLOT) * SLOT, now)
            slots.setdefault(moment, []).append(row)
        return slots

    # -- A and B ----------------------------------------------------------------
    def _template_of(self, variant):
        if variant == "W":
            variant = self.ab_winner or "A"
        return self.template_b_id if variant == "B" else self.template_id

    def _choose_winner(self):
        """Let the better half go on, once the time for it has come."""
        if self.ab_mode != "winner" or self.ab_winner:
            return
        if fields.Datetime.now() < self.started_at + timedelta(hours=self.ab_hours):
            return
        self._refresh_results()
        figures = self._figures_by_half()
        winner = "B" if figures.get("B", 0) > figures.get("A", 0) else "A"
        self.sudo().write({"ab_winner": winner})
        self.message_post(
            body=self.env._("The rest of the customers get the text %s.", winner)
        )

    def _figures_by_half(self):
        """``{"A": figure, "B": figure}``; the higher is the better."""
        figure = {
            "revenue": SQL("AVG(revenue)"),
            "buyers": SQL("AVG(is_buyer::int)"),
            "optouts": SQL("-AVG(opted_out::int)"),
        }[self.ab_criterion]
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT variant, %s FROM loyalty_sms_campaign_recipient
                        WHERE campaign_id = %s AND state = 'planned'
                     GROUP BY variant""",
                    figure,
                    self.id,
                )
            )
        )

    # -- the end ----------------------------------------------------------------
    def _finish(self):
        """Close a campaign of which nothing waits any more."""
        if self._count_recipients("state = 'todo'"):
            return
        waiting = self.env.execute_query(
            SQL(
                """SELECT 1 FROM loyalty_message WHERE campaign_id = %s
                      AND state IN ('queued', 'sending') LIMIT 1""",
                self.id,
            )
        )
        if not waiting:
            self._update_state("done", ("running",), finished_at=fields.Datetime.now())

    def _cancel_messages(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_sms_campaign_recipient
                      SET state = 'skipped', reason = 'cancelled'
                    WHERE campaign_id = ANY(%s) AND state = 'todo'""",
                self.ids,
            )
        )
        self._forget_cache()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_message SET state = 'cancelled'
                    WHERE campaign_id = ANY(%s) AND state = 'queued'""",
                self.ids,
            )
        )
        self.env["loyalty.message"].invalidate_model(flush=False)
