import {registry} from "@web/core/registry";

function pointer(target, type, {x, y}) {
    target.dispatchEvent(
        new PointerEvent(type, {
            bubbles: true,
            button: 0,
            clientX: x,
            clientY: y,
            pointerType: "mouse",
        }),
    );
}

/** Drag an element to the middle of another, as a mouse does. */
function drag(from, to) {
    const start = from.getBoundingClientRect();
    const end = to.getBoundingClientRect();
    const at = {x: start.x + 4, y: start.y + 4};
    const there = {x: end.x + end.width / 2, y: end.y + end.height / 2};
    pointer(from, "pointerdown", at);
    pointer(from, "pointermove", {x: at.x + 20, y: at.y + 20});
    pointer(to, "pointermove", there);
    pointer(to, "pointerup", there);
}

registry.category("web_tour.tours").add("loyalty_delivery_board_by_hand", {
    steps: () => [
        {
            content: "four deliveries have no courier",
            trigger: "[data-counter=unplanned] b:contains(4)",
        },
        {
            content: "the map is there, drawn on a canvas",
            trigger: ".o_board_map .leaflet-container canvas",
        },
        {
            content: "one is dragged to Levon",
            trigger: ".o_board_card:first",
            run() {
                drag(this.anchor, document.querySelector(".o_timeline_lane"));
            },
        },
        {
            content: "it is in a route, with its time",
            trigger: ".o_timeline_stop[title*=' at ']",
        },
        {
            content: "and is taken back",
            trigger: ".o_board_undo:enabled",
            run: "click",
        },
        {trigger: "[data-counter=unplanned] b:contains(4)"},
        {
            content: "without a mouse it goes by a dialog",
            trigger: ".o_board_card:first",
            run: "click",
        },
        {trigger: ".o_move_to:enabled", run: "click"},
        {trigger: ".modal .o_move_now", run: "click"},
        {trigger: "[data-counter=unplanned] b:contains(3)"},
        {
            content: "the rest is planned",
            trigger: ".o_board_plan",
            run: "click",
        },
        {trigger: ".modal .o_plan_start", run: "click"},
        {trigger: ".o_loyalty_board_plan:contains(Planning)"},
    ],
});

registry.category("web_tour.tours").add("loyalty_delivery_board_apply", {
    steps: () => [
        {
            content: "the proposal is compared with how it is now",
            trigger: ".o_loyalty_board_plan td:contains(Deliveries planned)",
        },
        {trigger: ".o_plan_apply:enabled", run: "click"},
        {trigger: "[data-counter=unplanned] b:contains(0)"},
        {trigger: ".o_loyalty_board:not(:has(.o_loyalty_board_plan))"},
    ],
});

function clickMap(x, y) {
    const map = document.querySelector(".o_field_loyalty_polygon .leaflet-container");
    const {left, top} = map.getBoundingClientRect();
    map.dispatchEvent(
        new MouseEvent("click", {
            bubbles: true,
            clientX: left + x,
            clientY: top + y,
        }),
    );
}

const corner = (number) =>
    `.o_field_loyalty_polygon .o_loyalty_map_vertex:not(.o_middle):eq(${number})`;

registry.category("web_tour.tours").add("loyalty_delivery_zone", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Kentron",
        },
        {
            content: "four corners are clicked",
            trigger: ".o_field_loyalty_polygon .leaflet-container",
            run() {
                clickMap(150, 100);
                clickMap(350, 100);
                clickMap(350, 250);
                clickMap(150, 250);
            },
        },
        {
            content: "the last was a slip",
            trigger: corner(3),
        },
        {trigger: ".o_undo_border:enabled", run: "click"},
        {trigger: `.o_loyalty_map:not(:has(${corner(3)}))`},
        {trigger: ".o_close_border:enabled", run: "click"},
        {
            content: "the border is closed: points to bend it are there",
            trigger: ".o_field_loyalty_polygon .o_middle:eq(2)",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_form_saved"},
    ],
});
