/* The state of the page and what the courier may do with it. */

import {get, NoNetwork, post, Refusal} from "./api";
import {ask, fill, newUuid} from "./dom";
import {withEvents} from "./journey";
import {Whereabouts} from "./places";
import {Sender} from "./sender";
import * as store from "./store";

const HOLD_MS = 10000;

export class App {
    constructor(render) {
        this.render = render;
        this.hello = {texts: {}, lang: "en", direction: "ltr"};
        this.trips = [];
        this.trip = null;
        this.events = [];
        this.files = [];
        this.refused = [];
        this.prefs = {};
        this.token = null;
        this.notice = null;
        this.undo = null;
        this.whereabouts = new Whereabouts();
        this.sender = new Sender(
            () => this.reload(),
            (key) => this.t(key),
        );
    }

    t(key, ...values) {
        const own = (this.trip && this.trip.texts) || {};
        return fill(this.hello.texts[key] || own[key] || "", ...values);
    }

    time(ms) {
        const options = {hour: "2-digit", minute: "2-digit", hourCycle: "h23"};
        const zone = this.trip && this.trip.trip.tz;
        return new Intl.DateTimeFormat(this.hello.lang, {
            ...options,
            ...(zone && {timeZone: zone}),
        }).format(new Date(ms));
    }

    money(amount) {
        const {symbol, before, digits} = this.trip.company.currency;
        const figure = new Intl.NumberFormat(this.hello.lang, {
            minimumFractionDigits: Number.isInteger(amount) ? 0 : digits,
            maximumFractionDigits: digits,
        }).format(amount);
        return before ? `${symbol}\u00a0${figure}` : `${figure}\u00a0${symbol}`;
    }

    // -- beginning ---------------------------------------------------------------

    async start() {
        this.takeToken();
        await this.greet();
        if (!this.token) {
            await this.openTrips();
        }
        await this.reload();
        this.sender.flush();
    }

    /** What a link has after its # is read once and leaves the address at once. */
    takeToken() {
        if (location.pathname === "/courier/t") {
            this.token = location.hash.slice(1) || null;
            history.replaceState(null, "", "/courier");
        }
    }

    async greet() {
        try {
            const hello = await get("hello");
            if (hello.courier) {
                await store.changeOwner(hello.courier);
                await store.set("hello", hello);
            }
            this.hello = hello;
            this.sender.isOnline = true;
            this.sender.needsLogin = !hello.courier && Boolean(store.owner());
        } catch (error) {
            this.sender.isOnline = false;
            if (!(error instanceof NoNetwork)) {
                throw error;
            }
        }
        if (!this.hello.courier && store.owner()) {
            const known = await store.get("hello");
            this.hello = known ? {...known, texts: {...known.texts}} : this.hello;
        }
        this.prefs = (await store.get("prefs")) || {};
        document.documentElement.lang = this.hello.lang;
        document.documentElement.dir = this.hello.direction;
        document.title = this.t("title") || document.title;
    }

    async openTrips() {
        if (this.sender.isOnline && this.hello.courier && !this.sender.needsLogin) {
            try {
                this.trips = (await get("trips")).trips;
                await store.set("trips", this.trips);
            } catch (error) {
                this.sender.failed(error);
            }
        } else {
            this.trips = (await store.get("trips")) || [];
        }
        const current = await store.get("current");
        const ids = this.trips.map((trip) => trip.id);
        if (ids.length === 1) {
            await this.openTrip(ids[0]);
        } else if (!ids.includes(current) && this.sender.isOnline) {
            await store.set("current", null);
        }
    }

    async openTrip(id) {
        await store.set("current", id);
        try {
            await this.sender.refresh();
        } catch (error) {
            this.sender.failed(error);
        }
        if (navigator.storage && navigator.storage.persist) {
            navigator.storage.persist();
        }
        await this.reload();
    }

    async enter(pin) {
        try {
            await post("open", {token: this.token, pin});
        } catch (error) {
            if (!(error instanceof Refusal)) {
                return this.t("need_network");
            }
            return this.t(error.data.error, error.data.left) || error.data.error;
        }
        this.token = null;
        await this.start();
        return "";
    }

