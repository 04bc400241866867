/** Armenian, Russian and Georgian in Latin letters: the twin of engine/translit.py. */

import {normalise} from "./segments";

function table(letters, latin) {
    const spelt = latin.split(" ");
    return [...letters].map((letter, index) => [letter, spelt[index]]);
}

const LETTERS = new Map([
    ...table(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքևօֆ",
        "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p" +
            " k ev o f",
    ),
    ...table("։՝՟֊՚ՙ", ". , . - ' '"),
    // ICAO Doc 9303-3; the soft sign is not written.
    ...table(
        "абвгдеёжзийклмнопрстуфхцчшщъыэюяіїєґ",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y e iu ia i i" +
            " ie g",
    ),
    ["ь", ""],
    // The national system of Georgia, 2002.
    ...table(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        "a b g d e v z t i k' l m n o p' zh r s t' u p k gh q' sh ch ts dz ts' ch' kh" +
            " j h",
    ),
]);
const ARMENIAN_INITIAL = new Map([
    ["ե", "ye"],
    ["և", "yev"],
    ["ո", "vo"],
]);
const MARK = /([՞՜՛])([Ա-Ֆա-և]*)/g;
const MARKS = {"՞": "?", "՜": "!", "՛": ""};
const DIGRAPH = /^(?:[եԵ][ւՒ]|[ոՈ][ւՒ])/;
const WORD = /[Ա-Ֆա-և]+|[Ѐ-ӿ]+|[Ა-Ჺა-ჰ]+|[։՝՟֊՚ՙ]/g;
const PERSIAN = /[\u0600-\u06ff]/;

function spell(plain, first, word) {
    // "Who" keeps its o; every other word that begins with the letter says vo.
    if (first && !(plain === "ո" && word[1]?.toLowerCase() === "վ")) {
        return ARMENIAN_INITIAL.get(plain) ?? LETTERS.get(plain) ?? plain;
    }
    return LETTERS.get(plain) ?? plain;
}

function spellLetter(word, index) {
    const first = index === 0;
    const letter = word[index];
    let latin = "";
    let size = 1;
    if (DIGRAPH.test(word.slice(index))) {
        latin = "եԵ".includes(letter) ? spell("և", first, word) : "u";
        size = 2;
    } else {
        latin = spell(letter.toLowerCase(), first, word);
    }
    if (letter !== letter.toLowerCase()) {
        latin = latin.slice(0, 1).toUpperCase() + latin.slice(1);
    }
    return [latin, index + size];
}

function spellWord(word) {
    const shout =
        word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();
    let latin = "";
    let index = 0;
    while (index < word.length) {
        const [letters, following] = spellLetter(word, index);
        latin += letters;
        index = following;
    }
    return shout ? latin.toUpperCase() : latin;
}

export function transliterate(text) {
    if (PERSIAN.test(text)) {
        return text;
    }
    const moved = text.replace(MARK, (_found, mark, rest) => rest + MARKS[mark]);
    return normalise(moved.replace(WORD, spellWord));
}
