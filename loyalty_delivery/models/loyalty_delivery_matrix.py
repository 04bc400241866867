import logging
import time

from odoo import api, models

from ..engine.roads import pairs, straight
from ..engine.roads.base import NotHereError, RoadsError
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
        source, known = self._known(places, cells, profile, company)
        _overlay(metres, seconds, cells, known)
        # Two doors of one cell are as far as the straight line says, and no estimate.
        wanted = len(set(cells)) * (len(set(cells)) - 1)
        return RoadMatrix(
            metres,
            seconds,
            source or self._straight_name(line),
            wanted,
            wanted - len(known),
        )

    @api.model
    def _known(self, places, cells, profile, company):
        """What the sources know, each asked for what those before it did not.

        :return: ``(name of the best one, {(cell, cell): (metres, seconds)})``
        """
        source, known = "", {}
        chain = self.env["loyalty.delivery.matrix.provider"]._chain(company)
        distinct = dict.fromkeys(cells)
        if not chain or len(distinct) < 2:
            return source, known
        unknown = {
            origin: {there: True for there in distinct if there != origin}
            for origin in distinct
        }
        for candidate in chain:
            found = self._ask(candidate, places, cells, profile, unknown)
            if found:
                source = source or candidate.name
                known.update(found)
                for origin, there in found:
                    del unknown[origin][there]
            if not any(unknown.values()):
                break
        return source, known

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
    def _ask(self, provider, places, cells, profile, unknown):
        """What a source knows of the unknown pairs.

        :return: ``{(origin cell, destination cell): (metres, seconds)}``
        """
        wanted = list(unknown)
        asked, answers = set(), {}
        if provider._is_cached():
            pair = self.env["loyalty.delivery.matrix.pair"]
            known = pair._read_pairs(provider, profile, wanted)
            for origin, columns in known.items():
                for there, metres, seconds in zip(*columns, strict=True):
                    asked.add((origin, there))
                    if metres is not None:
                        answers[origin, there] = metres, seconds
        if not provider._is_resting():
            place_of = dict(zip(reversed(cells), reversed(places), strict=True))
            index = {cell: number for number, cell in enumerate(wanted)}
            missing = [
                [index[there] for there in unknown[cell] if (cell, there) not in asked]
                for cell in wanted
            ]
            fresh = self._fetch(
                provider, [place_of[cell] for cell in wanted], missing, profile
            )
            found = [(wanted[i], wanted[j], m, s) for i, j, m, s in fresh if i != j]
            if provider._is_cached():
                pair._store_pairs(provider, profile, found)
            for origin, there, metres, seconds in found:
                if metres is not None:
                    answers[origin, there] = metres, seconds
        factor = provider.time_factor
        return {
            (origin, there): (answer[0], round(answer[1] * factor))
            for (origin, there), answer in answers.items()
            if there in unknown[origin]
        }

    @api.model
    def _fetch(self, provider, places, missing, profile):
        """Ask for what is missing, as long as it is worth it."""
        if not any(missing):
            return []
        found, refusals = [], 0
        end = time.monotonic() + ASKING_S
        try:
            roads, size = provider._roads(), provider._largest_table()
        except RoadsError as error:
            self._note(provider, error)
            return []
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
                found += _cells(tile, table)
        return found

    @api.model
    def _note(self, provider, error):
        _logger.warning("no roads from source %s: %s", provider.id, error)
        if not isinstance(error, NotHereError):
            provider._rest(error)


def _cells(tile, table):
    rows = zip(tile.rows, table.metres, table.seconds, strict=True)
    for row, metres, seconds in rows:
        for column, length, time_s in zip(tile.columns, metres, seconds, strict=True):
            if length is None or time_s is None:
                length = time_s = None
            yield row, column, length, time_s


def _overlay(metres, seconds, cells, known):
    """Put what is known of the cells in place of the straight line's figures."""
    if not known:
        return
    for row, origin in enumerate(cells):
        metres_row, seconds_row = metres[row], seconds[row]
        for column, there in enumerate(cells):
            answer = known.get((origin, there))
            if answer:
                metres_row[column], seconds_row[column] = answer
