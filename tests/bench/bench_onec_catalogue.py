"""A catalogue of 1C: read, loaded for the first time, and sent again unchanged.

- a file of FILE_GOODS goods (120 000, about 500 MB) is read and staged; what the
  process grows by is measured from its state before;
- ODOO_ROWS goods (2 000) come for the first time: by the ERP's own ``load``, by the
  bridge in one process, and by two workers of it that share the message;
- SAME_GOODS goods (100 000), which are here already, come again unchanged.

Builds what it needs in the scratch database ODOO_DATABASE. Prints tables; a figure
never fails, only a wrong result does.
"""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from functools import partial
from pathlib import Path

from support import measure

FILE_GOODS = int(os.environ.get("FILE_GOODS", "120000"))
ROWS = int(os.environ.get("ODOO_ROWS", "2000"))
SAME_GOODS = int(os.environ.get("SAME_GOODS", "100000"))
GROUPS = 50
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация '
    'xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07">'
)
FIELDS = (
    "name",
    "default_code",
    "barcode",
    "categ_id/.id",
    "description_sale",
    "weight",
    "is_storable",
    "company_id/.id",
)


def good_id(series, number):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"good {series} {number}"))


def values(series, number):
    """Name, article, barcode, description and weight of a good."""
    return (
        f"Кружка керамическая {series}-{number}",
        f"A{series}-{number:06}",
        f"2{series:04}{number:07}",
        f"Кружка с росписью номер {number}, объём 300 мл, ручная работа",
        f"{(number % 900 + 100) / 1000:.2f}",
    )


def write_file(path, series, goods, padding=0):
    """A file as УТ 11 writes it; ``padding`` words make descriptions longer."""
    more = " Фарфор белый," * padding
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(f"{HEAD}<Классификатор><Ид>c</Ид><Группы>")
        for group in range(GROUPS):
            stream.write(
                f"<Группа><Ид>g{series}-{group}</Ид>"
                f"<Наименование>Группа {group}</Наименование></Группа>"
            )
        stream.write("</Группы></Классификатор><Каталог><Ид>c</Ид><Товары>")
        for number in range(goods):
            name, article, barcode, text, weight = values(series, number)
            stream.write(
                f"<Товар><Ид>{good_id(series, number)}</Ид>"
                f"<Штрихкод>{barcode}</Штрихкод><Артикул>{article}</Артикул>"
                f"<Наименование>{name}</Наименование>"
                '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт'
                "</БазоваяЕдиница>"
                f"<Группы><Ид>g{series}-{number % GROUPS}</Ид></Группы>"
                f"<Описание>{text}{more}</Описание><ЗначенияРеквизитов>"
                "<ЗначениеРеквизита><Наименование>ТипНоменклатуры</Наименование>"
                "<Значение>Товар</Значение></ЗначениеРеквизита><ЗначениеРеквизита>"
                f"<Наименование>Вес</Наименование><Значение>{weight}</Значение>"
                "</ЗначениеРеквизита></ЗначенияРеквизитов></Товар>\n"
            )
        stream.write("</Товары></Каталог></КоммерческаяИнформация>")


def new_backend(env):
    return env["onec.backend"].create(
        {
            "name": f"Bench {time.time():.0f}",
            "kind": "ut",
            "use_cml": True,
            "dry_run": False,
            "tz": "UTC",
        }
    )


def new_message(backend, path):
    return backend.env["onec.message"].create(
        {
            "backend_id": backend.id,
            "channel": "cml",
            "kind": "catalog",
            "filename": "import.xml",
            "path": str(path),
        }
    )


def assert_counts(message, **expected):
    message.invalidate_recordset()
    found = {name: (message.counts or {}).get(name, 0) for name in expected}
    if message.state != "done" or found != expected:
        sys.exit(f"{message.state}, {message.counts}, {message.error}")


# --- reading ------------------------------------------------------------------------


def resident_mb(peak=False):
    word = "VmHWM" if peak else "VmRSS"
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(word):
            return int(line.split()[1]) / 1024
    return 0.0


