"""The pretended OData of 1C that lies beside the addons; tests skip without it."""

import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

PATH = Path(__file__).parents[2] / "setup" / "fake_1c" / "odata.py"


def odata():
    """The module ``setup/fake_1c/odata.py``."""
    name = "fake_1c_odata"
    if name in sys.modules:
        return sys.modules[name]
    if not PATH.exists():
        raise unittest.SkipTest("the stand-in for 1C is not beside the addon")
    spec = importlib.util.spec_from_file_location(name, PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class FakeOdata:
    """Mixin of test classes: ``cls.fake`` is a running 1C, the base talks to it."""

    @classmethod
    def _start_odata(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.fake = odata().Server(Path(folder.name) / "base.json")
        cls.fake.__enter__()
        cls.addClassCleanup(cls.fake.__exit__)
        cls.backend.write(
            {
                "use_odata": True,
                "odata_url": cls.fake.url,
                "odata_login": "odata",
                "odata_password": "secret",
            }
        )
