/* Sends what was written down, in order, as often as it takes; the server applies each
   event once, so that sending twice is harmless. */

import {get, NoNetwork, post, Refusal, upload} from "./api";
import {withEvents} from "./journey";
import * as store from "./store";

const EVERY_MS = 20000;
const LOOK_MS = 3000;
const NUDGE_MS = 5000;
const LONGEST_MS = 120000;
const MOST = 50;

export class Sender {
    /**
     * @param {Function} changed called after anything was sent or failed
     * @param {Function} said the texts of the page
     */
    constructor(changed, said) {
        this.changed = changed;
        this.said = said;
        this.isOnline = navigator.onLine;
        this.needsLogin = false;
        this.failures = 0;
        this.tried = 0;
        this.wasOffline = !navigator.onLine;
        this.running = null;
        this.timer = null;
        window.addEventListener("online", () => this.hurry());
        window.addEventListener("offline", () => this.lost());
        // A hand on the phone is as good a sign of life as any.
        document.addEventListener("pointerdown", () => this.nudge());
        // Not every browser tells that the network is back.
        setInterval(() => this.look(), LOOK_MS);
        document.addEventListener("visibilitychange", () => {
            if (document.visibilityState === "visible") {
                this.hurry();
            }
        });
    }

    look() {
        const isBack = navigator.onLine && this.wasOffline;
        this.wasOffline = !navigator.onLine;
        if (isBack) {
            this.hurry();
        }
    }

    nudge() {
        if (this.failures && Date.now() - this.tried > NUDGE_MS) {
            this.flush();
        }
    }

    lost() {
        this.isOnline = false;
        this.changed();
    }

    hurry() {
        this.failures = 0;
        return this.flush();
    }

    /** Send all that is due; at most one tab and one call does it at a time. */
    flush() {
        if (!this.running) {
            clearTimeout(this.timer);
            this.running = this.locked(() => this.send()).finally(() => {
                this.running = null;
                const pause = EVERY_MS * 2 ** Math.max(0, this.failures - 2);
                this.timer = setTimeout(
                    () => this.flush(),
                    Math.min(pause, LONGEST_MS),
                );
            });
        }
        return this.running;
    }

    locked(work) {
        if (!navigator.locks) {
            return work();
        }
        return navigator.locks.request(
            "courier-sender",
            {ifAvailable: true},
            (lock) => lock && work(),
        );
    }

    async send() {
        this.tried = Date.now();
        try {
            while (await this.sendEvents()) {
                this.changed();
            }
            await this.sendFiles();
            await this.refresh();
            this.isOnline = true;
            this.needsLogin = false;
            this.failures = 0;
        } catch (error) {
            if (error instanceof Refusal && error.status === 401) {
                this.needsLogin = true;
            } else if (!(error instanceof NoNetwork || error instanceof Refusal)) {
                throw error;
            }
            this.failed(error);
        }
        this.changed();
    }

    failed(error) {
        this.isOnline = error instanceof Refusal;
        this.failures += 1;
        this.changed();
    }

    async sendEvents() {
        const waiting = await store.events();
        const due = [];
        for (const event of waiting) {
            const held = event.held_until > Date.now();
            if (held || due.length === MOST || (due[0] && due[0].trip !== event.trip)) {
                break;
            }
            due.push(event);
        }
        if (!due.length) {
            return false;
        }
        const answers = await this.answers(due);
        const settled = due.filter((event) => answers.get(event.uuid));
        const refused = (await store.get("refused")) || [];
        const lost = [];
        for (const event of settled) {
            const {status, reason} = answers.get(event.uuid);
            if (reason) {
                refused.push({
                    uuid: event.uuid,
                    stop: event.stop,
                    kind: event.kind,
                    reason,
                });
            }
            if (status === "rejected") {
                lost.push(event.uuid);
            }
        }
        await this.settle(settled, answers, lost, refused);
        // What is not settled stays first in the queue: wait before trying again.
        return settled.length === due.length;
    }

    async settle(settled, answers, lost, refused) {
        if (!settled.length) {
            return;
        }
        const key = `trip:${settled[0].trip}`;
        const trip = await store.get(key);
        const applied = settled.filter((event) => !answers.get(event.uuid).reason);
        const pictures = (await store.files()).filter((file) =>
            lost.includes(file.event),
        );
        await store.settle(
            settled,
            pictures,
            key,
            trip && withEvents(trip, applied),
            refused,
        );
    }

    /** What the server says of each event, without those that it wants again. */
    async answers(due) {
        const wire = due.map(
            ({uuid, kind, stop, client_ms, offset_ms, pos, payload}) => ({
                uuid,
                kind,
                stop,
                client_ms,
                offset_ms,
                pos,
                payload,
            }),
        );
        try {
            const {results} = await post("events", {
                trip: due[0].trip,
                sent_ms: Date.now(),
                events: wire,
            });
            const sure = results.filter((result) => result.status !== "retry");
            return new Map(sure.map((result) => [result.uuid, result]));
        } catch (error) {
            if (!(error instanceof Refusal) || error.status !== 404) {
                throw error;
            }
            // The trip was given to somebody else: the courier has to know.
            const reason = this.said("state_moved");
            return new Map(
                due.map((event) => [event.uuid, {status: "rejected", reason}]),
            );
        }
    }

    async sendFiles() {
        const waiting = new Set((await store.events()).map((event) => event.uuid));
        for (const file of await store.files()) {
            if (waiting.has(file.event)) {
                continue;
            }
            const {status, reason} = await this.sendFile(file);
            if (status === "retry") {
                continue;
            }
            if (reason) {
                const refused = (await store.get("refused")) || [];
                refused.push({
                    uuid: file.uuid,
                    stop: file.stop,
                    kind: file.kind,
                    reason,
                });
                await store.set("refused", refused);
            }
            await store.dropFile(file.uuid);
            this.changed();
        }
    }

    async sendFile({uuid, event, trip, kind, blob}) {
        try {
            return await upload("proof", {uuid, event, trip, kind, file: blob});
        } catch (error) {
            if (error instanceof Refusal && [404, 413].includes(error.status)) {
                return {status: "rejected", reason: this.said("state_moved")};
            }
            throw error;
        }
    }

    /** Fetch the open trip again; nothing comes when nothing changed. */
    async refresh() {
        const current = await store.get("current");
        if (!current) {
            return;
        }
        const known = await store.get(`trip:${current}`);
        const asked = Date.now();
        const fresh = await this.fresh(current, known);
        const offset = fresh.now - Math.round((asked + Date.now()) / 2);
        await store.set("offset", offset);
        if (fresh.stops) {
            await store.set(`trip:${current}`, fresh);
        }
    }

    async fresh(current, known) {
        try {
            return await get(`trip/${current}?known=${known ? known.hash : ""}`);
        } catch (error) {
            if (error instanceof Refusal && error.status === 404) {
                // It is over, or somebody else's now.
                await store.set("current", null);
                await store.set(`trip:${current}`, null);
            }
            throw error;
        }
    }
}
