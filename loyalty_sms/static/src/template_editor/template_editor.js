import {Component, onWillStart, onWillUpdateProps, useRef, useState} from "@odoo/owl";
import {count, forcing, hasTornEmoji, split} from "../segments/segments";
import {fit, hints} from "../segments/fitting";
import {RecordSelector} from "@web/core/record_selectors/record_selector";
import {_t} from "@web/core/l10n/translation";
import {fill} from "../segments/wording";
import {formatCurrency} from "@web/core/currency";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useAutoresize} from "@web/core/utils/autoresize";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";

// With more of them the whole text is foreign to GSM-7: marking says nothing then.
const MARKED_SHARE = 0.2;

/** The text of a template in all languages, beside the telephone of a customer. */
export class TemplateEditor extends Component {
    static template = "loyalty_sms.TemplateEditor";
    static components = {RecordSelector};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.textRef = useRef("text");
        useAutoresize(this.textRef, {minimumHeight: 120});
        this.state = useState({
            lang: user.lang.replace("-", "_"),
            partnerId: false,
            values: {},
            price: null,
            draft: null,
        });
        this.facts = {languages: [], variables: []};
        onWillStart(async () => {
            this.facts = await this.orm.call(this.model, "editor_facts", []);
            const first = this.firstLanguage;
            this.state.lang = first ? first.code : this.state.lang;
            await this.loadValues();
        });
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.draft = null;
            }
        });
    }

    get model() {
        return this.props.record.resModel;
    }

    /** The reader's own language if it has a text, else the first that has. */
    get firstLanguage() {
        const own = this.facts.languages.find(({code}) => code === this.state.lang);
        if (own && this.isWritten(own.code)) {
            return own;
        }
        return (
            this.facts.languages.find(({code}) => this.isWritten(code)) ||
            own ||
            this.facts.languages[0]
        );
    }

    get texts() {
        return this.props.record.data[this.props.name] || {};
    }

    get text() {
        return this.state.draft ?? this.texts[this.state.lang] ?? "";
    }

    get policy() {
        return this.props.record.data.encoding_policy || "smart";
    }

    get language() {
        return this.facts.languages.find(({code}) => code === this.state.lang);
    }

    get direction() {
        return this.language?.rtl ? "rtl" : "ltr";
    }

    isWritten(code) {
        return Boolean((this.texts[code] || "").trim());
    }

    // -- what the customer gets --------------------------------------------------
    get filled() {
        return fill(this.text, this.state.values);
    }

    get sent() {
        return fit(this.filled.text.trim(), this.policy);
    }

    get measured() {
        return count(this.sent);
    }

    get isMarked() {
        const odd = forcing(this.sent).length;
        return odd > 0 && odd <= [...this.sent].length * MARKED_SHARE;
    }

    get oddCharacters() {
        const odd = forcing(this.sent).map(([, character]) => character);
        return this.isMarked ? [...new Set(odd)].join(" ") : "";
    }

    /** Parts of the text as sent, each in runs with and without marks. */
    get parts() {
        const isMarked = this.isMarked;
        return split(this.sent).map((part, index) => {
            const odd = new Set(forcing(part).map(([position]) => position));
            const runs = [];
            [...part].forEach((character, position) => {
                const marked = isMarked && odd.has(position);
                if (!runs.length || runs.at(-1).marked !== marked) {
                    runs.push({id: runs.length, marked, text: ""});
                }
                runs.at(-1).text += character;
            });
            return {id: index, runs};
        });
    }

    get price() {
        const {price} = this.state;
        return price
            ? formatCurrency(price.amount * this.measured.segments, price.currency_id, {
                  digits: [16, price.digits],
              })
            : "";
    }

    get counter() {
        const {encoding, units, segments, left} = this.measured;
        const line = _t("%(alphabet)s · %(units)s units · %(segments)s", {
            alphabet: encoding === "GSM7" ? "GSM-7" : "UCS-2",
            units,
            segments: segments === 1 ? _t("1 segment") : _t("%s segments", segments),
        });
        return {line, left: _t("%s left", left)};
    }

    get hint() {
        const [best] = hints(this.filled.text.trim(), this.policy);
        if (!best) {
            return null;
        }
        const {kind, saves, detail} = best;
        const words = {
            smart: _t("saves %s with plain quotes and dashes", saves),
            transliterate: _t("saves %s in Latin letters", saves),
            replace: _t("saves %(saves)s without %(signs)s", {
                saves,
                signs: [...detail].join(" "),
            }),
            shorten: _t("saves %(saves)s when %(units)s units shorter", {
                saves,
                units: detail,
            }),
        };
        const policies = {smart: "smart", transliterate: "auto"};
        return {words: words[kind], policy: policies[kind]};
    }

    get warnings() {
        const {malformed, missing, unknown} = this.filled;
        const most = this.props.record.data.max_segments;
        const {segments} = this.measured;
        return [
            ...unknown.map((name) => ({
                level: "danger",
                text: _t("There is no variable %s.", name),
            })),
            malformed && {
                level: "danger",
                text: _t("Braces are open: write {{ name }} with two on each side."),
            },
            most &&
                segments > most && {
                    level: "danger",
                    text: _t(
                        "Longer than the %s segments allowed: it would not be sent.",
                        most,
                    ),
                },
            hasTornEmoji(this.sent) && {
                level: "warning",
                text: _t(
                    "A pictogram in a message of several parts may arrive broken.",
                ),
            },
            missing.length && {
                level: "info",
                text: _t(
                    'Nothing is known for %(names)s: write {{ %(first)s or "words" }}' +
                        " for such customers.",
                    {names: missing.join(", "), first: missing[0]},
                ),
            },
        ].filter(Boolean);
    }

    // -- what the writer does -----------------------------------------------------
    async loadValues() {
        const company = this.props.record.data.company_id;
        const [values, price] = await Promise.all([
            this.orm.call(this.model, "editor_values", [
                this.state.partnerId,
                this.state.lang,
                company ? company.id : false,
            ]),
            this.orm.call(this.model, "editor_price", [
                this.state.partnerId,
                this.props.record.data.message_class,
                company ? company.id : false,
            ]),
        ]);
        Object.assign(this.state, {values, price});
    }

    async chooseLanguage(code) {
        await this.commit();
        this.state.lang = code;
        await this.loadValues();
    }

    async choosePartner(partnerId) {
        this.state.partnerId = partnerId;
        await this.loadValues();
    }

    async insert(name) {
        const {el} = this.textRef;
        const placeholder = `{{ ${name} }}`;
        const start = el ? el.selectionStart : this.text.length;
        const end = el ? el.selectionEnd : start;
        this.state.draft =
            this.text.slice(0, start) + placeholder + this.text.slice(end);
        if (el) {
            el.value = this.state.draft;
            el.focus();
            el.setSelectionRange(
                start + placeholder.length,
                start + placeholder.length,
            );
        }
        await this.commit();
    }

    onInput(ev) {
        this.state.draft = ev.target.value;
        this.props.record.model.bus.trigger("FIELD_IS_DIRTY", true);
    }

    async commit() {
        const {draft, lang} = this.state;
        if (draft === null) {
            return;
        }
        if (draft !== (this.texts[lang] ?? "")) {
            await this.props.record.update({
                [this.props.name]: {...this.texts, [lang]: draft},
            });
        }
        this.state.draft = null;
    }

    async apply(policy) {
        await this.commit();
        await this.props.record.update({encoding_policy: policy});
    }
}

export const templateEditor = {
    component: TemplateEditor,
    displayName: _t("Text in all languages"),
    supportedTypes: ["json"],
    fieldDependencies: [
        {name: "encoding_policy", type: "selection"},
        {name: "max_segments", type: "integer"},
        {name: "message_class", type: "selection"},
        {name: "company_id", type: "many2one", relation: "res.company"},
    ],
};

registry.category("fields").add("loyalty_sms_template_editor", templateEditor);
