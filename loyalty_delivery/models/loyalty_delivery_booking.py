"""What stock and books owe to a delivery: a row a task, worked in the background."""

import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .constants import TRIP_OPEN

_logger = logging.getLogger(__name__)

# How often a task is begun again because another transaction was faster.
TRIES = 5


class LoyaltyDeliveryBooking(models.Model):
    """Brings stock and accounts to what a courier told of one delivery.

    A task looks at what is booked and at what should be: doing it twice changes
    nothing, and after a correction it books the opposite.
    """

    _name = "loyalty.delivery.booking"
    _description = "Booking of a delivery"
    _order = "due_at desc, id desc"
    _rec_name = "stop_id"

    stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Delivery",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    trip_id = fields.Many2one(
        related="stop_id.trip_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        related="stop_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [("load", "Loaded"), ("finish", "Told by the courier")],
        required=True,
        readonly=True,
    )
    version = fields.Integer(
        required=True, readonly=True, help="Counts what was told of a delivery."
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Booked"),
            ("error", "Needs help"),
            ("cancelled", "Told otherwise"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    due_at = fields.Datetime("Booked from", required=True, readonly=True)
    done_at = fields.Datetime("Booked at", readonly=True)
    error = fields.Text("What to mend", readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    _once = models.Constraint(
        "UNIQUE(stop_id, version)", "What was told of a delivery is booked once."
    )
    _due_idx = models.Index("(due_at, id) WHERE state = 'waiting'")

    # -- asked for ------------------------------------------------------------------
    @api.model
    def _ask(self, stops, kind, due_at):
        """Book these deliveries from ``due_at``; what was asked before is forgotten.

        :return: the tasks
        """
        if not stops:
            return self.browse()
        bookings_sudo = self.sudo()
        before = bookings_sudo.search([("stop_id", "in", stops.ids)])
        before.filtered(lambda b: b.state in ("waiting", "error"))._cancel()
        versions = {
            stop: max(rows.mapped("version"))
            for stop, rows in before.grouped("stop_id").items()
        }
        asked = bookings_sudo.create(
            [
                {
                    "stop_id": stop.id,
                    "kind": kind,
                    "version": versions.get(stop, 0) + 1,
                    "due_at": due_at,
                }
                for stop in stops
            ]
        )
        self.env.ref("loyalty_delivery.cron_bookings").sudo()._trigger(due_at)
        return asked.with_env(self.env)

    def _cancel(self):
        self.write({"state": "cancelled", "error": False})
        self._close_activities()

    # -- buttons --------------------------------------------------------------------
    def action_book_now(self):
        """Book at once, also what failed before; problems are told to the user.

        :raise UserError: nothing was booked
        """
        self._check_booker()
        for booking in self.filtered(lambda b: b.state in ("waiting", "error")):
            locked_sudo = booking.sudo().try_lock_for_update()
            if not locked_sudo:
                raise UserError(
                    self.env._(
                        "%s is being booked at this moment. Look again in a minute.",
                        booking.stop_id.display_name,
                    )
                )
            locked_sudo._book()
        return True

    def _check_booker(self):
        self.check_access("read")
        user = self.env.user
        if not user.has_group("loyalty_delivery.group_delivery_dispatcher"):
            raise AccessError(
                self.env._(
                    "Deliveries are booked by dispatchers. Ask one of them to do it."
                )
            )

    # -- worked ---------------------------------------------------------------------
    @api.model
    def _cron_book(self):
        """Book what is due, each delivery in its own transaction."""
        commit = self.env["ir.cron"]._commit_progress
        booking_ids = self._due().ids
        left = commit(remaining=len(booking_ids))
        for booking_id in booking_ids:
            if not left:
                break
            left = commit(self._work(booking_id))

    @api.model
    def _due(self):
        now = fields.Datetime.now()
        return self.search(
            [("state", "=", "waiting"), ("due_at", "<=", now)], order="due_at, id"
        )

    @api.model
    def _work(self, booking_id):
        """Book one task and commit; begin again when another was faster.

        :return: 1, or 0 when another worker has it or had it
        """
        for attempt in range(TRIES):
            try:
                booking = self.browse(booking_id).try_lock_for_update()
                booking.invalidate_recordset()
                if not booking or booking.state != "waiting":
                    return 0
                booking._book_or_fail()
                self.env.cr.commit()  # pylint: disable=invalid-commit
                return 1
            except TransactionRollbackError:
                self.env.cr.rollback()
                self.env.invalidate_all()
                if attempt + 1 == TRIES:
                    raise
        return 0

    def _book_or_fail(self):
        """Book all or nothing; a problem is kept for the dispatcher."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._book()
                self.env.flush_all()
        except TransactionRollbackError:
            raise
        except UserError as error:
            self.env.invalidate_all()
            self._fail(str(error))
        except Exception:
            _logger.exception("booking of a delivery failed: task %s", self.id)
            self.env.invalidate_all()
            self._fail(
                self.env._(
                    "The server could not book this delivery. Its log tells more; ask"
                    " your administrator, then press “Book now”."
                )
            )

    def _book(self):
        self.ensure_one()
        company = self.company_id
        booking = self.with_company(company).with_context(
            allowed_company_ids=company.ids, lang=company.partner_id.lang
        )
        if booking.kind == "finish":
            booking.stop_id._follow_up()
            if booking._waits_for_trip():
                booking.due_at = fields.Datetime.now() + timedelta(days=7)
                return
        booking._book_goods()
        if booking.kind == "finish":
            booking._book_invoices()
            booking._book_payment()
            booking.stop_id._keep_margin()
        self.write({"state": "done", "done_at": fields.Datetime.now(), "error": False})
        self._close_activities()

    def _waits_for_trip(self):
        """Goods of a failed attempt are in the vehicle until it is back."""
        stop = self.stop_id
        return (
            self.company_id.delivery_stock_policy == "at_loading"
            and stop.state == "failed"
            and stop.trip_id.state in TRIP_OPEN
        )

    # -- problems -------------------------------------------------------------------
    def _fail(self, message):
        """Keep the problem for the dispatcher, as a task on the trip."""
        self.ensure_one()
        self.write({"state": "error", "error": message})
        if not self.trip_id or self.activity_id:
            return
        self.activity_id = self.trip_id.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("%s is not booked", self.stop_id.display_name),
            note=message,
            user_id=self._responsible().id,
        )
        self._raise_alert(message)

    def _raise_alert(self, message):
        self.env["loyalty.delivery.alert"]._raise(
            "booking_error", stop=self.stop_id, detail=message
        )

    def _responsible(self):
        """The dispatcher who made the trip, or another one of the company."""
        group = self.env.ref("loyalty_delivery.group_delivery_dispatcher")
        dispatchers = group.sudo().all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        maker = self.trip_id.create_uid & dispatchers
        return maker or dispatchers[:1] or self.env.user

    def _close_activities(self):
        self.env["loyalty.delivery.alert"]._resolve("booking_error", stops=self.stop_id)
        for activity in self.activity_id.exists():
            activity.action_feedback(feedback=self.env._("Booked."))
