"""Small files of CommerceML, made for the tests."""

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944"
    "41547801636060606000000005000168de9ad40000000049454e44ae426082"
)
_ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07"'
    ' ДатаФормирования="2026-10-01T00:00:00">{}</КоммерческаяИнформация>'
)


def groups(count=2, prefix="g"):
    """A classifier with groups ``g1``, ``g2``…"""
    rows = "".join(
        f"<Группа><Ид>{prefix}{number}</Ид>"
        f"<Наименование>Группа {prefix}{number}</Наименование></Группа>"
        for number in range(1, count + 1)
    )
    return _ROOT.format(
        "<Классификатор><Ид>c</Ид><Наименование>Классификатор</Наименование>"
        f"<Группы>{rows}</Группы></Классификатор>"
    ).encode()


def nothing():
    """A catalogue of no goods."""
    return _ROOT.format(
        '<ПакетПредложений СодержитТолькоИзменения="true"><Ид>p</Ид>'
        "<Наименование>П</Наименование><Предложения/></ПакетПредложений>"
    ).encode()


def files():
    """An upload with a picture."""
    return {
        "import0_1.xml": groups(),
        "offers0_1.xml": nothing(),
        "import_files/ab/1.png": PIXEL,
    }
