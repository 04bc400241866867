"""The examples in the docstrings of the engine hold."""

import doctest
import importlib
import pkgutil

import pytest

from odoo.addons.loyalty_club import engine

MODULES = sorted(module.name for module in pkgutil.iter_modules(engine.__path__))


def test_all_modules_are_found():
    assert {"earning", "ledger", "expiry", "tiers", "codes", "caps"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    module = importlib.import_module(f"{engine.__name__}.{name}")
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
