from odoo import api, fields, models


class LoyaltyDeliveryPlanDay(models.TransientModel):
    """What is about to be planned, in numbers, before it begins."""

    _name = "loyalty.delivery.plan.day"
    _description = "Plan the day"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    mode = fields.Selection(
        selection=lambda self: (
            self.env["loyalty.delivery.plan"]._fields["mode"].selection
        ),
        required=True,
        default="day",
    )
    effort = fields.Selection(
        selection=lambda self: (
            self.env["loyalty.delivery.plan"]._fields["effort"].selection
        ),
        required=True,
        default="draft",
    )
    engine = fields.Selection(
        selection=lambda self: (
            self.env["loyalty.delivery.plan"]._fields["engine"].selection
        ),
        required=True,
        default="auto",
    )
    depot_ids = fields.Many2many("loyalty.delivery.depot", string="Depots")
    courier_ids = fields.Many2many(
        "loyalty.delivery.courier",
        string="Couriers",
        compute="_compute_courier_ids",
        store=True,
        readonly=False,
        help="Those who work on this day; take out who does not drive.",
    )
    stop_count = fields.Integer("Deliveries", compute="_compute_counts")
    incomplete_count = fields.Integer("To complete first", compute="_compute_counts")
    planned_count = fields.Integer("Have a courier already", compute="_compute_counts")

    @api.depends("date", "company_id", "depot_ids")
    def _compute_courier_ids(self):
        couriers = self.env["loyalty.delivery.courier"]
        for wizard in self:
            known = couriers.search([("company_id", "=", wizard.company_id.id)])
            working = couriers.browse(
                [courier.id for courier in known._hours(wizard.date)]
            )
            wizard.courier_ids = working.filtered(
                lambda courier, depots=wizard.depot_ids: (
                    not depots or not courier.depot_id or courier.depot_id in depots
                )
            )

    @api.depends("date", "company_id", "depot_ids")
    def _compute_counts(self):
        stops = self.env["loyalty.delivery.stop"]
        for wizard in self:
            domain = [
                ("company_id", "=", wizard.company_id.id),
                ("date", "=", wizard.date),
                ("state", "in", ("draft", "ready", "planned", "out")),
            ]
            if wizard.depot_ids:
                domain.append(("depot_id", "in", [False, *wizard.depot_ids.ids]))
            counts = dict(stops._read_group(domain, ["state"], ["__count"]))
            wizard.incomplete_count = counts.get("draft", 0)
            wizard.planned_count = counts.get("planned", 0) + counts.get("out", 0)
            wizard.stop_count = counts.get("ready", 0) + wizard.planned_count

    def action_plan(self):
        """Begin, and show how it goes."""
        self.ensure_one()
        state = self.env["loyalty.delivery.trip"].board_plan_start(
            self.date,
            {
                "company_id": self.company_id.id,
                "mode": self.mode,
                "effort": self.effort,
                "engine": self.engine,
                "depot_ids": self.depot_ids.ids,
                "courier_ids": self.courier_ids.ids,
            },
        )
        return self.env["loyalty.delivery.plan"].browse(state["id"])._open()
