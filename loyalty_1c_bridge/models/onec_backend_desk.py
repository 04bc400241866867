from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.mail import plaintext2html

ACCOUNTANT = "loyalty_1c_bridge.group_onec_accountant"
MANAGER = "loyalty_1c_bridge.group_onec_manager"


class OnecBackend(models.Model):
    """What needs somebody today, closed periods, and health."""

    _inherit = ["onec.backend", "mail.activity.mixin"]
    _name = "onec.backend"

    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        help="Gets an activity when the exchange stands still or waits for a decision.",
    )
    lock_date_1c = fields.Date(
        "Closed in 1C up to",
        tracking=True,
        help="Documents up to this day are neither sent nor applied. Read from 1C by "
        "OData where that channel is on; otherwise typed in here.",
    )
    stuck_hours = fields.Integer(
        "Late after (hours)",
        default=24,
        help="A queue that nobody moved for so long is told to the responsible.",
    )
    keep_days = fields.Integer(
        "Keep files (days)",
        default=400,
        help="Files of finished messages are deleted after so many days; the journal "
        "with its lines stays. 0 keeps them for ever.",
    )

    count_review = fields.Integer("To approve", compute="_compute_desk")
    count_conflict = fields.Integer("Conflicts", compute="_compute_desk")
    count_error = fields.Integer("Lines with errors", compute="_compute_desk")
    count_failed = fields.Integer("Failed messages", compute="_compute_desk")
    count_queued = fields.Integer("Queued documents", compute="_compute_desk")
    count_unposted = fields.Integer("Not posted in 1C", compute="_compute_desk")
    count_working = fields.Integer("Being applied", compute="_compute_desk")
    last_in = fields.Datetime("Last received", compute="_compute_desk")
    last_out = fields.Datetime("Last sent", compute="_compute_desk")
    oldest_queued = fields.Datetime("Oldest in the queue", compute="_compute_desk")
    health = fields.Selection(
        [("good", "Works"), ("work", "Needs somebody"), ("bad", "Stands still")],
        compute="_compute_desk",
    )
    health_text = fields.Text(compute="_compute_desk")

    def _compute_desk(self):
        messages = self._counts_by("onec.message", "state")
        conflicts = self._counts_by("onec.conflict", "state")
        lines = self._counts_by("onec.line", "state")
        outbox = self._counts_by("onec.outbox", "state", [("latest", "=", True)])
        last = self._last_by_direction()
        oldest = self._oldest_queued()
        for backend in self:
            states = messages.get(backend.id, {})
            rows = outbox.get(backend.id, {})
            backend.count_review = states.get("review", 0)
            backend.count_failed = states.get("failed", 0)
            backend.count_working = sum(
                states.get(name, 0) for name in ("received", "staged", "applying")
            )
            backend.count_conflict = conflicts.get(backend.id, {}).get("open", 0)
            backend.count_error = lines.get(backend.id, {}).get("error", 0)
            backend.count_queued = rows.get("queued", 0)
            backend.count_unposted = sum(
                rows.get(name, 0)
                for name in ("queued", "sent", "received", "refused", "blocked")
            )
            backend.last_in = last.get((backend.id, "in"))
            backend.last_out = last.get((backend.id, "out"))
            backend.oldest_queued = oldest.get(backend.id)
            problems = backend._health_problems()
            backend.health_text = "\n".join(text for _level, text in problems) or False
            levels = {level for level, _text in problems}
            backend.health = (
                "bad" if "bad" in levels else "work" if "work" in levels else "good"
            )

    def _counts_by(self, model, field, domain=()):
        """``{backend id: {value: count}}`` in one query."""
        groups = (
            self.env[model]
            .sudo()
            ._read_group(
                Domain("backend_id", "in", self.ids) & Domain(list(domain)),
                ["backend_id", field],
                ["__count"],
            )
        )
        answer = {}
        for backend, value, number in groups:
            answer.setdefault(backend.id, {})[value] = number
        return answer

    def _last_by_direction(self):
        groups = (
            self.env["onec.message"]
            .sudo()
            ._read_group(
                [("backend_id", "in", self.ids), ("state", "!=", "failed")],
                ["backend_id", "direction"],
                ["create_date:max"],
            )
        )
        return {(backend.id, way): moment for backend, way, moment in groups}

    def _oldest_queued(self):
        groups = (
            self.env["onec.outbox"]
            .sudo()
            ._read_group(
                [
                    ("backend_id", "in", self.ids),
                    ("state", "=", "queued"),
                    ("latest", "=", True),
                ],
                ["backend_id"],
                ["dirty_since:min"],
            )
        )
        return {backend.id: moment for backend, moment in groups}

    def _health_problems(self):
        """What is wrong with the exchange: list of ("bad" or "work", text).

        Parts of the bridge add theirs by ``super()``.
        """
        self.ensure_one()
        problems = []
        late = fields.Datetime.now() - timedelta(hours=self.stuck_hours or 24)
        if self.oldest_queued and self.oldest_queued < late:
            problems.append(
                (
                    "bad",
                    self.env._(
                        "%(count)s documents wait to be sent, the oldest since "
                        "%(date)s. Look at the channel's settings and the scheduler.",
                        count=self.count_queued,
                        date=fields.Datetime.context_timestamp(
                            self, self.oldest_queued
                        ).strftime("%d.%m.%Y %H:%M"),
                    ),
                )
            )
        if self.count_failed:
            problems.append(
                (
                    "bad",
                    self.env._(
                        "%s messages could not be read: see the journal.",
                        self.count_failed,
                    ),
                )
            )
        if self.count_review:
            problems.append(
                (
                    "work",
                    self.env._("%s messages wait for approval.", self.count_review),
                )
            )
        if self.count_conflict:
            problems.append(
                (
                    "work",
                    self.env._(
                        "%s conflicts wait for a decision.", self.count_conflict
                    ),
                )
            )
        if self.count_error:
            problems.append(
                ("work", self.env._("%s lines have errors.", self.count_error))
            )
        return problems

    # --- closed periods ---

    def _locked(self, date):
        """Whether a day is closed, and by whom.

        :return: ``("here" | "1c", lock date)`` or None
        """
        self.ensure_one()
        if not date:
            return None
        if self.lock_date_1c and date <= self.lock_date_1c:
            return "1c", self.lock_date_1c
        violated = self.company_id._get_lock_date_violations(
            date, fiscalyear=True, sale=True, purchase=False, tax=True, hard=True
        )
        if violated:
            return "here", max(lock for lock, _field in violated)
        return None

    def _locked_proposal(self, date, side, lock_date):
        """Text: what to do with a document of a closed day."""
        who = self.env._("in 1C") if side == "1c" else self.env._("here")
        return self.env._(
            "%(date)s lies in a period closed %(who)s up to %(lock)s. Correct in "
            "the current period: a reversal and a new document of today. Or open the "
            "period for a moment and try again.",
            date=date.strftime("%d.%m.%Y"),
            who=who,
            lock=lock_date.strftime("%d.%m.%Y"),
        )

    # --- buttons ---

    def _check_group(self, group=ACCOUNTANT):
        """Public methods of the desk check who calls them.

        :raise AccessError: the user has not the right
        """
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "Only accountants of the 1C bridge may do this. Ask your "
                    "administrator for the right “1C Bridge: %s”.",
                    self.env._("Manager")
                    if group == MANAGER
                    else self.env._("Accountant"),
                )
            )

    def action_go_live(self):
        """From now on incoming messages are applied as they come."""
        self._check_group(MANAGER)
        self.dry_run = False

    def action_dry_run(self):
        """From now on incoming messages wait for approval."""
        self._check_group(MANAGER)
        self.dry_run = True

    def action_open(self):
        """Open one of the lists of the desk, filtered to this base.

        The name of the list comes in the context as ``onec_list``.
        """
        self.ensure_one()
        name = self.env.context.get("onec_list", "journal")
        xmlid, domain, filters = {
            "journal": ("onec_message_action", [], {}),
            "review": ("onec_message_action", [], {"search_default_review": 1}),
            "failed": ("onec_message_action", [], {"search_default_failed": 1}),
            "conflicts": ("onec_conflict_action", [], {"search_default_open": 1}),
            "errors": ("onec_line_action", [], {"search_default_open": 1}),
            "outbox": ("onec_outbox_action", [], {"search_default_open": 1}),
            "map": ("onec_map_action", [], {}),
        }[name]
        action = self.env["ir.actions.actions"]._for_xml_id(
            f"loyalty_1c_bridge.{xmlid}"
        )
        return {
            **action,
            "domain": [("backend_id", "=", self.id), *domain],
            "context": {"default_backend_id": self.id, **filters},
        }

    # --- background ---

    @api.model
    def _cron_health(self):
        """Tell the responsible once a day what stands still; forget old files."""
        kind = self.env.ref("mail.mail_activity_data_todo")
        for backend in self.search([("active", "=", True)]):
            backend = backend.with_company(backend.company_id)
            todo = backend.activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
                and activity.automated
            )
            if backend.health == "good":
                todo.unlink()
            elif not todo and backend.user_id:
                backend.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("1C: %s", backend.name),
                    note=plaintext2html(backend.health_text or ""),
                    user_id=backend.user_id.id,
                    automated=True,
                )
            backend._forget_old_files()

    def _forget_old_files(self):
        """Delete files of finished messages after ``keep_days``; lines stay."""
        self.ensure_one()
        if not self.keep_days:
            return
        old = self.env["onec.message"].search(
            [
                ("backend_id", "=", self.id),
                ("attachment_id", "!=", False),
                ("state", "in", ("done", "superseded", "verified", "cancelled")),
                (
                    "create_date",
                    "<",
                    fields.Datetime.now() - timedelta(days=self.keep_days),
                ),
            ]
        )
        old.attachment_id.sudo().unlink()
