"""Kinds of document that are followed, each by its applier."""

from odoo import models


class OnecApplySale(models.AbstractModel):
    _name = "onec.apply.sale"
    _inherit = "onec.apply.document"
    _description = "Applying of states of 1C sales"
    _onec_otype = "sale"


class OnecApplyReturn(models.AbstractModel):
    _name = "onec.apply.return"
    _inherit = "onec.apply.document"
    _description = "Applying of states of 1C returns"
    _onec_otype = "return"


class OnecApplyCorrection(models.AbstractModel):
    _name = "onec.apply.correction"
    _inherit = "onec.apply.document"
    _description = "Applying of states of 1C corrections"
    _onec_otype = "correction"


class OnecApplyRetailReport(models.AbstractModel):
    _name = "onec.apply.retail_report"
    _inherit = "onec.apply.document"
    _description = "Applying of states of 1C retail reports"
    _onec_otype = "retail_report"


class OnecApplyGiftSale(models.AbstractModel):
    _name = "onec.apply.gift_sale"
    _inherit = "onec.apply.document"
    _description = "Applying of states of gift cards sold"
    _onec_otype = "gift_sale"


class OnecApplyGiftCancel(models.AbstractModel):
    _name = "onec.apply.gift_cancel"
    _inherit = "onec.apply.document"
    _description = "Applying of states of gift cards cancelled"
    _onec_otype = "gift_cancel"


class OnecApplyNetting(models.AbstractModel):
    _name = "onec.apply.netting"
    _inherit = "onec.apply.document"
    _description = "Applying of states of 1C nettings"
    _onec_otype = "netting"
