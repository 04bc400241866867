from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.roads.osrm_local import OsrmLocal

# In process a table costs half a second for a thousand places: all at once.
LOCAL_TABLE, LOCAL_LINE = 5000, 200


class LoyaltyDeliveryMatrixProvider(models.Model):
    _inherit = "loyalty.delivery.matrix.provider"

    kind = fields.Selection(
        selection_add=[("osrm_local", "Road network on this server")],
        ondelete={"osrm_local": "cascade"},
    )
    network_id = fields.Many2one(
        "loyalty.delivery.road.network", ondelete="cascade", index="btree_not_null"
    )

    @api.constrains("kind", "network_id")
    def _check_network(self):
        for provider in self:
            if provider.kind == "osrm_local" and not provider.network_id:
                raise ValidationError(
                    self.env._("%s needs a road network.", provider.name)
                )

    def _roads(self):
        if self.kind == "osrm_local":
            return OsrmLocal(self.network_id._built_here())
        return super()._roads()

    def _is_cached(self):
        """The engine here is quicker than a table of what it said before."""
        return self.kind != "osrm_local" and super()._is_cached()

    def _largest_table(self):
        return LOCAL_TABLE if self.kind == "osrm_local" else super()._largest_table()

    def _line_places(self):
        return LOCAL_LINE if self.kind == "osrm_local" else super()._line_places()
