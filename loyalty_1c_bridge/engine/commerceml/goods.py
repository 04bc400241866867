"""What goods refer to: units, taxes and properties, by the keys of 1C."""

import re


def unit_key(unit):
    """Key of a unit for the correspondence."""
    if unit is None:
        return None
    return unit.code or unit.name or unit.full_name or unit.international


def tax_keys(good):
    """``{key: (name, rate)}`` of the VAT of a good.

    >>> from types import SimpleNamespace
    >>> tax_keys(SimpleNamespace(taxes=[("НДС", "20")]))
    {'20': ('НДС', '20')}
    """
    return {
        re.sub(r"\s+", " ", rate): (name, rate) for name, rate in good.taxes if rate
    }


def note_references(good, references):
    """Add what the correspondence needs to know of a good's unit and taxes."""
    if key := unit_key(good.unit):
        references["uom"][key] = {
            "code": good.unit.code,
            "name": good.unit.name or good.unit.full_name,
            "international": good.unit.international,
        }
    for key, (name, rate) in tax_keys(good).items():
        references["tax"][key] = {"name": name, "rate": rate, "included": None}


def property_texts(good):
    """Texts by key of property; the maker and characteristics are properties too."""
    found = {key: list(texts) for key, texts in good.properties.items()}
    if good.maker:
        found["maker"] = [good.maker]
    if "#" not in good.id:
        for name, text in good.characteristics:
            if name and text:
                found.setdefault(f"characteristic:{name}", []).append(text)
    return found
