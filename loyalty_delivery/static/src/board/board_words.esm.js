import {_t} from "@web/core/l10n/translation";

/** Words and signs of the board, each in one place. */

export function stateNames() {
    return {
        draft: _t("To complete"),
        ready: _t("Ready"),
        planned: _t("Planned"),
        out: _t("On its way"),
        arrived: _t("At the door"),
        delivered: _t("Delivered"),
        partial: _t("Partly delivered"),
        failed: _t("Failed"),
        cancelled: _t("Cancelled"),
    };
}

export function qualityNames() {
    return {
        manual: _t("Set by hand"),
        learned: _t("Learned from deliveries"),
        house: _t("House"),
        street: _t("Street"),
        zip: _t("Postal code or city only"),
        none: _t("Place unknown"),
    };
}

export function lockNames() {
    return {
        none: _t("Free"),
        courier: _t("Stays with this courier"),
        position: _t("Stays in this place of the route"),
    };
}

export function profileIcon(profile) {
    return (
        {foot: "fa-male", bike: "fa-bicycle", car: "fa-car", van: "fa-truck"}[
            profile
        ] || "fa-car"
    );
}

/** "1 h 05 min", "25 min". */
export function spanText(seconds) {
    const minutes = Math.round(Math.abs(seconds) / 60);
    const hours = Math.floor(minutes / 60);
    if (!hours) {
        return _t("%s min", minutes);
    }
    return _t("%(hours)s h %(minutes)s min", {
        hours,
        minutes: String(minutes % 60).padStart(2, "0"),
    });
}

export function kmText(metres) {
    return _t("%s km", (metres / 1000).toFixed(1));
}

/** What a route made by hand goes against. */
export function violationNames() {
    return {
        window: _t("late at a door"),
        capacity: _t("too much to carry"),
        duration: _t("longer than the working day"),
        day: _t("longer than the working day"),
        prefix: _t("not in the order that was begun"),
        distance: _t("too many kilometres"),
        stops: _t("too many stops"),
        zone: _t("not the courier's zone"),
        unreachable: _t("no road leads there"),
    };
}

/** Where the distances come from, in words, and why it matters. */
export function sourceText(source) {
    if (!source) {
        return {
            label: _t("Distances: not calculated yet"),
            help: _t("They are when the first delivery has a courier."),
        };
    }
    const estimated = /straight|estimate|×|haversine/i.test(source);
    return estimated
        ? {
              label: _t("Distances: %s", source),
              help: _t(
                  "Kilometres and minutes are estimated from the straight line, so they" +
                      " are right on the average and wrong at rivers and motorways." +
                      " A manager sets up a road engine in Configuration.",
              ),
              estimated,
          }
        : {
              label: _t("Distances: %s", source),
              help: _t("Kilometres and minutes are those of real roads."),
              estimated,
          };
}
