from odoo import api, fields, models
from odoo.exceptions import AccessError

# So many stops are told one by one; for more the boards read everything again.
TOLD = 100


class LoyaltyDeliveryTrip(models.Model):
    """What the dispatcher's board reads, and how open boards hear of changes."""

    _inherit = "loyalty.delivery.trip"

    @api.model
    def board_read(self, date, depot_ids=None, company_id=None):
        """The whole board of a day, in a constant number of queries.

        :param date: ``"2026-03-06"``
        :param depot_ids: only these depots, and stops without one
        :return: ``{"date", "company_id", "currency_id", "now",
            "stops": […], "trips": […], "couriers": […], "zones": […], "depots": […],
            "counters": {…}, "alerts": […], "positions": […],
            "matrix_source": text, "estimated": bool, "can_undo": bool,
            "undo_label": text, "plan": {…} or False}``;
            the keys of the lists are those of ``loyalty.delivery.board.values``, of a
            plan those of ``board_plan_state``
        """
        self._check_dispatcher()
        company = self._board_company(company_id)
        values = self.env["loyalty.delivery.board.values"]
        domain = [("company_id", "=", company.id), ("date", "=", date)]
        if depot_ids:
            domain += [("depot_id", "in", [*depot_ids, False])]
        stops, trips = values._stop_rows(domain), values._trip_rows(domain)
        sources = {trip["matrix_source"] for trip in trips if trip["matrix_source"]}
        change = self._last_change(date, company)
        return {
            "date": fields.Date.to_string(fields.Date.to_date(date)),
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "stops": stops,
            "trips": trips,
            "couriers": values._couriers(company, date),
            "zones": values._zones(company),
            "depots": values._depots(company),
            "counters": values._counters(stops),
            "alerts": self._board_alerts(date, company),
            "positions": self._board_positions(date, company),
            "matrix_source": ", ".join(sorted(sources)),
            "can_undo": bool(change),
            "undo_label": change.name or "",
            "plan": self._board_plan(date, company),
        }

    @api.model
    def _board_company(self, company_id=None):
        """The company of a board: one that the user may see."""
        if not company_id:
            return self.env.company
        if company_id not in self.env.companies.ids:
            raise AccessError(
                self.env._("Choose the company at the top of the page first.")
            )
        return self.env["res.company"].browse(company_id)

    def _check_dispatcher(self):
        """Planning is for dispatchers, and for these trips if there are any."""
        if not self.env.user.has_group("loyalty_delivery.group_delivery_dispatcher"):
            raise AccessError(
                self.env._("Only dispatchers plan deliveries. Ask for the role.")
            )
        self.check_access("write")

    @api.model
    def _last_change(self, date, company):
        """The user's last change of the day that can be taken back."""
        return self.env["loyalty.delivery.change"]._last(date, company)

    @api.model
    def _board_changed(self, trips, stops):
        """Tell open boards what changed, when the transaction is done.

        Sends ``loyalty_delivery/board`` to the channel of the company, which only
        dispatchers hear: ``{"company_id", "date", "stops": […], "trips": […],
        "user_id"}``, the lists as in ``board_read``; for more than a
        hundred stops ``{"reload": True}`` takes their place.
        """
        self.env.cr.precommit.data.setdefault("loyalty_delivery.board", {})
        waiting = self.env.cr.precommit.data["loyalty_delivery.board"]
        if not waiting:
            self.env.cr.precommit.add(self.sudo()._tell)
        waiting.setdefault("uid", self.env.uid)
        waiting.setdefault("trips", set()).update(trips.ids)
        waiting.setdefault("stops", set()).update(stops.ids)

    @api.model
    def _tell(self):
        """Send what ``_board_changed`` gathered, a message for each company and day."""
        waiting = self.env.cr.precommit.data.pop("loyalty_delivery.board", None)
        if not waiting:
            return
        stops = self.env["loyalty.delivery.stop"].browse(waiting["stops"]).exists()
        trips = self.browse(waiting["trips"]).exists()
        days = {(record.company_id, record.date) for record in [*stops, *trips]}
        for company, date in days:
            message = {
                "company_id": company.id,
                "date": fields.Date.to_string(date),
                "user_id": waiting["uid"],
            }
            of_day = [("company_id", "=", company.id), ("date", "=", date)]
            if len(stops) > TOLD:
                message["reload"] = True
            else:
                message |= self._changed_values(of_day, trips, stops)
            self.env["bus.bus"]._sendone(
                (company, "loyalty_delivery"), "loyalty_delivery/board", message
            )

    @api.model
    def _changed_values(self, of_day, trips, stops):
        values = self.env["loyalty.delivery.board.values"]
        return {
            "stops": values._stop_rows([*of_day, ("id", "in", stops.ids)]),
            "trips": values._trip_rows([*of_day, ("id", "in", trips.ids)]),
        }
