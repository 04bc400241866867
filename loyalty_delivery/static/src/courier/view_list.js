/* Trips to choose from, and the stops of one in their order. */

import {ask, h} from "./dom";
import {collected, FINISHED, isOpen, nextStop} from "./journey";
import {canScan, scan} from "./scan";
import {MARKS, roadButtons, span} from "./view_parts";

export function trips(app) {
    const day = (date) =>
        new Intl.DateTimeFormat(app.hello.lang, {
            dateStyle: "medium",
            timeZone: "UTC",
        }).format(new Date(`${date}T00:00:00Z`));
    return h(
        "main",
        {},
        h("h1", {textContent: app.t("trips")}),
        !app.trips.length && h("p", {textContent: app.t("no_trips")}),
        app.trips.map((trip) =>
            h(
                "button.card.trip",
                {on: {click: () => app.openTrip(trip.id)}},
                h("strong", {textContent: trip.name}),
                h("span", {textContent: `${day(trip.date)} · ${trip.depot}`}),
                h("span", {
                    textContent: app.t("done_of", `${trip.done} / ${trip.stops}`),
                }),
            ),
        ),
        foot(app),
    );
}

export function stops(app) {
    const {trip, company} = app.trip;
    const all = app.trip.stops;
    const next = nextStop(app.trip);
    const later = all.filter((stop) => isOpen(stop) && stop !== next);
    const done = all.filter((stop) => !isOpen(stop));
    const isOver = trip.state === "returned" || trip.state === "settled";
    return h(
        "main",
        {},
        company.text && h("p.note", {textContent: company.text}),
        progress(app),
        tripButton(app),
        shareCard(app),
        isOver && h("p.note", {textContent: app.t("trip_over")}),
        next && !isOver && nextCard(app, next),
        section(app, "later_stops", later),
        section(app, "finished_stops", done),
        foot(app),
    );
}

function progress(app) {
    const all = app.trip.stops;
    const done = all.filter((stop) => FINISHED.includes(stop.state)).length;
    const sums = Object.entries(collected(app.trip)).filter(([, sum]) => sum);
    return h(
        "div.progress",
        {},
        h("progress", {max: Math.max(1, all.length), value: done}),
        h("span", {textContent: app.t("done_of", `${done} / ${all.length}`)}),
        sums.map(([method, sum]) =>
            h("strong", {textContent: `${app.t(method)}: ${app.money(sum)}`}),
        ),
    );
}

function tripButton(app) {
    const {state} = app.trip.trip;
    const open = app.trip.stops.filter(isOpen).length;
    const step = {planned: "take", loaded: "depart", en_route: "back"}[state];
    if (!step) {
        return null;
    }
    const isMain = step !== "back" || !open;
    return h(`button.big.wide${isMain ? ".main" : ""}`, {
        textContent: app.t(step),
        attrs: {"data-step": step},
        on: {
            click: () =>
                step === "back" ? back(app, open) : app.record([{kind: step}]),
        },
    });
}

async function back(app, open) {
    if (open) {
        const answer = await ask(app.t("back_ask", open), [
            ["yes", app.t("back"), "bad"],
            ["no", app.t("cancel")],
        ]);
        if (answer !== "yes") {
            return;
        }
    }
    await app.record([{kind: "return"}]);
}

/** Browsers ask for the position; the page says before what for. */
function shareCard(app) {
    const isDriving = app.trip.trip.state === "en_route";
    if (!isDriving || app.prefs.share !== undefined || !navigator.geolocation) {
        return null;
    }
    return h(
        "section.note",
        {},
        h("p", {textContent: app.t("position_why")}),
        h(
            "div.row",
            {},
            h("button.big.grow", {
                textContent: app.t("share"),
                on: {click: () => app.prefer({share: true})},
            }),
            h("button.big.grow", {
                textContent: app.t("not_now"),
                on: {click: () => app.prefer({share: false})},
            }),
        ),
    );
}

function nextCard(app, stop) {
    return h(
        "section.card.next",
        {attrs: {"data-stop": stop.id}},
        h("h2", {textContent: app.t("next_stop")}),
        h(
            "a.plain",
            {href: `#/stop/${stop.id}`},
            h("div.window", {textContent: span(app, stop)}),
            h("div.who", {textContent: stop.contact}),
            h("div.where", {textContent: stop.address}),
            stop.door_note && h("div.door", {textContent: stop.door_note}),
            money(app, stop),
        ),
        roadButtons(app, stop),
    );
}

function money(app, stop) {
    return (
        stop.cod > 0 &&
        isOpen(stop) &&
        h("div.cod", {textContent: `${app.t("to_collect")}: ${app.money(stop.cod)}`})
    );
}

function section(app, title, list) {
    if (!list.length) {
        return null;
    }
    return [
        h("h2", {textContent: app.t(title)}),
        h(
            "ol.stops",
            {},
            list.map((stop) => line(app, stop)),
        ),
    ];
}

function line(app, stop) {
    const number = app.trip.stops.indexOf(stop) + 1;
    const waits = app.isWaiting(stop) ? `⏳ ${app.t("kept")}` : "";
    return h(
        `li.${stop.state}`,
        {attrs: {"data-stop": stop.id}},
        h(
            "a.plain.line",
            {href: `#/stop/${stop.id}`},
            h("span.number", {textContent: isOpen(stop) ? number : MARKS[stop.state]}),
            h(
                "span.grow",
                {},
                h("strong", {textContent: `${span(app, stop)} ${stop.contact}`}),
                h("span.where", {textContent: stop.address}),
                !isOpen(stop) &&
                    h("span.state", {
                        textContent: [app.t(`state_${stop.state}`), waits]
                            .filter(Boolean)
                            .join(" · "),
                    }),
            ),
            money(app, stop),
        ),
    );
}

function foot(app) {
    const phone = app.trip && app.trip.company.phone;
    return h(
        "footer",
        {},
        app.trip &&
            canScan() &&
            h("button.big", {textContent: app.t("scan"), on: {click: () => scan(app)}}),
        phone &&
            h("a.big", {
                href: `tel:${phone}`,
                textContent: `☎ ${app.t("call_dispatcher")}`,
            }),
        h("button.big", {
            textContent: app.t("refresh"),
            on: {click: () => refresh(app)},
        }),
        app.trips.length > 1 &&
            app.trip &&
            h("button.big", {
                textContent: app.t("trips"),
                on: {click: () => app.openTrip(null)},
            }),
        h("button.big", {
            textContent: app.t("log_out"),
            on: {click: () => app.leave()},
        }),
    );
}

async function refresh(app) {
    await app.openTrips();
    await app.sender.hurry();
}
