"""Registration of members: one method for the form, the till and the portal."""

import phonenumbers

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ..engine import codes

CONSENTS = (
    "consent_sms",
    "consent_email",
    "consent_messenger",
    "consent_call",
    "consent_service",
)
MOBILE_TYPES = (
    phonenumbers.PhoneNumberType.MOBILE,
    # Where a country does not tell them apart (United States, Canada).
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)
SHORTEST_CODE = 8


class InvalidPhone(UserError):
    """What was entered is no mobile number; ``phone`` is the text."""

    def __init__(self, message, phone):
        super().__init__(message)
        self.phone = phone


class InvalidCard(UserError):
    """The scanned card cannot be given to a new member; ``code`` is the text."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


class DuplicateMember(UserError):
    """Somebody with this phone, card or national id is known already.

    ``partner_ids`` are the customers found, members first.
    """

    def __init__(self, message, partner_ids):
        super().__init__(message)
        self.partner_ids = partner_ids


class ResPartner(models.Model):
    _inherit = "res.partner"

    _phone_sanitized_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    # -- constraints ------------------------------------------------------------
    @api.constrains("birthday", "wedding_date")
    def _check_personal_dates(self):
        today = fields.Date.context_today(self)
        for partner in self.sudo():
            birthday, wedding = partner.birthday, partner.wedding_date
            if birthday and not 1900 <= birthday.year <= today.year:
                raise ValidationError(
                    self.env._(
                        "The birthday of %(name)s (%(date)s) lies outside of 1900 to"
                        " today. Check the year.",
                        name=partner.name,
                        date=birthday,
                    )
                )
            if (birthday and birthday > today) or (wedding and wedding > today):
                raise ValidationError(
                    self.env._(
                        "The birthday and the wedding of %s cannot be in the future.",
                        partner.name,
                    )
                )
            if birthday and wedding and wedding <= birthday:
                raise ValidationError(
                    self.env._(
                        "The wedding of %s cannot be before the birthday.", partner.name
                    )
                )

    @api.constrains("loyalty_referrer_id")
    def _check_referrer(self):
        for partner in self.sudo():
            seen, friend = partner, partner.loyalty_referrer_id
            if friend == partner:
                raise ValidationError(
                    self.env._(
                        "%s cannot be referred by the same person.", partner.name
                    )
                )
            while friend:
                if friend in seen:
                    raise ValidationError(
                        self.env._(
                            "%(referrer)s was referred, directly or through friends, by"
                            " %(name)s. Choose another referrer.",
                            referrer=partner.loyalty_referrer_id.name,
                            name=partner.name,
                        )
                    )
                seen |= friend
                friend = friend.loyalty_referrer_id

    # -- CRUD -------------------------------------------------------------------
    def write(self, vals):
        """Members keep their phone as E.164, and a consent its date and source."""
        if set(CONSENTS) & set(vals) and "consent_date" not in vals:
            vals = dict(vals, **self._loyalty_consent_given())
        if not vals.get("phone"):
            return super().write(vals)
        members = self._loyalty_members()
        if not members:
            return super().write(vals)
        for country, some in members.grouped("country_id").items():
            phone = self._loyalty_e164(vals["phone"], country, mobile=False)
            super(ResPartner, some).write(dict(vals, phone=phone))
        return super(ResPartner, self - members).write(vals)

    def _loyalty_members(self):
        """Those of these customers who hold a member card."""
        cards = self.env["loyalty.card"].sudo()
        rows = cards._read_group(
            [("partner_id", "in", self.ids), ("is_club", "=", True)], ["partner_id"]
        )
        return self.browse([partner.id for (partner,) in rows])

    def _loyalty_consent_given(self, source=None):
        return {
            "consent_date": fields.Datetime.now(),
            "consent_source": source or self.env.user.name,
        }

    # -- registration -------------------------------------------------------------
    @api.model
    def _loyalty_register(self, values, program=None, branch=None):
        """Register a member, from whichever channel.

        :param dict values: ``name`` and ``phone`` as typed; optionally ``email``,
            ``gender``, ``birthday``, ``wedding_date``, ``national_id``, ``lang`` (by
            the number's country without it),
            ``country_id``, ``loyalty_referrer_id``, ``loyalty_source_id`` and
            ``loyalty_branch_id`` (ids), ``loyalty_attribute_ids`` (list of ids), the
            ``consent_*`` booleans with ``consent_source``, ``code`` of a scanned blank
            card, and ``partner_id`` to enrol a customer who exists: only what is empty
            there is filled in
        :param program: the club; the company's own by default
        :param branch: where it happens; the user's own by default
        :return: the member's card
        :raise InvalidPhone: the phone is no mobile number
        :raise InvalidCard: the scanned card is blocked, misread or of another program
        :raise DuplicateMember: the customer is known already; ``error.partner_ids``
        :raise AccessError: the user is no loyalty staff
        """
        self._loyalty_check_may_register()
        program = program or self.env.company._loyalty_club()
        if not program:
            raise UserError(
                self.env._(
                    "%s has no club yet. Create a program and mark it as a club first.",
                    self.env.company.name,
                )
            )
        prepared = self._prepare_member_values(values, branch)
        code = self._loyalty_clean_code(values.get("code"), program)
        existing = self.browse(values.get("partner_id") or [])
        self._loyalty_check_duplicates(prepared, values.get("code"), existing)
        if existing:
            partner = existing._loyalty_complete(prepared)
        else:
            if not prepared.get("name"):
                raise UserError(self.env._("Enter the name of the new member."))
            prepared.setdefault("lang", self._loyalty_lang(prepared["phone"]))
            partner = self.sudo().create(prepared).sudo(self.env.su)
        return self._loyalty_give_card(partner, program, code)

    def _loyalty_check_may_register(self):
        if not self.env.su and not self.env.user.has_group(
            "loyalty_club.group_loyalty_cashier"
        ):
            raise AccessError(self.env._("Only loyalty staff may register members."))

    @api.model
    def _loyalty_register_fields(self):
        """Fields of the customer which a registration may fill; others extend it."""
        return {
            "name",
            "email",
            "lang",
            "country_id",
            "street",
            "city",
            "zip",
            "gender",
            "birthday",
            "wedding_date",
            "national_id",
            "loyalty_referrer_id",
            "loyalty_source_id",
            "loyalty_branch_id",
            *CONSENTS,
        }

    def _prepare_member_values(self, values, branch=None):
        allowed = self._loyalty_register_fields()
        prepared = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in values.items()
            if name in allowed
        }
        country = self.env["res.country"].browse(values.get("country_id") or [])
        prepared["phone"] = self._loyalty_e164(values.get("phone"), country)
        if prepared.get("national_id"):
            prepared["national_id"] = self._loyalty_clean_id(prepared["national_id"])
        if "loyalty_branch_id" not in prepared:
            branch = branch or self._loyalty_default_branch()
            prepared["loyalty_branch_id"] = branch.id
        if attributes := values.get("loyalty_attribute_ids"):
            prepared["loyalty_attribute_ids"] = [Command.set(list(attributes))]
        if set(CONSENTS) & set(prepared):
            prepared.update(self._loyalty_consent_given(values.get("consent_source")))
        return prepared

    def _loyalty_default_branch(self):
        return self.env["loyalty.branch"].search(
            [
                ("operator_ids", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        )

    def _loyalty_clean_id(self, text):
        return "".join(text.split()).upper()

    @api.model
    def _loyalty_lang(self, phone):
        """What somebody with this number (E.164) reads, until they say otherwise.

        The only installed language of the number's country, or else the company's: who
        types the name at the till may well work in another one.
        """
        number = phonenumbers.parse(phone)
        region = phonenumbers.region_code_for_number(number)
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        local = [code for code in installed if code.endswith(f"_{region}")]
        if len(local) == 1:
            return local[0]
        return self.env.company.partner_id.sudo().lang or self.env.lang

    # -- phone --------------------------------------------------------------------
    @api.model
    def _loyalty_e164(self, text, country=None, mobile=True):
        """The number ``text`` as E.164, read as one of ``country`` without a prefix.

        :param mobile: whether a fixed line is refused
        :raise InvalidPhone: with an example of how to write it
        """
        country = country or self.env.company.country_id
        region = country.code or None
        text = (text or "").strip()
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            number = None
        if not number or not phonenumbers.is_valid_number(number):
            raise InvalidPhone(
                self.env._(
                    "%(phone)s is no phone number of %(country)s. Write it like"
                    " %(example)s, or with the prefix of its country.",
                    phone=text or self.env._("An empty field"),
                    country=country.name or self.env._("this country"),
                    example=self._loyalty_example_phone(region),
                ),
                text,
            )
        if mobile and phonenumbers.number_type(number) not in MOBILE_TYPES:
            region = phonenumbers.region_code_for_number(number)
            raise InvalidPhone(
                self.env._(
                    "%(phone)s is no mobile phone. Ask for a mobile number, like"
                    " %(example)s.",
                    phone=text,
                    example=self._loyalty_example_phone(region),
                ),
                text,
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    @api.model
    def _loyalty_example_phone(self, region):
        number = phonenumbers.example_number_for_type(
            region or "AM", phonenumbers.PhoneNumberType.MOBILE
        )
        return phonenumbers.format_number(
            number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )

    # -- card -----------------------------------------------------------------------
    def _loyalty_clean_code(self, text, program):
        """The code for the new card as it is stored; empty where none was scanned."""
        if not text:
            return ""
        card, message = self.env["loyalty.card"]._find_by_code(text)
        card_sudo = card.sudo()
        if message:
            raise InvalidCard(message, text)
        if card_sudo and not card_sudo.partner_id:
            if card_sudo.program_id != program or card_sudo.state != "active":
                raise InvalidCard(
                    self.env._(
                        "This card belongs to %s. Scan a blank card of the club.",
                        card_sudo.program_id.name,
                    ),
                    text,
                )
            return card_sudo.code
        code = codes.normalise(text)
        ours = code.startswith("044") and len(code) == codes.BODY_LENGTH + 3
        if len(code) < SHORTEST_CODE or (ours and not codes.is_valid(code)):
            raise InvalidCard(
                self.env._(
                    "%s is no card code. Scan the card again, or leave the code empty"
                    " and a new one is made.",
                    text,
                ),
                text,
            )
        return code

    def _loyalty_give_card(self, partner, program, code):
        cards = self.env["loyalty.card"].sudo()
        blank = cards.search(
            [
                ("code", "=", code or "-"),
                ("program_id", "=", program.id),
                ("partner_id", "=", False),
            ],
            limit=1,
        )
        if blank:
            holder = program._holder(partner)
            blank.write(
                {
                    "partner_id": holder.id,
                    "branch_id": holder.sudo().loyalty_branch_id.id,
                }
            )
            blank._update_tiers()
            blank._on_member_enrolled()
            return blank.sudo(self.env.su)
        card = program._enroll(partner, **({"code": code} if code else {}))
        return card.sudo(self.env.su)

    # -- duplicates -----------------------------------------------------------------
    @api.model
    def _loyalty_find_duplicates(self, phone=None, code=None, national_id=None):
        """Customers of this company who have the phone (E.164), card or national id.

        :return: members first, as the calling user sees them
        """
        conditions = []
        if phone:
            conditions.append(Domain("phone_sanitized", "=", phone))
        if national_id:
            national_id = self._loyalty_clean_id(national_id)
            conditions.append(Domain("national_id", "=", national_id))
        found_sudo = self.sudo().browse()
        if code:
            card, _message = self.env["loyalty.card"]._find_by_code(code)
            found_sudo |= card.sudo().partner_id
        if conditions:
            found_sudo |= found_sudo.search(
                Domain.OR(conditions)
                & Domain("company_id", "in", (False, self.env.company.id))
            )
        ordered = found_sudo.sorted(
            lambda partner: (not partner.is_loyalty_member, partner.id)
        )
        return self.browse(ordered.ids)

    def _loyalty_check_duplicates(self, prepared, code, existing):
        found = self._loyalty_find_duplicates(
            prepared.get("phone"), code, prepared.get("national_id")
        )
        if existing:
            if existing not in found:
                existing.check_access("read")
            members = (found - existing).filtered(
                lambda partner: partner.sudo().is_loyalty_member
            )
            found = members
        if found:
            raise DuplicateMember(self._loyalty_duplicate_message(found), found.ids)

    @api.model
    def _loyalty_duplicate_message(self, found):
        names = ", ".join(partner._loyalty_short_description() for partner in found[:5])
        return self.env._(
            "The phone, card or national id is known already: %s. Open the member, or"
            " enrol the customer instead of creating another one.",
            names,
        )

    def _loyalty_short_description(self):
        partner_sudo = self.sudo()
        kind = (
            self.env._("member")
            if partner_sudo.is_loyalty_member
            else self.env._("customer")
        )
        parts = [partner_sudo.name, kind, partner_sudo.loyalty_branch_id.name]
        return " · ".join(filter(None, parts))

    def _loyalty_complete(self, prepared):
        """Fill what is empty; consents are given anew."""
        partner_sudo = self.sudo()
        given = {"consent_date", "consent_source", *CONSENTS}
        missing = {
            name: value
            for name, value in prepared.items()
            if value and (name in given or not partner_sudo[name])
        }
        partner_sudo.write(missing)
        return self
