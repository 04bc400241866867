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
# Words within tags, which are translated with them.
SPOKEN = re.compile(r' (title|alt|placeholder|aria-label)="[^"]*"')
CODES = {"ru": "ru_RU", "hy": "hy_AM", "ka": "ka_GE", "fa": "fa_IR"}


def is_at(entry, pattern):
    """Whether ``entry`` of a file stands in a place that ``pattern`` matches."""
    return any(re.search(pattern, place) for place, _line in entry.occurrences)


def read_files(addon):
    """``{language: its file}`` of an addon."""
    folder = Path(file_path(f"{addon}/i18n/{addon}.pot")).parent
    return {path.stem: polib.pofile(str(path)) for path in folder.glob("*.po")}


def words_of(file):
    """``{English text: translated text}`` of a file."""
    return {entry.msgid: entry.msgstr for entry in file}


def load_languages(env, *addons):
    """Have the four languages, with the words of ``addons`` as they are shipped."""
    env["res.lang"]._loyalty_offer_armenian()
    for code in CODES.values():
        env["res.lang"]._activate_lang(code)
    env["ir.module.module"]._load_module_terms(
        list(addons), list(CODES.values()), overwrite=True
    )


class TranslationChecks:
    """``addon`` has its languages; ``places`` are what customers and couriers read."""

    addon = None
    places = None
    # Read by customers in places that staff's words stand in too.
    others = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path(f"{cls.addon}/i18n/{cls.addon}.pot")
        cls.template = polib.pofile(path)
        cls.files = read_files(cls.addon)

    def test_the_languages_of_the_shops_are_there(self):
        self.assertEqual(set(self.files), set(CODES))

    def test_placeholders_and_tags_are_those_of_the_english_text(self):
        for lang, file in self.files.items():
            self.assertTrue(file)
            for entry in file:
                with self.subTest(lang=lang, text=entry.msgid):
                    self.assertTrue(entry.msgstr)
                    english = SPOKEN.sub("", entry.msgid)
                    translated = SPOKEN.sub("", entry.msgstr)
                    for mark in MARKS:
                        self.assertEqual(
                            sorted(mark.findall(english)),
                            sorted(mark.findall(translated)),
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
        known = {entry.msgid for entry in self.template}
        for lang, file in self.files.items():
            with self.subTest(lang):
                self.assertFalse(set(words_of(file)) - known)

    def test_all_that_customers_and_couriers_read_is_in_the_four_languages(self):
        read = {
            entry.msgid
            for entry in self.template
            if self.places and is_at(entry, self.places)
        } | set(self.others)
        self.assertTrue(read)
        self.assertFalse(read - {entry.msgid for entry in self.template})
        for lang, file in self.files.items():
            with self.subTest(lang):
                self.assertFalse(read - set(words_of(file)))
