"""Handing in: what a courier carried, counted blind, moved to the till."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .constants import STOP_OPEN

# More than any vehicle carries in any currency: a slip of the keyboard.
MOST_CASH = 1e12


class LoyaltyDeliverySettlement(models.Model):
    """A courier's trips handed in and closed.

    Nobody writes a settlement: it is made with the cash that was counted, before
    the cashier could read what was expected, and changes by its buttons alone.
    """

    _name = "loyalty.delivery.settlement"
    _description = "Settlement of a courier"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False)
    state = fields.Selection(
        [("counted", "Counted"), ("done", "Settled"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="counted",
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    courier_id = fields.Many2one(
        "loyalty.delivery.courier", required=True, readonly=True, index=True
    )
    trip_ids = fields.One2many(
        "loyalty.delivery.trip", "settlement_id", "Trips", readonly=True
    )
    trip_names = fields.Char("Settles", readonly=True)
    date = fields.Date(required=True, readonly=True)
    cashier_id = fields.Many2one("res.users", "Counted by", readonly=True)
    counted = fields.Monetary(readonly=True, tracking=True)
    denominations = fields.Char(readonly=True)
    expected = fields.Monetary(readonly=True)
    difference = fields.Monetary(
        readonly=True, help="Below zero when the courier handed in too little."
    )
    card_amount = fields.Monetary("Paid by card", readonly=True)
    qr_amount = fields.Monetary("Paid by QR", readonly=True)
    pay_amount = fields.Monetary("Courier's pay", readonly=True)
    reason = fields.Char("Reason of the difference", readonly=True, tracking=True)
    till_journal_id = fields.Many2one(
        "account.journal", "Till", required=True, readonly=True
    )
    move_id = fields.Many2one("account.move", "Entry", readonly=True, copy=False)
    reversal_id = fields.Many2one(
        "account.move", "Reversed by", readonly=True, copy=False
    )

    # -- counted --------------------------------------------------------------------
    @api.model
    def _count(self, courier, trips, counted, till, denominations=""):
        """Enter what was counted; only now is it compared with what was expected.

        :return: the settlement
        :raise UserError: trips are not back, not this courier's or settled already
        """
        self._check_cashier()
        self._check_trips(courier, trips)
        self._check_finished(trips)
        self._check_sum(counted)
        company = courier.company_id
        sums = trips._collected()
        expected = sums.get("cash", 0.0)
        settlement_sudo = self.sudo().create(
            {
                "name": self.env["ir.sequence"].next_by_code(
                    "loyalty.delivery.settlement"
                ),
                "company_id": company.id,
                "courier_id": courier.id,
                "trip_names": ", ".join(trips.mapped("name")),
                "date": fields.Date.context_today(self),
                "cashier_id": self.env.uid,
                "counted": counted,
                "denominations": denominations,
                "expected": expected,
                "difference": company.currency_id.round(counted - expected),
                "card_amount": sums.get("card", 0.0),
                "qr_amount": sums.get("qr", 0.0),
                "till_journal_id": till.id,
            }
        )
        trips.sudo().settlement_id = settlement_sudo
        return settlement_sudo.with_env(self.env)

    def _check_cashier(self):
        if not self.env.user.has_group("loyalty_delivery.group_delivery_cashier"):
            raise AccessError(
                self.env._("Couriers are settled by cashiers. Ask one of them.")
            )

    def _check_trips(self, courier, trips):
        if not trips:
            raise UserError(
                self.env._(
                    "No trip of %s is back. The courier or the dispatcher tells that"
                    " a trip returned first.",
                    courier.name,
                )
            )
        for trip in trips.sudo():
            if trip.courier_id != courier or trip.state != "returned":
                raise UserError(
                    self.env._(
                        "Trip %(trip)s is no trip of %(courier)s that came back.",
                        trip=trip.name,
                        courier=courier.name,
                    )
                )
            if trip.settlement_id.state == "counted":
                raise UserError(
                    self.env._(
                        "Trip %(trip)s is counted already, in %(settlement)s. Settle"
                        " that one, or let a manager cancel it.",
                        trip=trip.name,
                        settlement=trip.settlement_id.name,
                    )
                )

    @api.model
    def _check_finished(self, trips):
        """What is still open could bring cash after the count, or never change again.

        :raise UserError: with the deliveries of which nobody told how they went
        """
        waiting = (
            self.env["loyalty.delivery.stop"]
            .sudo()
            .search([("trip_id", "in", trips.ids), ("state", "in", STOP_OPEN)])
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Nobody told how %s went. Let the dispatcher confirm these"
                    " deliveries or take them out of the trip, then settle.",
                    ", ".join(waiting.mapped("display_name")),
                )
            )

    def _check_sum(self, counted):
        if not 0 <= counted <= MOST_CASH:
            raise UserError(
                self.env._("Count the notes again: %s is no sum of cash.", counted)
            )

    # -- settled --------------------------------------------------------------------
    def _settle(self, reason=None):
        """Book the cash into the till and close the trips to change.

        :raise UserError: nothing is settled while a delivery is not booked, or a
            difference has no reason
        """
        self._check_cashier()
        self.check_access("read")
        for settlement_sudo in self.sudo():
            settlement_sudo._check_counted()
            settlement_sudo._check_reason(reason)
            settlement_sudo._hold_deliveries()
            self._check_finished(settlement_sudo.trip_ids)
            settlement_sudo._book_the_rest()
            settlement_sudo._check_unchanged()
            self.env["loyalty.delivery.pay.line"]._refresh(settlement_sudo.trip_ids)
            settlement_sudo.write(
                {
                    "move_id": settlement_sudo._post_entry(reason).id,
                    "reason": reason or False,
                    "pay_amount": sum(settlement_sudo.trip_ids.mapped("pay_amount")),
                }
            )
            settlement_sudo.trip_ids._transition("settled")
            settlement_sudo.state = "done"
            settlement_sudo.courier_id._check_cash()

    def _hold_deliveries(self):
        """Write the rows of the deliveries: a phone that corrects one of them at this
        moment is waited for, and then all of this begins again."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_delivery_stop SET write_uid = write_uid"
                " WHERE trip_id IN %s",
                tuple(self.trip_ids.ids) or (0,),
            )
        )

    def _check_counted(self):
        if self.state != "counted":
            raise UserError(
                self.env._("%s is settled or cancelled already.", self.name)
            )

    def _check_reason(self, reason):
        if self.currency_id.is_zero(self.difference) or (reason or "").strip():
            return
        raise UserError(
            self.env._(
                "%(difference)s differ from what was expected. Give the reason, then"
                " settle.",
                difference=self.currency_id.format(self.difference),
            )
        )

    def _book_the_rest(self):
        """Nothing of the trips may wait for corrections any more."""
        bookings = self.env["loyalty.delivery.booking"].search(
            [("trip_id", "in", self.trip_ids.ids), ("state", "=", "waiting")]
        )
        for booking in bookings:
            booking._book_or_fail()
        failed = self.trip_ids.booking_ids.filtered(lambda b: b.state == "error")
        if failed:
            raise UserError(
                self.env._(
                    "These deliveries are not booked: %s. The dispatcher finds the"
                    " reason under Journal / Bookings; settle after that.",
                    ", ".join(failed.stop_id.mapped("display_name")),
                )
            )

    def _check_unchanged(self):
        expected = self.trip_ids._collected().get("cash", 0.0)
        if self.currency_id.compare_amounts(expected, self.expected):
            raise UserError(
                self.env._(
                    "Deliveries of %s were corrected after the cash was counted. Let a"
                    " manager cancel it, and count again.",
                    self.name,
                )
            )

    # -- entries --------------------------------------------------------------------
    def _post_entry(self, reason):
        """Move the cash from the courier's purse to the till, with the difference."""
        if self.currency_id.is_zero(self.counted) and self.currency_id.is_zero(
            self.expected
        ):
            return self.env["account.move"]
        moves = self.env["account.move"].with_company(self.company_id)
        move = moves.create(
            {
                "move_type": "entry",
                "journal_id": self.till_journal_id.id,
                "date": self.date,
                "ref": self.name,
                "line_ids": [
                    Command.create(values)
                    for values in self._prepare_lines(reason)
                    if values["balance"]
                ],
            }
        )
        move.action_post()
        return move

    def _prepare_lines(self, reason):
        purse = self.courier_id.cash_journal_id
        if not purse:
            raise UserError(
                self.env._(
                    "Courier %s has no cash journal. A manager chooses one in the"
                    " courier's form.",
                    self.courier_id.name,
                )
            )
        label = self.env._(
            "%(settlement)s: cash of %(courier)s",
            settlement=self.name,
            courier=self.courier_id.name,
        )
        till = self.till_journal_id.default_account_id
        lines = [
            {"account_id": till.id, "name": label, "balance": self.counted},
            {
                "account_id": purse.default_account_id.id,
                "name": label,
                "balance": -self.expected,
            },
        ]
        if not self.currency_id.is_zero(self.difference):
            lines.append(
                {
                    "account_id": self._difference_account().id,
                    "name": reason or label,
                    "balance": -self.difference,
                }
            )
        return lines

    def _difference_account(self):
        purse, company = self.courier_id.cash_journal_id, self.company_id
        if self.difference < 0:
            account = (
                purse.loss_account_id
                or company.default_cash_difference_expense_account_id
            )
        else:
            account = (
                purse.profit_account_id
                or company.default_cash_difference_income_account_id
            )
        if not account:
            raise UserError(
                self.env._(
                    "The difference has no account. Set the profit and loss accounts of"
                    " journal %s, then settle.",
                    purse.name,
                )
            )
        return account

    def action_open_settle(self):
        """Go on with a settlement that was counted."""
        self.ensure_one()
        self._check_cashier()
        settle = self.env["loyalty.delivery.settle"].create(
            {
                "company_id": self.company_id.id,
                "courier_id": self.courier_id.id,
                "trip_ids": [Command.set(self.trip_ids.ids)],
                "counted": self.counted,
                "settlement_id": self.id,
            }
        )
        return settle._reopen()

    # -- undone ---------------------------------------------------------------------
    def action_cancel(self):
        """Open the trips again; what was booked is reversed.

        :raise AccessError: the user is no manager
        """
        self._check_manager()
        self.check_access("read")
        for settlement_sudo in self.sudo():
            if settlement_sudo.state == "cancelled":
                continue
            if settlement_sudo.trip_ids.pay_line_ids.bill_id:
                raise UserError(
                    self.env._(
                        "The pay of %s is on a vendor bill. Delete the bill first.",
                        settlement_sudo.name,
                    )
                )
            trips, was_done = settlement_sudo.trip_ids, settlement_sudo.state == "done"
            if settlement_sudo.move_id:
                settlement_sudo.reversal_id = settlement_sudo.move_id._reverse_moves(
                    [{"date": fields.Date.context_today(self), "ref": self.name}],
                    cancel=True,
                )
            settlement_sudo.state = "cancelled"
            if was_done:
                trips._transition("returned")
            trips.settlement_id = False
        return True

    def _check_manager(self):
        if not self.env.user.has_group("loyalty_delivery.group_delivery_manager"):
            raise AccessError(
                self.env._("Only managers open a settlement again. Ask one of them.")
            )
