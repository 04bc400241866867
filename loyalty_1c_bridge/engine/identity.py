"""Names by which 1C and the ERP know the same thing, and hashes of what was sent."""

import hashlib
import json
import uuid
from decimal import Decimal


def external_guid(namespace, otype, model, res_id, role=""):
    """GUID of a record born in the ERP: the same for ever, so a re-send is an update.

    :param namespace: UUID text of the backend, random and never changed
    :param otype: kind of object, see ``models/constants.py``
    :return: lower-case GUID text

    >>> space = "6f2cb1a0-6d0c-4c4e-9a9a-0d3d8f0f6a11"
    >>> external_guid(space, "partner", "res.partner", 7)
    'e491f451-4517-5738-8f33-5abee3da9e58'
    """
    name = f"{otype}|{model},{res_id}" + (f"|{role}" if role else "")
    return str(uuid.uuid5(uuid.UUID(namespace), name))


def content_hash(value):
    """SHA-256 of a value of dicts, lists, texts and numbers, in any order of keys.

    Numbers are compared by value: ``10``, ``10.0`` and ``Decimal("10.00")`` are equal.

    :return: 32 bytes

    >>> one = content_hash({"a": 1, "b": Decimal("2.50")})
    >>> one == content_hash({"b": 2.5, "a": 1.0})
    True
    """
    text = json.dumps(
        _canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).digest()


def _canonical(value):
    if isinstance(value, dict):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value)).normalize()
        return {"#": f"{number:f}" if number else "0"}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
