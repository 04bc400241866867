"""One suite for every server of roads: what is asked, and what an answer means."""

import socket
import time

import pytest
from fake_provider import FakeProvider, Reply
from fake_roads import (
    FakeNominatim,
    FakeOrs,
    FakeOsrm,
    FakeValhalla,
    corner_line,
    metres,
    seconds,
)

from odoo.addons.loyalty_delivery.engine.roads.base import Http, RoadsError
from odoo.addons.loyalty_delivery.engine.roads.nominatim import Nominatim
from odoo.addons.loyalty_delivery.engine.roads.ors import OpenRouteService
from odoo.addons.loyalty_delivery.engine.roads.osrm import Osrm
from odoo.addons.loyalty_delivery.engine.roads.valhalla import Valhalla

PLACES = [(40.1772, 44.5126), (40.1811, 44.5144), (40.185, 44.5152), (40.2005, 44.495)]
ISLAND = (41.5, 44.5)
SERVERS = {
    "osrm": (FakeOsrm, Osrm),
    "valhalla": (FakeValhalla, Valhalla),
    "ors": (FakeOrs, OpenRouteService),
}


@pytest.fixture(params=SERVERS)
def line(request):
    fake_class, adapter = SERVERS[request.param]
    fake = FakeProvider(fake_class())
    http = Http(fake.url, {"Authorization": FakeOrs.key}, connect_s=1, read_s=0.3)
    yield fake, adapter(http)
    fake.close()


def close(found, wanted):
    return found is not None and abs(found - wanted) <= 1


def test_metres_and_seconds_are_those_of_the_rows_and_columns(line):
    _fake, roads = line
    table = roads.table(PLACES, [3, 1], [0, 2, 1], "car")
    for row, origin in enumerate((3, 1)):
        for column, there in enumerate((0, 2, 1)):
            pair = PLACES[origin], PLACES[there]
            assert close(table.metres[row][column], metres(*pair))
            assert close(table.seconds[row][column], seconds(*pair))


@pytest.mark.parametrize("profile", ["car", "bike", "foot"])
def test_each_profile_has_its_name_there(line, profile):
    _fake, roads = line
    assert roads.table(PLACES, [0], [1], profile).metres


def test_where_there_is_no_way_there_is_nothing(line):
    _fake, roads = line
    table = roads.table([PLACES[0], ISLAND, PLACES[1]], [0, 1], [1, 2], "car")
    assert table.metres[0][0] is None and table.seconds[0][0] is None
    assert close(table.metres[0][1], metres(PLACES[0], PLACES[1]))
    assert table.metres[1][0] == 0
    assert table.metres[1][1] is None


def test_the_line_has_a_part_for_each_leg(line):
    _fake, roads = line
    found = roads.lines(PLACES[:3], "bike")
    wanted = [corner_line(*PLACES[:2]), corner_line(*PLACES[1:3])]
    assert len(found) == len(wanted)
    for leg, expected in zip(found, wanted, strict=True):
        assert len(leg) == len(expected)
        for place, corner in zip(leg, expected, strict=True):
            assert place == pytest.approx(corner, abs=1e-5)


def test_no_line_is_a_refusal_that_waiting_does_not_mend(line):
    _fake, roads = line
    with pytest.raises(RoadsError) as error:
        roads.lines([PLACES[0], ISLAND], "car")
    assert not error.value.passing


def test_a_table_that_is_too_large_is_refused_with_words(line):
    _fake, roads = line
    many = [(40 + place / 1000, 44.5) for place in range(101)]
    with pytest.raises(RoadsError, match=r"HTTP 400: .+") as error:
        roads.table(many, range(101), range(101), "car")
    assert not error.value.passing


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_in_trouble_is_asked_twice(line, status):
    fake, roads = line
    fake.responder = lambda call: Reply(status, "")
    with pytest.raises(RoadsError, match=str(status)) as error:
        roads.table(PLACES, [0], [1], "car")
    assert error.value.passing
    assert len(fake.calls) == 2


