"""The stand-in for 1C that lies beside the addons; tests that need it skip without."""

import importlib.util
import sys
import unittest
from pathlib import Path

PATH = Path(__file__).parents[2] / "setup" / "fake_1c" / "enterprisedata.py"


def enterprisedata():
    """The module ``setup/fake_1c/enterprisedata.py``."""
    name = "fake_1c_enterprisedata"
    if name in sys.modules:
        return sys.modules[name]
    if not PATH.exists():
        raise unittest.SkipTest("the stand-in for 1C is not beside the addon")
    spec = importlib.util.spec_from_file_location(name, PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
