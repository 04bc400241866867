from odoo import http
from odoo.http import request

from ..engine.gateways import webhook
from ..engine.gateways.base import GatewayError, RawRequest

# Longer is no key of ours: it is not worth a query.
KEY_LIMIT = 128


class GatewayWebhooks(http.Controller):
    """What gateways tell: delivery reports and messages of customers.

    All that is refused looks alike; what is taken is written down and applied later.
    """

    @http.route(
        "/loyalty_sms/cb/<string:key>/<string:kind>",
        type="http",
        auth="none",
        # A route without a user reads only, unless it says otherwise.
        readonly=False,
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        max_content_length=webhook.BODY_LIMIT,
        keeps_body=True,
    )
    def call_back(self, key, kind, **_parameters):
        # Parameters are read again by the adapter, from the bytes that were signed.
        gateway_sudo = self._gateway(key)
        if not gateway_sudo:
            return self._reply(webhook.REFUSED)
        try:
            provider = gateway_sudo._provider()
        except (GatewayError, ValueError):
            return self._reply(webhook.REFUSED)
        reply = webhook.accept(provider, kind, self._raw_request())
        gateway_sudo._take_calls(reply.rows)
        return self._reply(reply)

    def _gateway(self, key):
        """The gateway of a key, as superuser; empty when it is nobody's."""
        gateways_sudo = request.env["loyalty.sms.gateway"].sudo()
        return gateways_sudo if len(key) > KEY_LIMIT else gateways_sudo._of_key(key)

    def _raw_request(self):
        """The call as it came."""
        received = request.httprequest
        query = received.query_string.decode("ascii", "replace")
        return RawRequest(
            method=received.method,
            path=f"{received.path}?{query}" if query else received.path,
            query=dict(received.args),
            headers=dict(received.headers),
            body=received.get_data(),
            remote=received.remote_addr or "",
        )

    def _reply(self, reply):
        return request.make_response(
            reply.body,
            status=reply.status,
            headers=[("Content-Type", "text/plain; charset=utf-8")],
        )
