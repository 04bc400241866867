from odoo import api, models


class ReportTillReceipt(models.AbstractModel):
    """The narrow receipt of the quick till.

    Cashiers cannot read invoices, so the report is made of the same values that the
    screen shows, for receipts of their own branches only.
    """

    _name = "report.loyalty_club.till_receipt"
    _description = "Receipt of the till"

    @api.model
    def _get_report_values(self, docids, data=None):
        till = self.env["loyalty.till"]
        branches = till._branches()
        receipts_sudo = self.env["account.move"].sudo()
        receipts_sudo = receipts_sudo.search(
            [
                ("id", "in", docids),
                ("loyalty_till_key", "!=", False),
                ("loyalty_branch_id", "in", branches.ids),
            ]
        )
        return {
            "receipts": [till._receipt_values(receipt) for receipt in receipts_sudo],
            "currencies": {
                currency.id: currency for currency in receipts_sudo.currency_id
            },
        }
