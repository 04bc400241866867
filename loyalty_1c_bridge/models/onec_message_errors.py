from odoo import api, models


class OnecMessage(models.Model):
    """Words for what the other side did wrong: what, where, and what to do."""

    _inherit = "onec.message"

    @api.model
    def _explain(self, error):
        """Readable text of an ``ExchangeError``, in the user's language.

        :param error: ``engine.errors.ExchangeError``
        """
        text = self._explanations(error.values).get(error.code)
        if text is None:
            return str(error)
        return (
            self.env._("Line %s: ", error.where) + text
            if (error.where.isdigit() and error.where != "0")
            else text
        )

    @api.model
    def _explanations(self, values):
        """Texts by code; parts of the bridge add theirs by ``super()``.

        :param values: what the error knows, a dict of texts
        """
        get = _Blank(values)
        return {
            "bank_empty": self.env._("The file is empty. Save it from the bank again."),
            "bank_too_big": self.env._(
                "The file is larger than %(limit)s MB. Take a shorter period.",
                limit=get["limit"],
            ),
            "bank_encoding": self.env._(
                "This is no text for 1C. In the client-bank program choose the export "
                "“1C” (kl_to_1c.txt), not Excel or PDF."
            ),
            "bank_signature": self.env._(
                "The first line must be 1CClientBankExchange, but is “%(found)s”. "
                "Choose the export “1C” in the client-bank program.",
                found=get["found"],
            ),
            "bank_no_end": self.env._(
                "The end of the file is missing (КонецФайла). If the balances below "
                "agree, nothing is lost; otherwise save the file again."
            ),
            "bank_document_cut": self.env._(
                "A document without its end was left out. Save the file from the bank "
                "again and import it: what is there already does not double."
            ),
            "bank_section_open": self.env._(
                "A section without its end; it was read up to the next one."
            ),
            "bank_balance_twice": self.env._(
                "The same balances of an account stand twice; one is used."
            ),
            "bank_date": self.env._(
                "“%(value)s” is no date (%(key)s); it was left out.",
                value=get["value"],
                key=get["key"],
            ),
            "bank_number": self.env._(
                "“%(value)s” is no amount (%(key)s).",
                value=get["value"],
                key=get["key"],
            ),
            "bank_no_amount": self.env._("A document without amount was left out."),
            "bank_no_date": self.env._("A document without date was left out."),
            "bank_not_executed": self.env._(
                "Document %(number)s has no day of execution: it may be an order only. "
                "Tick “Documents without a day of execution are done” if your bank "
                "writes its statements so.",
                number=get["number"],
            ),
            "bank_foreign_account": self.env._(
                "Neither account of document %(number)s is the account of this file; "
                "it was left out.",
                number=get["number"],
            ),
            "bank_income": self._balance_text(get, self.env._("received")),
            "bank_outcome": self._balance_text(get, self.env._("paid out")),
            "bank_closing": self._balance_text(get, self.env._("closing balance")),
            "bank_order_incomplete": self.env._(
                "Payment %(number)s lacks: %(missing)s.",
                number=get["number"],
                missing=get["missing"],
            ),
            "bank_order_letters": self.env._(
                "Payment %(number)s has the letter “%(letter)s”, which %(encoding)s "
                "does not know. Write it otherwise or choose UTF-8.",
                number=get["number"],
                letter=get["letter"],
                encoding=get["encoding"],
            ),
        }

    @api.model
    def _balance_text(self, get, what):
        return self.env._(
            "Account %(account)s, %(what)s: the bank says %(told)s, the documents make "
            "%(counted)s. Something is missing in this file, or twice in it.",
            account=get["account"],
            what=what,
            told=get["told"],
            counted=get["counted"],
        )


class _Blank(dict):
    """Values of an error; what it does not know is blank."""

    def __missing__(self, key):
        return ""
