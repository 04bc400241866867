import {browser} from "@web/core/browser/browser";

import {PLANNING} from "./plan_panel.esm";

const MODEL = "loyalty.delivery.trip";
const ASK_AGAIN_MS = 2000;
const SHOWN = [...PLANNING, "done", "failed"];

/** A plan of the day from asking for it to applying or discarding it. */
export class PlanRun {
    constructor(orm, model, onChange) {
        this.orm = orm;
        this.model = model;
        this.onChange = onChange;
        this.plan = null;
        this.busy = false;
        this.timer = null;
    }

    get remedies() {
        const rows = this.plan?.state === "done" ? this.plan.unplanned || [] : [];
        return Object.fromEntries(
            rows.map((row) => [
                row.stop_id,
                {reason: row.reason_text, remedy: row.remedy_text},
            ]),
        );
    }

    /** The plan that a reading of the day names, without its routes; or none. */
    async sync() {
        const named = this.model.plan;
        if (!named) {
            // Why a plan failed stays until somebody has read it.
            if (this.plan?.state !== "failed") {
                this.take(null);
            }
        } else if (named.id !== this.plan?.id || named.state !== this.plan.state) {
            this.plan = named;
            await this.ask();
        }
    }

    take(plan) {
        this.plan = plan && SHOWN.includes(plan.state) ? plan : null;
        this.model.preview = this.plan?.state === "done" ? previewOf(plan) : null;
        this.stop();
        if (this.plan && PLANNING.includes(this.plan.state)) {
            this.timer = browser.setTimeout(() => this.ask(), ASK_AGAIN_MS);
        }
    }

    /** The map shows the proposal, or again how it is now. */
    toggle() {
        this.model.preview = this.model.preview ? null : previewOf(this.plan);
        this.onChange();
    }

    /** Another day is shown. */
    forget() {
        this.take(null);
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.timer = null;
    }

    async start(options) {
        this.take(
            await this.orm.call(MODEL, "board_plan_start", [this.model.date, options]),
        );
        this.onChange();
    }

    async ask() {
        const id = this.plan?.id;
        if (!id) {
            return;
        }
        const plan = await this.orm.call(MODEL, "board_plan_state", [id]);
        // Discarded, or another day was opened, while it was asked for.
        if (this.plan?.id === id) {
            this.take(plan);
            this.onChange();
        }
    }

    /** News of a plan of this day, of this dispatcher or of another. */
    onMessage(payload) {
        if (payload.date !== this.model.date) {
            return;
        }
        if (PLANNING.includes(payload.state)) {
            this.take({...this.plan, ...payload});
            this.onChange();
        } else if (payload.id === this.plan?.id) {
            this.ask();
        }
    }

    apply() {
        return this.guard(async () => {
            await this.orm.call(MODEL, "board_plan_apply", [this.plan.id]);
            this.take(null);
        });
    }

    discard() {
        return this.guard(async () => {
            if (this.plan.state !== "failed") {
                await this.orm.call(MODEL, "board_plan_cancel", [this.plan.id]);
            }
            this.take(null);
        });
    }

    async guard(step) {
        this.busy = true;
        this.onChange();
        try {
            await step();
        } finally {
            this.busy = false;
            await this.model.load();
            this.onChange();
        }
    }
}

/** What the map draws of a proposal: routes, and whose and which each stop is. */
function previewOf(plan) {
    const routes = (plan.routes || []).map((route) => ({
        courier_id: route.courier_id,
        trip_id: route.trip_id,
        stop_ids: route.visits.map((visit) => visit.stop_id),
    }));
    const places = new Map(
        routes.flatMap((route) =>
            route.stop_ids.map((id, index) => [
                id,
                {courierId: route.courier_id, number: index + 1},
            ]),
        ),
    );
    return {routes, places};
}
