import string

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.constants import NAVIGATIONS, PROOFS

COMPANY_PREFIX = "delivery_"
QR_PLACES = {"amount", "cents", "currency", "document"}
# A symbol of medium correction holds 2331 bytes, of which letters may take four.
LONGEST_QR = 500


class LoyaltyDeliverySettings(models.TransientModel):
    """Settings of deliveries of a company, for who runs them but not the ERP.

    Fields whose name begins with ``delivery_`` stand for the company's own of the same
    name: whoever adds one to both has nothing else to do.
    """

    _name = "loyalty.delivery.settings"
    _description = "Delivery settings of a company"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    delivery_undo_minutes = fields.Integer(
        "Minutes to correct",
        help="So long a courier takes back what was confirmed, as long as the trip is"
        " not settled. Goods and money are booked afterwards.",
    )
    delivery_proof = fields.Selection(
        PROOFS,
        "Proof of delivery",
        required=True,
        help="What the courier's page asks for before a delivery is confirmed.",
    )
    delivery_photos_max = fields.Integer("Most photos of a delivery")
    delivery_navigation = fields.Selection(
        NAVIGATIONS,
        "Navigation",
        required=True,
        help="What opens on a courier's phone until the courier chooses another.",
    )
    delivery_phone = fields.Char(
        "Dispatcher's phone", help="Empty: the phone of the company."
    )
    delivery_courier_text = fields.Text(
        "Note to couriers", help="Stands above the list of stops."
    )
    delivery_qr_payload = fields.Char(
        "QR payment",
        help="The text of the QR that a customer pays by, as your bank describes it;"
        " {amount}, {cents}, {currency} and {document} are filled in. Empty: no QR.",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        self._check_manager()
        company_sudo = self.env.company.sudo()
        for name in self._company_fields():
            value = company_sudo[name]
            values[name] = value.id if isinstance(value, models.BaseModel) else value
        return values

    def action_save(self):
        """Write the settings to the company.

        :raise AccessError: the user does not manage deliveries
        """
        self.ensure_one()
        self._check_manager()
        self._check_qr_payload()
        company_sudo = self.env.company.sudo()
        company_sudo.write({name: self[name] for name in self._company_fields()})
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _company_fields(self):
        company = self.env["res.company"]._fields
        return [
            name
            for name in self._fields
            if name.startswith(COMPANY_PREFIX) and name in company
        ]

    def _check_manager(self):
        if not self.env.user.has_group("loyalty_delivery.group_delivery_manager"):
            raise AccessError(
                self.env._("Only delivery managers change the settings of deliveries.")
            )

    def _check_qr_payload(self):
        text = self.delivery_qr_payload or ""
        try:
            # With a form of its own, as in {amount:.2f}, a place could not be filled.
            places = {
                place if not (form or conversion) else ""
                for _text, place, form, conversion in string.Formatter().parse(text)
                if place is not None
            }
        except ValueError:
            places = {""}
        if not places <= QR_PLACES or len(text) > LONGEST_QR:
            raise UserError(
                self.env._(
                    "The QR payment has places that nothing fills. Use {amount},"
                    " {cents}, {currency} and {document} only, just so, in at most"
                    " %s characters.",
                    LONGEST_QR,
                )
            )
