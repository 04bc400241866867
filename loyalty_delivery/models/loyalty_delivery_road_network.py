import base64
import secrets
import time
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.roads import build, osrm_local
from ..engine.roads.base import NotHereError

LARGEST_UPLOAD_MB = 100
# The job looks this long before it comes back later: a city is ready by then.
WATCHED_S, LOOK_AGAIN = 20, timedelta(seconds=15)


class LoyaltyDeliveryRoadNetwork(models.Model):
    """Streets of a region, built from an OpenStreetMap extract on this machine."""

    _name = "loyalty.delivery.road.network"
    _description = "Road network"
    _order = "name"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: all companies look for addresses in it.",
    )
    extract = fields.Binary(
        attachment=True,
        copy=False,
        help="A file .osm.pbf with the streets of your town and its surroundings.",
    )
    extract_name = fields.Char(copy=False)
    server_file = fields.Char(
        "Or a file on the server",
        copy=False,
        help="The name of a file in the folder of extracts, for those too large to be"
        " uploaded. The administrator of the server puts it there.",
    )
    with_car = fields.Boolean("Cars", default=True)
    with_bike = fields.Boolean("Bicycles", default=True)
    with_foot = fields.Boolean("On foot", default=True)
    state = fields.Selection(
        [
            ("draft", "Not built"),
            ("queued", "Waiting"),
            ("building", "Being built"),
            ("ready", "Ready"),
            ("failed", "Failed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    build_key = fields.Char(
        readonly=True, copy=False, help="Names the folder of the build on each machine."
    )
    step = fields.Char("Doing", readonly=True, copy=False)
    progress = fields.Float(readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False)
    built_at = fields.Datetime("Built", readonly=True, copy=False)
    size_mb = fields.Integer("Size, MB", readonly=True, copy=False)
    street_count = fields.Integer("Streets", readonly=True, copy=False)
    house_count = fields.Integer("Houses", readonly=True, copy=False)
    attribution = fields.Char(
        compute="_compute_attribution",
        help="The licence of the data asks for this where its roads are shown.",
    )
    provider_ids = fields.One2many(
        "loyalty.delivery.matrix.provider", "network_id", "Sources of distances"
    )

    def _compute_attribution(self):
        self.attribution = self.env._("© OpenStreetMap contributors, ODbL 1.0")

    @api.constrains("extract")
    def _check_extract(self):
        for network in self.filtered("extract"):
            head = base64.b64decode(network.extract[:128])
            if b"OSMHeader" not in head:
                raise ValidationError(
                    self.env._(
                        "%s is no extract of OpenStreetMap in the format .osm.pbf.",
                        network.extract_name or network.name,
                    )
                )
            if len(network.extract) * 3 // 4 > LARGEST_UPLOAD_MB * 2**20:
                raise ValidationError(
                    self.env._(
                        "The extract is larger than %(limit)s MB. Ask the administrator"
                        " to put it into the folder of extracts on the server, and"
                        " enter its name.",
                        limit=LARGEST_UPLOAD_MB,
                    )
                )

    @api.constrains("server_file")
    def _check_server_file(self):
        for network in self.filtered("server_file"):
            name = network.server_file
            if Path(name).name != name or not name.endswith(".osm.pbf"):
                raise ValidationError(
                    self.env._(
                        "%s: enter the bare name of a file that ends in .osm.pbf.", name
                    )
                )

    @api.constrains("with_car", "with_bike", "with_foot")
    def _check_profiles(self):
        for network in self:
            if not network._profiles():
                raise ValidationError(
                    self.env._("%s: for whom? Choose one at least.", network.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_files(self):
        folders = [folder for network in self for folder in network._folders()]
        self.env.cr.postcommit.add(lambda: [build.remove(folder) for folder in folders])

    def action_build(self):
        """Build anew, in the background; what was built before is used meanwhile."""
        self.check_access("write")
        if not osrm_local.is_available():
            raise UserError(
                self.env._(
                    "Road networks need the Python package osrm-bindings on the server"
                    " (Python 3.12 or later). Without it, use a server of roads"
                    " instead: Configuration > Roads."
                )
            )
        for network in self:
            network._check_source()
        for network in self:
            network.sudo().write(
                {
                    "state": "queued",
                    "build_key": secrets.token_hex(6),
                    "error": False,
                    "step": False,
                    "progress": 0,
                }
            )
            network._ensure_provider()
        self.env.ref("loyalty_delivery.ir_cron_road_networks")._trigger()

    def action_look(self):
        """Show how far it is now."""
        for network in self.filtered(lambda n: n.state in ("queued", "building")):
            network.check_access("read")
            network.sudo()._look()

    def _check_source(self):
        """:raise UserError: there is nothing to build from"""
        if self.extract:
            return
        if not self.server_file:
            raise UserError(
                self.env._("Upload an extract, or enter the name of one on the server.")
            )
        if not self._server_path().is_file():
            raise UserError(
                self.env._(
                    "There is no %(file)s in %(folder)s on the server.",
                    file=self.server_file,
                    folder=self._extract_folder(),
                )
            )

    def _server_path(self):
        return self._extract_folder() / self.server_file

    def _ensure_provider(self):
        """A network that is built is also asked, first of all."""
        company = self.company_id or self.env.company
        if company not in self.provider_ids.company_id:
            self.env["loyalty.delivery.matrix.provider"].create(
                {
                    "name": self.name,
                    "kind": "osrm_local",
                    "network_id": self.id,
                    "company_id": company.id,
                    "sequence": 5,
                }
            )

    def _profiles(self):
        return [name for name in ("car", "bike", "foot") if self[f"with_{name}"]]

    @api.model
    def _cron_build(self):
        """Start what waits, and tell how far the others are."""
        networks = self.search([("state", "in", ("queued", "building"))])
        end = time.monotonic() + WATCHED_S
        while networks:
            for network in networks:
                network._look()
            networks = networks.filtered(lambda n: n.state in ("queued", "building"))
            self.env["ir.cron"]._commit_progress(remaining=0)
            if not networks or time.monotonic() > end:
                break
            time.sleep(1)
        if networks:
            self.env.ref("loyalty_delivery.ir_cron_road_networks")._trigger(
                fields.Datetime.now() + LOOK_AGAIN
            )

    def _look(self):
        """Bring what is shown up to what the builder tells."""
        self.ensure_one()
        found = build.progress(self._folder())
        if not found:
            try:
                self._start_here()
            except (NotHereError, OSError) as error:
                self.write({"state": "failed", "error": str(error)})
            else:
                self.state = "building"
            return
        values = {"state": found.state, "step": found.step}
        values["progress"] = 100 * found.done / found.total
        if found.state == "done":
            values |= {
                "state": "ready",
                "built_at": fields.Datetime.now(),
                "size_mb": sum(found.sizes_mb.values()),
                "street_count": found.streets,
                "house_count": found.houses,
            }
            self._remove_old()
        elif found.state == "failed":
            values["error"] = found.error
            build.remove(self._folder())
        self.write(
            {name: value for name, value in values.items() if self[name] != value}
        )
