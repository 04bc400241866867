from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from . import origin

GUARDED = (
    "loyalty_class",
    "loyalty_class_reason",
    "loyalty_class_manual",
    "loyalty_class_until",
    "loyalty_class_prepayment",
    "prepayment_only",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    loyalty_class_prepayment = fields.Boolean(
        "Prepayment because of the class",
        company_dependent=True,
        help="Leaving the class ends it; prepayment that was set by hand stays.",
    )

    # -- CRUD -------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in GUARDED):
            self._loyalty_check_class_rights()
        return super().create(vals_list)

    def write(self, vals):
        """Only managers change classes and prepayment; contacts follow their firm."""
        names = [name for name in GUARDED if name in vals]
        if names and self._loyalty_changes_class(names, vals):
            self._loyalty_check_class_rights()
        return super().write(vals)

    def _loyalty_changes_class(self, names, vals):
        values = dict(vals)
        if values.get("loyalty_class_until"):
            until = fields.Date.to_date(values["loyalty_class_until"])
            values["loyalty_class_until"] = until
        return any(
            (values[name] or False) != (holder[name] or False)
            for partner in self
            for holder in partner.sudo().commercial_partner_id
            for name in names
        )

    def _loyalty_check_class_rights(self):
        # A merge of contacts, like every flow of the server, names its origin.
        if not self.env.su and not origin.current():
            self._loyalty_check_class_manager()

    # -- classes ----------------------------------------------------------------
    @api.model
    def _loyalty_classes_to_change(self, decided):
        """``{customer id: (class, reason)}`` of those whose class is another now.

        What was set by hand stays until its end.

        :param decided: the same, as the rules say
        """
        today = fields.Date.context_today(self)
        classed = self.with_context(active_test=False).search(
            [("loyalty_class", "in", ("vip", "problem"))]
        )
        partners = (classed | self.browse(decided)).exists()
        changing = {}
        for partner in partners:
            until = partner.loyalty_class_until
            if partner.loyalty_class_manual and (not until or until >= today):
                continue
            wanted = decided.get(partner.id, ("normal", False))
            current = (
                partner.loyalty_class or "normal",
                partner.loyalty_class_reason or False,
            )
            if wanted != current or partner.loyalty_class_manual:
                changing[partner.id] = wanted
        return changing

    def _loyalty_apply_class(self, loyalty_class, reason, manual=False, until=False):
        """Set the class in the environment's company, and what follows from it.

        Entering the problem class switches prepayment on; leaving it switches off only
        what the class had switched on.
        """
        self.ensure_one()
        before = self.loyalty_class or "normal"
        values = {
            "loyalty_class": loyalty_class,
            "loyalty_class_reason": reason,
            "loyalty_class_manual": manual,
            "loyalty_class_until": until,
        }
        if loyalty_class == "problem" and before != "problem":
            if not self.prepayment_only:
                values.update(prepayment_only=True, loyalty_class_prepayment=True)
        elif loyalty_class != "problem" and self.loyalty_class_prepayment:
            values.update(prepayment_only=False, loyalty_class_prepayment=False)
        self.write(values)
        if loyalty_class != before:
            names = dict(self._fields["loyalty_class"]._description_selection(self.env))
            self._message_log(
                body=self.env._(
                    "Class %(before)s → %(after)s (%(company)s). %(reason)s",
                    before=names[before],
                    after=names[loyalty_class],
                    company=self.env.company.name,
                    reason=reason or "",
                )
            )

    def _loyalty_set_class(self, loyalty_class, reason, until=None):
        """Set the class by hand; the rules do not touch it until the day.

        :raise AccessError: the user is no loyalty manager
        """
        self._loyalty_check_class_manager()
        self.check_access("read")
        sentence = self.env._(
            "%(reason)s (by %(user)s)", reason=reason, user=self.env.user.name
        )
        if until:
            sentence = self.env._(
                "%(reason)s (by %(user)s until %(date)s)",
                reason=reason,
                user=self.env.user.name,
                date=format_date(self.env, until),
            )
        for partner_sudo in self.commercial_partner_id.sudo():
            partner_sudo._loyalty_apply_class(
                loyalty_class, sentence, manual=True, until=until
            )

    def action_loyalty_release_class(self):
        """Let the rules decide again, at once where there are any."""
        self._loyalty_check_class_manager()
        self.check_access("read")
        holders = self.commercial_partner_id
        for partner_sudo in holders.sudo():
            partner_sudo._loyalty_apply_class("normal", False)
        rules_sudo = self.env["loyalty.class.rule"].sudo()
        rules_sudo = rules_sudo.search([("company_id", "=", self.env.company.id)])
        rules_sudo.action_apply()

    def _loyalty_check_class_manager(self):
        if not self.env.user.has_group("loyalty_club.group_loyalty_manager"):
            raise AccessError(self.env._("Only loyalty managers set classes by hand."))
