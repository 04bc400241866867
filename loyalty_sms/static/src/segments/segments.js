/**
 * How many segments a text takes as SMS: the twin of engine/segments.py, held to the
 * same cases (static/tests/segments_vectors.json). Characters are code points, units
 * are septets or units of UTF-16.
 */

export const GSM7 = "GSM7";
export const UCS2 = "UCS2";

// 3GPP TS 23.038, 6.2.1 and 6.2.1.1.
const BASIC = new Set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ" +
        " !\"#¤%&'()*+,-./0123456789:;<=>?" +
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
        "¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("^{}\\[~]|€\f");
// 3GPP TS 23.040, 9.2.3.24.1.
export const SINGLE = {GSM7: 160, UCS2: 70};
export const PART = {GSM7: 153, UCS2: 67};

const TABLE = new Map();
for (const [signs, plain] of [
    ["‘’‚‛′ʼ`´", "'"],
    ["“”„‟″«»", '"'],
    ["‹", "<"],
    ["›", ">"],
    ["‐‑‒–—―−•·", "-"],
    [
        "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
            "\u202f\u205f\u3000",
        " ",
    ],
    ["\u2028\u2029", "\n"],
    // The non-joiner of Persian and the joiner of emoji stay.
    ["\u200b\u00ad\u2060\ufeff", ""],
    ["…", "..."],
    ["№", "No"],
    ["×", "x"],
    ["→", "->"],
    ["™", "(TM)"],
    ["©", "(c)"],
    ["®", "(R)"],
    ["֏", "AMD"],
    ["₽", "RUB"],
    ["₾", "GEL"],
    ["₸", "KZT"],
    ["﷼", "IRR"],
]) {
    for (const sign of signs) {
        TABLE.set(sign, plain);
    }
}

const isGsm = (character) => BASIC.has(character) || EXTENSION.has(character);

function weigh(character, encoding) {
    if (encoding === GSM7) {
        return EXTENSION.has(character) ? 2 : 1;
    }
    return character.length;
}

function weighAll(text, encoding) {
    return [...text].reduce((sum, character) => sum + weigh(character, encoding), 0);
}

export function encodingOf(text) {
    return [...text].every(isGsm) ? GSM7 : UCS2;
}

/** The parts in which `text` travels; neither escapes nor surrogates are torn. */
export function split(text) {
    if (!text) {
        return [];
    }
    const encoding = encodingOf(text);
    if (weighAll(text, encoding) <= SINGLE[encoding]) {
        return [text];
    }
    const parts = [];
    let part = "";
    let used = 0;
    for (const character of text) {
        const weight = weigh(character, encoding);
        if (used + weight > PART[encoding]) {
            parts.push(part);
            part = "";
            used = 0;
        }
        part += character;
        used += weight;
    }
    parts.push(part);
    return parts;
}

/** `{encoding, units, segments, left}` of `text`. */
export function count(text) {
    const encoding = encodingOf(text);
    const parts = split(text);
    const room = (parts.length <= 1 ? SINGLE : PART)[encoding];
    const last = parts.length ? weighAll(parts.at(-1), encoding) : 0;
    return {
        encoding,
        units: weighAll(text, encoding),
        segments: parts.length,
        left: room - last,
    };
}

/** `[position, character]` of what makes `text` UCS-2. */
export function forcing(text) {
    return [...text]
        .map((character, position) => [position, character])
        .filter(([, character]) => !isGsm(character));
}

/** Typographic signs in plain ones; letters stay what they are. */
export function normalise(text) {
    const composed = text.normalize("NFC").replaceAll("\r\n", "\n");
    return [...composed].map((character) => TABLE.get(character) ?? character).join("");
}

/** Whether a gateway may tear a pictogram in two. */
export function hasTornEmoji(text) {
    return (
        [...text].some((character) => character.length > 1) && count(text).segments > 1
    );
}
