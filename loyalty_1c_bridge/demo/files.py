"""What 1C and the bank sent: made for the demonstration, in their own formats."""

GROUPS = """<Классификатор><Ид>demo-cls</Ид>
<Наименование>Основной каталог</Наименование>
<Группы>
 <Группа><Ид>demo-g-coffee</Ид><Наименование>Кофе</Наименование></Группа>
 <Группа><Ид>demo-g-tea</Ид><Наименование>Чай</Наименование></Группа>
</Группы></Классификатор>"""

GOOD = """<Товар><Ид>{id}</Ид><Артикул>{article}</Артикул>
<Наименование>{name}</Наименование>
<БазоваяЕдиница Код="796" НаименованиеПолное="Штука">шт</БазоваяЕдиница>
<Группы><Ид>{group}</Ид></Группы>
<Описание>{text}</Описание>
<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>{rate}</Ставка>
</СтавкаНалога></СтавкиНалогов></Товар>"""

# id, article, group, name, description, rate
GOODS = (
    (
        "demo-1",
        "CF-250",
        "demo-g-coffee",
        "Кофе Арабика 250 г",
        "Светлая обжарка",
        "20",
    ),
    (
        "demo-2",
        "CF-1000",
        "demo-g-coffee",
        "Кофе Арабика 1 кг",
        "Светлая обжарка",
        "20",
    ),
    ("demo-3", "CF-DEC", "demo-g-coffee", "Кофе без кофеина", "Без кофеина", "20"),
    ("demo-4", "TE-THYME", "demo-g-tea", "Чай с чабрецом", "Армянский чабрец", "20"),
    ("demo-5", "TE-MINT", "demo-g-tea", "Чай с мятой", "Горная мята", "20"),
    ("demo-6", "TE-GIFT", "demo-g-tea", "Подарочный набор", "Три вида чая", "11"),
)


def catalogue(goods):
    """A file ``import.xml`` with ``goods``: bytes."""
    rows = "".join(
        GOOD.format(
            id=id_, article=article, group=group, name=name, text=text, rate=rate
        )
        for id_, article, group, name, text, rate in goods
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.07" ДатаФормирования="2026-03-06T20:00:00">
{GROUPS}<Каталог СодержитТолькоИзменения="false"><Ид>demo-cat</Ид>
<ИдКлассификатора>demo-cls</ИдКлассификатора>
<Наименование>Основной каталог</Наименование>
<Товары>{rows}</Товары></Каталог></КоммерческаяИнформация>""".encode()


def statement(account, day, payments):
    """A bank's file: bytes.

    :param payments: ``[(number, name, tax id, amount, purpose)]``, all received
    """
    total = sum(amount for _number, _name, _tax_id, amount, _text in payments)
    lines = [
        "1CClientBankExchange",
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        "Отправитель=Банк",
        "СекцияРасчСчет",
        f"ДатаНачала={day:%d.%m.%Y}",
        f"ДатаКонца={day:%d.%m.%Y}",
        f"РасчСчет={account}",
        "НачальныйОстаток=0.00",
        f"ВсегоПоступило={total:.2f}",
        "ВсегоСписано=0.00",
        f"КонечныйОстаток={total:.2f}",
        "КонецРасчСчет",
    ]
    for number, name, tax_id, amount, purpose in payments:
        lines += [
            "СекцияДокумент=Платежное поручение",
            f"Номер={number}",
            f"Дата={day:%d.%m.%Y}",
            f"Сумма={amount:.2f}",
            f"ПлательщикИНН={tax_id}",
            f"Плательщик1={name}",
            "ПлательщикСчет=1930000000000017",
            f"ПолучательСчет={account}",
            f"ДатаПоступило={day:%d.%m.%Y}",
            f"НазначениеПлатежа={purpose}",
            "КонецДокумента",
        ]
    return "\r\n".join([*lines, "КонецФайла", ""]).encode("cp1251")
