"""Batches, threads, and a gateway that is away."""

from odoo.addons.loyalty_sms.engine.gateways import base
from odoo.addons.loyalty_sms.engine.handover import Handover


class Gateway:
    code = "told"

    def __init__(self, max_batch=1, answer=None):
        self.max_batch, self.batches = max_batch, []
        self.answer = answer or (lambda uuid: base.Result(uuid, base.ACCEPTED))

    def send(self, batch):
        self.batches.append(batch)
        return [self.answer(message.uuid) for message in batch]


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def _messages(count):
    return [base.Outgoing(str(n), "+37491234567", "Barev") for n in range(count)]


def _outcomes(results):
    return {result.outcome for result in results}


def test_each_message_has_its_result():
    gateway = Gateway(max_batch=3)
    results = Handover(gateway).send(_messages(10))
    assert sorted(result.uuid for result in results) == [str(n) for n in range(10)]
    assert sorted(len(batch) for batch in gateway.batches) == [1, 3, 3, 3]


def test_a_broken_adapter_leaves_its_messages_in_doubt():
    def fail(uuid):
        raise RuntimeError(uuid)

    assert _outcomes(Handover(Gateway(answer=fail)).send(_messages(4))) == {
        base.UNKNOWN
    }


def test_a_message_without_an_answer_is_in_doubt():
    class Forgetful(Gateway):
        def send(self, batch):
            return super().send(batch)[1:]

    (result,) = Handover(Forgetful()).send(_messages(1))
    assert result.outcome == base.UNKNOWN


def test_a_gateway_that_is_away_is_left_alone_for_longer_each_time():
    clock = Clock()
    gateway = Gateway(
        answer=lambda uuid: base.Result(uuid, base.RETRY, failure="server")
    )
    handover = Handover(gateway, clock=clock)
    pauses = []
    for _round in range(3):
        handover.send(_messages(2))
        assert handover.allowance(5) == 0
        pauses.append(handover.wait())
        clock.now += handover.wait()
        assert handover.allowance(5) == 5
    assert pauses == [1, 2, 4]
    gateway.answer = lambda uuid: base.Result(uuid, base.ACCEPTED)
    handover.send(_messages(1))
    assert handover.failures == 0


def test_a_throttled_answer_slows_down():
    clock = Clock()
    gateway = Gateway(
        answer=lambda uuid: base.Result(uuid, base.RETRY, failure="throttled")
    )
    handover = Handover(gateway, rate=100, clock=clock)
    handover.send(_messages(1))
    assert handover.bucket.current == 50
