from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Keep the bytes of signed calls: reading a form would use them up.

        The limit of the route holds already; a longer body ends here, unread.
        """
        result = super()._pre_dispatch(rule, args)
        if rule.endpoint.routing.get("keeps_body"):
            request.httprequest.get_data(cache=True)
        return result
