from odoo import api, models


class LoyaltyDeliveryZone(models.Model):
    """Zones as maps draw them."""

    _inherit = "loyalty.delivery.zone"

    @api.model
    def map_read(self, company_id=None):
        """Read what lies under every map of a company.

        :param company_id: one of the user's companies, the current one by default
        :return: ``{tiles: {url, attribution}, zones: [{id, name, code, color,
            polygon}], depots: [{id, name, lat, lng}]}``; places are degrees, polygons
            lists of ``[latitude, longitude]``
        :raise AccessError: the user may not read zones or is not of that company
        """
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        company.check_access("read")
        own = [("company_id", "=", company.id)]
        zones = self.search_fetch(own, ["name", "code", "color", "polygon"])
        depots = self.env["loyalty.delivery.depot"].search_fetch(
            own, ["name", "latitude", "longitude"]
        )
        return {
            "tiles": company._delivery_tiles(),
            "zones": [
                {
                    "id": zone.id,
                    "name": zone.name,
                    "code": zone.code or "",
                    "color": zone.color,
                    "polygon": zone.polygon or [],
                }
                for zone in zones
            ],
            "depots": [
                {
                    "id": depot.id,
                    "name": depot.name,
                    "lat": depot.latitude,
                    "lng": depot.longitude,
                }
                for depot in depots
                if depot.latitude or depot.longitude
            ],
        }
