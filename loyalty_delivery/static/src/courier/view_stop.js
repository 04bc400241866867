/* One stop: whom, where, what; and what became of it. */

import {h} from "./dom";
import {atDoor, FINISHED, isOpen} from "./journey";
import {backTo, roadButtons, span} from "./view_parts";

export function stop(app, id) {
    const shown = app.stop(id);
    if (!shown) {
        return h(
            "main",
            {},
            h("p", {textContent: app.t("state_moved")}),
            backTo(app, "#/"),
        );
    }
    return h(
        "main",
        {attrs: {"data-stop": shown.id}},
        h("div.window", {textContent: span(app, shown)}),
        h("h1", {textContent: shown.contact || shown.name}),
        h("p.where", {textContent: shown.address}),
        shown.door_note && h("p.door", {textContent: shown.door_note}),
        h("p.dim", {textContent: facts(app, shown)}),
        roadButtons(app, shown),
        amount(app, shown),
        contents(app, shown),
        isOpen(shown) ? actions(app, shown) : result(app, shown),
        backTo(app, "#/"),
    );
}

function facts(app, shown) {
    return [
        shown.name,
        shown.attempt > 1 && app.t("attempt", shown.attempt),
        app.t("parcels", shown.parcels),
        shown.kg > 0 && `${shown.kg} kg`,
    ]
        .filter(Boolean)
        .join(" · ");
}

function amount(app, shown) {
    if (!isOpen(shown)) {
        return null;
    }
    return shown.cod > 0
        ? h("p.cod", {textContent: `${app.t("to_collect")}: ${app.money(shown.cod)}`})
        : h("p.dim", {textContent: app.t("nothing_to_collect")});
}

function contents(app, shown) {
    if (!shown.items.length) {
        return null;
    }
    return h(
        "details",
        {open: shown.items.length <= 6},
        h("summary", {textContent: `${app.t("contents")} (${shown.items.length})`}),
        h(
            "ul",
            {},
            shown.items.map((item) =>
                h("li", {
                    textContent: item.unit
                        ? `${item.qty} ${item.unit} ${item.name}`
                        : item.name,
                }),
            ),
        ),
    );
}

function actions(app, shown) {
    const together = atDoor(app.trip, shown);
    const to = (kind) => () => app.go(`#/stop/${shown.id}/${kind}`);
    const isHere = shown.state === "arrived";
    return h(
        "div.actions",
        {},
        !isHere &&
            h("button.big.wide", {
                textContent: app.t("arrived"),
                on: {click: () => app.record([{kind: "arrive", stop: shown.id}])},
            }),
        together.length > 1 && [
            h("p.note", {textContent: app.t("same_door", together.length)}),
            h("button.big.wide.good", {
                textContent: app.t("deliver_all", together.length),
                on: {click: to("all")},
            }),
        ],
        h("button.huge.good", {
            textContent: `✓ ${app.t("delivered")}`,
            attrs: {"data-do": "deliver"},
            on: {click: to("deliver")},
        }),
        h(
            "div.row",
            {},
            shown.items.length > 0 &&
                h("button.huge.grow.part", {
                    textContent: `◐ ${app.t("partly")}`,
                    attrs: {"data-do": "partial"},
                    on: {click: to("partial")},
                }),
            h("button.huge.grow.bad", {
                textContent: `✕ ${app.t("problem")}`,
                attrs: {"data-do": "fail"},
                on: {click: to("fail")},
            }),
        ),
    );
}

function result(app, shown) {
    const reason = app.trip.reasons.find((each) => each.id === shown.reason);
    const paid = shown.cod_collected
        ? `${app.t("collected")}: ${app.money(shown.cod_collected)} · ${app.t(shown.method)}`
        : "";
    const told = [reason && reason.name, shown.note].filter(Boolean).join(" · ");
    const isDone = FINISHED.includes(shown.state);
    return h(
        `section.card.result.${shown.state}`,
        {},
        h("strong", {textContent: app.t(`state_${shown.state}`)}),
        shown.done_at && h("span", {textContent: app.time(shown.done_at)}),
        paid && h("span", {textContent: paid}),
        told && h("span", {textContent: told}),
        isDone &&
            h("span.dim", {textContent: app.t(app.isWaiting(shown) ? "kept" : "sent")}),
        isDone &&
            app.canTakeBack(shown) &&
            h("button.big", {
                textContent: app.t("correct"),
                on: {click: () => app.takeBack(shown)},
            }),
    );
}
