"""Checks of an addon's translation files, without loading them."""

import re
from pathlib import Path

import polib

from odoo.tools.misc import file_path

MARKS = (
    re.compile(r"%\(\w+\)[sd]|%[sd%]"),
    re.compile(r"\{\{.*?\}\}"),
    re.compile(r"<[^>]+>"),
)


def words_of(file):
    """``{English text: translated text}`` of a file."""
    return {entry.msgid: entry.msgstr for entry in file}


def is_at(entry, pattern):
    """Whether ``entry`` of a file stands in a place that ``pattern`` matches."""
    return any(re.search(pattern, place) for place, _line in entry.occurrences)


class TranslationChecks:
    """The files of ``addon`` in ``languages`` fit its English texts."""

    addon = None
    languages = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path(f"{cls.addon}/i18n/{cls.addon}.pot")
        cls.template = polib.pofile(path)
        cls.files = {
            po.stem: polib.pofile(str(po)) for po in Path(path).parent.glob("*.po")
        }

    def test_the_languages_of_the_accountants_are_there(self):
        self.assertEqual(set(self.files), self.languages)

    def test_placeholders_and_tags_are_those_of_the_english_text(self):
        for lang, file in self.files.items():
            self.assertTrue(file)
            for entry in file:
                with self.subTest(lang=lang, text=entry.msgid):
                    self.assertTrue(entry.msgstr)
                    for mark in MARKS:
                        self.assertEqual(
                            sorted(mark.findall(entry.msgid)),
                            sorted(mark.findall(entry.msgstr)),
                        )

    def test_places_that_are_filled_in_order_keep_their_order(self):
        mark = re.compile(r"%[sd]")
        for lang, file in self.files.items():
            for entry in file:
                with self.subTest(lang=lang, text=entry.msgid):
                    self.assertEqual(
                        mark.findall(entry.msgid), mark.findall(entry.msgstr)
                    )

    def test_nothing_is_fuzzy_obsolete_or_twice(self):
        for lang, file in self.files.items():
            with self.subTest(lang):
                texts = [entry.msgid for entry in file]
                self.assertEqual(len(texts), len(set(texts)))
                self.assertFalse(file.fuzzy_entries())
                self.assertFalse(file.obsolete_entries())

    def test_each_translated_text_is_in_the_template(self):
        known = set(words_of(self.template))
        for lang, file in self.files.items():
            with self.subTest(lang):
                self.assertFalse(set(words_of(file)) - known)
