"""Addresses as people write them: one spelling of each, its street and its house."""

import re
import unicodedata
from hashlib import sha256

# Words that say "street" and the like; one writes them, the other does not.
_KIND_WORDS = """
    street str st avenue ave av road rd lane ln boulevard blvd square sq
    улица ул проспект пр просп переулок пер площадь пл бульвар бул шоссе ш дом д
    փողոց փ պողոտա պող նրբանցք նրբ շենք շ տուն
    strasse platz rue calle via plaza
"""
# A flat or a floor is behind the same door.
_INSIDE = re.compile(
    r"(?<!\w)(?:apt|apartment|flat|floor|room|entrance|кв|квартира|эт|этаж|под|подъезд"
    r"|офис|բն|բնակարան|հարկ|մուտք)\.?\s*№?\s*\d+\w?(?!\w)"
)
_HOUSE = r"\d+\s?[^\W\d_]?(?:\s?[/-]\s?\d+\s?[^\W\d_]?)?"
_HOUSE_LAST = re.compile(rf"^(?P<street>.*[^\W\d_].*?)[\s,.№#]+(?P<house>{_HOUSE})$")
_HOUSE_FIRST = re.compile(rf"^(?P<house>{_HOUSE})[\s,]+(?P<street>.*[^\W\d_].*)$")
_KINDS = frozenset(unicodedata.normalize("NFKD", word) for word in _KIND_WORDS.split())


def plain(text: str) -> str:
    """Letters and digits in lower case, without accents, flats and signs.

    >>> plain("Abovyan St., 12  apt. 5")
    'abovyan st 12'
    """
    letters = unicodedata.normalize("NFKD", (text or "").casefold())
    letters = _INSIDE.sub(" ", letters)
    kept = [
        " " if not (sign.isalnum()) else sign
        for sign in letters
        if not unicodedata.combining(sign)
    ]
    return " ".join("".join(kept).split())


def street_key(text: str) -> str:
    """A street without the words that only say it is one.

    >>> street_key("ул. Абовяна"), street_key("Abovyan street"), street_key("Street")
    ('абовяна', 'abovyan', 'street')
    """
    words = plain(text).split()
    return " ".join([word for word in words if word not in _KINDS] or words)


def key(text: str) -> str:
    """The same for each way to write an address, and of no use to find it again.

    >>> key("Abovyan st. 12, Yerevan") == key("abovyan street 12\\nYEREVAN")
    True
    """
    words = [word for word in plain(text).split() if word not in _KINDS]
    return sha256(" ".join(words).encode()).hexdigest()[:40] if words else ""


def house_key(text: str) -> str:
    """A number of a house without blanks and accents.

    >>> house_key("12 A"), house_key("12/3")
    ('12a', '12/3')
    """
    return "".join(unicodedata.normalize("NFKD", text.casefold()).split())


def candidates(text: str) -> list[tuple[str, str]]:
    """Streets and houses that an address may mean, the most likely first.

    >>> candidates("Abovyan street 12, 0001 Yerevan")
    [('Abovyan street', '12'), ('Yerevan', '0001')]
    >>> candidates("ул. Абовяна, д. 12")
    [('ул. Абовяна, д', '12')]
    """
    parts = [part.strip() for part in re.split(r"[,;\n]", text or "") if part.strip()]
    joined = []
    for place, part in enumerate(parts):
        following = parts[place + 1] if place + 1 < len(parts) else ""
        joined.append(part)
        number = re.match(rf"^(?:\w{{1,4}}\.?\s*)?(?P<house>{_HOUSE})$", following)
        if number and not re.search(r"\d", part):
            joined[-1] = f"{part}, {following}"
    found = []
    for part in joined:
        clean = _INSIDE.sub(" ", part.casefold())
        clean = part if clean == part.casefold() else clean
        match = _HOUSE_LAST.match(clean.strip()) or _HOUSE_FIRST.match(clean.strip())
        if match and not _KINDS.issuperset(plain(match["street"]).split()):
            found.append((match["street"].strip(), match["house"].strip()))
    return found


def streets(text: str) -> list[str]:
    """What may be the name of a street, where no house was found.

    >>> streets("Abovyan street, Yerevan")
    ['Abovyan street', 'Yerevan']
    """
    parts = re.split(r"[,;\n]", text or "")
    return [part.strip() for part in parts if re.search(r"[^\W\d_]", part)]
