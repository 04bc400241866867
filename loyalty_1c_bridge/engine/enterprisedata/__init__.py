"""EnterpriseData: messages of the universal exchange format, numbers and receipts."""

FORMAT = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData"
MESSAGE = "http://www.1c.ru/SSL/Exchange/Message"
EXCHANGE_PLAN = "СинхронизацияДанныхЧерезУниверсальныйФормат"

# Versions that there are tables for, the oldest first (see formats/NOTICE).
VERSIONS = ("1.10", "1.16", "1.17", "1.19", "1.21")
NEWEST = VERSIONS[-1]
