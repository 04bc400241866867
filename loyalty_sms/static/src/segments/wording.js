/** Placeholders of templates: the twin of engine/wording.py, for previews. */

const PLACEHOLDER =
    /\{\{\s*([A-Za-z_]\w*)(?:\s*\|\s*([a-z]+))?(?:\s+or\s+(?:"([^"{}]*)"|'([^'{}]*)'))?\s*\}\}/g;
const FORMATS = ["text", "number", "money", "date", "time", "datetime"];

/**
 * Fill `text` in for a preview.
 *
 * @param {String} text
 * @param {Object} values `{name: {format: shown}}`; the format "" is the usual one
 * @returns {Object} `{text, unknown, missing, malformed}`: names that no table has,
 *  names without a value or a default, and braces that are no placeholder
 */
export function fill(text, values) {
    const unknown = new Set();
    const missing = new Set();
    const rest = text.replace(PLACEHOLDER, "");
    const filled = text.replace(PLACEHOLDER, (whole, name, format, double, single) => {
        if (!(name in values) || (format && !FORMATS.includes(format))) {
            unknown.add(format && name in values ? `${name}|${format}` : name);
            return whole;
        }
        const shown = values[name][format || ""] || double || single || "";
        if (!shown) {
            missing.add(name);
        }
        return shown;
    });
    return {
        text: filled,
        unknown: [...unknown],
        missing: [...missing],
        malformed: rest.includes("{{") || rest.includes("}}"),
    };
}
