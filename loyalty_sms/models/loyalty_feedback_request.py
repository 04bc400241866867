"""Asking a customer: the request, its link, and its end."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

TOKEN_BYTES = 16


def _hashed(token):
    return hashlib.sha256(token.encode()).hexdigest()


class LoyaltyFeedback(models.Model):
    _inherit = "loyalty.feedback"

    token_hash = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of the link's token, which is nowhere kept.",
    )

    _token_uniq = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")

    @api.model
    def _request(self, partner, record, subjects=None):
        """Ask a customer about a purchase or a delivery, once for each document.

        The rules for the event ``rating_request`` say what is sent; its values hold the
        link of the page, ``rating_link``.

        :param partner: the customer
        :param record: the invoice, receipt, order or trip that it is about
        :param dict subjects: records to be rated, any of ``branch``, ``operator``
            (``res.users``), ``courier`` (``res.partner``), ``products``
        :return: the request; empty where this document was asked about before
        """
        subjects = subjects or {}
        requests_sudo = self.sudo()
        asked = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        if requests_sudo.search_count(asked, limit=1):
            return self.browse()
        branch = subjects.get("branch") or partner.sudo().loyalty_branch_id
        company = branch.company_id or record.sudo().company_id or self.env.company
        policy_sudo = self.env["loyalty.feedback.policy"]._of(company)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        feedback_sudo = requests_sudo.create(
            {
                "company_id": company.id,
                "partner_id": partner.id,
                "branch_id": branch.id,
                "res_model": record._name,
                "res_id": record.id,
                "scale": policy_sudo.scale,
                "expires_at": fields.Datetime.now()
                + timedelta(days=policy_sudo.valid_days),
                "token_hash": _hashed(token),
                "line_ids": [
                    fields.Command.create(values)
                    for values in self._line_values(subjects)
                ],
            }
        )
        self.env["loyalty.sms.event"]._emit(
            "rating_request",
            partner,
            f"rating_request:{feedback_sudo.id}",
            record=feedback_sudo.sudo(False),
            values=feedback_sudo._event_values(token),
        )
        return feedback_sudo.sudo(False)

    @api.model
    def _line_values(self, subjects):
        if operator := subjects.get("operator"):
            yield {"subject": "operator", "user_id": operator.id}
        if courier := subjects.get("courier"):
            yield {"subject": "courier", "courier_id": courier.id}
        for product in subjects.get("products") or ():
            yield {"subject": "product", "product_id": product.id}

    def _event_values(self, token):
        """What the message may say; ``token`` is known in this moment only."""
        return {
            "rating_link": f"{self.get_base_url()}/f/{token}",
            "document": self.document_name,
            "branch": self.branch_id.name or "",
        }

    @api.model
    def _find_by_token(self, token):
        """The request behind a link, as superuser; empty for unknown links."""
        requests_sudo = self.sudo()
        if not token or len(token) > 64:
            return requests_sudo
        return requests_sudo.search([("token_hash", "=", _hashed(token))], limit=1)

    # -- crons --------------------------------------------------------------------
    @api.model
    def _cron_expire(self, batch_size=5000):
        """What nobody answered in time counts as not answered."""
        domain = [
            ("state", "=", "asked"),
            ("expires_at", "<=", fields.Datetime.now()),
        ]
        late = self.sudo().search(domain, limit=batch_size, order="id")
        late.write({"state": "expired"})
        self.env["ir.cron"]._commit_progress(
            len(late), remaining=self.sudo().search_count(domain)
        )
