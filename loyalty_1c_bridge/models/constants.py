"""Kinds of things both sides know, and the words for them."""

# Kinds of object a map row, a line of the journal or a rule may be about. One name for
# all channels: a good has the same GUID in CommerceML and in EnterpriseData.
OTYPES = [
    ("organization", "Organization"),
    ("partner", "Counterparty"),
    ("contract", "Contract"),
    ("bank_account", "Bank account"),
    ("product", "Product"),
    ("category", "Product group"),
    ("attribute", "Property"),
    ("attribute_value", "Value of a property"),
    ("uom", "Unit"),
    ("tax", "Tax rate"),
    ("currency", "Currency"),
    ("warehouse", "Warehouse"),
    ("price_type", "Price type"),
    ("account", "Account"),
    ("journal", "Cash desk or bank account"),
    ("payment_method", "Payment method"),
    ("status", "Status"),
    ("loyalty_program", "Loyalty program"),
    ("card", "Loyalty card"),
    ("gift_card", "Gift card"),
    ("order", "Order"),
    ("sale", "Sale"),
    ("return", "Customer return"),
    ("correction", "Correction of a sale"),
    ("bank_in", "Bank receipt"),
    ("bank_out", "Bank payment"),
    ("cash_in", "Cash receipt"),
    ("cash_out", "Cash payment"),
    ("card_payment", "Card payment"),
    ("retail_report", "Retail report"),
    ("gift_sale", "Gift cards sold"),
    ("gift_cancel", "Gift cards cancelled"),
    ("netting", "Netting"),
    ("entry", "Entry of the ledger"),
    ("points", "Loyalty points"),
    ("offer", "Offer"),
    ("price", "Price"),
    ("stock", "Stock"),
    ("image", "Picture"),
    ("deletion", "Deletion"),
    ("request", "Request of 1C"),
]

CHANNELS = [
    ("cml", "CommerceML"),
    ("ed", "EnterpriseData"),
    ("bank", "Bank text"),
    ("odata", "OData"),
]

# ОКЕИ codes of units that the ERP has by itself (xmlid -> code).
OKEI = {
    "uom.product_uom_unit": "796",
    "uom.product_uom_kgm": "166",
    "uom.product_uom_gram": "163",
    "uom.product_uom_ton": "168",
    "uom.product_uom_litre": "112",
    "uom.product_uom_meter": "006",
    "uom.product_uom_cm": "004",
    "uom.product_uom_km": "008",
    "uom.product_uom_hour": "356",
    "uom.product_uom_day": "359",
    "uom.product_uom_dozen": "641",
}

# ISO 4217 numbers, which 1C uses as the code of a currency.
ISO_NUMERIC = {
    "RUB": "643",
    "AMD": "051",
    "KZT": "398",
    "GEL": "981",
    "BYN": "933",
    "KGS": "417",
    "UZS": "860",
    "USD": "840",
    "EUR": "978",
    "IRR": "364",
    "UAH": "980",
    "CNY": "156",
}
