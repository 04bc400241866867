"""Tells whether a packed addon holds all that its manifest names.

Usage: check_release.py ADDON ZIP
"""

import ast
import fnmatch
import sys
import zipfile


def missing(addon: str, archive: zipfile.ZipFile) -> list[str]:
    """Name what the manifest asks for and the archive has not, libraries included."""
    names = set(archive.namelist())
    manifest_name = f"{addon}/__manifest__.py"
    if manifest_name not in names:
        return [manifest_name]
    manifest = ast.literal_eval(archive.read(manifest_name).decode())
    wanted = [f"{addon}/{path}" for path in manifest.get("data", [])]
    for bundle, paths in manifest.get("assets", {}).items():
        if "tests" not in bundle:
            wanted += [path for path in paths if isinstance(path, str)]
    return [
        path
        for path in wanted
        if path.startswith(f"{addon}/")
        and not fnmatch.filter(names, path.replace("**/*", "*"))
    ]


def main() -> int:
    addon, path = sys.argv[1:]
    with zipfile.ZipFile(path) as archive:
        broken = archive.testzip()
        lost = [broken] if broken else missing(addon, archive)
    for name in lost:
        sys.stderr.write(f"  {addon}: {name} is missing\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
