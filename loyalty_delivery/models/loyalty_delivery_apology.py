import logging
from datetime import timedelta

import psycopg2.extensions

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

DISPATCHER = "loyalty_delivery.group_delivery_dispatcher"


class LoyaltyDeliveryApology(models.Model):
    """Points for a delivery that came too late, unless a dispatcher says no."""

    _name = "loyalty.delivery.apology"
    _description = "Points as an apology"
    _order = "id desc"

    stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Delivery",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True)
    courier_id = fields.Many2one(related="stop_id.courier_id")
    minutes_late = fields.Integer(readonly=True)
    points = fields.Float(digits=(16, 2), required=True, readonly=True)
    cost = fields.Monetary(
        compute="_compute_cost",
        store=True,
        help="What the points are worth in the club of the company.",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("given", "Given"),
            ("vetoed", "Refused"),
            ("capped", "Over the cap"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        index=True,
    )
    given_on = fields.Datetime("Given", readonly=True)
    veto_until = fields.Datetime("To be refused until", required=True, readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    note = fields.Char("Why", help="Why it was refused, or given at once.")

    _stop_uniq = models.UniqueIndex(
        "(stop_id)", "An apology for this delivery was proposed already."
    )
    _points = models.Constraint("CHECK (points > 0)", "An apology has points.")
    _month_idx = models.Index("(company_id, given_on) WHERE state = 'given'")

    @api.depends("points", "company_id")
    def _compute_cost(self):
        for apology in self:
            club = apology.company_id._loyalty_club()
            apology.cost = apology.points * (club.point_value or 0.0)

    @api.depends("stop_id", "partner_id")
    def _compute_display_name(self):
        for apology in self:
            names = (apology.stop_id.display_name, apology.partner_id.name)
            apology.display_name = " · ".join(name for name in names if name)

    def write(self, values):
        # By hand only the words: points are decided by rules and the buttons.
        if not self.env.su and set(values) - {"note"}:
            raise AccessError(
                self.env._("Only the note of an apology is written by hand.")
            )
        return super().write(values)

    # -- proposed by the system ----------------------------------------------------
    @api.model
    def _propose(self, stops):
        """Propose points for deliveries that came too late, once for each."""
        rows = [row for stop in stops if (row := self._row(stop))]
        if rows:
            self.flush_model()
            self.env.execute_query(
                SQL(
                    """INSERT INTO loyalty_delivery_apology
                           (stop_id, company_id, partner_id, minutes_late, points,
                            cost, state, veto_until, create_uid, create_date)
                       VALUES %s ON CONFLICT (stop_id) DO UPDATE
                       SET state = 'proposed', veto_until = excluded.veto_until,
                           minutes_late = excluded.minutes_late
                       WHERE loyalty_delivery_apology.state = 'vetoed'
                           AND loyalty_delivery_apology.decided_by_id IS NULL
                       RETURNING id""",
                    SQL(", ").join(rows),
                )
            )
            self.invalidate_model()

    @api.model
    def _row(self, stop):
        company_sudo = stop.company_id.sudo()
        least, points = (
            company_sudo.delivery_apology_minutes,
            company_sudo.delivery_apology_points,
        )
        club = company_sudo._loyalty_club()
        came, due = stop.arrived_at or stop.done_at, stop._due()
        if not least or not points or not club or not came or not due:
            return None
        minutes = int((came - due).total_seconds()) // 60
        if minutes < least or stop.reason_id.customer_fault:
            return None
        if not stop.partner_id or not club._card_of(stop.partner_id):
            return None
        now = fields.Datetime.now()
        return SQL(
            "(%s, %s, %s, %s, %s, %s, 'proposed', %s, %s, %s)",
            stop.id,
            company_sudo.id,
            stop.partner_id.id,
            minutes,
            points,
            points * (club.point_value or 0.0),
            now + timedelta(hours=company_sudo.delivery_apology_hours),
            self.env.uid,
            now,
        )

    @api.model
    def _withdraw(self, stops):
        """The courier corrected what was told: nothing is to be sorry for."""
        waiting = [("stop_id", "in", stops.ids), ("state", "=", "proposed")]
        self.search(waiting).write(
            {"state": "vetoed", "note": self.env._("The delivery was corrected.")}
        )

    # -- decided by the dispatcher -----------------------------------------------
    def _decide(self, state):
        if not self.env.user.has_group(DISPATCHER):
            raise AccessError(self.env._("Only dispatchers decide about apologies."))
        self.check_access("write")
        for apology in self:
            if apology.state not in ("proposed", "approved"):
                raise UserError(
                    self.env._(
                        "The apology for delivery %s is decided already.",
                        apology.stop_id.display_name,
                    )
                )
        self.sudo().write({"state": state, "decided_by_id": self.env.uid})

    def action_approve(self):
        """Give the points within minutes, without waiting."""
        self._decide("approved")
        self.env.ref("loyalty_delivery.cron_apologise").sudo()._trigger()

    def action_veto(self):
        """Give nothing."""
        self._decide("vetoed")

    # -- given ------------------------------------------------------------------------
    @api.model
    def _cron_give(self):
        """Give what was approved, or what nobody refused in time."""
        now = fields.Datetime.now()
        due = self.search(
            [
                "|",
                ("state", "=", "approved"),
                "&",
                ("state", "=", "proposed"),
                ("veto_until", "<=", now),
            ],
            order="id",
            limit=1000,
        )
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(due))
        for apology in due.try_lock_for_update():
            apology._give_safely()
            self.env.flush_all()
            if not commit(1):
                break

    def _give_safely(self):
        try:
            with self.env.cr.savepoint():
                self._give()
        except psycopg2.extensions.TransactionRollbackError:
            raise
        except UserError as error:
            _logger.warning("apology not given: %s", self.id)
            self.write({"state": "capped", "note": str(error)})

    def _give(self):
        self.ensure_one()
        club = self.company_id._loyalty_club()
        card = club._card_of(self.partner_id) if club else None
        if not card:
            raise UserError(self.env._("The customer has left the club."))
        if over := self._over_cap():
            self.write({"state": "capped", "note": over})
            return
        card._post_points(
            [
                card._entry(
                    "bonus",
                    self.points,
                    company_id=self.company_id.id,
                    res_model=self._name,
                    res_id=self.id,
                    reason=self.env._(
                        "Sorry for the late delivery %s", self.stop_id.display_name
                    ),
                    key=f"delivery_apology:{self.stop_id.id}",
                )
            ]
        )
        self.write({"state": "given", "given_on": fields.Datetime.now()})
        self._tell()

    def _over_cap(self):
        """Why no more is given this month, in words; nothing when it fits."""
        company_sudo = self.company_id.sudo()
        month = fields.Datetime.start_of(fields.Datetime.now(), "month")
        given = [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "given"),
            ("given_on", ">=", month),
        ]
        [[total]] = self._read_group(given, [], ["points:sum"])
        most = company_sudo.delivery_apology_company_cap
        if total + self.points > most:
            return self.env._("The company gives at most %s points a month.", most)
        own = [*given, ("partner_id", "=", self.partner_id.id)]
        [[total]] = self._read_group(own, [], ["points:sum"])
        most = company_sudo.delivery_apology_partner_cap
        if total + self.points > most:
            return self.env._("A customer gets at most %s points a month.", most)
        return None

    def _tell(self):
        """By the rules of messages, otherwise by e-mail."""
        partner, stop = self.partner_id, self.stop_id
        values = {
            "key": f"delivery_apology:{stop.id}",
            "points": int(self.points),
            "document": stop._document_words(),
            "minutes": self.minutes_late,
        }
        notified = partner.with_company(self.company_id)
        if notified._loyalty_notify("delivery_apology", values) or not partner.email:
            return
        template = self.env.ref("loyalty_delivery.mail_delivery_apology")
        template.with_context(notice=values).send_mail(stop.id)
