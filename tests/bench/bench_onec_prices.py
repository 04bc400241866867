"""Prices of 1C: 5 000 offers applied for the first time, again unchanged, and changed.

Each file goes the whole way: stored, read, staged, applied in parts with a commit after
each, by one process. Then stock of a tenth of the goods. Prints a table; fails when a
price is wrong or when 5 000 changed prices take 10 seconds or more.
"""

import os
import sys
import time
from uuid import uuid4

from support import measure

GOODS = int(os.environ.get("ODOO_ROWS", "5000"))
LIMIT_S = 10

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">'
    '<ПакетПредложений СодержитТолькоИзменения="true"><Ид>p</Ид><ИдКаталога>c'
    "</ИдКаталога>"
)
TYPES = (
    "<ТипыЦен><ТипЦены><Ид>retail</Ид><Наименование>Bench {0}</Наименование>"
    "<Валюта>{1}</Валюта></ТипЦены></ТипыЦен>"
)
TAIL = "</ПакетПредложений></КоммерческаяИнформация>"


def offers(series, currency, price=None, stock=None, count=GOODS):
    """A file of offers with a price or a quantity each."""
    body = []
    for number in range(count):
        told = ""
        if price is not None:
            told = (
                f"<Цены><Цена><ИдТипаЦены>retail</ИдТипаЦены><ЦенаЗаЕдиницу>"
                f"{price + number}.50</ЦенаЗаЕдиницу></Цена></Цены>"
            )
        if stock is not None:
            told += f"<Количество>{stock}</Количество>"
        body.append(
            f"<Предложение><Ид>{series}-{number}</Ид><Наименование>Good {number}"
            f"</Наименование>{told}</Предложение>"
        )
    types = TYPES.format(series, currency)
    return f"{HEAD}{types}<Предложения>{''.join(body)}</Предложения>{TAIL}".encode()


def make_base(series):
    """A 1C base whose goods are here already; its id and currency."""
    with measure.environment() as env:
        company = env.company
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        backend = env["onec.backend"].create(
            {
                "name": f"Bench {series}",
                "dry_run": False,
                "tz": "UTC",
                "stock_warehouse_id": warehouse.id,
            }
        )
        products = env["product.product"].create(
            [
                {"name": f"Bench {series} {number}", "is_storable": True}
                for number in range(GOODS)
            ]
        )
        env["onec.map"].create(
            [
                {
                    "backend_id": backend.id,
                    "otype": "product",
                    "external_id": f"{series}-{number}",
                    "model": "product.product",
                    "res_id": product.id,
                }
                for number, product in enumerate(products)
            ]
        )
        return backend.id, company.currency_id.name


def work(backend_id, content):
    """Seconds that a file takes from its bytes to its last commit, and its counts."""
    measure.settle()
    began = time.perf_counter()
    with measure.environment() as env:
        attachment = env["ir.attachment"].create({"name": "offers.xml", "raw": content})
        message = env["onec.message"].create(
            {
                "backend_id": backend_id,
                "channel": "cml",
                "kind": "offers",
                "filename": "offers.xml",
                "attachment_id": attachment.id,
            }
        )
        message._work(3600)
        seconds = time.perf_counter() - began
        return seconds, message.state, message.counts


def fixed_price(backend_id, series, number):
    with measure.environment() as env:
        backend = env["onec.backend"].browse(backend_id)
        key = f"{series}-{number}"
        product = backend._find("product", [key])[key]._records()
        prices = backend._find("price_type", ["retail"])["retail"]._records()
        return prices._get_product_price(product, 1)


def main():
    measure.start()
    series = uuid4().hex[:8]
    backend_id, currency = make_base(series)
    runs = {
        "first time": offers(series, currency, price=100),
        "unchanged": offers(series, currency, price=100),
        "changed": offers(series, currency, price=200),
    }
    measure.say(f"{GOODS} offers, one process")
    took = {}
    for name, content in runs.items():
        took[name], state, counts = work(backend_id, content)
        found = {key: counts.get(key, 0) for key in ("updated", "unchanged", "error")}
        measure.say(f"prices, {name:12} {took[name]:7.2f} s  {state}  {found}")
    tenth = GOODS // 10
    for name, quantity in (("first time", 5), ("changed", 7)):
        content = offers(series, currency, stock=quantity, count=tenth)
        seconds, state, _counts = work(backend_id, content)
        measure.say(f"stock of {tenth}, {name:10} {seconds:7.2f} s  {state}")
    wrong = [
        number
        for number in (0, 1, GOODS // 2, GOODS - 1)
        if fixed_price(backend_id, series, number) != 200.5 + number
    ]
    if wrong:
        sys.exit(f"wrong prices: {wrong}")
    if took["changed"] >= LIMIT_S:
        sys.exit(f"{GOODS} changed prices took {took['changed']:.1f} s, not {LIMIT_S}")


if __name__ == "__main__":
    main()
