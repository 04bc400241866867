"""What the tests of the queue share: a gateway that answers as it is told."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

from ..engine.gateways import base
from ..engine.handover import Handover


class Told:
    """A gateway of the test: its answers are set, what it was given is kept."""

    code = "told"
    channels = ("sms",)
    max_batch = 1
    supports_query = False

    def __init__(self, outcome=base.ACCEPTED, **values):
        self.outcome, self.values = outcome, values
        self.sent = []

    def send(self, batch):
        self.sent += batch
        return [
            base.Result(
                message.uuid,
                self.outcome,
                **{"ref": f"ref-{message.uuid}", **self.values},
            )
            for message in batch
        ]


class QueueCommon(LoyaltyCommon):
    """Two gateways of one company, and messages to Ani."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The customer of these tests gets as many messages as the queue can bear.
        cls.env["loyalty.sms.limit"].search([]).write({"per_day": 0, "per_week": 0})
        cls.env["loyalty.sms.gateway"].search([]).active = False
        cls.first, cls.second = cls.env["loyalty.sms.gateway"].create(
            [
                {"name": "First", "company_id": cls.company.id, "kind": "kannel"},
                {"name": "Second", "company_id": cls.company.id, "kind": "kannel"},
            ]
        )
        cls.messages = cls.env["loyalty.message"]

    @classmethod
    def _values(cls, **values):
        return {
            "company_id": cls.company.id,
            "partner_id": cls.ani.id,
            "number": "+37491234567",
            "body": "Barev",
            "gateway_id": cls.first.id,
            **values,
        }

    @classmethod
    def _queue(cls, count=1, **values):
        return cls.messages._enqueue([cls._values(**values) for _each in range(count)])

    def _claimed(self, gateway=None, limit=100):
        token, rows = self.messages._claim(gateway or self.first, limit)
        self.messages.invalidate_model(flush=False)
        return token, rows

    def _settled(self, outcome, gateway=None, rows=None, token=None, **values):
        """Claim and settle with one outcome for all."""
        gateway = gateway or self.first
        if rows is None:
            token, rows = self._claimed(gateway)
        results = [base.Result(row["uuid"], outcome, **values) for row in rows]
        self.messages._settle(gateway, token, rows, results)
        self.messages.invalidate_model(flush=False)
        return rows

    def _report(self, message, state, **values):
        self.messages._apply_reports([base.Status(state, uuid=message.uuid, **values)])
        message.invalidate_recordset(flush=False)

    @contextmanager
    def _answers(self, *tolds):
        """The first gateway, the second, … answer as they are told."""
        by_id = dict(zip((self.first.id, self.second.id), tolds, strict=False))

        def handover(gateway):
            return Handover(by_id[gateway.id], gateway.tps)

        with patch.object(type(self.first), "_handover", handover):
            yield
