/* The trip as the courier sees it: what the server knows, and what was written down on
   the phone since. Plain functions. */

export const FINISHED = ["delivered", "partial", "failed"];
const RESULT = {deliver: "delivered", partial: "partial", fail: "failed"};

/**
 * @param {Object} trip as the server sent it
 * @param {Array} events that were written down since, in order
 * @returns {Object} a trip like it, with the events in it
 */
export function withEvents(trip, events) {
    const own = events.filter((event) => event.trip === trip.trip.id);
    return own.reduce(withEvent, trip);
}

function withEvent(trip, event) {
    const change = (values) => ({
        ...trip,
        stops: trip.stops.map((stop) =>
            stop.id === event.stop ? {...stop, ...values} : stop,
        ),
    });
    switch (event.kind) {
        case "take":
            return {...trip, trip: {...trip.trip, state: "loaded"}};
        case "depart":
            return departed(trip);
        case "return":
            return {...departed(trip), trip: {...trip.trip, state: "returned"}};
        case "arrive":
            return departed(change({state: "arrived"}));
        case "undo":
            return change({state: "arrived", event: "", cod_collected: 0});
        case "note":
            return change({note: event.payload.note});
        default:
            return departed(change(finished(event)));
    }
}

function finished(event) {
    return {
        state: RESULT[event.kind],
        event: event.uuid,
        done_at: event.client_ms + (event.offset_ms || 0),
        undo_until: null,
        cod_collected: event.payload.cod || 0,
        method: event.payload.method || "",
        reason: event.payload.reason || null,
        note: event.payload.note || "",
    };
}

function departed(trip) {
    if (!["planned", "loaded"].includes(trip.trip.state)) {
        return trip;
    }
    const stops = trip.stops.map((stop) =>
        stop.state === "planned" ? {...stop, state: "out"} : stop,
    );
    return {...trip, stops, trip: {...trip.trip, state: "en_route"}};
}

export function isOpen(stop) {
    return !FINISHED.includes(stop.state) && stop.state !== "cancelled";
}

export function nextStop(trip) {
    const open = trip.stops.filter(isOpen);
    return open.find((stop) => stop.state === "arrived") || open[0];
}

/** The open deliveries at the door of one, itself first. */
export function atDoor(trip, stop) {
    const others = trip.stops.filter(
        (each) => each.id !== stop.id && each.door === stop.door && isOpen(each),
    );
    return [stop, ...others];
}

/** Money by its way: ``{cash: 61000, card: 0, qr: 0}``. */
export function collected(trip) {
    const sums = {cash: 0, card: 0, qr: 0};
    for (const stop of trip.stops) {
        if (stop.method in sums) {
            sums[stop.method] += stop.cod_collected || 0;
        }
    }
    return sums;
}
