"""What a customer gets from us, as the customer sees and changes it."""

from odoo import models

from . import consent_origin
from .constants import CHANNELS

# Service messages are refused, the others are agreed to.
PURPOSES = ("marketing", "service", "survey")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _preferences(self):
        """``[(channel, label, number, {purpose: allowed})]`` of what can reach them."""
        self.ensure_one()
        field = self.env["loyalty.message"]._fields["channel"]
        labels = dict(field._description_selection(self.env))
        rows = []
        for channel in self._preference_channels():
            number = self._consent_address(channel)
            if not number:
                continue
            allowed = {
                purpose: self._sms_allowed(channel, purpose) for purpose in PURPOSES
            }
            rows.append((channel, labels[channel], number, allowed))
        return rows

    def _preference_channels(self):
        """Channels that the company writes in, or that a customer decided about."""
        gateways = self.env["loyalty.sms.gateway"].sudo()
        companies = [self.env.company.id, False]
        used = set(gateways.search([("company_id", "in", companies)]).mapped("channel"))
        states = self.env["loyalty.consent.state"].sudo()
        decided = set(states.search([("partner_id", "=", self.id)]).mapped("channel"))
        shown = used | decided | {"sms", "email"}
        return [channel for channel, _label in CHANNELS if channel in shown]

    def _change_preferences(self, channel, post, remote):
        """Do what the customer tapped on the page of the link.

        :param channel: of the message that the link was in
        :param dict post: ``action`` is stop, start, all or save; for save, what is
            ticked, by names like ``sms:marketing``
        :return: a word for the page to say what was done
        """
        self.ensure_one()
        action = post.get("action")
        changes = []
        if action == "stop":
            changes = [(channel, purpose, False) for purpose in ("marketing", "survey")]
        elif action == "start":
            changes = [(channel, "all", True)] if self._is_blocked(channel) else []
            changes += [(channel, purpose, True) for purpose in ("marketing", "survey")]
        elif action == "all":
            changes = [
                (name, purpose, False)
                for name, _label in CHANNELS
                for purpose in ("all", "marketing", "survey")
            ]
        elif action == "save":
            changes = [
                (row[0], purpose, bool(post.get(f"{row[0]}:{purpose}")))
                for row in self._preferences()
                for purpose in PURPOSES
                if bool(post.get(f"{row[0]}:{purpose}")) != row[3][purpose]
            ]
        else:
            return ""
        self._record_preferences(changes, remote)
        return action

    def _record_preferences(self, changes, remote):
        words = {"source": "link", "remote": remote, "text": self.env._("Own page")}
        rows = [
            {
                "partner_id": self.id,
                "number": number,
                "channel": channel,
                "purpose": purpose,
                "action": "opt_in" if is_given else "opt_out",
                **words,
            }
            for channel, purpose, is_given in changes
            if (number := self._consent_address(channel))
        ]
        if not rows:
            return
        self.env["loyalty.consent"].sudo()._record(rows)
        if any(
            row["purpose"] == "service" and row["action"] == "opt_in" for row in rows
        ):
            self._serve_again()
        numbers = {row["number"] for row in rows}
        self.env["loyalty.message"].sudo()._suppress_withdrawn(numbers)

    def _serve_again(self):
        """The one switch of all channels is on again; refused channels stay refused."""
        if not self.consent_service:
            with consent_origin.origin(silent=True):
                self.sudo().consent_service = True

    def _is_blocked(self, channel):
        number = self._consent_address(channel)
        states = self.env["loyalty.consent.state"].sudo()
        return bool(
            states.search_count(
                [
                    ("number", "=", number),
                    ("channel", "=", channel),
                    ("purpose", "=", "all"),
                    ("allowed", "=", False),
                ],
                limit=1,
            )
        )

    def _login_page(self):
        """Where a new member chooses a password; who has one logs in."""
        self.ensure_one()
        users = self.env["res.users"].sudo().with_context(active_test=False)
        user = users.search([("partner_id", "=", self.id)], limit=1)
        if user and (user.login_date or not user._is_portal() or not user.active):
            return "/web/login"
        self.signup_prepare()
        return self._get_signup_url_for_action()[self.id]
