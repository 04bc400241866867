"""Run in Odoo's shell on a new database, before it is kept as a template.

Debian's package of Odoo leaves a few third-party files out. What the bundles list
and the disk lacks is taken off the bundles, or every page of the back office
logs an error. Then the bundles are built, so that no test waits for them.
"""

# ruff: noqa: F821

from odoo.exceptions import UserError
from odoo.tools.misc import file_path

LEFT_OUT = [
    (
        "web.assets_backend",
        "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
    ),
]


def is_missing(path):
    try:
        return not file_path(path)
    except (FileNotFoundError, UserError):
        return True


for bundle, path in LEFT_OUT:
    name = f"Left out of this Odoo: {path}"
    if is_missing(path) and not env["ir.asset"].search_count([("name", "=", name)]):
        env["ir.asset"].create(
            {"name": name, "bundle": bundle, "directive": "remove", "path": path}
        )

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
