from odoo import api, fields, models
from odoo.exceptions import UserError


class OnecPointsEstimateBook(models.TransientModel):
    """Look at the points liability of a month, then book it."""

    _name = "onec.points.estimate.book"
    _description = "Book the points liability of a month"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        "Month of",
        required=True,
        default=lambda self: fields.Date.end_of(
            fields.Date.subtract(fields.Date.context_today(self), months=1), "month"
        ),
        help="Any day of the month.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many(
        "onec.points.estimate.book.line", "wizard_id", compute="_compute_line_ids"
    )
    difference = fields.Monetary("To book", compute="_compute_line_ids")

    @api.depends("company_id", "month")
    def _compute_line_ids(self):
        for wizard in self:
            figures = []
            if wizard.company_id and wizard.month:
                figures = self.env["onec.points.estimate"]._figures(
                    wizard.company_id, wizard.month
                )
            lines = [
                {
                    name: values[name]
                    for name in (
                        "program_id",
                        "points",
                        "point_value",
                        "redemption_rate",
                        "liability",
                        "previous",
                        "difference",
                    )
                }
                for values in figures
            ]
            wizard.line_ids = [
                fields.Command.clear(),
                *map(fields.Command.create, lines),
            ]
            wizard.difference = sum(line["difference"] for line in lines)

    def action_book(self):
        """Book the month and show the estimates."""
        self.ensure_one()
        estimates = self.env["onec.points.estimate"]
        estimates._check_accountant()
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "Switch to %s first; another company's books are not yours now.",
                    self.company_id.name,
                )
            )
        booked = estimates._book(self.company_id, self.month)
        if not booked:
            raise UserError(
                self.env._(
                    "There is nothing to book for %s: the month is booked already, or "
                    "no member has points. Choose another month.",
                    self.month.strftime("%m.%Y"),
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_1c_bridge.onec_points_estimate_action"
        )
        return {**action, "domain": [("id", "in", booked.ids)]}


class OnecPointsEstimateBookLine(models.TransientModel):
    _name = "onec.points.estimate.book.line"
    _description = "Points liability of a club"

    wizard_id = fields.Many2one("onec.points.estimate.book", ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    program_id = fields.Many2one("loyalty.program", "Club")
    points = fields.Float(digits=(16, 2))
    point_value = fields.Float("Worth of a point", digits=(16, 4))
    redemption_rate = fields.Float("Expected to be used, %")
    liability = fields.Monetary()
    previous = fields.Monetary("A month before")
    difference = fields.Monetary("To book")
