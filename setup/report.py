"""Sum the results of setup/test up; the last line is the count.

Usage: report.py FOLDER [--selected]

The folder holds `parts`, the names of the parts that ran, and of each a junit file
PART.xml, or PART.results with lines of status, name and reason, or both, and
perhaps Odoo's log. With --selected a part may have run no test.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SHOWN_ERRORS = 20


@dataclass(frozen=True)
class Result:
    status: str
    name: str
    reason: str


def read_junit(path):
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}".lstrip(".")
        outcome = next(
            (
                child
                for tag in ("failure", "error", "skipped")
                for child in case.iter(tag)
            ),
            None,
        )
        if outcome is None:
            yield Result("passed", name, "")
        else:
            status = "skipped" if outcome.tag == "skipped" else "failed"
            reason = (outcome.get("message") or outcome.text or "").strip()
            yield Result(status, name, reason.splitlines()[0] if reason else "")


def read_lines(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        status, name, reason = line.split("\t")
        yield Result(status, name, reason)


def read_part(folder, part):
    results = []
    if (junit := folder / f"{part}.xml").exists():
        results += read_junit(junit)
    if (lines := folder / f"{part}.results").exists():
        results += read_lines(lines)
    return results


def read_log_errors(folder):
    """What Odoo logged as an error, without date and process, with its count."""
    pattern = re.compile(r" (?:ERROR|CRITICAL) \S+ (.*)")
    for path in sorted(folder.glob("*.odoo.log")):
        part = path.name.removesuffix(".odoo.log")
        text = path.read_text(encoding="utf-8", errors="replace")
        for message, count in Counter(pattern.findall(text)).most_common(SHOWN_ERRORS):
            yield f"{part}: {message[:200]} ({count} times)"


def tell(title, lines):
    if lines:
        print(f"\n{title}")
        print("\n".join(f"  {line}" for line in lines))


def tell_results(title, results):
    tell(title, [f"{result.name}: {result.reason}" for result in results])


def main(folder, *options):
    folder = Path(folder)
    file = folder / "parts"
    parts = file.read_text(encoding="utf-8").split() if file.exists() else []
    results = []
    for part in parts:
        found = read_part(folder, part)
        if not any(result.status != "skipped" for result in found) and not options:
            found.append(Result("failed", part, "this part ran no test"))
        results += found
    if not results:
        results.append(Result("failed", "setup/test", "no test ran"))
    by_status = {
        status: [result for result in results if result.status == status]
        for status in ("passed", "failed", "skipped")
    }
    tell("Errors in Odoo's log:", list(read_log_errors(folder)))
    tell_results("Skipped:", by_status["skipped"])
    tell_results("Failed:", by_status["failed"])
    print()
    print(", ".join(f"{len(found)} {status}" for status, found in by_status.items()))
    return 1 if by_status["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
