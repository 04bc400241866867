from odoo import models

from ..engine.errors import ExchangeError


def digits(text):
    """Digits of a tax number, whatever stands between and before them."""
    return "".join(char for char in text or "" if char.isdigit())


class OnecMessage(models.Model):
    """Whose file it is: one 1C base keeps the books of one organization."""

    _inherit = "onec.message"

    def _check_organization(self, record):
        """Refuse the file of an organization that is not the one of the base.

        The first organization a base ever speaks of is taken for ours unless the tax
        numbers differ; any other one has to have ours.

        :raise ExchangeError: ``other_company``
        """
        backend = self.backend_id
        company = backend.company_id
        row = backend._find("organization", [record.id]).get(record.id)
        if row and row.model == company._name and row.res_id == company.id:
            return
        ours, theirs = digits(company.vat), digits(record.inn)
        known = (
            self.env["onec.map"]
            .sudo()
            .search_count(
                [
                    ("backend_id", "=", backend.id),
                    ("otype", "=", "organization"),
                    ("origin", "!=", "odoo"),
                ],
                limit=1,
            )
        )
        same = bool(ours) and ours == theirs
        if row or not (same or (not known and not (ours and theirs))):
            raise ExchangeError(
                "other_company",
                record.name,
                id=record.id,
                name=record.name,
                inn=record.inn or "",
                company=company.name,
            )
        backend._bind("organization", {record.id: company}, {record.id: record.name})

    def _ask_organization(self, error):
        values = error.values
        self.env["onec.conflict"]._ask(
            self.backend_id,
            "other_company",
            f"organization:{values['id']}",
            values["name"] or values["id"],
            otype="organization",
            external_id=values["id"],
            message_id=self.id,
            left={self.env._("Organization"): values["company"]},
            right={self.env._("Organization"): f"{values['name']} {values['inn']}"},
            payload={"organization": values["id"], "name": values["name"]},
            proposal=self._explain_error(error),
        )
