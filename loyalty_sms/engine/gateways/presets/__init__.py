"""Settings of known providers: files of data, each naming the page it follows.

They hold no account and no key. What a page does not say is left empty.
"""

import functools
import json
from pathlib import Path
from typing import NamedTuple

from ..http_config import FIELD_NAMES


class Preset(NamedTuple):
    """What a provider's choice fills in; ``values`` are fields of ``HttpConfig``."""

    code: str
    name: str
    channel: str
    source: str
    needs: str
    values: dict


@functools.cache
def presets():
    """``{code: Preset}``, in the order of their names."""
    found = [_read(path) for path in Path(__file__).parent.glob("*.json")]
    return {preset.code: preset for preset in sorted(found, key=lambda p: p.name)}


def _read(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    values = {name: _written(value) for name, value in document["values"].items()}
    unknown = set(values) - set(FIELD_NAMES)
    if unknown:
        raise ValueError(f"{path.name}: unknown {', '.join(sorted(unknown))}")
    return Preset(
        path.stem,
        document["name"],
        document.get("channel", "sms"),
        document["source"],
        document.get("needs", ""),
        values,
    )


def _written(value):
    """Lists are lines, dictionaries are JSON."""
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, dict):
        return json.dumps(value, indent=2, ensure_ascii=False)
    return value
