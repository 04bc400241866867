"""Install an addon, update it, uninstall it: the ERP's own data must stay whole.

The database has the ERP and none of our addons; members, cards and orders are
put into it first (lifecycle_data.py). What is compared is every column of every
table, and each row of the tables below, but for who wrote it last and when.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
from psycopg2 import sql

WATCHED_TABLES = (
    "loyalty_card",
    "loyalty_history",
    "loyalty_program",
    "loyalty_reward",
    "loyalty_rule",
    "product_product",
    "res_partner",
    "res_users",
    "sale_order",
    "sale_order_line",
    "stock_picking",
)
IGNORED_COLUMNS = {"write_date", "write_uid"}
SHOWN_DIFFERENCES = 5


class Failed(Exception):
    pass


class Database:
    """What the tables hold, read beside Odoo."""

    def __init__(self, name):
        self.name = name

    def query(self, statement, *values):
        connection = psycopg2.connect(dbname=self.name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def columns(self):
        """``{table: {column, …}}``, views left aside."""
        tables = {}
        for table, column in self.query(
            "SELECT table_name, column_name FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ):
            tables.setdefault(table, set()).add(column)
        return tables

    def rows(self, table, columns):
        """``{id: digest of these columns}``"""
        names = sorted(columns - IGNORED_COLUMNS)
        statement = sql.SQL("SELECT id, md5(ROW({})::text) FROM {}").format(
            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table)
        )
        return dict(self.query(statement))

    def count(self, table):
        statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        return self.query(statement)[0][0]

    def uninstalled(self, addons):
        """Those of ``addons`` that are not there any more."""
        gone = self.query(
            "SELECT name FROM ir_module_module"
            " WHERE name = ANY(%s) AND state = 'uninstalled'",
            list(addons),
        )
        return {name for (name,) in gone}


class Odoo:
    def __init__(self, config, database):
        self.options = ["-c", config, "-d", database]

    def server(self, *arguments):
        return self._run(["server"], *arguments, "--no-http", "--stop-after-init")

    def uninstall(self, addon):
        return self._run(["module", "uninstall"], addon)

    def shell(self, script):
        with open(script, encoding="utf-8") as source:
            return self._run(["shell"], "--no-http", stdin=source)

    def _run(self, command, *arguments, stdin=subprocess.DEVNULL):
        """Run Odoo and return its log; an error in there is a failure."""
        with tempfile.NamedTemporaryFile("r", suffix=".log", encoding="utf-8") as file:
            done = subprocess.run(
                [sys.executable, "-m", "odoo", *command, *self.options, *arguments],
                stdin=stdin,
                stdout=file.fileno(),
                stderr=subprocess.STDOUT,
                check=False,
            )
            log = Path(file.name).read_text(encoding="utf-8", errors="replace")
        errors = re.findall(r"^.* (?:ERROR|CRITICAL) .*$", log, flags=re.MULTILINE)
        if done.returncode or errors:
            print(log[-6000:])
            reason = errors[0] if errors else f"exit code {done.returncode}"
            raise Failed(f"{' '.join((*command, *arguments))}: {reason[:300]}")
        return log


class Lifecycle:
    def __init__(self, options):
        self.addon = options.addon
        self.addons = {
            path.parent.name for path in Path(options.suite).glob("*/__manifest__.py")
        }
        self.database = Database(options.database)
        self.odoo = Odoo(options.config, options.database)

    def steps(self):
        """Each step with its name, in this order; each builds on those before."""
        yield "has data to lose", self.prepare
        yield "installs", self.install
        yield "is updated without a change", self.update
        yield "is uninstalled", self.uninstall
        yield "leaves no table and no column", self.check_columns
        yield "leaves the ERP's data whole", self.check_rows

    def prepare(self):
        self.odoo.shell(Path(__file__).with_name("lifecycle_data.py"))
        self.columns = self.database.columns()
        self.rows = {
            table: self.database.rows(table, self.columns[table])
            for table in WATCHED_TABLES
        }
        empty = [table for table, rows in self.rows.items() if not rows]
        if empty:
            raise Failed(f"lifecycle_data.py fills nothing into {', '.join(empty)}")

    def install(self):
        log = self.odoo.server("-i", self.addon)
        warnings = re.findall(
            rf"^.* WARNING \S+ (.*\b{self.addon}\b.*)$", log, flags=re.MULTILINE
        )
        if warnings:
            raise Failed(f"a warning: {warnings[0][:300]}")

    def update(self):
        tables = set(self.database.columns()) - set(self.columns)
        tables |= {*WATCHED_TABLES, "ir_model_data"}
        before = {table: self.database.count(table) for table in tables}
        self.odoo.server("-u", self.addon)
        after = {table: self.database.count(table) for table in tables}
        changed = [
            f"{table} {before[table]} → {after[table]}"
            for table in sorted(tables)
            if before[table] != after[table]
        ]
        if changed:
            raise Failed(f"rows before and after: {', '.join(changed)}")

    def uninstall(self):
        """The addon itself, then those of ours that it brought along."""
        self.odoo.uninstall(self.addon)
        others = self.addons - self.database.uninstalled(self.addons)
        if self.addon in others:
            raise Failed("it is still installed")
        while others:
            self.odoo.uninstall(min(others))
            left = self.addons - self.database.uninstalled(self.addons)
            if left == others:
                raise Failed(f"{min(others)} is still installed")
            others = left
        self.odoo.server()

    def check_columns(self):
        after = self.database.columns()
        left = sorted(set(after) - set(self.columns))
        for table in set(after) & set(self.columns):
            left += [f"{table}.{name}" for name in after[table] - self.columns[table]]
        lost = sorted(set(self.columns) - set(after))
        for table in set(after) & set(self.columns):
            lost += [f"{table}.{name}" for name in self.columns[table] - after[table]]
        if left or lost:
            raise Failed(f"left behind: {left}; lost: {lost}")

    def check_rows(self):
        differences = []
        for table, before in self.rows.items():
            after = self.database.rows(table, self.columns[table])
            differences += [f"{table} {key} gone" for key in set(before) - set(after)]
            differences += [f"{table} {key} new" for key in set(after) - set(before)]
            differences += [
                f"{table} {key} changed"
                for key in set(before) & set(after)
                if before[key] != after[key]
            ]
        if differences:
            shown = ", ".join(sorted(differences)[:SHOWN_DIFFERENCES])
            raise Failed(f"{len(differences)} rows differ: {shown}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("addon", "config", "database", "results", "suite"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    os.environ.pop("PGDATABASE", None)
    broken = False
    with open(options.results, "a", encoding="utf-8") as results:
        for title, step in Lifecycle(options).steps():
            status, reason = "passed", ""
            if broken:
                status, reason = "skipped", "an earlier step failed"
            else:
                try:
                    step()
                except Failed as error:
                    status, reason = "failed", " ".join(str(error).split())
                    broken = True
            print(f"{status}: {options.addon} {title} {reason}")
            results.write(f"{status}\tlifecycle/{options.addon} {title}\t{reason}\n")
            results.flush()


if __name__ == "__main__":
    main()
