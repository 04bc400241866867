"""Which wording of a text is sent, by the policy of its template."""

from typing import NamedTuple

from . import segments, translit

AS_IS, SMART, TRANSLITERATE, AUTO = "as_is", "smart", "transliterate", "auto"
POLICIES = (AS_IS, SMART, TRANSLITERATE, AUTO)

# A hint to shorten by more than this is a hint to write another text.
_SHORTEN_MOST = 15
# More different characters than this are a language, not a slip.
_REPLACE_MOST = 3


class Hint(NamedTuple):
    """What would make a text ``saves`` segments shorter.

    ``kind`` is the policy to choose, ``shorten`` (``detail`` units too many) or
    ``replace`` (``detail``: the characters without which it would be GSM-7).
    """

    kind: str
    saves: int
    detail: int | str = ""


def fit(text: str, policy: str) -> str:
    """``text`` as it is sent.

    ``as_is`` changes nothing; ``smart`` writes typographic signs plainly where this
    makes the text GSM-7 or a segment shorter; ``transliterate`` always writes Latin
    letters; ``auto`` only where at least one segment is saved.

    >>> fit("It’s yours", "smart")
    "It's yours"
    >>> fit("«Արև»", "smart")
    '«Արև»'
    """
    if policy == AS_IS:
        return text
    if policy == TRANSLITERATE:
        return translit.transliterate(text)
    smart = _smart(text)
    if policy == AUTO:
        latin = translit.transliterate(text)
        if segments.count(latin).segments < segments.count(smart).segments:
            return latin
    return smart


def hints(text: str, policy: str = AS_IS) -> list[Hint]:
    """What would save a segment of ``text`` beyond what ``policy`` does already.

    :return: the changes that save most first

    >>> hints("Շնորհակալություն գնումի համար, " * 3)
    [Hint(kind='transliterate', saves=1, detail='')]
    """
    sent = fit(text, policy)
    now = segments.count(sent)
    if now.segments < 2:
        return []
    smart = _saved_by(SMART, text, now)
    # Plain signs are the smaller change: a bigger one must save more.
    latin = _saved_by(TRANSLITERATE, text, now)
    found = [Hint(SMART, smart), Hint(TRANSLITERATE, latin if latin > smart else 0)]
    found += [hint for hint in _replacements(sent, now) if hint.saves > smart]
    found += _shortening(sent, now)
    found = [hint for hint in found if hint.saves > 0]
    return sorted(found, key=lambda hint: -hint.saves)


def _saved_by(policy, text, now):
    return now.segments - segments.count(fit(text, policy)).segments


def _smart(text):
    plain = segments.normalise(text)
    if plain == text:
        return text
    before, after = segments.count(text), segments.count(plain)
    better = after.encoding != before.encoding or after.segments < before.segments
    return plain if better else text


def _replacements(text, now):
    odd = dict.fromkeys(found.character for found in segments.forcing(text))
    if not odd or len(odd) > _REPLACE_MOST:
        return []
    bare = "".join(c for c in text if c not in odd)
    saves = now.segments - segments.count(bare).segments
    return [Hint("replace", saves, "".join(odd))]


def _shortening(text, now):
    parts = segments.split(text)
    if now.segments == 2:
        surplus = now.units - segments.SINGLE[now.encoding]
    else:
        surplus = segments.PART[now.encoding] - now.left
    if not parts or surplus > _SHORTEN_MOST:
        return []
    return [Hint("shorten", 1, surplus)]
