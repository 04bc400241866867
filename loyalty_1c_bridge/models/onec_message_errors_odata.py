from odoo import api, models

from .onec_message_errors import _Blank


class OnecMessage(models.Model):
    """Words for what is wrong with OData."""

    _inherit = "onec.message"

    @api.model
    def _explain(self, error):
        """The object of 1C at fault is part of the text."""
        if error.code.startswith("odata_"):
            error.values.setdefault("where", error.where)
        return super()._explain(error)

    @api.model
    def _explanations(self, values):
        get = _Blank(values)
        return {
            **super()._explanations(values),
            "odata_refused": self.env._(
                "1C refuses the user of OData. Check name and password in the settings "
                "of the base, and that this user may log in to 1C."
            ),
            "odata_rights": self.env._(
                "The user of OData has no right to read %(where)s. Give it the role "
                "“Удаленный доступ OData” and the reading of this object.",
                where=get["where"],
            ),
            "odata_no_service": self.env._(
                "There is no OData at this address (answer %(status)s). Publish the "
                "base with “Публиковать стандартный интерфейс OData”.",
                status=get["status"],
            ),
            "odata_no_set": self.env._(
                "1C does not publish %(where)s. Add it in 1C to the contents of the "
                "standard OData interface.",
                where=get["where"],
            ),
            "odata_no_object": self.env._(
                "1C has no such object of %(where)s.", where=get["where"]
            ),
            "odata_exists": self.env._(
                "1C already has such an object of %(where)s.", where=get["where"]
            ),
            "odata_version": self.env._(
                "Somebody changed the object of %(where)s in 1C meanwhile. Read it "
                "again, then decide.",
                where=get["where"],
            ),
            "odata_property": self.env._(
                "%(where)s of this 1C has no property %(names)s. Correct the template.",
                where=get["where"],
                names=get["names"],
            ),
            "odata_not_posted": self.env._(
                "1C did not post %(where)s %(number)s. Open it in 1C and post it: the "
                "message says what is missing.",
                where=get["where"],
                number=get["number"],
            ),
            "odata_unmapped": self.env._(
                "%(where)s: 1C does not know “%(name)s” yet. Map it under "
                "Correspondence, then send the document again.",
                where=get["where"],
                name=get["name"],
            ),
            "odata_guid": self.env._(
                "“%(where)s” is no reference.", where=get["where"]
            ),
            "odata_method": self.env._(
                "1C does not allow this with %(where)s.", where=get["where"]
            ),
            "odata_answer": self.env._(
                "The answer about %(where)s is not of OData (%(status)s). Check the "
                "address of the base.",
                where=get["where"],
                status=get["status"],
            ),
            "odata_error": self.env._(
                "1C answers about %(where)s: %(message)s",
                where=get["where"],
                message=get["message"],
            ),
        }
