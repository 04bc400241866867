from odoo import fields, models


class LoyaltySmsEvent(models.Model):
    """Something happened to a customer that a rule may want to tell them."""

    _name = "loyalty.sms.event"
    _description = "Event for message rules"
    _order = "id"
    _rec_name = "code"
    _log_access = False

    create_date = fields.Datetime(readonly=True, default=fields.Datetime.now)
    code = fields.Char("Event", required=True, readonly=True)
    dedupe_key = fields.Char("Key", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    res_model = fields.Char("Document model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )
    payload = fields.Json(readonly=True)
    planned_at = fields.Datetime("Planned", readonly=True)

    _key = models.UniqueIndex("(dedupe_key)")
    _open_idx = models.Index("(id) WHERE planned_at IS NULL")
