"""An environment of Odoo for benchmarks, a stopwatch, and what the machine is."""

import contextlib
import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

CONF = os.environ.get("ODOO_CONF")
DATABASE = os.environ.get("ODOO_DATABASE")


def start() -> None:
    """Read the configuration as Odoo's own command would."""
    if not CONF or not DATABASE:
        sys.exit(
            "Name a scratch database and its configuration:"
            " ODOO_CONF=FILE ODOO_DATABASE=NAME python tests/bench/bench_….py"
        )
    config.parse_config(["-c", CONF, "-d", DATABASE, "--log-level=error", "--no-http"])


@contextlib.contextmanager
def environment(**context):
    """An environment of the superuser in a transaction that is committed."""
    registry = Registry(DATABASE)
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, context)
        yield env
        env.flush_all()
        cr.commit()


@dataclass
class Taken:
    """What a piece of work took: seconds on the clock and of Python, and queries."""

    wall: float = 0.0
    cpu: float = 0.0
    queries: int = 0


@contextlib.contextmanager
def taken(env=None):
    """Measure the ``with`` block; the figures are there once it is left."""
    result = Taken()
    queries = env.cr.sql_log_count if env else 0
    wall, cpu = time.perf_counter(), time.process_time()
    yield result
    if env:
        env.flush_all()
        result.queries = env.cr.sql_log_count - queries
    result.wall = time.perf_counter() - wall
    result.cpu = time.process_time() - cpu


def settle() -> None:
    """Let PostgreSQL look at its tables, and write what is waiting to the disk."""
    for words in ("VACUUM ANALYZE", "CHECKPOINT"):
        subprocess.run(
            ["psql", "-XAtq", "-d", DATABASE, "-c", words],
            stderr=subprocess.DEVNULL,
            check=False,
        )


def memory_mb() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(words: str = "") -> None:
    """One line of the report."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def row(*cells) -> None:
    """One line of a table, Markdown at the same time."""
    shown = [f"{cell:,.1f}" if isinstance(cell, float) else str(cell) for cell in cells]
    say("| " + " | ".join(shown) + " |")


def table(*titles) -> None:
    """The head of a table."""
    say()
    row(*titles)
    say("|" + " --- |" * len(titles))


def machine() -> str:
    """One line about the machine, and how busy it was."""
    cpu = "unknown processor"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    server = subprocess.run(
        ["psql", "-XAt", "-d", DATABASE, "-c", "SHOW server_version"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return (
        f"{os.cpu_count()} × {cpu}, {memory:.0f} GB, Python"
        f" {platform.python_version()}, PostgreSQL {server or '?'}, Odoo"
        f" {odoo.release.version}, load {os.getloadavg()[0]:.1f} at the start"
    )
