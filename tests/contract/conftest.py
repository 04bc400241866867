"""The engines under their real names, as for the unit tests: see there."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "_engines", Path(__file__).parents[1] / "unit" / "conftest.py"
)
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))
