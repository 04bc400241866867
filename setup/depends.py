"""Print what the addons of a folder depend on and that folder does not hold.

Usage: depends.py FOLDER [MODULE…], the modules being added to the list. A module
with a minus before it is one we do without: addons that need it do not count.
"""

import ast
import sys
from pathlib import Path


def main(folder, *more):
    manifests = {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in Path(folder).glob("*/__manifest__.py")
    }
    without = {name[1:] for name in more if name.startswith("-")}
    needed = {name for name in more if not name.startswith("-")}
    for manifest in manifests.values():
        if not without & set(manifest["depends"]):
            needed.update(manifest["depends"])
    print("\n".join(sorted(needed - set(manifests))))


if __name__ == "__main__":
    main(*sys.argv[1:])
