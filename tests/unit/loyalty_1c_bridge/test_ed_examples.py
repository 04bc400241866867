"""The examples in the docstrings of the EnterpriseData engine hold."""

import doctest
import importlib
import pkgutil

import pytest

from odoo.addons.loyalty_1c_bridge.engine import enterprisedata

MODULES = sorted(
    module.name for module in pkgutil.iter_modules(enterprisedata.__path__)
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    module = importlib.import_module(f"{enterprisedata.__name__}.{name}")
    assert doctest.testmod(module).failed == 0
