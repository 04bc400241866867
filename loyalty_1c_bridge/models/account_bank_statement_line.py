from odoo import fields, models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    onec_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Key of the row in the bank's text file: a repeated import finds it.",
    )
    onec_message_id = fields.Many2one(
        "onec.message", "Bank file", readonly=True, copy=False, index="btree_not_null"
    )
    onec_reason = fields.Char(
        "Recognized by", readonly=True, copy=False, help="Why this partner."
    )

    _onec_key_uniq = models.UniqueIndex(
        "(journal_id, onec_key) WHERE onec_key IS NOT NULL",
        "A row of this bank file was imported a moment ago by somebody else. "
        "Open the preview again: it leaves out what is there.",
    )
