"""What 1C speaks, in plain Python: formats, receipts, identity, hostile input.

Nothing here knows the ERP or a database. Readers yield records one at a time, writers
take plain values, and errors are :class:`ExchangeError` with what, where and a remedy.
"""
