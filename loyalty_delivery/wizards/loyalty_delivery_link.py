import base64

from odoo import api, fields, models

from odoo.addons.loyalty_club.engine.barcodes import qr_png


class LoyaltyDeliveryLink(models.TransientModel):
    """Shows a courier's new link and PIN once; nothing of it is ever stored."""

    _name = "loyalty.delivery.link"
    _description = "Link and PIN of a courier, shown once"

    trip_name = fields.Char("Trip", store=False)
    courier_name = fields.Char("Courier", store=False)
    url = fields.Char("Link", store=False)
    pin = fields.Char("PIN", store=False)
    qr = fields.Binary("Scan with the phone", store=False, attachment=False)

    @api.model
    def _shown(self, trip, token, pin):
        """The dialog, whose values travel in the answer to who asked for them alone.

        The token stands after the ``#``: browsers send that part to no server, so it
        is in no log.
        """
        url = f"{trip.get_base_url()}/courier/t#{token}"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link of the courier"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_trip_name": trip.name,
                "default_courier_name": trip.courier_id.name,
                "default_url": url,
                "default_pin": pin,
                "default_qr": self._png(url),
            },
        }

    @api.model
    def _png(self, url):
        return base64.b64encode(qr_png(url, module=6)).decode()
