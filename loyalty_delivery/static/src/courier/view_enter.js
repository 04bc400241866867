/* Before the page knows who holds the phone. */

import {h} from "./dom";

export function entrance(app) {
    return h(
        "main",
        {},
        h("h1", {textContent: app.t("title")}),
        h("p", {textContent: app.t("who_are_you")}),
        h("a.huge.main.wide", {
            href: "/web/login?redirect=/courier",
            textContent: app.t("log_in"),
        }),
    );
}

let box = null;

/** The PIN of a link; drawn once, so that what is typed stays. */
export function pin(app) {
    box = box || pinBox(app);
    return box;
}

function pinBox(app) {
    const problem = h("p.problem", {attrs: {role: "alert"}});
    const button = h("button.huge.main.wide", {
        type: "submit",
        textContent: app.t("pin_open"),
    });
    const input = h("input.pin", {
        inputMode: "numeric",
        maxLength: 6,
        autofocus: true,
        attrs: {autocomplete: "one-time-code", pattern: "[0-9]*", "aria-label": "PIN"},
    });
    const submit = async (event) => {
        event.preventDefault();
        button.disabled = true;
        problem.textContent = await app.enter(input.value.trim());
        button.disabled = false;
        input.value = "";
        if (!app.token) {
            box = null;
            app.render();
        }
    };
    return h(
        "main",
        {},
        h("h1", {textContent: app.t("pin_title")}),
        h("p", {textContent: app.t("pin_help")}),
        h("form", {on: {submit}}, input, problem, button),
    );
}
