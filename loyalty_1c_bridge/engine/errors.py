"""One kind of error for everything that comes from the other side."""


class ExchangeError(Exception):
    """The other side's file or answer cannot be used.

    :param code: stable name of the problem, e.g. ``"xml_doctype"``; models translate it
    :param where: file, line, object or address it was found at
    :param values: what a text about it may need
    """

    def __init__(self, code, where="", **values):
        super().__init__(code, where, values)
        self.code = code
        self.where = where
        self.values = values

    def __str__(self):
        values = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return " ".join(part for part in (self.code, self.where, values) if part)
