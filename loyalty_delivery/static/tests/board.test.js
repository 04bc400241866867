import {describe, expect, test} from "@odoo/hoot";
import {
    animationFrame,
    click,
    manuallyDispatchProgrammaticEvent,
    press,
    queryAllTexts,
    queryOne,
    queryRect,
} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    getService,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import {assets} from "@web/core/assets";
import {WebClient} from "@web/webclient/webclient";

import {BUNDLE} from "@loyalty_delivery/map/leaflet.esm";
import {BoardModel, matches} from "@loyalty_delivery/board/board_model.esm";

describe.current.tags("desktop");
defineMailModels();
preloadBundle(BUNDLE);

const DAY = "2026-03-06";
const TRIP = "loyalty.delivery.trip";

function stop(id, values = {}) {
    return {
        id,
        name: `D00${id}`,
        label: `D00${id}`,
        attempt_no: 1,
        state: "ready",
        trip_id: false,
        courier_id: false,
        sequence: 0,
        lock: "none",
        zone_id: 1,
        latitude: 40.18,
        longitude: 44.51,
        geo_quality: "house",
        contact_name: "Ani",
        phone: "+374 91 123456",
        address: `Abovyan ${id}`,
        window_start: `${DAY} 06:00:00`,
        window_end: `${DAY} 09:00:00`,
        service_s: 300,
        priority: "0",
        amount_total: 1000,
        cod_due: 0,
        eta: false,
        late_s: 0,
        ...values,
    };
}

function planned(id, sequence, hour, values = {}) {
    return stop(id, {
        state: "planned",
        trip_id: 7,
        courier_id: 1,
        sequence,
        eta: `${DAY} ${hour}:00:00`,
        ...values,
    });
}

function courier(id, name) {
    return {
        id,
        name,
        color: 0,
        profile: "car",
        kind: "staff",
        vehicle_name: "",
        depot_id: 1,
        zone_ids: [],
        works: true,
        hour_from: 9,
        hour_to: 18,
    };
}

function trip(values = {}) {
    return {
        id: 7,
        name: "T0007",
        state: "planned",
        courier_id: 1,
        depot_id: 1,
        profile: "car",
        planned_start: `${DAY} 05:15:00`,
        planned_end: `${DAY} 11:00:00`,
        planned_m: 12345,
        planned_s: 3900,
        violations: [],
        matrix_source: "straight line × 1.4",
        geometry: false,
        version: 1,
        ...values,
    };
}

function board(values = {}) {
    return {
        date: DAY,
        company_id: 1,
        currency_id: 1,
        stops: [
            planned(1, 1, "06"),
            planned(2, 2, "07", {late_s: 600}),
            planned(3, 3, "08", {state: "delivered", sequence: 0}),
            stop(4, {geo_quality: "zip", priority: "2"}),
            stop(5, {contact_name: "Hayk"}),
        ],
        trips: [trip()],
        couriers: [courier(1, "Levon"), courier(2, "Mher")],
        zones: [{id: 1, name: "Centre", code: "C", color: 0, polygon: []}],
        depots: [
            {
                id: 1,
                name: "Kentron",
                latitude: 40.17,
                longitude: 44.51,
                tz: "Asia/Yerevan",
            },
        ],
        counters: {},
        alerts: [],
        positions: [],
        matrix_source: "straight line × 1.4",
        can_undo: false,
        undo_label: "",
        plan: false,
        ...values,
    };
}

/** What follows the pointer hangs on the page, outside of the web client. */
const ghost = () => document.querySelector(".o_loyalty_board_ghost");

function modelOf(values) {
    const model = new BoardModel(null);
    model.date = DAY;
    model.take(board(values));
    return model;
}

function count(model, key) {
    return model.counters.find((counter) => counter.key === key).count;
}

