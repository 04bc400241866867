from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Asks to be named on the map and not to be downloaded in bulk; so it is for
# dispatchers only, see https://operations.osmfoundation.org/policies/tiles/
OSM_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
OSM_ATTRIBUTION = "© OpenStreetMap contributors"
TILE_PLACES = ("{z}", "{x}", "{y}")


class ResCompany(models.Model):
    """Where the pictures under the maps of dispatchers come from."""

    _inherit = "res.company"

    delivery_tile_url = fields.Char(
        "Map pictures from", default=OSM_TILES, groups="base.group_system"
    )
    delivery_tile_attribution = fields.Char(
        "Map made by",
        default=OSM_ATTRIBUTION,
        translate=True,
        groups="base.group_system",
    )

    @api.constrains("delivery_tile_url", "delivery_tile_attribution")
    def _check_delivery_tiles(self):
        for company in self:
            url = company.delivery_tile_url
            if not url:
                continue
            if not url.startswith(("https://", "http://", "/")) or not all(
                place in url for place in TILE_PLACES
            ):
                raise ValidationError(
                    self.env._(
                        "“%(url)s” is no address of map pictures. It begins with"
                        " https:// and has {z}, {x} and {y} in it, for example"
                        " %(example)s. Empty it to have maps without pictures.",
                        url=url,
                        example=OSM_TILES,
                    )
                )
            if not company.delivery_tile_attribution:
                raise ValidationError(
                    self.env._(
                        "Say who made the map: whoever serves its pictures asks to be"
                        " named on it."
                    )
                )

    def _delivery_tiles(self):
        """Tell a map where its pictures are.

        :return: ``{url, attribution}``; an empty ``url`` means a map without pictures
        """
        company_sudo = self.sudo()
        return {
            "url": company_sudo.delivery_tile_url or "",
            "attribution": company_sudo.delivery_tile_attribution or "",
        }
