"""Run in Odoo's shell on a new database, before it is kept as a template.

Debian's package of Odoo leaves a few third-party files out. What the bundles list
and the disk lacks is taken off the bundles, or every page of the back office
logs an error. Then the bundles are built, so that no test waits for them.
"""

from odoo.exceptions import UserError
from odoo.tools.misc import file_path

LEFT_OUT = {
    "web.assets_backend": ["mail/static/lib/selfie_segmentation/selfie_segmentation.js"],
}


def is_missing(path):
    try:
        return not file_path(path)
    except (FileNotFoundError, UserError):
        return True


for bundle, paths in LEFT_OUT.items():
    for path in filter(is_missing, paths):
        name = f"Left out of this Odoo: {path}"
        if not env["ir.asset"].search_count([("name", "=", name)]):  # noqa: F821
            env["ir.asset"].create(  # noqa: F821
                {"name": name, "bundle": bundle, "directive": "remove", "path": path}
            )

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
env.cr.commit()  # noqa: F821
