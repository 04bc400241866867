"""The examples in the docstrings of the engine hold."""

import doctest
import importlib
import pkgutil

import pytest

from odoo.addons.loyalty_sms import engine

PREFIX = f"{engine.__name__}."
MODULES = sorted(
    module.name.removeprefix(PREFIX)
    for module in pkgutil.walk_packages(engine.__path__, PREFIX)
)


def test_all_modules_are_found():
    assert {"segments", "translit", "fitting", "wording"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    module = importlib.import_module(PREFIX + name)
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", ["segments", "translit", "fitting", "wording"])
def test_texts_are_explained_by_examples(name):
    module = importlib.import_module(PREFIX + name)
    assert doctest.testmod(module).attempted > 0
