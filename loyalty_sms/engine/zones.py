"""In which time zones a customer may be: by address, else by telephone number.

Where the address does not decide, all the zones that are possible are returned.
"""

import functools

import phonenumbers
import phonenumbers.timezone
import pytz

# ISO 3166-2 subjects of the Russian Federation by zone (tzdata, zone1970.tab).
_RU = {
    "Europe/Kaliningrad": "KGD",
    "Europe/Moscow": "AD ARK BEL BRY CE CU DA IN IVA KB KL KLU KC KR KOS KDA KRS LEN"
    " LIP ME MO MOS MOW MUR NEN NIZ NGR ORL PNZ PSK ROS RYA SE SMO SPE STA TA TAM TUL"
    " TVE VLA VGG VLG VOR YAR",
    "Europe/Kirov": "KIR",
    "Europe/Astrakhan": "AST",
    "Europe/Saratov": "SAR",
    "Europe/Ulyanovsk": "ULY",
    "Europe/Samara": "SAM UD",
    "Asia/Yekaterinburg": "BA CHE KGN KHM ORE PER SVE TYU YAN",
    "Asia/Omsk": "OMS",
    "Asia/Novosibirsk": "NVS",
    "Asia/Barnaul": "ALT AL",
    "Asia/Tomsk": "TOM",
    "Asia/Novokuznetsk": "KEM",
    "Asia/Krasnoyarsk": "KYA KK TY",
    "Asia/Irkutsk": "IRK BU",
    "Asia/Chita": "ZAB",
    "Asia/Vladivostok": "PRI KHA YEV",
    "Asia/Yakutsk": "AMU",
    "Asia/Magadan": "MAG",
    "Asia/Sakhalin": "SAK",
    "Asia/Kamchatka": "KAM",
    "Asia/Anadyr": "CHU",
}
_US = {
    "America/New_York": "CT DE DC GA ME MD MA NH NJ NY NC OH PA RI SC VT VA WV",
    "America/Chicago": "AL AR IL IA LA MN MS MO OK WI",
    "America/Denver": "CO MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV WA",
    "Pacific/Honolulu": "HI",
}
_CA = {
    "America/Edmonton": "AB",
    "America/Vancouver": "BC",
    "America/Winnipeg": "MB",
    "America/Halifax": "NB NS PE",
    "America/Toronto": "ON QC",
    "America/Regina": "SK",
    "America/Whitehorse": "YT",
}
STATES = {
    (country, state): zone
    for country, zones in (("RU", _RU), ("US", _US), ("CA", _CA))
    for zone, states in zones.items()
    for state in states.split()
}


@functools.lru_cache(maxsize=1024)
def of_country(country):
    """Zones of a country by its ISO 3166-1 code.

    >>> of_country("AM")
    ('Asia/Yerevan',)
    """
    return tuple(pytz.country_timezones.get(country or "", ()))


@functools.lru_cache(maxsize=1)
def single():
    """``{country: zone}`` of the countries that have one zone.

    >>> single()["GE"]
    'Asia/Tbilisi'
    """
    return {
        code: of_country(code)[0] for code in _codes() if len(of_country(code)) == 1
    }


def _codes():
    return sorted(pytz.country_timezones)


@functools.lru_cache(maxsize=16384)
def _of_prefix(digits):
    number = phonenumbers.parse(f"+{digits}")
    found = phonenumbers.timezone.time_zones_for_number(number)
    region = phonenumbers.region_code_for_country_code(number.country_code)
    if found == (phonenumbers.timezone.UNKNOWN_TIMEZONE,):
        return of_country(region)
    return tuple(found)


def of_number(number):
    """Zones in which an E.164 number may be; empty for what is no number.

    >>> of_number("+37491234567")
    ('Asia/Yerevan',)
    >>> len(of_number("+79161234567")) > 10
    True
    >>> of_number("ani@example.com")
    ()
    """
    if not number or not number.startswith("+") or not number[1:].isdigit():
        return ()
    # The last four digits never decide, so that many numbers share an answer.
    try:
        return _of_prefix(number[1:-4] + "0000")
    except phonenumbers.NumberParseException:
        return ()


def resolve(own, country, state, number, company):
    """The zones of a customer, the surest source first.

    :param own: the zone that the customer chose, if any
    :param country: ISO code of the address; ``state``: code of its state
    :param company: the zone of the company, for who cannot be placed
    :return: a tuple, with more than one name where only a set is known

    >>> resolve(None, "RU", "SVE", "+79161234567", "Asia/Yerevan")
    ('Asia/Yekaterinburg',)
    >>> resolve(None, None, None, None, "Asia/Yerevan")
    ('Asia/Yerevan',)
    """
    if own:
        return (own,)
    if zone := STATES.get((country, state)):
        return (zone,)
    by_country = of_country(country)
    if len(by_country) == 1:
        return by_country
    by_number = of_number(number)
    if len(by_number) == 1:
        return by_number
    return by_country or by_number or (company or "UTC",)
