import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {advanceTime} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Campaign extends models.Model {
    _name = "loyalty.sms.campaign";
    state = fields.Char();
    _records = [{id: 1, state: "scheduled"}];
}

defineMailModels();
defineModels([Campaign]);

const figures = (state) => ({
    state,
    total: 5,
    waiting: 0,
    control: 0,
    left_out: 0,
    progress: 0,
    queued: 0,
    accepted: 0,
    delivered: 0,
    failed: 0,
    unknown: 0,
    optouts: 0,
    speed: 0,
    eta: false,
    reasons: [],
    left_out_reasons: [],
});

test("the page follows an approved campaign until it is done", async () => {
    const states = ["scheduled", "running", "done"];
    onRpc("loyalty.sms.campaign", "get_progress", function () {
        const state = states.shift();
        this.env["loyalty.sms.campaign"].write([1], {state});
        expect.step(state);
        return figures(state);
    });
    await mountView({
        type: "form",
        resModel: "loyalty.sms.campaign",
        resId: 1,
        arch: `<form><field name="state"/>
            <widget name="loyalty_campaign_progress"/></form>`,
    });
    expect(".o_form_view").toHaveText(/It begins within a minute/);
    await advanceTime(2000);
    expect(".o_field_widget[name=state] input").toHaveValue("running");
    await advanceTime(2000);
    expect(".o_field_widget[name=state] input").toHaveValue("done");
    await advanceTime(10_000);
    expect.verifySteps(["scheduled", "running", "done"]);
});
