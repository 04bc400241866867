"""Kinds of payment, each by its applier."""

from odoo import models


class OnecApplyBankIn(models.AbstractModel):
    _name = "onec.apply.bank_in"
    _inherit = "onec.apply.payment"
    _description = "Applying of 1C bank receipts"
    _onec_otype = "bank_in"


class OnecApplyBankOut(models.AbstractModel):
    _name = "onec.apply.bank_out"
    _inherit = "onec.apply.payment"
    _description = "Applying of 1C bank payments"
    _onec_otype = "bank_out"
    _onec_direction = "outbound"


class OnecApplyCashIn(models.AbstractModel):
    _name = "onec.apply.cash_in"
    _inherit = "onec.apply.payment"
    _description = "Applying of 1C cash receipts"
    _onec_otype = "cash_in"
    _onec_journal_type = "cash"


class OnecApplyCashOut(models.AbstractModel):
    _name = "onec.apply.cash_out"
    _inherit = "onec.apply.payment"
    _description = "Applying of 1C cash payments"
    _onec_otype = "cash_out"
    _onec_direction = "outbound"
    _onec_journal_type = "cash"


class OnecApplyCardPayment(models.AbstractModel):
    _name = "onec.apply.card_payment"
    _inherit = "onec.apply.payment"
    _description = "Applying of 1C card payments"
    _onec_otype = "card_payment"