    async leave() {
        await this.sender.flush();
        const waiting = this.events.length + this.files.length;
        const question = waiting ? "log_out_waiting" : "log_out_ask";
        const answer = await ask(this.t(question), [
            ["yes", this.t("log_out"), "bad"],
            ["no", this.t("cancel")],
        ]);
        if (answer !== "yes") {
            return;
        }
        try {
            await post("logout", {});
        } catch {
            this.say(this.t("need_network"));
            return;
        }
        const target = this.hello.has_account
            ? "/web/session/logout?redirect=/courier"
            : "/courier";
        await store.clear();
        location.replace(target);
    }

    // -- what the page shows -------------------------------------------------------

    /** Read the store again: it is the truth, also for other tabs. */
    async reload() {
        const current = await store.get("current");
        const base = current ? await store.get(`trip:${current}`) : null;
        this.events = await store.events();
        this.files = await store.files();
        this.refused = (await store.get("refused")) || [];
        this.trip = base ? withEvents(base, this.events) : null;
        const isDriving = this.trip && this.trip.trip.state === "en_route";
        this.whereabouts.follow(isDriving && this.prefs.share ? current : null);
        this.render();
    }

    get waiting() {
        return this.events.length + this.files.length;
    }

    isWaiting(stop) {
        return [...this.events, ...this.files].some((each) => each.stop === stop.id);
    }

    stop(id) {
        return this.trip && this.trip.stops.find((stop) => stop.id === Number(id));
    }

    say(text) {
        this.notice = text;
        this.render();
        clearTimeout(this.noticeTimer);
        this.noticeTimer = setTimeout(() => {
            this.notice = null;
            this.render();
        }, 6000);
    }

    go(hash) {
        if (location.hash === hash) {
            this.render();
        } else {
            location.hash = hash;
        }
    }

    async prefer(values) {
        this.prefs = {...this.prefs, ...values};
        await store.set("prefs", this.prefs);
        await this.reload();
    }

    async understood() {
        await store.set("refused", []);
        await this.reload();
    }

    // -- what the courier does -------------------------------------------------------

    /**
     * Write events down; nothing is said to be done before it is on the phone.
     *
     * @param {Array} told [{kind, stop, payload, pictures: [{kind, blob}]}…]
     * @param {String} done what can be undone for ten seconds, if anything
     */
    async record(told, done = "") {
        const offset = await store.get("offset");
        const trip = this.trip.trip.id;
        const held = done ? Date.now() + HOLD_MS : 0;
        const uuids = [];
        for (const {kind, stop = null, payload = {}, pictures = []} of told) {
            const uuid = newUuid();
            const event = {
                uuid,
                trip,
                kind,
                stop,
                payload,
                client_ms: Date.now(),
                offset_ms: offset === undefined ? null : offset,
                pos: this.whereabouts.now(),
                held_until: held,
            };
            const files = pictures.map((picture) => ({
                ...picture,
                uuid: newUuid(),
                event: uuid,
                trip,
                stop,
            }));
            await store.keep(event, files);
            uuids.push(uuid);
        }
        if (done) {
            this.offerUndo(uuids, done);
        }
        await this.reload();
        if (!done) {
            this.sender.hurry();
        }
    }

    offerUndo(uuids, text) {
        clearTimeout(this.undo && this.undo.timer);
        const timer = setTimeout(() => {
            this.undo = null;
            this.render();
            this.sender.hurry();
        }, HOLD_MS + 200);
        this.undo = {uuids, text, timer};
    }

    /** Within ten seconds nothing was sent: it never happened. */
    async undoNow() {
        const {uuids, timer} = this.undo;
        clearTimeout(timer);
        this.undo = null;
        const gone = this.events.filter((event) => uuids.includes(event.uuid));
        const pictures = this.files.filter((file) => uuids.includes(file.event));
        await store.drop(gone, pictures);
        await this.reload();
    }

    /** Later it is an event of its own, which the server may refuse. */
    async takeBack(stop) {
        const answer = await ask(this.t("correct_ask"), [
            ["yes", this.t("correct"), "bad"],
            ["no", this.t("cancel")],
        ]);
        if (answer === "yes") {
            await this.record([
                {kind: "undo", stop: stop.id, payload: {of: stop.event}},
            ]);
        }
    }

    canTakeBack(stop) {
        if (!stop.event) {
            return false;
        }
        return this.isWaiting(stop) || !stop.undo_until || stop.undo_until > Date.now();
    }
}
