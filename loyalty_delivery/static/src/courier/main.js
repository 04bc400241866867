/* The courier's page: begins here, and draws the view of the address. */

import {App} from "./app";
import {h} from "./dom";
import {Confirm} from "./view_confirm";
import {entrance, pin} from "./view_enter";
import {stops, trips} from "./view_list";
import {bar, messages, undoBar} from "./view_parts";
import {stop} from "./view_stop";

let form = null;
let drawn = null;

function view(app) {
    const [, page, id, way] = location.hash.split("/");
    if (app.token) {
        return pin(app);
    }
    if (!app.hello.courier) {
        return entrance(app);
    }
    if (!app.trip) {
        return trips(app);
    }
    const shown = page === "stop" && app.stop(id);
    if (shown && way && ["deliver", "partial", "fail", "all"].includes(way)) {
        if (!form || form.stop.id !== shown.id || form.way !== way) {
            form = new Confirm(app, shown, way);
            form.view = form.render();
        }
        return form.view;
    }
    form = null;
    return page === "stop" ? stop(app, id) : stops(app);
}

function render(app) {
    const root = document.getElementById("app");
    const main = view(app);
    const parts = [bar(app), ...messages(app).filter(Boolean), main, undoBar(app)];
    if (main.isConnected) {
        // A form stays in the page with its focus, its drawing and what was typed.
        for (const child of [...root.children]) {
            if (child !== main) {
                child.remove();
            }
        }
        main.before(...parts.slice(0, parts.indexOf(main)));
        main.after(...parts.slice(parts.indexOf(main) + 1).filter(Boolean));
        return;
    }
    root.replaceChildren(...parts.filter(Boolean));
    if (drawn !== location.hash) {
        drawn = location.hash;
        window.scrollTo(0, 0);
    }
}

function begin() {
    const app = new App(() => render(app));
    app.leaveForm = () => {
        form = null;
    };
    window.addEventListener("hashchange", () => app.render());
    if ("serviceWorker" in navigator) {
        navigator.serviceWorker
            .register("/courier/service-worker.js", {scope: "/courier"})
            .catch(() => app.say(app.t("need_network")));
    }
    document.getElementById("app").append(h("p.dim", {textContent: "…"}));
    app.start();
}

if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", begin);
} else {
    begin();
}
