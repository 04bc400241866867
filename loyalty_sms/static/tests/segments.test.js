import {
    count,
    forcing,
    hasTornEmoji,
    normalise,
    split,
} from "@loyalty_sms/segments/segments";
import {describe, expect, globals, test} from "@odoo/hoot";
import {fit, hints} from "@loyalty_sms/segments/fitting";
import {fill} from "@loyalty_sms/segments/wording";
import {transliterate} from "@loyalty_sms/segments/translit";

describe.current.tags("headless");

// The very cases of tests/unit/loyalty_sms/test_segments.py: both must answer alike.
const VECTORS = "/loyalty_sms/static/tests/segments_vectors.json";

test("the browser counts, cuts and spells as the server does", async () => {
    const cases = await (await globals.fetch(VECTORS)).json();
    expect(cases.length).toBeGreaterThan(60);
    for (const one of cases) {
        const {encoding, units, segments, left} = count(one.text);
        expect({
            count: [encoding, units, segments, left],
            parts: split(one.text).map((part) => [...part].length),
            forcing: forcing(one.text),
            plain: normalise(one.text),
            latin: transliterate(one.text),
            smart: fit(one.text, "smart"),
            auto: fit(one.text, "auto"),
            hints: hints(one.text).map((hint) => [hint.kind, hint.saves, hint.detail]),
            torn: hasTornEmoji(one.text),
        }).toEqual(
            {
                count: one.count,
                parts: one.parts,
                forcing: one.forcing,
                plain: one.plain,
                latin: one.latin,
                smart: one.smart,
                auto: one.auto,
                hints: one.hints,
                torn: one.torn,
            },
            {message: one.name},
        );
    }
});

test("joined parts are the text", () => {
    const text = "€".repeat(100) + "😀ա".repeat(60) + "[";
    expect(split(text).join("")).toBe(text);
    expect(split("").length).toBe(0);
});

test("placeholders are filled in, unknown and open ones told", () => {
    const values = {
        name: {"": "Ani", text: "Ani"},
        points: {"": "4,515", number: "4,515"},
        tier: {"": ""},
    };
    expect(fill('{{ name }}: {{points|number}} {{ tier or "none" }}', values)).toEqual({
        text: "Ani: 4,515 none",
        unknown: [],
        missing: [],
        malformed: false,
    });
    expect(fill("{{ nome }} {{ tier }} {{ name|roman }} {{", values)).toEqual({
        text: "{{ nome }}  {{ name|roman }} {{",
        unknown: ["nome", "name|roman"],
        missing: ["tier"],
        malformed: true,
    });
});
