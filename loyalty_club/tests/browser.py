from odoo.tools.misc import file_path

# Debian's package of Odoo leaves this library out but still lists it in the bundle:
# every backend page then logs an error, which fails any browser test.
LEFT_OUT_BY_DEBIAN = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def mend_assets(env):
    """Take what Debian's package left out from the bundle of the back office."""
    assets = env["ir.asset"]
    if assets.search_count([("path", "=", LEFT_OUT_BY_DEBIAN)]):
        return
    try:
        file_path(LEFT_OUT_BY_DEBIAN)
    except FileNotFoundError:
        assets.create(
            {
                "name": "Library left out by the Debian package",
                "bundle": "web.assets_backend",
                "directive": "remove",
                "path": LEFT_OUT_BY_DEBIAN,
            }
        )
