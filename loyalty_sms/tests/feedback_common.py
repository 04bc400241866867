"""A shop that asks its members, for the tests of ratings and complaints."""

from unittest.mock import patch

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon


class FeedbackCommon(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["loyalty.feedback.policy"]._of(cls.company)
        cls.card = cls._enroll()
        cls.boris = cls.env["res.partner"].create(
            {"name": "Boris", "phone": "+37491765432"}
        )
        cls.marketer = cls._user("feed_marketer", "loyalty_sms.group_sms_user")
        cls.events = []
        emit = patch.object(
            cls.env.registry["loyalty.sms.event"],
            "_emit",
            lambda _model, *args, **kwargs: cls._remember_event(*args, **kwargs),
            create=True,
        )
        emit.start()
        cls.addClassCleanup(emit.stop)

    @classmethod
    def _remember_event(cls, code, partners, key, record=None, values=None):
        cls.events.append((code, partners, key, record, values or {}))

    def setUp(self):
        super().setUp()
        self.events.clear()

    @classmethod
    def _ask(cls, partner=None, record=None, **subjects):
        """A request, and the token of its link."""
        partner = partner or cls.ani
        record = record or cls._order(1000, partner)
        feedback = cls.env["loyalty.feedback"]._request(partner, record, subjects)
        token = cls.events[-1][4]["rating_link"].rsplit("/", 1)[1]
        return feedback, token

    @classmethod
    def _answered(cls, rating, partner=None, **values):
        feedback, _token = cls._ask(partner)
        return feedback._answer({"rating": rating, **values}, "link")
