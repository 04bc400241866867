"""What is packed for a release is read back, and refused when something is missing."""

import subprocess
import sys
import zipfile
from pathlib import Path

CHECK = Path(__file__).parents[2] / "setup" / "check_release.py"
MANIFEST = """{
    "data": ["views/menus.xml"],
    "assets": {
        "web.assets_backend": ["addon/static/src/**/*"],
        "addon.assets_map": ["addon/static/lib/map/*.js", "web/static/other.js"],
        "web.assets_unit_tests": ["addon/static/tests/**/*.test.js"],
    },
}"""
FILES = {
    "addon/__manifest__.py": MANIFEST,
    "addon/views/menus.xml": "<odoo/>",
    "addon/static/src/board/board.js": "",
    "addon/static/lib/map/map.js": "",
}


def check(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess:
    path = folder / "addon.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return subprocess.run(
        [sys.executable, CHECK, "addon", path],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whole_addon_passes_without_its_tests(tmp_path):
    assert check(tmp_path, FILES).returncode == 0


def test_a_library_that_is_missing_is_named(tmp_path):
    files = {name: text for name, text in FILES.items() if "lib" not in name}
    answer = check(tmp_path, files)
    assert answer.returncode == 1
    assert "addon/static/lib/map/*.js is missing" in answer.stderr


def test_a_view_that_is_missing_is_named(tmp_path):
    files = {name: text for name, text in FILES.items() if "views" not in name}
    answer = check(tmp_path, files)
    assert answer.returncode == 1
    assert "addon/views/menus.xml is missing" in answer.stderr


def test_what_is_no_addon_is_refused(tmp_path):
    answer = check(tmp_path, {"addon/readme.txt": ""})
    assert answer.returncode == 1
    assert "__manifest__.py is missing" in answer.stderr
