/** Which wording of a text is sent, by policy: the twin of engine/fitting.py. */

import {count, forcing, normalise, PART, SINGLE, split} from "./segments";
import {transliterate} from "./translit";

const SHORTEN_MOST = 15;
const REPLACE_MOST = 3;

function smart(text) {
    const plain = normalise(text);
    const before = count(text);
    const after = count(plain);
    const isBetter =
        after.encoding !== before.encoding || after.segments < before.segments;
    return isBetter ? plain : text;
}

/** `text` as it is sent under `policy`. */
export function fit(text, policy) {
    if (policy === "as_is") {
        return text;
    }
    if (policy === "transliterate") {
        return transliterate(text);
    }
    const plain = smart(text);
    if (policy === "auto") {
        const latin = transliterate(text);
        if (count(latin).segments < count(plain).segments) {
            return latin;
        }
    }
    return plain;
}

function replacements(text, now) {
    const odd = [...new Set(forcing(text).map(([, character]) => character))];
    if (!odd.length || odd.length > REPLACE_MOST) {
        return [];
    }
    const bare = [...text].filter((character) => !odd.includes(character)).join("");
    const saves = now.segments - count(bare).segments;
    return [{kind: "replace", saves, detail: odd.join("")}];
}

function shortening(text, now) {
    const surplus =
        now.segments === 2
            ? now.units - SINGLE[now.encoding]
            : PART[now.encoding] - now.left;
    if (!split(text).length || surplus > SHORTEN_MOST) {
        return [];
    }
    return [{kind: "shorten", saves: 1, detail: surplus}];
}

/** `[{kind, saves, detail}]`: what saves segments beyond `policy`, most first. */
export function hints(text, policy = "as_is") {
    const sent = fit(text, policy);
    const now = count(sent);
    if (now.segments < 2) {
        return [];
    }
    const savedBy = (other) => now.segments - count(fit(text, other)).segments;
    const plain = savedBy("smart");
    const latin = savedBy("transliterate");
    return [
        {kind: "smart", saves: plain, detail: ""},
        // Plain signs are the smaller change: a bigger one must save more.
        {kind: "transliterate", saves: latin > plain ? latin : 0, detail: ""},
        ...replacements(sent, now).filter((hint) => hint.saves > plain),
        ...shortening(sent, now),
    ]
        .filter((hint) => hint.saves > 0)
        .sort((one, other) => other.saves - one.saves);
}
