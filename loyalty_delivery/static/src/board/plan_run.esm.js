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

    /** A plan as the server tells it, or none. */
    take(plan) {
        this.plan = plan && SHOWN.includes(plan.state) ? plan : null;
        this.model.preview = this.plan?.state === "done" ? previewOf(plan) : null;
        this.watch();
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

    async start(options) {
        const answer = await this.orm.call(MODEL, "board_plan_start", [
            this.model.date,
            options,
        ]);
        const id = typeof answer === "number" ? answer : answer.id;
        this.take({id, state: "queued", percent: 0});
        this.onChange();
        await this.ask();
    }

    watch() {
        this.stop();
        if (this.plan && PLANNING.includes(this.plan.state)) {
            this.timer = browser.setTimeout(() => this.ask(), ASK_AGAIN_MS);
        }
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.timer = null;
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

    onMessage(payload) {
        if (payload.date !== this.model.date) {
            return;
        }
        if (payload.id === this.plan?.id || PLANNING.includes(payload.state)) {
            this.plan ??= {id: payload.id, state: payload.state};
            this.ask();
        }
    }

    async apply() {
        await this.guard(async () => {
            const answer = await this.orm.call(MODEL, "board_plan_apply", [
                this.plan.id,
            ]);
            this.take(null);
            if (answer?.stops) {
                this.model.merge(answer);
            }
            await this.model.load();
        });
    }

    async discard() {
        await this.guard(async () => {
            if (this.plan.state !== "failed") {
                await this.orm.call("loyalty.delivery.plan", "action_cancel", [
                    [this.plan.id],
                ]);
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
            this.onChange();
        }
    }
}

/** What the map draws of a proposal. */
function previewOf(plan) {
    return {
        routes: (plan.routes || []).map((route) => ({
            courier_id: route.courier_id,
            depot_id: route.depot_id,
            stop_ids: (route.visits || []).map((visit) => visit.stop_id),
        })),
    };
}
