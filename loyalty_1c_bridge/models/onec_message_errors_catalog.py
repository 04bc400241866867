from odoo import api, models


class OnecMessage(models.Model):
    _inherit = "onec.message"

    @api.model
    def _explanations(self, values):
        get = {key: str(value) for key, value in values.items()}
        value, name = get.get("value", ""), get.get("name", "")
        return {
            **super()._explanations(values),
            "number_invalid": self.env._(
                "%(value)s is no number. Correct it in 1C and send the object again.",
                value=value,
            ),
            "id_missing": self.env._(
                "The object has no id (Ид). 1C writes one for each object; a file of "
                "another program has to have them too."
            ),
            "id_too_long": self.env._(
                "The id %(value)s… is longer than 255 characters.", value=value
            ),
            "image_large": self.env._(
                "The picture is too large (limit %(limit)s). Make it smaller in 1C and "
                "send the product again.",
                limit=get.get("limit", ""),
            ),
            "image_broken": self.env._(
                "The picture cannot be opened (%(reason)s). Replace it in 1C and send "
                "the product again.",
                reason=get.get("reason", ""),
            ),
            "kind_unsupported": self.env._(
                "Objects of this kind are not taken from 1C."
            ),
            "channel_unsupported": self.env._(
                "Messages of this channel are not applied here."
            ),
            "file_missing": self.env._(
                "The stored file is gone. Let 1C send it again."
            ),
            "other_company": self.env._(
                "The file is of another organization: %(name)s %(inn)s. This base "
                "keeps the books of %(company)s. Choose another 1C base for it, or "
                "confirm in the conflict that it is the same one.",
                name=name,
                inn=get.get("inn", ""),
                company=get.get("company", ""),
            ),
        }
