"""What we count is what a real Kannel sends, case by case."""

import json
import os
import unittest
from collections import defaultdict

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from ..engine import segments
from ..engine.gateways.base import ACCEPTED, Outgoing
from ..engine.gateways.kannel import KannelConfig, KannelProvider
from ..engine.gateways.transport import Transport
from .kannel import PASSWORD, USER, Kannel, is_installed, until

VECTORS = "loyalty_sms/static/tests/segments_vectors.json"


@tagged("post_install", "-at_install")
class TestKannelSegments(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not is_installed():
            missing = (
                "Debian's package kannel is not installed: setup/test installs it."
            )
            if os.environ.get("LOYALTY_TEST"):
                raise AssertionError(missing)
            raise unittest.SkipTest(missing)
        with open(file_path(VECTORS), encoding="utf-8") as file:
            cases = json.load(file)
        # smsbox takes no empty text; the rest goes as it is, and plainly as well.
        texts = [text for case in cases for text in (case["text"], case["smart"])]
        cls.texts = [text for text in dict.fromkeys(texts) if text.strip()]
        kannel = Kannel()
        kannel.__enter__()
        cls.addClassCleanup(kannel.__exit__)
        cls.kannel = kannel
        cls.provider = KannelProvider(
            KannelConfig(url=kannel.url, login=USER, secret=PASSWORD), Transport()
        )

    def test_kannel_sends_as_many_segments_as_we_count(self):
        counted, by_number = 0, {}
        for index, text in enumerate(self.texts):
            number = f"+374910{index:05d}"
            measured = segments.count(text)
            [result] = self.provider.send(
                [Outgoing(str(index), number, text, encoding=measured.encoding)]
            )
            self.assertEqual(result.outcome, ACCEPTED, text)
            by_number[number.removeprefix("+")] = text, measured
            counted += measured.segments
        until(
            lambda: len(self.kannel.centre("messages")) >= counted,
            f"{counted} segments at the message centre",
        )
        sent = defaultdict(list)
        for message in self.kannel.centre("messages"):
            sent[message["to"].removeprefix("+")].append(message)
        for number, (text, measured) in by_number.items():
            with self.subTest(text[:40]):
                self.assertEqual(len(sent[number]), measured.segments)
                alphabets = {one["is_ucs2"] for one in sent[number]}
                self.assertEqual(alphabets, {measured.encoding == segments.UCS2})
        self.assertGreater(len(by_number), 60)
