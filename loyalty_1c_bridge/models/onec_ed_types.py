"""Kinds of object by the type names of EnterpriseData."""

from ..engine.enterprisedata.convert import RECEIVED

OTYPE_OF = {
    **RECEIVED,
    "Справочник.Организации": "organization",
    "Справочник.БанковскиеСчета": "bank_account",
    "Справочник.Валюты": "currency",
    "Справочник.ЕдиницыИзмерения": "uom",
    "Справочник.ДисконтныеКарты": "card",
    "Справочник.ПрограммыЛояльности": "loyalty_program",
    "Документ.ПБДСПоПлатежнымКартам": "card_payment",
}
