"""Who may know whom: addons their parents only, engines nobody of the ERP."""

import ast
import re
from pathlib import Path

import pytest

ADDONS = [path.parent for path in Path(__file__).parents[2].glob("*/__manifest__.py")]

CARRIERS = ("loyalty_delivery", "loyalty_sms", "loyalty_1c_bridge")


def family(addon):
    """The addons of the suite that ``addon`` stands on, itself included."""
    by_name = {path.name: path for path in ADDONS}
    found, pending = set(), [addon]
    while pending:
        name = pending.pop()
        if name in by_name and name not in found:
            found.add(name)
            manifest = (by_name[name] / "__manifest__.py").read_text(encoding="utf-8")
            pending += ast.literal_eval(manifest)["depends"]
    return found


def modules_imported(path):
    """Dotted names that a file imports, relative ones with their dots."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_an_addon_imports_only_addons_of_the_suite_it_depends_on(addon):
    allowed = family(addon.name)
    suite = {path.name for path in ADDONS}
    for path in addon.rglob("*.py"):
        for name in modules_imported(path):
            if match := re.match(r"odoo\.addons\.(\w+)", name):
                assert match[1] not in suite - allowed, f"{path} imports {name}"


@pytest.mark.parametrize("addon", CARRIERS)
def test_siblings_never_depend_on_each_other(addon):
    assert not family(addon) & (set(CARRIERS) - {addon})


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_an_engine_imports_nothing_of_the_erp(addon):
    for path in (addon / "engine").rglob("*.py"):
        for name in modules_imported(path):
            assert not re.match(r"odoo(?!\.addons\.\w+\.engine)\b", name), (
                f"{path} imports {name}"
            )
            depth = len(path.relative_to(addon / "engine").parts)
            assert not name.startswith("." * (depth + 1)), f"{path}: {name}"


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_models_know_neither_controllers_nor_wizards(addon):
    for path in (addon / "models").rglob("*.py"):
        for name in modules_imported(path):
            assert not re.match(r"\.+(controllers|wizards)\b", name), f"{path}: {name}"
