"""Servers of roads that answer nonsense: told as trouble, and nothing is kept of it."""

import json

import pytest

from odoo.addons.loyalty_delivery.engine.roads import base
from odoo.addons.loyalty_delivery.engine.roads.nominatim import position
from odoo.addons.loyalty_delivery.engine.roads.ors import OpenRouteService
from odoo.addons.loyalty_delivery.engine.roads.osrm import Osrm
from odoo.addons.loyalty_delivery.engine.roads.valhalla import Valhalla

PLACES = [(40.18, 44.51), (40.19, 44.52)]
WRONG = [float("nan"), float("inf"), 1e300, -5, 10**12, "far", [1], {"m": 1}, True]
NEAR = [{"distance": 1}] * 2


class Says:
    """A server that answers the same to everything."""

    def __init__(self, answer):
        self.answer = answer

    def ask(self, _path, _document=None, expected=dict):
        assert isinstance(self.answer, expected)
        return self.answer


def osrm(value):
    return {
        "code": "Ok",
        "distances": [[0, value], [value, 0]],
        "durations": [[0, 1], [1, 0]],
        "sources": NEAR,
        "destinations": NEAR,
    }


def valhalla(value):
    cell = {"distance": value, "time": 1}
    return {"sources_to_targets": [[cell, cell], [cell, cell]]}


def ors(value):
    return {"distances": [[0, value], [value, 0]], "durations": [[0, 1], [1, 0]]}


@pytest.mark.parametrize("value", [wrong for wrong in WRONG if wrong is not True])
@pytest.mark.parametrize(
    ("adapter", "answer"),
    [(Osrm, osrm), (Valhalla, valhalla), (OpenRouteService, ors)],
)
def test_what_is_no_length_is_told_as_trouble(adapter, answer, value):
    with pytest.raises(base.RoadsError):
        adapter(Says(answer(value))).table(PLACES, [0, 1], [0, 1], "car")


@pytest.mark.parametrize(
    "place",
    [
        {"lat": "nan", "lon": "44"},
        {"lat": "91", "lon": "44"},
        {"lat": "40", "lon": "inf"},
        {"lat": "40", "lon": "44", "place_rank": float("inf")},
        {"lat": None, "lon": "44"},
        "here",
        None,
    ],
)
def test_what_is_no_place_is_told_as_trouble(place):
    with pytest.raises(base.RoadsError):
        position(place)


def test_an_answer_as_deep_as_the_sea_is_not_understood():
    assert base._json(b"[" * 200_000 + b"]" * 200_000) is None
    assert base._json(json.dumps({"code": "Ok"}).encode()) == {"code": "Ok"}
