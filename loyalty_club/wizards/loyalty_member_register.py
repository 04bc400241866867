from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.res_partner_register import CONSENTS, InvalidPhone

SAME_FIELDS = (
    "name",
    "phone",
    "email",
    "gender",
    "birthday",
    "wedding_date",
    "national_id",
    *CONSENTS,
)
MEMBER_FORM = "loyalty_club.loyalty_card_view_form_member"


class LoyaltyMemberRegister(models.TransientModel):
    """The short form: a new member in half a minute."""

    _name = "loyalty.member.register"
    _description = "Register a member"

    program_id = fields.Many2one(
        "loyalty.program",
        "Club",
        required=True,
        domain="[('is_club', '=', True)]",
        default=lambda self: self.env.company._loyalty_club().sudo(False),
    )
    name = fields.Char(required=True)
    phone = fields.Char("Mobile", required=True)
    email = fields.Char()
    gender = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("other", "Other")]
    )
    birthday = fields.Date()
    wedding_date = fields.Date("Wedding anniversary")
    code = fields.Char(
        "Card", help="Scan a blank card. Empty: a new code is made, to be printed."
    )
    national_id = fields.Char("National id")
    referrer_id = fields.Many2one("res.partner", "Referred by")
    branch_id = fields.Many2one(
        "loyalty.branch",
        default=lambda self: self.env["res.partner"]._loyalty_default_branch(),
    )
    source_id = fields.Many2one("loyalty.source", "Heard of us")
    attribute_ids = fields.Many2many(
        "loyalty.attribute.value", string="Interests and preferences"
    )
    consent_sms = fields.Boolean("SMS marketing")
    consent_email = fields.Boolean("E-mail marketing")
    consent_messenger = fields.Boolean("Messenger marketing")
    consent_call = fields.Boolean("Calls")
    consent_service = fields.Boolean("Service messages", default=True)
    phone_message = fields.Char(compute="_compute_phone_message")
    duplicate_ids = fields.Many2many(
        "res.partner", compute="_compute_duplicates", string="Known already"
    )
    duplicate_message = fields.Char(compute="_compute_duplicates")
    existing_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_existing",
        store=True,
        readonly=False,
        domain="[('id', 'in', duplicate_ids)]",
    )
    existing_is_member = fields.Boolean(compute="_compute_existing_is_member")

    @api.onchange("phone")
    def _onchange_phone(self):
        if self.phone and not self.phone_message:
            self.phone = self.env["res.partner"]._loyalty_e164(self.phone)

    @api.depends("phone")
    def _compute_phone_message(self):
        for wizard in self:
            wizard.phone_message = False
            if wizard.phone:
                try:
                    self.env["res.partner"]._loyalty_e164(wizard.phone)
                except InvalidPhone as error:
                    wizard.phone_message = error.args[0]

    @api.depends("phone", "code", "national_id")
    def _compute_duplicates(self):
        partners = self.env["res.partner"]
        for wizard in self:
            phone = False
            if wizard.phone and not wizard.phone_message:
                phone = partners._loyalty_e164(wizard.phone)
            found = partners._loyalty_find_duplicates(
                phone, wizard.code, wizard.national_id
            )
            wizard.duplicate_ids = found
            wizard.duplicate_message = (
                partners._loyalty_duplicate_message(found) if found else False
            )

    @api.depends("duplicate_ids")
    def _compute_existing(self):
        for wizard in self:
            wizard.existing_id = wizard.duplicate_ids[:1]

    @api.depends("existing_id")
    def _compute_existing_is_member(self):
        for wizard in self:
            existing = wizard.existing_id._origin
            wizard.existing_is_member = existing.sudo().is_loyalty_member

    def action_register(self):
        """Create the customer and the card; a known customer is never doubled."""
        return self._open(self._register_member())

    def action_enroll(self):
        """Give the known customer a card, filling in what was missing."""
        self.ensure_one()
        if self.existing_id not in self.duplicate_ids:
            raise UserError(self.env._("Choose one of the customers found."))
        return self._open(self._register_member(partner_id=self.existing_id.id))

    def action_open_existing(self):
        """Show the customer who was found."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.existing_id.id,
            "views": [(False, "form")],
        }

    def _register_member(self, **values):
        self.ensure_one()
        return self.env["res.partner"]._loyalty_register(
            {
                **{name: self[name] for name in SAME_FIELDS},
                "code": self.code,
                "loyalty_referrer_id": self.referrer_id.id,
                "loyalty_source_id": self.source_id.id,
                "loyalty_branch_id": self.branch_id.id,
                "loyalty_attribute_ids": self.attribute_ids.ids,
                **values,
            },
            program=self.program_id,
        )

    def _open(self, card):
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.card",
            "res_id": card.id,
            "views": [(self.env.ref(MEMBER_FORM).id, "form")],
        }
