from odoo import fields, models


class OnecSession(models.Model):
    """One conversation of a CommerceML client, from checkauth on."""

    _name = "onec.session"
    _description = "1C session"
    _order = "id desc"
    _rec_name = "create_date"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    cookie_hash = fields.Char(required=True, groups="base.group_system", copy=False)
    sessid_hash = fields.Char(groups="base.group_system", copy=False)
    exchange = fields.Char("Type", help="catalog, sale or reference")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("uploading", "Receiving files"),
            ("importing", "Applying"),
            ("done", "Done"),
            ("expired", "Expired"),
        ],
        required=True,
        default="open",
    )
    address = fields.Char("From address", readonly=True)
    touched_at = fields.Datetime("Last call", readonly=True)
    message_ids = fields.One2many("onec.message", "session_id", "Messages")

    _cookie_uniq = models.UniqueIndex("(cookie_hash)")
