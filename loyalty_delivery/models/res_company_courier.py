from odoo import fields, models

from .constants import NAVIGATIONS, PROOFS


class ResCompany(models.Model):
    """What couriers of the company see and owe on their page."""

    _inherit = "res.company"

    delivery_undo_minutes = fields.Integer(
        "Minutes to correct", default=15, groups="base.group_system"
    )
    delivery_proof = fields.Selection(
        PROOFS,
        "Proof of delivery",
        default="none",
        required=True,
        groups="base.group_system",
    )
    delivery_photos_max = fields.Integer(
        "Most photos of a delivery", default=5, groups="base.group_system"
    )
    delivery_navigation = fields.Selection(
        NAVIGATIONS, default="geo", required=True, groups="base.group_system"
    )
    delivery_phone = fields.Char("Dispatcher's phone", groups="base.group_system")
    delivery_courier_text = fields.Text(
        "Note to couriers", groups="base.group_system", translate=True
    )
    delivery_qr_payload = fields.Char("QR payment", groups="base.group_system")

    _delivery_undo = models.Constraint(
        "CHECK (delivery_undo_minutes BETWEEN 0 AND 1440)",
        "A courier's correction takes from 0 minutes to a day.",
    )
    _delivery_photos = models.Constraint(
        "CHECK (delivery_photos_max BETWEEN 0 AND 20)",
        "A delivery has at most 20 photos.",
    )

    def _delivery_undo_minutes(self):
        return self.sudo().delivery_undo_minutes
