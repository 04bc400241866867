from odoo import models


class LoyaltySmsGateway(models.Model):
    _inherit = "loyalty.sms.gateway"

    def _explain(self, error):
        """What an engine says of a gateway, in the user's language.

        :param error: a :class:`~..engine.gateways.base.GatewayError`
        """
        sentences = {
            "line": self.env._("“%(line)s” is not “name = value”."),
            "header": self.env._("“%(line)s” is not “Name: value”."),
            "map": self.env._("“%(line)s” is not “code = meaning”."),
            "json": self.env._("The template of the body is no JSON: %(why)s."),
            "pattern": self.env._("The pattern cannot be read: %(why)s."),
            "word": self.env._(
                "“%(word)s” in “%(line)s” is unknown. Known are %(known)s."
            ),
            "phone_number_id": self.env._(
                "The id of the phone number has digits only: it is Meta's id,"
                " not the number."
            ),
            "version": self.env._("The version looks like v23.0."),
            "silent": self.env._("There was no answer: %(why)s."),
            "no_balance": self.env._("The answer holds no balance (HTTP %(status)s)."),
            "kind": self.env._(
                "There is no adapter for gateways of the kind “%(kind)s”."
            ),
        }
        return sentences[error.code] % error.data
