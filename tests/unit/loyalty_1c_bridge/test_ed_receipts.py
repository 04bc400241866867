"""Lost, repeated and overtaken messages end both sides in the same state."""

import copy
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from odoo.addons.loyalty_1c_bridge.engine.enterprisedata import receipts
from odoo.addons.loyalty_1c_bridge.engine.enterprisedata.header import Header
from odoo.addons.loyalty_1c_bridge.engine.errors import ExchangeError


def header(sender, receiver, number, received, version="1.19"):
    return Header(
        version=version,
        sender=sender,
        receiver=receiver,
        number=number,
        received=received,
    )


@dataclass
class Side:
    """One side: its objects, changes without receipt, and what it took in."""

    name: str
    other: str
    link: receipts.Link = None
    objects: dict = field(default_factory=dict)
    pending: dict = field(default_factory=dict)  # object -> number of first message
    bodies: dict = field(default_factory=dict)  # number -> {object: value}
    mirror: dict = field(default_factory=dict)
    applications: list = field(default_factory=list)

    def __post_init__(self):
        self.link = receipts.Link((self.name,), (self.other,))

    def edit(self, key, value):
        self.objects[key] = value
        self.pending[key] = True

    def write(self):
        """The next message: everything that has no receipt yet."""
        number = receipts.next_number(self.link)
        self.link = receipts.wrote(self.link, number)
        body = {key: self.objects[key] for key in self.pending}
        self.bodies[number] = body
        return (
            header(self.name, self.other, number, self.link.received),
            copy.deepcopy(body),
        )

    def publish(self):
        message = self.write()
        self.link = receipts.published(self.link)
        return message

    def take(self, message):
        head, body = message
        verdict = receipts.incoming(self.link, head)
        if verdict.acknowledged is not None:
            self.acknowledge(verdict.acknowledged)
        if verdict.action == "apply":
            for key, value in body.items():
                self.mirror[key] = value
            self.applications.append(head.number)
            self.link = receipts.applied(self.link, head.number)

    def acknowledge(self, number):
        self.link = receipts.confirmed(self.link, number)
        for sent, body in self.bodies.items():
            if sent > number:
                continue
            for key, value in body.items():
                # An edit made since then goes out again.
                if self.objects[key] == value:
                    self.pending.pop(key, None)


class Exchange(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.sides = {"ОД": Side("ОД", "БП"), "БП": Side("БП", "ОД")}
        self.wires = {"ОД": [], "БП": []}  # messages on their way from a side
        self.edits = 0

    @rule(name=st.sampled_from(["ОД", "БП"]), key=st.integers(0, 3))
    def edit(self, name, key):
        self.edits += 1
        self.sides[name].edit(key, self.edits)

    @rule(name=st.sampled_from(["ОД", "БП"]))
    def write_without_showing(self, name):
        self.sides[name].write()

    @rule(name=st.sampled_from(["ОД", "БП"]))
    def publish(self, name):
        self.wires[name].append(self.sides[name].publish())

    @rule(data=st.data(), name=st.sampled_from(["ОД", "БП"]))
    def deliver_any(self, data, name):
        """Any message of the wire, in any order; it stays and may come again."""
        if self.wires[name]:
            message = data.draw(st.sampled_from(self.wires[name]))
            self.sides[self.sides[name].other].take(message)

    @rule(data=st.data(), name=st.sampled_from(["ОД", "БП"]))
    def lose(self, data, name):
        if self.wires[name]:
            index = data.draw(st.integers(0, len(self.wires[name]) - 1))
            del self.wires[name][index]

    @invariant()
    def a_body_is_applied_once_and_in_order(self):
        for side in self.sides.values():
            assert side.applications == sorted(set(side.applications))

    @invariant()
    def a_published_number_has_one_body(self):
        for wire in self.wires.values():
            seen = {}
            for head, body in wire:
                assert seen.setdefault(head.number, body) == body

    @invariant()
    def what_has_a_receipt_is_there(self):
        for side in self.sides.values():
            there = self.sides[side.other].mirror
            for key, value in side.objects.items():
                if key not in side.pending:
                    assert there[key] == value

    def teardown(self):
        for _round in range(3):
            for side in self.sides.values():
                self.sides[side.other].take(side.publish())
        for side in self.sides.values():
            assert self.sides[side.other].mirror == side.objects
            assert not side.pending


Exchange.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None
)
TestExchange = Exchange.TestCase

LINK = receipts.Link(("ОД",), ("БП",), sent=4, received=7, peer_received=2)


def test_a_new_message_is_applied_and_its_receipt_is_news():
    verdict = receipts.incoming(LINK, header("БП", "ОД", 8, 4))
    assert verdict == receipts.Verdict("apply", 4)


def test_a_replayed_message_still_brings_its_receipt():
    verdict = receipts.incoming(LINK, header("БП", "ОД", 7, 3))
    assert verdict == receipts.Verdict("replay", 3)


def test_an_old_receipt_is_no_news():
    assert receipts.incoming(LINK, header("БП", "ОД", 8, 2)).acknowledged is None


def test_a_gap_in_numbers_is_no_error():
    assert receipts.incoming(LINK, header("БП", "ОД", 80, 4)).action == "apply"


@pytest.mark.parametrize(
    ("sender", "receiver", "received", "code"),
    [
        ("ОД", "БП", 2, "ed_swapped"),
        ("УТ", "ОД", 2, "ed_foreign"),
        ("БП", "РТ", 2, "ed_foreign"),
        ("БП", "ОД", 5, "ed_receipt_future"),
    ],
)
def test_messages_that_cannot_be_are_refused(sender, receiver, received, code):
    with pytest.raises(ExchangeError) as raised:
        receipts.incoming(LINK, header(sender, receiver, 8, received))
    assert raised.value.code == code


def test_a_handshake_brings_no_receipt():
    verdict = receipts.incoming(LINK, header("БП", "ОД", 0, 0, version=""))
    assert verdict == receipts.Verdict("handshake")


def test_a_file_without_confirmation_is_known_by_its_content():
    assert receipts.incoming(LINK, Header(version="1.19")).action == "content"


def test_a_side_may_sign_by_its_other_code():
    link = receipts.Link(("ОД", "guid-a"), ("БП", "guid-b"))
    assert receipts.incoming(link, header("guid-b", "guid-a", 1, 0)).action == "apply"


def test_a_number_is_never_written_twice_after_its_receipt():
    with pytest.raises(ExchangeError):
        receipts.wrote(LINK, 2)
