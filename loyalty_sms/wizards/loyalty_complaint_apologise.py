from odoo import api, fields, models


class LoyaltyComplaintApologise(models.TransientModel):
    _name = "loyalty.complaint.apologise"
    _description = "Points as an apology"

    complaint_id = fields.Many2one("loyalty.complaint", required=True, readonly=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id")
    left = fields.Float(related="complaint_id.apology_left", string="At most")
    points = fields.Float(digits=(16, 2), required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        complaint = self.env["loyalty.complaint"].browse(values.get("complaint_id"))
        values["points"] = complaint.apology_left if complaint else 0.0
        return values

    def action_give(self):
        """Give the points and write it down in the complaint."""
        self.ensure_one()
        self.complaint_id._apologise(self.points)
