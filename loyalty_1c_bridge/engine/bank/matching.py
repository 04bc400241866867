"""What a purpose of payment says: numbers of documents it may be for."""

import re

# «счет № 15», «сч. S00042», «invoice INV/2026/00012», «договор» is not an invoice.
_AFTER_WORD = re.compile(
    r"(?:сч[её]т(?:у|ом|а|ам|ами|ов)?(?:[\s-]*(?:фактур\w*|оферт\w*))?|сч\.|с/ф|"
    r"накладн\w+|заказ\w*|invoice|inv\.?|order|"
    r"հաշ\w*|ანგარიშ\w*)"
    r"[\s:.,]*(?:(?:№|N[oº°]?\.?|#)\s*)?"
    r"([A-Za-zА-Яа-я0-9][\w/\-]*\d[\w/\-]*|\d+)",
    re.I,
)
_LIKE_OURS = re.compile(r"\b[A-ZА-Я]{1,6}/\d{2,4}(?:/\d{1,2})?/\d{1,8}\b|\bS\d{4,8}\b")


def document_numbers(purpose):
    """Numbers a purpose names, most telling first, without repetition.

    >>> document_numbers("Оплата по счету № 305 от 01.06.2026 за услуги, НДС 20%")
    ['305']
    >>> document_numbers("INV/2026/00012 и по сч. S00042. Без НДС")
    ['INV/2026/00012', 'S00042']
    """
    found = [match[0] for match in _LIKE_OURS.finditer(purpose)]
    found += [match[1].rstrip("/-_") for match in _AFTER_WORD.finditer(purpose)]
    return list(dict.fromkeys(found))


def same_number(told, ours):
    """Whether a told number is ours: all of it, or its last digits without zeros.

    >>> same_number("12", "INV/2026/00012"), same_number("2", "INV/2026/00012")
    (True, False)
    """
    if not told or not ours:
        return False
    told, ours = told.casefold().strip(), ours.casefold().strip()
    if told == ours:
        return True
    digits, tail = re.fullmatch(r"\d+", told), re.search(r"(\d+)$", ours)
    return bool(digits and tail and told.lstrip("0") == tail[1].lstrip("0"))
