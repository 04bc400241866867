from odoo import api, models


class OnecMessage(models.Model):
    """Words for what is refused at the address of 1C."""

    _inherit = "onec.message"

    @api.model
    def _explanations(self, values):
        get = values.get
        megabytes = (get("limit") or 0) // (1 << 20) if "limit" in values else 0
        return {
            **super()._explanations(values),
            **self._xml_explanations(values),
            **self._zip_explanations(values),
            "name_unsafe": self.env._(
                "The name of a file leads out of the exchange or holds letters that no "
                "name has. Give it a plain name."
            ),
            "name_long": self.env._(
                "The name of a file has %(length)s letters, at most %(limit)s may be.",
                length=get("length"),
                limit=get("limit"),
            ),
            "name_empty": self.env._("The file has no name."),
            "name_extension": self.env._(
                "Files of this kind are not taken. Allowed are: %(allowed)s.",
                allowed=get("allowed"),
            ),
            "body_large": self.env._(
                "The file is larger than %(limit)s MB. Send it in smaller pieces, or "
                "raise the limit of the 1C base in Odoo.",
                limit=megabytes,
            ),
            "body_short": self.env._(
                "The file did not come whole, or too slowly. Send it again."
            ),
            "disk_full": self.env._(
                "The disk of the server is full. Ask its administrator for room."
            ),
            "session_full": self.env._(
                "All files of this exchange together are larger than %(limit)s MB. "
                "Exchange in portions, or raise the limit of the 1C base in Odoo.",
                limit=megabytes,
            ),
            "file_absent": self.env._(
                "This file did not come. Send it by mode=file first."
            ),
            "mode_unsupported": self.env._("This request is not supported here."),
            "address_refused": self.env._(
                "Requests from this address are not accepted. Use https, or add the "
                "address of 1C to the allowed ones of the 1C base in Odoo."
            ),
            "login_blocked": self.env._(
                "Too many wrong passwords. Wait 15 minutes and try again."
            ),
        }

    def _xml_explanations(self, values):
        return {
            "xml_doctype": self.env._(
                "The file declares a document type or entities, which 1C never does. "
                "It was not read."
            ),
            "xml_broken": self.env._(
                "The file is cut or is no XML (line %(line)s: %(reason)s). Send it "
                "again.",
                line=values.get("line"),
                reason=values.get("reason"),
            ),
            "xml_deep": self.env._(
                "Elements of the file stand in each other more than %(limit)s deep.",
                limit=values.get("limit"),
            ),
            "xml_item_large": self.env._("One object of the file is far too large."),
            "xml_elements": self.env._("The file has too many elements."),
        }

    def _zip_explanations(self, values):
        return {
            "zip_broken": self.env._(
                "The archive is cut or damaged (%(reason)s). Send it again.",
                reason=values.get("reason"),
            ),
            "zip_entries": self.env._(
                "The archive holds more than %(limit)s files. Exchange in portions.",
                limit=values.get("limit"),
            ),
            "zip_encrypted": self.env._(
                "The archive has a password. Switch that off in 1C."
            ),
            "zip_link": self.env._("The archive holds links, which are not followed."),
            "zip_nested": self.env._("The archive holds other archives."),
            "zip_twice": self.env._("The archive holds two files of the same name."),
            "zip_ratio": self.env._(
                "A file of the archive would grow more than %(limit)s times. That is "
                "no catalogue.",
                limit=values.get("limit"),
            ),
            "zip_large": self.env._(
                "Unpacked, the archive is larger than allowed. Exchange in portions or "
                "raise the limit of the 1C base in Odoo."
            ),
        }
