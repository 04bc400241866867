from odoo import api, models

from .onec_message_errors import _Blank


class OnecMessage(models.Model):
    """Words for what is wrong with EnterpriseData messages and their transport."""

    _inherit = "onec.message"

    @api.model
    def _explain(self, error):
        """The element at fault is part of the text."""
        if error.code.startswith("ed_"):
            error.values.setdefault("where", error.where)
        return super()._explain(error)

    @api.model
    def _explanations(self, values):
        get = _Blank(values)
        return {
            **super()._explanations(values),
            **self._explanations_ed_message(get),
            **self._explanations_ed_object(get),
            **self._explanations_ed_wire(get),
        }

    @api.model
    def _explanations_ed_message(self, get):
        return {
            "ed_not_message": self.env._(
                "This is no EnterpriseData message. In 1C open the synchronization "
                "settings and send the data once more."
            ),
            "ed_header": self.env._(
                "The header of the message holds “%(value)s”, which cannot be. Send "
                "the message from 1C again.",
                value=get["value"],
            ),
            "ed_archive": self.env._(
                "The archive holds %(value)s XML files instead of one. Upload the "
                "archive as 1C made it.",
                value=get["value"],
            ),
            "ed_swapped": self.env._(
                "This is our own message to %(receiver)s, not one of 1C. Upload the "
                "file that 1C wrote (Message_%(receiver)s_%(sender)s).",
                receiver=get["receiver"],
                sender=get["sender"],
            ),
            "ed_foreign": self.env._(
                "The message goes from %(sender)s to %(receiver)s, but this base "
                "exchanges with %(peer)s and signs as %(node)s. Compare the codes with "
                "the synchronization settings of 1C.",
                sender=get["sender"],
                receiver=get["receiver"],
                peer=get["peer"],
                node=get["node"],
            ),
            "ed_receipt_future": self.env._(
                "1C confirms our message %(received)s, but the last one sent from here "
                "is %(sent)s. This database was probably restored from an older copy. "
                "Nothing was taken in. A manager can continue from the number of 1C: "
                "open the base, “Continue numbers”.",
                received=get["received"],
                sent=get["sent"],
            ),
            "ed_version": self.env._(
                "There are no rules here for this version of the format. Known are "
                "%(known)s: choose one of them in the settings of 1C.",
                known=get["known"],
            ),
            "ed_no_common_version": self.env._(
                "1C knows the versions %(theirs)s, we know %(ours)s: there is none in "
                "common. Update the 1C base.",
                theirs=get["theirs"],
                ours=get["ours"],
            ),
            "ed_number": self.env._(
                "A number of a message was about to be used twice. Run the exchange "
                "again."
            ),
        }

    @api.model
    def _explanations_ed_object(self, get):
        return {
            "ed_required": self.env._(
                "%(where)s is empty, but 1C needs it. Fill it in here and send the "
                "document again.",
                where=get["where"],
            ),
            "ed_unknown": self.env._(
                "The format has no element %(where)s.", where=get["where"]
            ),
            "ed_word": self.env._(
                "%(where)s cannot be “%(value)s” in this version of the format.",
                where=get["where"],
                value=get["value"],
            ),
            "ed_value": self.env._(
                "%(where)s cannot be “%(value)s”.",
                where=get["where"],
                value=get["value"],
            ),
            "ed_length": self.env._(
                "%(where)s is “%(value)s”, but may have %(limit)s characters. Shorten "
                "it here and send the document again.",
                where=get["where"],
                value=get["value"],
                limit=get["limit"],
            ),
            "ed_shape": self.env._(
                "%(where)s holds something else than its parts.", where=get["where"]
            ),
            "ed_vat_rate": self.env._(
                "The VAT rate %(rate)s does not exist in this version of the format. "
                "Let both sides speak version 1.17 or newer.",
                rate=get["rate"],
            ),
            "ed_no_type": self.env._(
                "%(where)s does not exist in version %(version)s of the format. Let "
                "both sides speak a newer one.",
                where=get["where"],
                version=get["version"],
            ),
            "ed_not_taken": self.env._(
                "1C does not take objects of this kind, as its settings say. Switch "
                "them on in the synchronization settings of 1C, and send ours again."
            ),
        }

    @api.model
    def _explanations_ed_wire(self, get):
        return {
            "ed_folder_outside": self.env._(
                "The folder must lie below the directory of exchanges of this server. "
                "Write it without “..” and without a leading slash."
            ),
            "ed_folder": self.env._(
                "The folder cannot be used: %(message)s. Check that it exists and that "
                "the server may write there.",
                message=get["message"],
            ),
            "ed_file_too_big": self.env._(
                "The file is larger than %(limit)s MB. Send the data from 1C in "
                "shorter periods.",
                limit=get["limit"],
            ),
            "url_invalid": self.env._(
                "This is no address of a web service. Write it as "
                "https://1c.example.com/base"
            ),
            "url_credentials": self.env._(
                "The address must not hold a user or a password. Write them in their "
                "own fields."
            ),
            "url_redirect": self.env._(
                "The server sends us to another address, which we do not follow. Write "
                "the final address of the 1C base."
            ),
            "url_timeout": self.env._(
                "1C did not answer in time. The exchange is tried again by itself."
            ),
            "url_unreachable": self.env._(
                "The server of 1C cannot be reached. Check the address, and that it is "
                "running; the exchange is tried again by itself."
            ),
            "address_blocked": self.env._(
                "This address is reserved for the network itself; no 1C base is there."
            ),
            "answer_too_big": self.env._(
                "1C answered with more than %(limit)s MB. Set smaller parts.",
                limit=get["limit"],
            ),
            **self._explanations_ed_service(get),
        }

    @api.model
    def _explanations_ed_service(self, get):
        return {
            "soap_refused": self.env._(
                "1C refuses the user (%(status)s). Check user and password, and that "
                "the user may use the synchronization service.",
                status=get["status"],
            ),
            "soap_missing": self.env._(
                "The base has no such web service. Publish “EnterpriseDataExchange” "
                "together with the base on the web server."
            ),
            "soap_unknown_node": self.env._(
                "1C knows no exchange “%(plan)s” with our code. Create the "
                "synchronization in 1C first, with our prefix.",
                plan=get["plan"],
            ),
            "soap_operation": self.env._(
                "1C ended the operation as %(status)s. Look into its log of data "
                "exchange; what was sent is sent again.",
                status=get["status"],
            ),
            "soap_slow": self.env._(
                "1C worked for more than %(seconds)s seconds. The exchange is tried "
                "again by itself.",
                seconds=get["seconds"],
            ),
            "soap_fault": self.env._("1C answers: %(message)s", message=get["message"]),
            "soap_answer": self.env._(
                "The answer is not one of 1C's web service (status %(status)s). Check "
                "the address.",
                status=get["status"],
            ),
        }
