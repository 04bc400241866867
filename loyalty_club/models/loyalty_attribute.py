from odoo import api, fields, models


class LoyaltySource(models.Model):
    """How members heard of the shop."""

    _name = "loyalty.source"
    _description = "Member source"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)


class LoyaltyAttribute(models.Model):
    """A question about members that the company chose to ask."""

    _name = "loyalty.attribute"
    _description = "Member attribute"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    on_portal = fields.Boolean(
        "Members may answer", default=True, help="Shown on the member's profile page."
    )
    value_ids = fields.One2many("loyalty.attribute.value", "attribute_id", "Answers")


class LoyaltyAttributeValue(models.Model):
    """One possible answer."""

    _name = "loyalty.attribute.value"
    _description = "Member attribute value"
    _order = "attribute_id, sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    attribute_id = fields.Many2one(
        "loyalty.attribute", required=True, index=True, ondelete="cascade"
    )

    @api.depends("name", "attribute_id")
    def _compute_display_name(self):
        for value in self:
            value.display_name = f"{value.attribute_id.name}: {value.name}"
