import logging
import time

from odoo import api, models

from ..engine.roads import pairs, straight
from ..engine.roads.base import NotHereError, RoadsError
from ..engine.roads.cells import CellMatrix
from ..engine.roads.matrix import RoadMatrix

_logger = logging.getLogger(__name__)

# What is not known by then is estimated, and asked for the next time.
ASKING_S = 60
# A server that refuses so many questions would refuse the others.
REFUSALS = 3


class LoyaltyDeliveryMatrix(models.AbstractModel):
    """Metres, seconds and lines between places, from whoever knows them."""

    _name = "loyalty.delivery.matrix"
    _description = "Distances between places"

    @api.model
    def _matrix(self, places, profile, company, zone_speeds=None):
        """Metres and seconds from each place to each other.

        A dead server or a pair without a way is no error: the straight line answers.

        :param places: ``(latitude, longitude)`` each
        :param profile: a value of ROAD_PROFILE: foot, bike or car
        :param zone_speeds: for each place the zone's ``(speed_kmh, road_factor)``, with
            0 for the company's own
        :return: a ``RoadMatrix``; the number of queries does not depend on the places
        """
        provider = self.env["loyalty.delivery.matrix.provider"]
        line = provider._straight(company)
        paces = [line._pace(profile, *zone) for zone in zone_speeds or ()]
        paces = paces or [line._pace(profile)] * len(places)
        metres, seconds = straight.table(places, paces)
        cells = [pairs.geohash(place) for place in places]
        known, source = self._known(places, cells, profile, company)
        if source:
            known.overlay(metres, seconds, cells)
        # Two doors of one cell are as far as the straight line says, and no estimate.
        wanted = len(known.cells) * (len(known.cells) - 1)
        return RoadMatrix(
            metres,
            seconds,
            source or self._straight_name(line),
            wanted,
            known.count_missing(),
        )

    @api.model
    def _known(self, places, cells, profile, company):
        """What the sources know, each asked for what those before it did not.

        :return: ``(CellMatrix, name of the best source or an empty text)``
        """
        known, source = CellMatrix(list(dict.fromkeys(cells))), ""
        place_of = dict(zip(reversed(cells), reversed(places), strict=True))
        doors = [place_of[cell] for cell in known.cells]
        for candidate in self.env["loyalty.delivery.matrix.provider"]._chain(company):
            before = known.count_missing()
            if before:
                self._ask(candidate, doors, profile, known)
            if not source and known.count_missing() < before:
                source = candidate.name
        return known, source

    @api.model
    def _geometry(self, places, profile, company):
        """The line of each leg of a route, on roads where they are known.

        :return: ``([[[latitude, longitude], …], …], name of the source)``
        """
        provider = self.env["loyalty.delivery.matrix.provider"]
        if len(places) < 2:
            return [], self._straight_name(provider._straight(company))
        for candidate in provider._chain(company):
            if candidate._is_resting():
                continue
            try:
                return self._lines(candidate, places, profile), candidate.name
            except RoadsError as error:
                self._note(candidate, error)
        legs = [
            [list(start), list(end)]
            for start, end in zip(places, places[1:], strict=False)
        ]
        return legs, self._straight_name(provider._straight(company))

    @api.model
    def _lines(self, provider, places, profile):
        roads, size = provider._roads(), provider._line_places()
        lines = []
        for start in range(0, len(places) - 1, size - 1):
            lines += roads.lines(places[start : start + size], profile)
        return lines

    @api.model
    def _straight_name(self, line):
        return self.env._("straight line × %(factor)g", factor=line.road_factor)

    @api.model
    def _ask(self, provider, doors, profile, known):
        """Fill in what a source knows of the pairs that are missing."""
        pair = self.env["loyalty.delivery.matrix.pair"]
        missing = known.missing()
        if provider._is_cached():
            kept = pair._read_pairs(provider, profile, known.cells)
            answered = known.fill_by_cell(kept, provider.time_factor)
            missing = known.missing(but=answered)
        if provider._is_resting():
            return
        found = []
        for tile, table in self._fetch(provider, doors, missing, profile):
            known.fill(tile, table, provider.time_factor)
            if provider._is_cached():
                found += known.named(tile, table)
        pair._store_pairs(provider, profile, found)

    @api.model
    def _fetch(self, provider, places, missing, profile):
        """Ask for what is missing, as long as it is worth it.

        :return: a list of (the rows and columns asked for, their ``Table``)
        """
        found, refusals = [], 0
        if not any(missing):
            return found
        end = time.monotonic() + ASKING_S
        try:
            roads, size = provider._roads(), provider._largest_table()
        except RoadsError as error:
            self._note(provider, error)
            return found
        for block in pairs.blocks(missing):
            for tile in pairs.tiles(block, size, size):
                if time.monotonic() > end:
                    return found
                try:
                    table = roads.table(places, tile.rows, tile.columns, profile)
                except RoadsError as error:
                    refusals += 1
                    if error.passing or refusals >= REFUSALS:
                        self._note(provider, error)
                        return found
                    continue
                found.append((tile, table))
        return found

    @api.model
    def _note(self, provider, error):
        _logger.warning("no roads from source %s: %s", provider.id, error)
        if not isinstance(error, NotHereError):
            provider._rest(error)
