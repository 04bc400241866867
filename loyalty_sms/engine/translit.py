"""Armenian, Russian and Georgian in Latin letters that GSM-7 has.

Persian is left as it is: nobody wants to read it in Latin letters.
"""

import re

from .segments import normalise

# The spelling people use when they text in Latin letters.
_ARMENIAN = {
    "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "y",
    "թ": "t", "ժ": "zh", "ի": "i", "լ": "l", "խ": "kh", "ծ": "ts", "կ": "k",
    "հ": "h", "ձ": "dz", "ղ": "gh", "ճ": "ch", "մ": "m", "յ": "y", "ն": "n",
    "շ": "sh", "ո": "o", "չ": "ch", "պ": "p", "ջ": "j", "ռ": "r", "ս": "s",
    "վ": "v", "տ": "t", "ր": "r", "ց": "ts", "ւ": "v", "փ": "p", "ք": "k",
    "և": "ev", "օ": "o", "ֆ": "f",
    # A full stop, a pause, a hyphen; the marks above a vowel are moved before this.
    "։": ".", "՝": ",", "՟": ".", "֊": "-", "՚": "'", "ՙ": "'",
}  # fmt: skip
_ARMENIAN_INITIAL = {"ե": "ye", "և": "yev", "ո": "vo"}
# ICAO Doc 9303-3, section 6 B: Cyrillic.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh",
    "з": "z", "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "",
    "э": "e", "ю": "iu", "я": "ia", "і": "i", "ї": "i", "є": "ie", "ґ": "g",
}  # fmt: skip
# The national system of Georgia, 2002.
_GEORGIAN = {
    "ა": "a", "ბ": "b", "გ": "g", "დ": "d", "ე": "e", "ვ": "v", "ზ": "z", "თ": "t",
    "ი": "i", "კ": "k'", "ლ": "l", "მ": "m", "ნ": "n", "ო": "o", "პ": "p'",
    "ჟ": "zh", "რ": "r", "ს": "s", "ტ": "t'", "უ": "u", "ფ": "p", "ქ": "k",
    "ღ": "gh", "ყ": "q'", "შ": "sh", "ჩ": "ch", "ც": "ts", "ძ": "dz", "წ": "ts'",
    "ჭ": "ch'", "ხ": "kh", "ჯ": "j", "ჰ": "h",
}  # fmt: skip
_LETTERS = {**_ARMENIAN, **_CYRILLIC, **_GEORGIAN}

# Armenian marks stand inside the word, after the stressed vowel; Latin ones end it.
_MARK = re.compile("([՞՜՛])([Ա-Ֆա-և]*)")
_MARKS = {"՞": "?", "՜": "!", "՛": ""}
_DIGRAPH = re.compile("[եԵ][ւՒ]|[ոՈ][ւՒ]")
_WORD = re.compile("[Ա-Ֆա-և]+|[Ѐ-ӿ]+|[Ა-Ჺა-ჰ]+|[։՝՟֊՚ՙ]")
_PERSIAN = re.compile("[\u0600-\u06ff]")


def transliterate(text: str) -> str:
    """Write ``text`` in Latin letters, typographic signs in plain ones.

    Text with Persian in it stays as it is; so do letters that no table has.

    >>> transliterate("Ողջույն, Երևան։")
    'Voghjuyn, Yerevan.'
    >>> transliterate("Спасибо, Щукина Юлия!")
    'Spasibo, Shchukina Iuliia!'
    >>> transliterate("მადლობა, თბილისი")
    'madloba, tbilisi'
    >>> transliterate("Ինչպե՞ս եք")
    'Inchpes? yek'
    """
    if _PERSIAN.search(text):
        return text
    text = _MARK.sub(lambda found: found[2] + _MARKS[found[1]], text)
    return normalise(_WORD.sub(lambda found: _word(found[0]), text))


def _word(word):
    shout = len(word) > 1 and word == word.upper() and word != word.lower()
    latin, index = [], 0
    while index < len(word):
        letter, index = _letter(word, index)
        latin.append(letter)
    joined = "".join(latin)
    return joined.upper() if shout else joined


def _letter(word, index):
    """``(Latin letters, where the next begins)`` for what stands at ``index``."""
    first = index == 0
    if _DIGRAPH.match(word, index):
        plain = "և" if word[index] in "եԵ" else "ու"
        latin = "u" if plain == "ու" else _armenian(plain, first, word)
        following = index + 2
    else:
        plain = word[index].lower()
        latin = _armenian(plain, first, word)
        following = index + 1
    capital = word[index] != word[index].lower()
    return (latin.capitalize() if capital else latin), following


def _armenian(plain, first, word):
    # "Who" keeps its o; every other word that begins with the letter says vo.
    if first and not (plain == "ո" and word[1:2].lower() == "վ"):
        return _ARMENIAN_INITIAL.get(plain, _LETTERS.get(plain, plain))
    return _LETTERS.get(plain, plain)
