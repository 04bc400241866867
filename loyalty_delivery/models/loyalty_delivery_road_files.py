import base64
import shutil
from pathlib import Path

from odoo import api, models
from odoo.tools import config

from ..engine.roads import build, osrm_local
from ..engine.roads.base import NotHereError
from ..engine.roads.gazetteer import Gazetteer

# Opened once in a process.
_gazetteers = {}


class LoyaltyDeliveryRoadNetwork(models.Model):
    """The files of a network: each machine that shares the database has its own."""

    _inherit = "loyalty.delivery.road.network"

    def _extract_folder(self):
        """Where the administrator puts extracts: set on the server, not by a user."""
        chosen = config.get("loyalty_delivery_extracts")
        return Path(
            chosen or Path(config["data_dir"]) / "loyalty_delivery" / "extracts"
        )

    @api.model
    def _data_folder(self):
        return Path(config["data_dir"]) / "loyalty_delivery" / self.env.cr.dbname

    def _folder(self):
        return self._data_folder() / "roads" / f"{self.id}-{self.build_key}"

    def _folders(self):
        """What was built of this network, by all builds."""
        return list(self._folder().parent.glob(f"{self.id}-*"))

    def _start_here(self):
        """Start to build on this machine, unless somebody did.

        :raise NotHereError: there is nothing to build from
        """
        self.ensure_one()
        folder = self._folder()
        if folder.exists():
            return
        build.start(folder, self._extract_path(), self._profiles())

    def _extract_path(self):
        if not self.extract:
            path = self._server_path()
            if not path.is_file():
                raise NotHereError(f"there is no {self.server_file} on this machine")
            return path
        path = self._folder().with_suffix(".osm.pbf")
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".fresh")
            fresh.write_bytes(base64.b64decode(self.extract))
            fresh.replace(path)
        return path

    def _built_here(self):
        """The folder of the network, when it is ready on this machine.

        Where it is not, as after a move to another machine, it is built in the
        background.

        :raise NotHereError: it is not ready here
        """
        self.ensure_one()
        folder = self._folder()
        found = build.progress(folder)
        if found and found.state == "done":
            return folder
        last = self._folders_before()
        if last:
            return last
        if not found and self.state == "ready" and osrm_local.is_available():
            self._start_here()
        raise NotHereError(
            self.env._("The road network “%s” is not built on this machine.", self.name)
        )

    def _folders_before(self):
        """The build before, which serves while the next one is made."""
        done = []
        for folder in self._folders():
            found = folder.is_dir() and build.progress(folder)
            if found and found.state == "done":
                done.append(folder)
        return max(done, key=lambda folder: folder.stat().st_mtime, default=None)

    def _remove_old(self):
        """Delete the builds before this one, and the copy of the extract."""
        for folder in self._folders():
            if folder == self._folder():
                continue
            if folder.is_file():
                folder.unlink(missing_ok=True)
                continue
            osrm_local.forget(folder)
            old = _gazetteers.pop(folder, None)
            if old:
                old.close()
            shutil.rmtree(folder, ignore_errors=True)

    def _gazetteer(self):
        """:raise NotHereError: the network is not ready on this machine"""
        folder = self._built_here()
        if folder not in _gazetteers:
            _gazetteers[folder] = Gazetteer(folder / build.ADDRESSES)
        return _gazetteers[folder]
