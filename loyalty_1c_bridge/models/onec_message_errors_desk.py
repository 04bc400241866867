from odoo import api, models

from .onec_message_errors import _Blank


class OnecMessage(models.Model):
    """Words for objects and files that cannot be applied."""

    _inherit = "onec.message"

    @api.model
    def _explain(self, error):
        """The place of the fault is part of the text."""
        error.values.setdefault("where", error.where)
        return super()._explain(error)

    @api.model
    def _explanations(self, values):
        get = _Blank(values)
        return {
            **super()._explanations(values),
            "channel_unsupported": self.env._(
                "Files of this channel are not applied here. Statements of a bank are "
                "imported by the menu Bank."
            ),
            "file_missing": self.env._(
                "The stored file “%(where)s” is gone: it was deleted after the time "
                "set for the base, or the disk was restored. Send it from 1C again.",
                where=get["where"],
            ),
            "id_missing": self.env._(
                "%(where)s has no id. 1C always writes one: check the processing that "
                "makes the file.",
                where=get["where"],
            ),
            "id_too_long": self.env._(
                "%(where)s: the id “%(value)s…” is too long. Check the processing "
                "that makes the file.",
                where=get["where"],
                value=get["value"],
            ),
            "image_broken": self.env._(
                "The picture %(where)s cannot be read. Save it in 1C again as JPEG or "
                "PNG; the product itself is not held up by it.",
                where=get["where"],
            ),
            "image_large": self.env._(
                "The picture %(where)s is too large (limit: %(limit)s). Make it "
                "smaller in 1C.",
                where=get["where"],
                limit=get["limit"],
            ),
            "kind_unsupported": self.env._(
                "Objects of this kind (%(where)s) are not taken from 1C. Nothing is to "
                "be done, unless you need them.",
                where=get["where"],
            ),
            "number_invalid": self.env._(
                "%(where)s: “%(value)s” is no number. Correct it in 1C and send it "
                "again.",
                where=get["where"],
                value=get["value"],
            ),
        }
