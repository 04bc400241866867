from odoo import fields, models


class AccountJournal(models.Model):
    """What 1C sees in a journal of money."""

    _inherit = "account.journal"

    onec_kind = fields.Selection(
        [
            ("bank", "Bank account"),
            ("cash", "Cash desk"),
            ("card", "Payment cards"),
            ("none", "Not handed over"),
        ],
        "In 1C",
        help="Which documents payments of this journal become in 1C. Empty: by the "
        "type of the journal. Choose payment cards for a terminal, and not handed over "
        "for money that 1C knows from elsewhere.",
    )

    def _onec_kind(self):
        if self.onec_kind:
            return self.onec_kind
        return {"cash": "cash", "credit": "card"}.get(self.type, "bank")