async function openBoard(data = board()) {
    const calls = [];
    onRpc("loyalty.delivery.zone", "map_read", () => ({
        tiles: {url: "", attribution: ""},
        zones: [],
        depots: [],
    }));
    onRpc(TRIP, "board_read", () => data);
    onRpc(TRIP, "board_move", ({args}) => {
        calls.push(["move", ...args]);
        return {
            stops: [planned(5, 1, "06", {trip_id: 8, courier_id: 2})],
            trips: [trip({id: 8, name: "T0008", courier_id: 2})],
            removed_trip_ids: [],
            can_undo: true,
            undo_label: "Moved D005 to Mher",
        };
    });
    onRpc(TRIP, "board_undo", ({args}) => {
        calls.push(["undo", ...args]);
        return {
            stops: [stop(5)],
            trips: [],
            removed_trip_ids: [8],
            can_undo: false,
            undo_label: "",
        };
    });
    mockService("bus_service", {
        addEventListener() {},
        removeEventListener() {},
        subscribe() {},
        unsubscribe() {},
        start() {},
        addChannel() {},
        deleteChannel() {},
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "loyalty_delivery_board",
        params: {date: DAY},
    });
    await animationFrame();
    return calls;
}

test("deliveries are counted by what a dispatcher asks for", () => {
    const model = modelOf();
    expect(
        ["", "unplanned", "pending", "done", "late"].map((key) => count(model, key)),
    ).toEqual([5, 2, 2, 1, 1]);
});

test("urgent deliveries without a courier come first", () => {
    expect(modelOf().unplanned.map(({id}) => id)).toEqual([4, 5]);
});

test("a delivery is found by number, name, address and any part of the phone", () => {
    const one = stop(1);
    for (const text of ["d001", "ANI", "abovyan 1", "91 12", "123456"]) {
        expect(matches(one, text)).toBe(true);
    }
    expect(matches(one, "99")).toBe(false);
});

test("windows and hours are told by the clock of the depot", () => {
    const model = modelOf();
    expect(model.window(stop(1))).toBe("10:00–13:00");
    expect(model.clock(model.span.start)).toBe("09:00");
    expect(model.clock(model.span.end)).toBe("18:00");
});

test("an older message changes no route that is newer here", () => {
    const model = modelOf({trips: [trip({version: 5, planned_m: 500})]});
    model.merge({trips: [trip({version: 4, planned_m: 400})]});
    expect(model.trips.get(7).planned_m).toBe(500);
    model.merge({trips: [trip({version: 6, planned_m: 600})]});
    expect(model.trips.get(7).planned_m).toBe(600);
});

test("a message without lines leaves the lines of the map", () => {
    const model = modelOf({trips: [trip({geometry: [[[40, 44]]]})]});
    const news = trip({version: 2});
    delete news.geometry;
    model.merge({trips: [news]});
    expect(model.trips.get(7).geometry).toEqual([[[40, 44]]]);
});

test("an answer for another day that comes late is dropped", async () => {
    const answers = [];
    const model = new BoardModel({
        call: () => new Promise((resolve) => answers.push(resolve)),
    });
    const first = model.load("2026-03-05");
    const second = model.load(DAY);
    answers[1](board());
    await second;
    answers[0](board({stops: []}));
    await first;
    expect(model.stops.size).toBe(5);
});

test("the board shows routes, what is left, and where distances come from", async () => {
    await openBoard();
    expect(queryAllTexts(".o_timeline_stop")).toEqual(["1", "2", "3"]);
    expect(".o_timeline_stop.o_late").toHaveCount(1);
    expect(".o_board_card").toHaveCount(2);
    expect(".o_board_card:first .badge:contains(Urgent)").toHaveCount(1);
    expect(".o_board_card:first .badge:contains(About here)").toHaveCount(1);
    expect(".o_board_source").toHaveText("Distances: straight line × 1.4");
    expect(".o_board_undo").not.toBeEnabled();
});

test("without the map's library the timeline works, and what to do is said", async () => {
    patchWithCleanup(window, {L: undefined});
    patchWithCleanup(assets, {loadBundle: () => Promise.resolve()});
    await openBoard();
    expect(".o_loyalty_map_missing").toHaveText(/setup\/run/);
    expect(".o_timeline_stop").toHaveCount(3);
});

