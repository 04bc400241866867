import json

from odoo import http
from odoo.http import request
from odoo.tools.misc import file_open

from odoo.addons.loyalty_club.controllers.gift_card import private

from .courier_access import POLICY, CourierAccess

BUNDLE = "loyalty_delivery.assets_courier"
FOLDER = "loyalty_delivery/static/courier"


class CourierPage(CourierAccess, http.Controller):
    """The shell of the page: the same for everybody, so that phones may keep it."""

    @http.route(
        ["/courier", "/courier/t"],
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
        readonly=False,
    )
    def courier_page(self, **_kwargs):
        """The page; what a link has after its ``#`` stays in the browser."""
        links = self._links()
        values = {
            "styles": [link for link in links if link.endswith(".css")],
            "scripts": [link for link in links if link.endswith(".js")],
        }
        response = private(request.render("loyalty_delivery.courier_page", values))
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Frame-Options"] = "DENY"
        return response

    def _links(self):
        """Style and script of the page; its texts come with the data."""
        request.update_context(lang="en_US")
        return request.env["ir.qweb"].sudo()._get_asset_links(BUNDLE)

    @http.route(
        "/courier/service-worker.js",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
        readonly=False,
    )
    def courier_service_worker(self):
        """The worker that keeps the shell, with the list of what to keep."""
        kept = ["/courier", *self._links(), f"/{FOLDER}/icon-192.png"]
        with file_open(f"{FOLDER}/service_worker.js") as source:
            body = source.read().replace("__KEPT__", json.dumps(kept))
        return request.make_response(
            body,
            [
                ("Content-Type", "text/javascript"),
                ("Service-Worker-Allowed", "/courier"),
                ("Cache-Control", "no-cache"),
            ],
        )

    @http.route(
        "/courier/manifest.webmanifest",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
        readonly=True,
    )
    def courier_manifest(self):
        """What a phone needs to put the page on its home screen."""
        self._speak(request.env["loyalty.delivery.courier"].sudo())
        name = request.env._("Deliveries")
        manifest = {
            "id": "/courier",
            "name": name,
            "short_name": name,
            "start_url": "/courier",
            "scope": "/courier",
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#ffffff",
            "theme_color": "#0b3d63",
            "icons": [
                {
                    "src": f"/{FOLDER}/icon-{size}.png",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": "any maskable",
                }
                for size in (192, 512)
            ],
        }
        return request.make_json_response(
            manifest, [("Content-Type", "application/manifest+json")]
        )
