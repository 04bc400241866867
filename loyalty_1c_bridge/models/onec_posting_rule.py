from odoo import api, fields, models

EVENTS = [
    ("gift_sale", "Gift card sold"),
    ("gift_use", "Gift card used"),
    ("gift_cancel", "Gift card expired or cancelled"),
    ("wallet_topup", "Wallet topped up"),
    ("wallet_use", "Wallet used"),
    ("points", "Estimate of the points liability"),
]

# Debit and credit in the chart of accounts of a country: what the accountant starts
# from. Russia: plan of accounts 94n; Kazakhstan: typical plan of 2007; Armenia: plan
# of accounts of commercial organizations. Elsewhere 1C chooses by its own settings.
DEFAULTS = {
    "RU": {
        "gift_sale": ("50.01", "76.09"),
        "gift_use": ("76.09", "62.01"),
        "gift_cancel": ("76.09", "91.01"),
        "wallet_topup": ("50.01", "62.02"),
        "wallet_use": ("62.02", "62.01"),
        "points": ("90.01.1", "98.01"),
    },
    "AM": {
        "gift_sale": ("251", "523"),
        "gift_use": ("523", "221"),
        "gift_cancel": ("523", "614"),
        "wallet_topup": ("251", "523"),
        "wallet_use": ("523", "221"),
        "points": ("611", "523"),
    },
    "KZ": {
        "gift_sale": ("1010", "3510"),
        "gift_use": ("3510", "1210"),
        "gift_cancel": ("3510", "6290"),
        "wallet_topup": ("1010", "3510"),
        "wallet_use": ("3510", "1210"),
        "points": ("6010", "3540"),
    },
}


class OnecPostingRule(models.Model):
    """How gift cards, wallets and points are booked: a template for the accountant."""

    _name = "onec.posting.rule"
    _inherit = ["mail.thread"]
    _description = "Template of postings"
    _order = "company_id, sequence, id"
    _rec_name = "event"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    sequence = fields.Integer(default=10)
    event = fields.Selection(EVENTS, required=True, tracking=True)
    debit = fields.Char("Debit in 1C", tracking=True, help="Code of the account in 1C.")
    credit = fields.Char(
        "Credit in 1C", tracking=True, help="Code of the account in 1C."
    )
    debit_account_id = fields.Many2one(
        "account.account", "Debit here", check_company=True, tracking=True
    )
    credit_account_id = fields.Many2one(
        "account.account", "Credit here", check_company=True, tracking=True
    )
    vat_on_advance = fields.Boolean(
        "VAT on the advance",
        tracking=True,
        help="On where the rate of what will be bought is known, so that VAT is due "
        "when the card is sold or the wallet is topped up.",
    )
    redemption_rate = fields.Float(
        "Expected to be used, %",
        default=100.0,
        tracking=True,
        help="Share of the points that members will use before they expire; the rest "
        "is breakage and no liability.",
    )
    note = fields.Char(
        help="What the policy says, and who agreed to it.", tracking=True
    )

    _event_uniq = models.UniqueIndex(
        "(company_id, event)", "The company has a template for this event already."
    )
    _rate_in_range = models.Constraint(
        "CHECK (redemption_rate >= 0 AND redemption_rate <= 100)",
        "The share that is expected to be used lies between 0 and 100 %.",
    )

    @api.model
    def _seed(self, company):
        """Give a company the templates of its country that it lacks."""
        rules = self.sudo()
        known = rules.search([("company_id", "=", company.id)]).mapped("event")
        defaults = DEFAULTS.get(company.country_id.code or "", {})
        rules.create(
            [
                {
                    "company_id": company.id,
                    "sequence": 10 * number,
                    "event": event,
                    "debit": defaults.get(event, ("", ""))[0],
                    "credit": defaults.get(event, ("", ""))[1],
                }
                for number, (event, _label) in enumerate(EVENTS, 1)
                if event not in known
            ]
        )

    @api.model
    def _of(self, company, event):
        """The template of a company for an event; an empty one where there is none."""
        return self.sudo().search(
            [("company_id", "=", company.id), ("event", "=", event)], limit=1
        )
