"""Print what the addons of a folder depend on and that folder does not hold.

Usage: depends.py FOLDER [MODULE…], the modules being added to the list.
"""

import ast
import sys
from pathlib import Path


def main(folder, *more):
    manifests = {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in Path(folder).glob("*/__manifest__.py")
    }
    needed = {name for manifest in manifests.values() for name in manifest["depends"]}
    print("\n".join(sorted((needed | set(more)) - set(manifests))))


if __name__ == "__main__":
    main(*sys.argv[1:])
