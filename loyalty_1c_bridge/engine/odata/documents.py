"""Which objects of 1C stand for our documents."""

# Kind of document -> entity of Бухгалтерия предприятия; a template may say otherwise.
ENTITIES = {
    "sale": "Document_РеализацияТоваровУслуг",
    "return": "Document_ВозвратТоваровОтПокупателя",
    "correction": "Document_КорректировкаРеализации",
    "bank_in": "Document_ПоступлениеНаРасчетныйСчет",
    "bank_out": "Document_СписаниеСРасчетногоСчета",
    "cash_in": "Document_ПриходныйКассовыйОрдер",
    "cash_out": "Document_РасходныйКассовыйОрдер",
    "card_payment": "Document_ОплатаПлатежнойКартой",
    "retail_report": "Document_ОтчетОРозничныхПродажах",
    "gift_sale": "Document_РеализацияПодарочныхСертификатов",
    "gift_cancel": "Document_АннулированиеПодарочныхСертификатов",
    "netting": "Document_КорректировкаДолга",
    "entry": "Document_ОперацияБух",
}
# Same in Бухгалтерия для Казахстана, where names differ.
ENTITIES_KZ = {
    "bank_in": "Document_ПлатежноеПоручениеВходящее",
    "bank_out": "Document_ПлатежноеПоручениеИсходящее",
}


def entity_of(otype, kind=""):
    """Entity of a kind of document in a kind of base, or ``""``.

    >>> entity_of("bank_in", "bk_kz"), entity_of("points")
    ('Document_ПлатежноеПоручениеВходящее', '')
    """
    if kind == "bk_kz" and otype in ENTITIES_KZ:
        return ENTITIES_KZ[otype]
    return ENTITIES.get(otype, "")


def verdict(op, there):
    """What 1C says of a document we handed over.

    :param op: ``upsert``, ``cancel`` or ``delete``
    :param there: the object, or None
    :return: ``agreed``, ``missing`` or ``waiting``

    >>> verdict("upsert", {"Posted": True}), verdict("upsert", None)
    ('agreed', 'missing')
    >>> verdict("upsert", {"Posted": True, "DeletionMark": True})
    'waiting'
    >>> verdict("cancel", {"Posted": True}), verdict("delete", None)
    ('waiting', 'agreed')
    """
    if op == "upsert":
        if there is None:
            return "missing"
        posted = there.get("Posted") is True and not there.get("DeletionMark")
        return "agreed" if posted else "waiting"
    if there is None:
        return "agreed"
    gone = there.get("DeletionMark") is True
    undone = there.get("Posted") is not True
    return "agreed" if (gone if op == "delete" else gone or undone) else "waiting"
