from odoo import api, models


class OnecApply(models.AbstractModel):
    _inherit = "onec.apply"

    @api.model
    def _ask_missing(self, message, item, kind, otype, external_id, name=""):
        """The line waits for a correspondence; it is applied once there is one.

        :param kind: ``missing_map``, ``tax_unknown``, ``currency_unknown`` ...
        :return: the ``Outcome`` of the line
        """
        title = name or external_id
        self.env["onec.conflict"]._ask(
            message.backend_id,
            kind,
            f"{otype}:{external_id}",
            title,
            otype=otype,
            external_id=external_id,
            message_id=message.id,
            right={self.env._("In 1C"): title},
        )
        error = self.env._(
            "1C speaks of “%(name)s”, which has no counterpart here. Choose one in the "
            "correspondence; this line is applied then.",
            name=title,
        )
        return self._result(
            item, "conflict", error=error, waits_for=f"{otype}:{external_id}"
        )