def stage(env, folder):
    """Read and stage the big file; seconds, growth in MB, size in MB."""
    path = folder / "big.xml"
    write_file(path, 1, FILE_GOODS, padding=142)
    size = path.stat().st_size / 1e6
    message = new_message(new_backend(env), path)
    env.cr.commit()
    # Forget the peak of the start of the program: the growth is that of the reading.
    Path("/proc/self/clear_refs").write_text("5")
    before = resident_mb()
    with measure.taken(env) as result:
        message._stage()
    growth = resident_mb(peak=True) - before
    staged = sum(message.part_ids.mapped("size"))
    if staged != FILE_GOODS + GROUPS:
        sys.exit(f"Staged {staged} objects: {message.error}")
    env.cr.rollback()
    path.unlink()
    return result, growth, size


# --- the first load -----------------------------------------------------------------


def by_the_erp(env, series):
    """Core's own ``load`` of the same goods into categories made beforehand."""
    backend = new_backend(env)
    categories = env["product.category"].create(
        [{"name": f"Группа {group}"} for group in range(GROUPS)]
    )
    rows = []
    for number in range(ROWS):
        name, article, barcode, text, weight = values(series, number)
        category = categories[number % GROUPS].id
        company = backend.company_id.id
        rows.append(
            [name, article, barcode, str(category), text, weight, "1", str(company)]
        )
    env.cr.commit()
    context = {"tracking_disable": True, "import_file": True}
    with measure.taken(env) as result:
        answer = env["product.template"].with_context(**context).load(FIELDS, rows)
        env.flush_all()
        env.cr.commit()
    if len(answer["ids"] or ()) != ROWS:
        sys.exit(f"The ERP's load failed: {answer['messages'][:3]}")
    return result


def by_one_process(env, folder, series):
    path = folder / f"{series}.xml"
    write_file(path, series, ROWS)
    message = new_message(new_backend(env), path)
    env.cr.commit()
    with measure.taken(env) as result:
        while not message._work(60):
            pass
    assert_counts(message, created=ROWS + GROUPS)
    return result


def by_two_workers(env, folder, series):
    path = folder / f"{series}.xml"
    write_file(path, series, ROWS)
    message = new_message(new_backend(env), path)
    env.cr.commit()
    workers = [start_worker(message) for _worker in range(2)]
    with measure.taken() as result:
        for worker in workers:
            worker.stdin.write(b"go\n")
            worker.stdin.close()
        codes = [worker.wait() for worker in workers]
    env.cr.rollback()
    env.invalidate_all()
    if any(codes):
        sys.exit(f"A worker ended with {codes}")
    assert_counts(message, created=ROWS + GROUPS)
    return result


