"""The examples in the docstrings of the roads are true."""

import doctest
import importlib
from pathlib import Path

import pytest

from odoo.addons.loyalty_delivery.engine import roads

MODULES = sorted(
    path.stem
    for path in Path(roads.__path__[0]).glob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    module = importlib.import_module(
        f"odoo.addons.loyalty_delivery.engine.roads.{name}"
    )
    results = doctest.testmod(module)
    assert results.attempted and not results.failed
