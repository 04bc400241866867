"""The journal as people use it: lateness, counts, cancelling."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .constants import STOP_OPEN


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    late_minutes = fields.Integer(
        compute="_compute_late_minutes",
        store=True,
        help="How much later than agreed it came, or is expected to come.",
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Late, or its time has passed and nobody has been there.",
    )
    window_text = fields.Char(
        "Time", compute="_compute_window_text", help="By the clock of the depot."
    )
    is_cancelled_by_hand = fields.Boolean(readonly=True, copy=False)
    picking_count = fields.Integer(compute="_compute_link_counts", compute_sudo=True)
    sale_count = fields.Integer(compute="_compute_link_counts", compute_sudo=True)

    @api.depends(
        "state",
        "eta",
        "arrived_at",
        "done_at",
        "window_end",
        "promised_end",
    )
    def _compute_late_minutes(self):
        for stop in self:
            end = stop.promised_end or stop.window_end
            came = stop.arrived_at or stop.done_at or stop.eta
            late = (
                (came - end).total_seconds() // 60
                if end and came and stop.state != "cancelled"
                else 0
            )
            stop.late_minutes = max(int(late), 0)

    @api.depends("late_minutes", "window_end", "state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for stop in self:
            stop.is_overdue = stop.late_minutes > 0 or bool(
                stop.state in STOP_OPEN and stop.window_end and stop.window_end < now
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [
            "|",
            ("late_minutes", ">", 0),
            "&",
            ("state", "in", STOP_OPEN),
            ("window_end", "<", fields.Datetime.now()),
        ]

    @api.depends("picking_ids", "sale_ids")
    def _compute_link_counts(self):
        for stop in self:
            stop.picking_count = len(stop.picking_ids)
            stop.sale_count = len(stop.sale_ids)

    @api.depends("window_start", "window_end", "depot_id")
    def _compute_window_text(self):
        for stop in self:
            stop.window_text = stop._window_hours()

    def _window_hours(self):
        """“14:00–16:00” by the clock of the depot, empty without a time."""
        tz = self.depot_id.sudo().tz or self.company_id.sudo().partner_id.tz or "UTC"
        moments = [moment for moment in (self.window_start, self.window_end) if moment]
        clock = self.with_context(tz=tz)
        return "–".join(
            f"{fields.Datetime.context_timestamp(clock, moment):%H:%M}"
            for moment in moments
        )

    def _status_text(self):
        text = super()._status_text()
        if not self or self.state not in STOP_OPEN or not self.window_start:
            return text
        return f"{text} · {format_date(self.env, self.date)} {self._window_hours()}"

    # -- buttons ----------------------------------------------------------------------
    def action_view_pickings(self):
        """The transfers, for who may read them."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        return dict(action, domain=[("id", "in", self.picking_ids.ids)], context={})

    def action_view_orders(self):
        """The orders, for who may read them."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        return dict(action, domain=[("id", "in", self.sale_ids.ids)], context={})

    def action_view_attempts(self):
        """All attempts of these deliveries."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_delivery.loyalty_delivery_stop_action"
        )
        return dict(action, domain=[("name", "in", self.mapped("name"))], context={})

    def action_cancel(self, reason):
        """Cancel what is not driven yet; it is not collected again by itself.

        :raise UserError: one of them is driven or finished; nothing is cancelled
        """
        self.check_access("write")
        driven = self.filtered(lambda stop: stop.state in ("out", "arrived"))
        if driven:
            raise UserError(
                self.env._(
                    "%s is on its way. Let the courier tell that it failed, or take it"
                    " out of the trip first.",
                    driven[0].display_name,
                )
            )
        self._cancel(reason)
        self.sudo().is_cancelled_by_hand = True