def start_worker(message):
    """A process that is ready, like a worker of a server, and waits for work."""
    worker = subprocess.Popen(
        [sys.executable, __file__, str(message.id)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    worker.stdout.readline()
    return worker


def work(message_id):
    """The life of a worker: come up, wait for the word, work until all is done."""
    with measure.environment() as env:
        message = env["onec.message"].browse(message_id)
        message.backend_id.mapped("name")
        env["product.template"].search([], limit=1).mapped("display_name")
        env.cr.rollback()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        env.invalidate_all()
        while not message._work(60):
            pass


# --- the same again -----------------------------------------------------------------


def fill_same(env, backend, folder):
    """Products that 1C sent before: one made by the bridge, the others as its copies.

    Their rows of the map say what the very records of the file say.
    """
    from odoo.addons.loyalty_1c_bridge.engine.commerceml import reader, records
    from odoo.addons.loyalty_1c_bridge.engine.identity import content_hash

    small = folder / "one.xml"
    write_file(small, 9, 1)
    while not new_message(backend, small)._work(60):
        pass
    row = backend._find("product", [good_id(9, 0)])[good_id(9, 0)]
    model = row._records()
    path = folder / "same.xml"
    write_file(path, 9, SAME_GOODS)
    known = []
    for otype, record in reader.read(partial(open, path, "rb")):
        if otype == "product" and record.id != row.external_id:
            digest = content_hash(records.to_json(record)).hex()
            known.append((record.id, digest, record.name))
    copies = len(known)
    template_ids = copy_rows(env, "product_template", model.product_tmpl_id.id, copies)
    product_ids = copy_rows(env, "product_product", model.id, copies)
    env.cr.execute_values(
        "UPDATE product_product p SET product_tmpl_id = v.template, barcode = NULL"
        " FROM (VALUES %s) v (product, template) WHERE p.id = v.product",
        list(zip(product_ids, template_ids, strict=True)),
        page_size=5000,
    )
    env.cr.execute_values(
        "INSERT INTO onec_map (backend_id, company_id, otype, model, role, origin,"
        " state, external_id, hash_in, external_name, res_id) VALUES %s",
        [
            (
                backend.id,
                backend.company_id.id,
                "product",
                "product.product",
                "",
                "1c",
                "ok",
                *facts,
                product_id,
            )
            for facts, product_id in zip(known, product_ids, strict=True)
        ],
        page_size=5000,
    )
    env.invalidate_all()
    env.cr.commit()
    return path


def copy_rows(env, table, row_id, copies):
    """Insert copies of a row of a table; their ids."""
    from odoo.tools import SQL

    columns = [
        SQL.identifier(name)
        for (name,) in env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND column_name NOT IN ('id', 'barcode',"
                " 'combination_indices')",
                table,
            )
        )
    ]
    listed = SQL(", ").join(columns)
    extra, value = SQL(""), SQL("")
    if table == "product_product":
        # One template may have one active variant of a combination.
        extra, value = SQL(", combination_indices"), SQL(", n::text")
    rows = env.execute_query(
        SQL(
            "INSERT INTO %(table)s (%(columns)s%(extra)s) SELECT %(columns)s%(value)s"
            " FROM %(table)s CROSS JOIN generate_series(1, %(copies)s) n"
            " WHERE id = %(row)s RETURNING id",
            table=SQL.identifier(table),
            columns=listed,
            extra=extra,
            value=value,
            copies=copies,
            row=row_id,
        )
    )
    return [new_id for (new_id,) in rows]


def again(env, folder):
    """Send the goods that are here once more."""
    backend = new_backend(env)
    path = fill_same(env, backend, folder)
    message = new_message(backend, path)
    env.cr.commit()
    measure.settle()
    with measure.taken(env) as result:
        while not message._work(60):
            pass
    # The file of one good listed the groups already.
    assert_counts(message, unchanged=SAME_GOODS + GROUPS, created=0, updated=0)
    return result


def main():
    with tempfile.TemporaryDirectory() as name, measure.environment() as env:
        folder = Path(name)
        measure.say(measure.machine())
        if FILE_GOODS:
            result, growth, size = stage(env, folder)
            measure.table("Read and staged", "MB", "s", "CPU, s", "growth, MB")
            measure.row(
                f"{FILE_GOODS} goods",
                size,
                result.wall,
                result.cpu,
                growth,
            )
        if ROWS:
            report_first_load(env, folder)
        if SAME_GOODS:
            result = again(env, folder)
            measure.table("Unchanged", "s", "CPU, s", "goods/s", "queries")
            measure.row(
                f"{SAME_GOODS} goods",
                result.wall,
                result.cpu,
                SAME_GOODS / result.wall,
                result.queries,
            )


def report_first_load(env, folder):
    """The same goods by three ways; series differ, so nothing is there already."""
    start = int(time.time()) % 9000 // 3 * 3 + 10
    # Whoever comes first warms the caches for the others: not a part of the figures.
    warm = folder / "warm.xml"
    write_file(warm, start + 3, 20)
    while not new_message(new_backend(env), warm)._work(60):
        pass
    own = by_the_erp(env, start)
    one = by_one_process(env, folder, start + 1)
    two = by_two_workers(env, folder, start + 2)
    measure.table(f"First load of {ROWS} goods", "s", "goods/s", "CPU, s", "times")
    for label, result in (
        ("the ERP's load", own),
        ("the bridge, one process", one),
        ("the bridge, two workers", two),
    ):
        measure.row(
            label,
            result.wall,
            ROWS / result.wall,
            result.cpu,
            own.wall / result.wall,
        )


if __name__ == "__main__":
    measure.start()
    if len(sys.argv) > 1:
        work(int(sys.argv[1]))
    else:
        main()
