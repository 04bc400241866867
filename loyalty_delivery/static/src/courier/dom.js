/* Elements without markup in strings: what customers wrote never becomes HTML. */

/**
 * @param {String} tag name of the element, its classes after dots: "button.big.good"
 * @param {Object} [props] properties; `on` holds listeners, `attrs` attributes
 * @param {...(Node|String|null|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
    const [name, ...classes] = tag.split(".");
    const element = document.createElement(name);
    element.className = classes.join(" ");
    const {on = {}, attrs = {}, ...own} = props;
    Object.assign(element, own);
    for (const [event, listener] of Object.entries(on)) {
        element.addEventListener(event, listener);
    }
    for (const [key, value] of Object.entries(attrs)) {
        element.setAttribute(key, value);
    }
    element.append(...children.flat(3).filter((child) => child || child === 0));
    return element;
}

/** A text with its %s filled in, in order. */
export function fill(text, ...values) {
    return values.reduce((filled, value) => filled.replace("%s", value), text || "");
}

/**
 * Ask in the page itself; resolves with the value of the button pressed.
 *
 * @param {String} question
 * @param {Array} buttons [[value, label, class]…]
 * @returns {Promise}
 */
export function ask(question, buttons) {
    return new Promise((resolve) => {
        const dialog = h("dialog", {
            on: {
                close: () => {
                    dialog.remove();
                    resolve(dialog.returnValue);
                },
            },
        });
        dialog.append(
            h("p", {textContent: question}),
            ...buttons.map(([value, label, style = ""]) =>
                h(`button.big${style && "." + style}`, {
                    textContent: label,
                    on: {click: () => dialog.close(value)},
                }),
            ),
        );
        document.body.append(dialog);
        dialog.showModal();
    });
}

/** A random id; browsers offer their own only on secure pages. */
export function newUuid() {
    if (crypto.randomUUID) {
        return crypto.randomUUID();
    }
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
