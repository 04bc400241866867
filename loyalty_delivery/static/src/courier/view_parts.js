/* Parts that several views show. */

import {ask, h} from "./dom";
import {APPS, wayTo} from "./places";

export const MARKS = {
    planned: "○",
    out: "○",
    arrived: "●",
    delivered: "✓",
    partial: "◐",
    failed: "✕",
    cancelled: "–",
};

/** What is true of the connection and of what waits; on every screen. */
export function bar(app) {
    const {sender, waiting} = app;
    const state = waiting ? app.t("waiting", waiting) : app.t("all_sent");
    return h(
        `header.bar${waiting ? ".waits" : ""}${sender.isOnline ? "" : ".offline"}`,
        {},
        h("strong.grow", {textContent: app.trip ? app.trip.trip.name : app.t("title")}),
        h("span.count", {
            textContent: state,
            attrs: {role: "status", "data-waiting": waiting},
        }),
    );
}

export function messages(app) {
    return [
        !app.sender.isOnline &&
            h("p.note.warn", {textContent: app.t("offline"), attrs: {role: "status"}}),
        app.sender.needsLogin &&
            h(
                "div.note.warn",
                {},
                h("p", {textContent: app.t("session_over")}),
                h("a.big", {
                    href: "/web/login?redirect=/courier",
                    textContent: app.t("log_in"),
                }),
            ),
        app.refused.length > 0 && refusals(app),
        app.notice && h("p.note", {textContent: app.notice, attrs: {role: "alert"}}),
    ];
}

function refusals(app) {
    const name = (id) => {
        const stop = app.stop(id);
        return stop ? `${stop.name}: ` : "";
    };
    return h(
        "section.note.bad",
        {attrs: {role: "alert"}},
        h("h2", {textContent: app.t("refused_title")}),
        app.refused.map(({stop, reason}) => h("p", {textContent: name(stop) + reason})),
        h("button.big", {
            textContent: app.t("understood"),
            on: {click: () => app.understood()},
        }),
    );
}

export function undoBar(app) {
    if (!app.undo) {
        return null;
    }
    return h(
        "div.undo",
        {attrs: {role: "status"}},
        h("span.grow", {textContent: app.undo.text}),
        h("button", {textContent: app.t("undo"), on: {click: () => app.undoNow()}}),
    );
}

export function span(app, stop) {
    if (stop.from && stop.to) {
        return `${app.time(stop.from)}–${app.time(stop.to)}`;
    }
    return stop.eta ? `≈ ${app.time(stop.eta)}` : "";
}

/** Call and navigate: the two things that are done while walking. */
export function roadButtons(app, stop) {
    const chosen = app.prefs.navigation || app.trip.company.navigation;
    return h(
        "div.row",
        {},
        stop.phone &&
            h("a.big.grow", {
                href: `tel:${stop.phone}`,
                textContent: `☎ ${app.t("call")}`,
            }),
        h("a.big.grow", {
            href: wayTo(chosen, stop),
            target: "_blank",
            rel: "noopener noreferrer",
            textContent: `➤ ${app.t("navigate")}`,
        }),
        h("button.big.narrow", {
            textContent: "⋮",
            attrs: {"aria-label": app.t("navigate_with")},
            on: {click: () => choose(app)},
        }),
    );
}

async function choose(app) {
    const names = Object.entries(APPS);
    const buttons = names.map(([key, name]) => [key, name || app.t("nav_geo")]);
    const answer = await ask(app.t("navigate_with"), buttons);
    if (answer in APPS) {
        await app.prefer({navigation: answer});
    }
}

export function backTo(app, hash) {
    return h("button.big.back", {
        textContent: `‹ ${app.t("cancel")}`,
        on: {click: () => app.go(hash)},
    });
}
