"""Names of the format in all its dialects, brought to one spelling."""

import re

# After folding: lower case, no spaces, underscores, dots and brackets.
PARTY = {"плательщик": "payer", "получатель": "payee"}

# Rest of a party's key -> field. Numbered names (Плательщик2..4) are the account, the
# bank and its town of an indirect payment; only the first is a name.
PARTY_FIELDS = {
    "": "name",
    "1": "name1",
    "наименование": "name",
    "инн": "tax_id",
    "унп": "tax_id",
    "бин": "tax_id",
    "иин": "tax_id",
    "биниин": "tax_id",
    "иинбин": "tax_id",
    "окпо": "tax_id",
    "едрпоу": "tax_id",
    "кпп": "kpp",
    "счет": "account",
    "расчсчет": "account2",
    "иик": "account",
    "iban": "account",
    "банк": "bank",
    "банк1": "bank",
    "банкнаименование": "bank",
    "бик": "bic",
    "банкбик": "bic",
    "корсчет": "correspondent",
}

DOCUMENT_FIELDS = {
    "номер": "number",
    "номердокумента": "number",
    "дата": "date",
    "датадокумента": "date",
    "сумма": "amount",
    "суммаприход": "income",
    "суммарасход": "outcome",
    "датасписано": "date_out",
    "датапоступило": "date_in",
    "датаоперации": "date_done",
    "датавалютирования": "date_value",
    "назначениеплатежа": "purpose",
    "валюта": "currency",
    "кодвалюты": "currency",
    "виддокумента": "kind2",
}

BALANCE_FIELDS = {
    "расчсчет": "account",
    "счет": "account",
    "датаначала": "date_from",
    "датаконца": "date_to",
    "начальныйостаток": "opening",
    "всегопоступило": "income",
    "всегосписано": "outcome",
    "конечныйостаток": "closing",
}

SECTION_BALANCE = "секциярасчсчет"
SECTION_DOCUMENT = "секциядокумент"
END_BALANCE = "конецрасчсчет"
END_DOCUMENT = "конецдокумента"
END_FILE = "конецфайла"
SIGNATURE = "1cclientbankexchange"

_NOISE = re.compile(r"[\s_.()\-]+")
_PURPOSE = re.compile(r"назначениеплатежа\d?$")


def fold(key):
    """One spelling of a key.

    >>> fold(" ПолучательБИН_ИИН "), fold("СЕКЦИЯДОКУМЕНТ"), fold("Код (УИН)")
    ('получательбиниин', 'секциядокумент', 'кодуин')
    """
    return _NOISE.sub("", key).casefold().replace("ё", "е")


def looks_like_key(text):
    """Whether the text before ``=`` may be a key and not a part of a purpose.

    >>> looks_like_key("ПлательщикКорсчет"), looks_like_key("в т.ч. НДС 20%")
    (True, False)
    """
    return bool(re.fullmatch(r"\s*\w+(?:\s*\(\w+\))?\s*", text))


def is_purpose(key):
    """
    >>> is_purpose("назначениеплатежа2"), is_purpose("номер")
    (True, False)
    """
    return bool(_PURPOSE.match(key))
