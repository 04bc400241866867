"""Templates filled in for many customers, each in their own language."""

import html
from typing import NamedTuple

from odoo import models
from odoo.tools import is_html_empty, plaintext2html

from ..engine import fitting, segments, wording
from .loyalty_sms_template import TEXT_FIELDS

# Where the text of a channel stands; the first that is filled counts.
_CHANNEL_FIELDS = {
    "sms": ("body",),
    "viber": ("viber_body", "body"),
    "whatsapp": ("body",),
    "email": ("email_body", "body"),
}


class Words(NamedTuple):
    """Texts of one language before they are filled in."""

    lang: str
    subject: str
    text: str
    is_html: bool
    whatsapp_lang: str
    gaps: tuple


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    def _render_for(self, partners, channel="sms", values_by_partner=None):
        """Fill the template in for each of ``partners``.

        Words are in the customer's language, else the company's, else English; the
        result tells which. Facts of members are read for all of them together.

        :param values_by_partner: ``{partner id: {variable: value}}`` of the event,
            which stand before the member's own
        :return: ``{partner id: wording.Rendered}``, in the order of ``partners``
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        values_by_partner = values_by_partner or {}
        words = self._words(channel)
        names = set().union(*(_names(one) for one in words.values()))
        # What is given is not looked for: a test must not make a link to an account.
        wanted = names - _given(partners, values_by_partner)
        kinds = self._value_kinds(company)
        secret = bool(names & self._secret_names())
        default = company.partner_id.lang or "en_US"
        rendered = {}
        for lang, group in partners.grouped(lambda p: p.lang or default).items():
            chosen = _choose(words, lang, default)
            localised = self.with_context(lang=lang)
            facts = localised._member_values(
                group.with_env(localised.env), wanted, company, channel
            )
            styles = self._styles(group, lang, company)
            for partner in group:
                rendered[partner.id] = self._fill(
                    chosen,
                    channel,
                    {**facts[partner.id], **values_by_partner.get(partner.id, {})},
                    styles[partner.tz],
                    kinds,
                    secret,
                )
        return {partner.id: rendered[partner.id] for partner in partners}

    def _fill(self, words, channel, values, style, kinds, secret):
        """One :class:`wording.Rendered`."""
        if not words:
            return wording.Rendered("", "", False, 0, style.lang, problem="no_text")
        escape = html.escape if words.is_html else None
        body = wording.fill(words.text, values, style, kinds, escape)
        if channel == "email" and not words.is_html:
            body = str(plaintext2html(body))
        measured, problem = segments.Segments(False, 0, 1, 0), ""
        if channel == "sms":
            body = fitting.fit(body.strip(), self.encoding_policy)
            measured = segments.count(body)
            if self.max_segments and measured.segments > self.max_segments:
                problem = "too_long"
        return wording.Rendered(
            wording.fill(words.subject, values, style, kinds),
            body,
            measured.encoding,
            measured.segments,
            words.lang,
            self._provider_template(words, channel, values, style, kinds),
            fallback=words.lang != style.lang,
            is_secret=secret,
            problem=problem if body else "no_text",
        )

    def _provider_template(self, words, channel, values, style, kinds):
        """``[name, language, parameters]`` of a text that WhatsApp has approved."""
        if channel != "whatsapp" or not self.whatsapp_template:
            return None
        parameters = [wording.fill(gap, values, style, kinds) for gap in words.gaps]
        return [self.whatsapp_template, words.whatsapp_lang, parameters]

    def _words(self, channel):
        """``{language: Words}`` of the languages that have a text in ``channel``."""
        texts = {name: self._texts(name) for name in (*TEXT_FIELDS, "whatsapp_lang")}
        gaps = tuple(filter(None, (self.whatsapp_params or "").splitlines()))
        subjects = texts["subject"]
        words = {}
        for name in reversed(_CHANNEL_FIELDS[channel]):
            for lang, text in texts[name].items():
                if is_html_empty(text):
                    continue
                words[lang] = Words(
                    lang,
                    subjects.get(lang) or subjects.get("en_US") or "",
                    text,
                    name == "email_body",
                    texts["whatsapp_lang"].get(lang) or lang.split("_")[0],
                    gaps if channel == "whatsapp" else (),
                )
        return words

    def _secret_names(self):
        variables = self._variables().values()
        return {variable.name for variable in variables if variable.is_secret}

    def _styles(self, partners, lang, company):
        """``{zone of a customer: wording.Style}``."""
        currency = company.currency_id
        zone = company.partner_id.tz or "UTC"
        return {
            tz: wording.Style(lang, tz or zone, currency.name, currency.decimal_places)
            for tz in {*partners.mapped("tz"), False}
        }


def _given(partners, values_by_partner):
    """Names of the variables that all partners bring a value for."""
    given = (set(values_by_partner.get(partner.id, ())) for partner in partners)
    return set.intersection(*given) if partners else set()


def _names(words):
    texts = (words.subject, words.text, *words.gaps)
    return set().union(*(wording.variables(text) for text in texts))


def _choose(words, lang, default):
    """The texts for a reader of ``lang``: their own, a kin's, the company's."""
    kin = [code for code in words if code.split("_")[0] == lang.split("_")[0]]
    for code in (lang, *kin, default, "en_US", *words):
        if code in words:
            return words[code]
    return None
