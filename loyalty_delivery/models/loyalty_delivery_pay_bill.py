from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyDeliveryPayLine(models.Model):
    """Freelancers are paid by vendor bill: one a courier for what is chosen."""

    _inherit = "loyalty.delivery.pay.line"

    is_settled = fields.Boolean("Settled", compute="_compute_is_settled")
    is_billed = fields.Boolean("Billed", compute="_compute_is_settled")

    @api.depends("trip_id.settlement_id.state", "bill_id")
    def _compute_is_settled(self):
        for line in self:
            line.is_settled = line.trip_id.is_closed
            line.is_billed = bool(line.sudo().bill_id)

    def action_bill(self):
        """Draft a vendor bill for each freelancer; what is billed already is left out.

        :return: an action that shows the bills
        :raise UserError: nothing of it can be billed
        """
        self._check_manager()
        self.check_access("read")
        due = self.sudo().filtered(
            lambda line: (
                line.courier_id.kind == "freelance"
                and line.trip_id.is_closed
                and not line.bill_id
            )
        )
        if not due:
            raise UserError(
                self.env._(
                    "Nothing to bill: choose the pay of freelancers whose trips are"
                    " settled and not billed yet."
                )
            )
        bills = self.env["account.move"]
        for (company, courier), lines in due.grouped(
            lambda line: (line.company_id, line.courier_id)
        ).items():
            bill = self._create_bill(company, courier, lines)
            lines.bill_id = bill
            bills |= bill
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Vendor bills"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", bills.ids)],
        }

    def action_print_sheet(self):
        """What was chosen, a page a courier."""
        self.env["loyalty.delivery.paper"]._check_printer()
        report = self.env.ref("loyalty_delivery.report_pay_sheet")
        return report.report_action(self, config=False)

    def _check_manager(self):
        if not self.env.user.has_group("loyalty_delivery.group_delivery_manager"):
            raise AccessError(
                self.env._("Vendor bills of couriers are made by delivery managers.")
            )

    @api.model
    def _create_bill(self, company, courier, lines):
        moves_sudo = self.env["account.move"].sudo().with_company(company)
        days = sorted(lines.mapped("date"))
        return moves_sudo.create(
            {
                "move_type": "in_invoice",
                "company_id": company.id,
                "partner_id": courier.partner_id.commercial_partner_id.id,
                "invoice_date": fields.Date.context_today(self),
                "ref": self.env._(
                    "Deliveries from %(first)s to %(last)s, %(courier)s",
                    first=days[0],
                    last=days[-1],
                    courier=courier.name,
                ),
                "invoice_line_ids": [
                    Command.create(values) for values in self._prepare_bill_lines(lines)
                ],
            }
        )

    @api.model
    def _prepare_bill_lines(self, lines):
        names = dict(lines._fields["basis"]._description_selection(self.env))
        return [
            {
                "name": names[basis],
                "quantity": 1,
                "price_unit": sum(some.mapped("amount")),
                "tax_ids": [Command.clear()],
            }
            for basis, some in lines.grouped("basis").items()
        ]