def test_the_second_answer_counts(line):
    fake, roads = line
    answers = [lambda call: Reply(502, "bad gateway"), fake.responder]
    fake.responder = lambda call: answers.pop(0)(call)
    assert roads.table(PLACES, [0], [1], "car").metres[0][0]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_not_asked_again(line, status):
    fake, roads = line
    fake.responder = lambda call: Reply(status, {"error": {"message": "no"}})
    with pytest.raises(RoadsError, match=f"{status}: no") as error:
        roads.table(PLACES, [0], [1], "car")
    assert not error.value.passing
    assert len(fake.calls) == 1


def test_too_many_questions_are_answered_by_waiting(line):
    fake, roads = line
    fake.responder = lambda call: Reply(429, {"error": "Rate limit exceeded"})
    with pytest.raises(RoadsError, match="Rate limit") as error:
        roads.table(PLACES, [0], [1], "car")
    assert error.value.passing
    assert len(fake.calls) == 1


@pytest.mark.parametrize("mode", ["cut", "half"])
def test_a_broken_line_is_asked_twice(line, mode):
    fake, roads = line
    fake.mode = mode
    with pytest.raises(RoadsError) as error:
        roads.table(PLACES, [0], [1], "car")
    assert error.value.passing
    assert len(fake.calls) == 2


def test_a_silent_server_is_not_waited_for(line):
    fake, roads = line
    fake.mode = "slow"
    started = time.monotonic()
    with pytest.raises(RoadsError, match="in time") as error:
        roads.table(PLACES, [0], [1], "car")
    assert error.value.passing
    assert time.monotonic() - started < 5


def test_a_web_page_is_no_answer(line):
    fake, roads = line
    fake.mode = "garbage"
    with pytest.raises(RoadsError, match="right address") as error:
        roads.table(PLACES, [0], [1], "car")
    assert not error.value.passing


@pytest.mark.parametrize(
    "document", [{}, {"code": "Ok"}, {"distances": [[1]], "durations": "x"}, []]
)
def test_an_answer_of_another_shape_is_none(line, document):
    fake, roads = line
    fake.responder = lambda call: Reply(document=document)
    with pytest.raises(RoadsError):
        roads.table(PLACES, [0, 1], [1, 2], "car")
    with pytest.raises(RoadsError):
        roads.lines(PLACES, "car")


def test_a_redirection_is_not_followed(line):
    fake, roads = line
    fake.responder = lambda call: Reply(302, "", {"Location": "http://127.0.0.1:1/"})
    with pytest.raises(RoadsError, match="302"):
        roads.table(PLACES, [0], [1], "car")
    assert len(fake.calls) == 1


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(RoadsError, match="no connection") as error:
        Osrm(Http(url, connect_s=1)).table(PLACES, [0], [1], "car")
    assert error.value.passing
    assert url not in str(error.value)


def test_osrm_on_a_place_without_any_road_near_knows_no_way():
    fake = FakeProvider(FakeOsrm())
    try:
        places = [PLACES[0], (40.2, -44.5), PLACES[1]]
        table = Osrm(Http(fake.url)).table(places, [0, 1, 2], [0, 1, 2], "car")
    finally:
        fake.close()
    assert [value is None for value in table.metres[0]] == [False, True, False]
    assert table.metres[1] == [None, None, None]


@pytest.fixture
def nominatim():
    fake = FakeProvider(FakeNominatim())
    yield fake, Nominatim(fake.url, "loyalty-delivery (Arev LLC, it@arev.example)")
    fake.close()


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        ("Abovyan 12, Yerevan", "house"),
        ("Abovyan street\nYerevan", "street"),
        ("Nowhere 1, Yerevan", "zip"),
    ],
)
def test_how_well_nominatim_knows_a_place(nominatim, text, quality):
    _fake, service = nominatim
    assert service.find(text, "am").quality == quality


def test_nominatim_is_told_who_asks_and_where(nominatim):
    fake, service = nominatim
    assert service.find("Moon") is None
    assert service.find("Abovyan 12", "ge") is None
    assert "Arev LLC" in fake.calls[0].headers["User-Agent"]
    assert fake.calls[0].query["limit"] == "1"


def test_nominatim_is_asked_once_only(nominatim):
    fake, service = nominatim
    fake.responder = lambda call: Reply(503, "")
    with pytest.raises(RoadsError) as error:
        service.find("Abovyan 12")
    assert error.value.passing
    assert len(fake.calls) == 1
