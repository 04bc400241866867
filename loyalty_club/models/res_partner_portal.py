"""What customers do for themselves: register, keep their profile."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from .res_partner_register import CONSENTS, DuplicateMember


class ResPartner(models.Model):
    _inherit = "res.partner"

    # -- self-registration ------------------------------------------------------
    @api.model
    def _loyalty_self_register(self, values, branch_sudo, referral_code=None):
        """Register a stranger who followed the link of a shop.

        Whoever is known already gets a letter at the address that is known, never at
        the one typed here; the caller answers both cases alike.

        :param dict values: ``name``, ``phone``, ``email`` and ``consent_*`` as typed
        :param branch_sudo: the shop, found by its token
        :raise UserError: something typed is wrong, in words for the customer
        """
        email = email_normalize(values.get("email") or "")
        if not (values.get("name") or "").strip():
            raise UserError(self.env._("Enter your name."))
        if not email:
            raise UserError(
                self.env._(
                    "%s is no e-mail address. Write it like name@example.com.",
                    values.get("email") or self.env._("An empty field"),
                )
            )
        company = branch_sudo.company_id
        partners_sudo = self.sudo().with_company(company)
        phone = partners_sudo._loyalty_e164(values.get("phone"), company.country_id)
        known_sudo = partners_sudo._loyalty_find_known(phone, email)
        if known_sudo:
            known_sudo._loyalty_remind_known(email)
            return
        club = company._loyalty_club()
        friend = self.env["loyalty.card"]._find_by_referral_code(referral_code)
        try:
            card_sudo = partners_sudo._loyalty_register(
                {
                    **{name: bool(values.get(name)) for name in CONSENTS},
                    "consent_service": True,
                    "name": values["name"],
                    "phone": phone,
                    "email": email,
                    "lang": self.env.lang,
                    "country_id": company.country_id.id,
                    "consent_source": self.env._("registration page"),
                    "loyalty_referrer_id": (
                        friend.program_id == club and friend.partner_id.id
                    ),
                },
                club,
                branch_sudo,
            )
        except DuplicateMember as error:
            partners_sudo.browse(error.partner_ids)._loyalty_remind_known(email)
            return
        card_sudo.partner_id._loyalty_invite(company)

    @api.model
    def _loyalty_find_known(self, phone, email):
        users = self.env["res.users"].sudo().with_context(active_test=False)
        login = users.search(
            Domain("login", "=ilike", email) | Domain("email_normalized", "=", email)
        )
        same = self.search([("email_normalized", "=", email)], limit=5)
        return self._loyalty_find_duplicates(phone) | login.partner_id | same

    def _loyalty_remind_known(self, email):
        """A link to those of these customers who own the address ``email``."""
        owners = self.filtered(lambda p: p.email_normalized == email and p.active)
        for partner in owners[:1]:
            if all(user._is_portal() for user in partner.user_ids):
                partner._loyalty_invite(self.env.company)

    def _loyalty_invite(self, company):
        """Give the customer a portal user, and a link to choose the password.

        The letter is queued: it leaves after the registration is committed.
        """
        self.ensure_one()
        users = self.env["res.users"].sudo().with_context(active_test=False)
        user = users.search([("partner_id", "=", self.id)], limit=1)
        if not user:
            user = users.with_context(
                no_reset_password=True
            )._create_user_from_template(
                {
                    "email": self.email_normalized,
                    "login": self.email_normalized,
                    "partner_id": self.id,
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                }
            )
        if not user.active:
            return
        self.signup_prepare(signup_type="reset" if user.login_date else "signup")
        template = self.env.ref("auth_signup.portal_set_password_email").sudo()
        template.with_context(
            dbname=self.env.cr.dbname, lang=user.lang, medium="portalinvite"
        ).send_mail(user.id, force_send=False)

    # -- profile ------------------------------------------------------------------
    def _loyalty_update_profile(self, values):
        """Write what the member changed on the own profile page.

        :param dict values: ``phone``, ``birthday`` (an ISO date, once), ``answers``
            (ids of attribute values) and the ``consent_*`` booleans
        :raise UserError: what was typed is wrong
        """
        self.ensure_one()
        partner_sudo = self.sudo()
        changes = {}
        phone = partner_sudo._loyalty_e164(values.get("phone"), partner_sudo.country_id)
        if phone != partner_sudo.phone_sanitized:
            if partner_sudo._loyalty_find_duplicates(phone) - partner_sudo:
                raise UserError(
                    self.env._(
                        "%s cannot be used here. Ask in the shop to change it.", phone
                    )
                )
            changes["phone"] = phone
        if not partner_sudo.birthday and values.get("birthday"):
            changes["birthday"] = self._loyalty_parse_birthday(values["birthday"])
        changes["loyalty_attribute_ids"] = [
            Command.set(partner_sudo._loyalty_answers(values.get("answers") or []))
        ]
        consents = {name: bool(values.get(name)) for name in CONSENTS}
        if any(partner_sudo[name] != given for name, given in consents.items()):
            changes.update(
                consents, **self._loyalty_consent_given(self.env._("own profile page"))
            )
        partner_sudo.write(changes)

    def _loyalty_parse_birthday(self, text):
        try:
            return fields.Date.to_date(text)
        except ValueError as error:
            raise UserError(
                self.env._("%s is no date. Choose your birthday.", text)
            ) from error

    def _loyalty_answers(self, chosen):
        """Answers to keep: those chosen on the page, and those it does not show."""
        values_sudo = self.env["loyalty.attribute.value"].sudo()
        asked = values_sudo.search([("attribute_id.on_portal", "=", True)])
        hidden = self.loyalty_attribute_ids - asked
        return (hidden | (asked & values_sudo.browse(chosen))).ids
