from odoo import api, models
from odoo.exceptions import AccessError

# Written together with the number, which a record draws for itself.
DRAWN = {"name"}


class LoyaltyDeliverySteps(models.AbstractModel):
    """What only the steps of a record write: no form, no import and no program.

    These are the fields that are read-only and never copied: states, money that was
    collected, what a courier told. A step checks who asks, then writes with ``sudo``.
    """

    _name = "loyalty.delivery.steps"
    _description = "Fields that steps write"

    @api.model_create_multi
    def create(self, vals_list):
        told = {name for values in vals_list for name in values} - DRAWN
        given = {
            name.removeprefix("default_")
            for name in self.env.context
            if name.startswith("default_")
        }
        self._check_by_hand(told | given)
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_hand(set(vals))
        return super().write(vals)

    def _check_by_hand(self, names):
        """:raise AccessError: one of the fields is written by steps alone"""
        if self.env.su:
            return
        own = sorted(name for name in names if self._is_of_steps(name))
        if own:
            raise AccessError(
                self.env._(
                    "“%(field)s” of “%(document)s” is not written by hand: use the"
                    " buttons of the form or of the board.",
                    field=self._fields[own[0]]._description_string(self.env),
                    document=self._description,
                )
            )

    @api.model
    def _is_of_steps(self, name):
        field = self._fields.get(name)
        return bool(
            field
            and field.readonly
            and field.store
            and field.column_type
            and not (field.copy or field.compute or field.related)
        )
