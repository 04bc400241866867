"""The shop of the story, with a 1C base beside it."""

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon


class OnecCommon(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls._make_backend("Бухгалтерия Арев")

    @classmethod
    def _make_backend(cls, name, **values):
        """A 1C base that applies at once (``dry_run=False``) unless told otherwise."""
        return cls.env["onec.backend"].create(
            {
                "name": name,
                "company_id": cls.env.company.id,
                "kind": "bp",
                "dry_run": False,
                "tz": "Asia/Yerevan",
                "date_start": "2026-01-01",
                **values,
            }
        )