test("a day without deliveries says where they come from", async () => {
    await openBoard(board({stops: [], trips: []}));
    expect(".o_board_list").toHaveText(/No deliveries on this day/);
});

test("a delivery is dragged to a courier and taken back", async () => {
    const calls = await openBoard();
    const card = queryOne(".o_board_card[data-stop='5']");
    const lane = queryRect("[data-lane='courier_2']");
    const from = queryRect(card);
    const at = (rect) => ({clientX: rect.x + 20, clientY: rect.y + rect.height / 2});
    patchWithCleanup(document, {
        elementFromPoint: () => queryOne("[data-lane='courier_2']"),
    });
    const pointer = (target, type, place) =>
        manuallyDispatchProgrammaticEvent(target, type, {
            ...place,
            button: 0,
            pointerType: "mouse",
        });
    await pointer(card, "pointerdown", at(from));
    await pointer(window, "pointermove", at(lane));
    await animationFrame();
    expect(".o_timeline_row.o_target").toHaveAttribute("data-row", "courier_2");
    expect(ghost()?.textContent).toBe("D005");
    await pointer(window, "pointerup", at(lane));
    await animationFrame();
    await animationFrame();
    expect(calls).toEqual([["move", [{stop_id: 5, courier_id: 2, sequence: 1}], DAY]]);
    expect(ghost()).toBe(null);
    expect("[data-row='trip_8'] .o_timeline_stop").toHaveCount(1);
    await click(".o_board_undo");
    await animationFrame();
    await animationFrame();
    expect(calls.at(-1)).toEqual(["undo", DAY]);
    expect(".o_board_card").toHaveCount(2);
    expect("[data-row='trip_8']").toHaveCount(0);
});

test("without a mouse a delivery is moved by a dialog", async () => {
    const calls = await openBoard();
    await click(".o_board_card[data-stop='5']");
    await animationFrame();
    queryOne(".o_board_card[data-stop='5']").focus();
    await press("m");
    await animationFrame();
    expect(".modal select:first").toHaveCount(1);
    await click(".o_move_now");
    await animationFrame();
    await animationFrame();
    expect(calls).toEqual([["move", [{stop_id: 5, trip_id: 7}], DAY]]);
});

test("what is finished is not moved", async () => {
    const calls = await openBoard();
    await click(".o_timeline_stop[data-stop='3']");
    await animationFrame();
    expect(".o_move_to").not.toBeEnabled();
    queryOne(".o_timeline_stop[data-stop='3']").focus();
    await press("m");
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect(".o_notification").toHaveText(/stays in its route/);
    expect(calls).toEqual([]);
});

test("a proposal is compared, shown with what is left, and applied", async () => {
    const steps = [];
    const plan = {
        id: 3,
        state: "done",
        percent: 100,
        error: "",
        kpi_before: {km: 30, hours: 4, late: 1, planned: 3, unplanned: 2, couriers: 1},
        kpi_after: {km: 20.5, hours: 3, late: 0, planned: 4, unplanned: 1, couriers: 2},
        routes: [
            {courier_id: 2, trip_id: false, visits: [{stop_id: 5, label: "D005"}]},
        ],
        unplanned: [
            {
                stop_id: 4,
                label: "D004",
                reason_text: "Nobody can be there in time.",
                remedy_text: "Agree on a longer window.",
            },
        ],
    };
    onRpc(TRIP, "board_plan_state", () => plan);
    onRpc(TRIP, "board_plan_apply", ({args}) => {
        steps.push(args);
        return {...plan, state: "applied"};
    });
    await openBoard(board({plan: {id: 3, state: "done", percent: 100}}));
    expect(".o_loyalty_board_plan tbody tr:first").toHaveText(/3\s+4\s+\+1 better/);
    expect(".o_plan_left li").toHaveText(/in time.*longer window/s);
    expect(".o_board_card[data-stop='4'] .o_board_reason").toHaveText(/in time/);
    await click(".o_plan_apply");
    await animationFrame();
    expect(steps).toEqual([[3]]);
});
