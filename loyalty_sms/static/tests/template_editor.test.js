import {animationFrame, runAllTimers} from "@odoo/hoot-mock";
import {click, edit, queryAllTexts, queryOne} from "@odoo/hoot-dom";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
// The first test loads everything.
describe.current.timeout(20_000);

class Template extends models.Model {
    _name = "loyalty.sms.template";
    texts = fields.Json();
    encoding_policy = fields.Selection({
        selection: [
            ["smart", "Plain signs"],
            ["auto", "Latin letters if they save"],
        ],
        default: "smart",
    });
    max_segments = fields.Integer({default: 3});
    message_class = fields.Selection({
        selection: [["service", "Service"]],
        default: "service",
    });
    company_id = fields.Many2one({relation: "res.company"});
    _records = [
        {
            id: 1,
            texts: {
                en_US: "Dear {{ first_name }}, it’s your day",
                hy_AM: "Սիրելի {{ first_name }}, շնորհակալություն գնման համար, սպասում ենք Ձեզ կրկին, Արև ակումբ",
            },
            encoding_policy: "smart",
            max_segments: 3,
            message_class: "service",
        },
        {
            id: 2,
            texts: {en_US: "{{ nome }} 😀" + "ա".repeat(270)},
            encoding_policy: "smart",
            max_segments: 3,
            message_class: "service",
        },
    ];
    _views = {
        form: `<form><field name="texts" widget="loyalty_sms_template_editor"/>
            <field name="encoding_policy"/></form>`,
    };
}

defineMailModels();
defineModels([Template]);

const FACTS = {
    languages: [
        {code: "en_US", name: "English", rtl: false},
        {code: "hy_AM", name: "Հայերեն", rtl: false},
        {code: "fa_IR", name: "فارسی", rtl: true},
    ],
    variables: [
        {name: "first_name", label: "First name", secret: false},
        {name: "points", label: "Points", secret: false},
        {name: "login_link", label: "Link", secret: true},
    ],
};
const VALUES = {
    first_name: {"": "Ani", text: "Ani"},
    points: {"": "4,515"},
    login_link: {"": "shop.am/x"},
};

async function mountEditor({price = false, resId = 1} = {}) {
    onRpc("editor_facts", () => FACTS);
    onRpc("editor_values", ({args}) => {
        expect.step(`values ${args[1]}`);
        return VALUES;
    });
    onRpc("editor_price", () => price);
    await mountView({type: "form", resModel: "loyalty.sms.template", resId});
}

const bubble = () => queryOne(".o_loyalty_sms_bubble").textContent.trim();
const counter = () => queryOne(".o_loyalty_sms_counter strong:first").textContent;

test("the telephone shows what the customer gets", async () => {
    await mountEditor();
    expect(bubble()).toBe("Dear Ani, it's your day");
    expect(counter()).toBe("GSM-7 · 23 units · 1 segment");
    expect.verifySteps(["values en_US"]);
});

test("languages without a text are marked, and Persian runs from the right", async () => {
    await mountEditor();
    expect(queryAllTexts("[role=tab] .badge")).toEqual(["missing"]);
    await click("[data-lang=fa_IR]");
    await animationFrame();
    expect(".o_loyalty_sms_bubble").toHaveAttribute("dir", "rtl");
    expect("textarea").toHaveAttribute("dir", "rtl");
    expect(bubble()).toBe("No text in this language");
    expect.verifySteps(["values en_US", "values fa_IR"]);
});

test("the counter follows every key", async () => {
    await mountEditor();
    await click("textarea");
    await edit("ա".repeat(71));
    await animationFrame();
    expect(counter()).toBe("UCS-2 · 71 units · 2 segments");
    expect(".o_loyalty_sms_cut").toHaveCount(1);
    expect.verifySteps(["values en_US"]);
});

test("Apply chooses the letters that save a segment", async () => {
    await mountEditor({price: {amount: 8.4, currency_id: 1, digits: 2}});
    await click("[data-lang=hy_AM]");
    await animationFrame();
    expect(counter()).toBe("UCS-2 · 75 units · 2 segments");
    expect(".o_loyalty_sms_counter").toHaveText(/16\.80/);
    expect(".o_loyalty_sms_hint").toHaveText(/saves 1 in Latin letters/);
    await click(".o_loyalty_sms_hint button");
    await animationFrame();
    expect(counter()).toBe("GSM-7 · 75 units · 1 segment");
    expect(bubble()).toInclude("shnorhakalutyun");
    expect(".o_loyalty_sms_hint").toHaveCount(0);
    expect.verifySteps(["values en_US", "values hy_AM"]);
});

test("characters that force UCS-2 are marked", async () => {
    await mountEditor();
    await click("textarea");
    await edit("Ten and ½ kilos of coffee");
    await animationFrame();
    expect(queryAllTexts(".o_loyalty_sms_bubble mark")).toEqual(["½"]);
    expect(".o_loyalty_sms_odd").toHaveText(/½/);
    expect.verifySteps(["values en_US"]);
});

test("what is wrong with a text is told", async () => {
    await mountEditor({resId: 2});
    expect(queryAllTexts(".alert")).toEqual([
        "There is no variable nome.",
        "Longer than the 3 segments allowed: it would not be sent.",
        "A pictogram in a message of several parts may arrive broken.",
    ]);
    expect.verifySteps(["values en_US"]);
});

test("a variable is inserted at the cursor and saved with its language", async () => {
    onRpc("web_save", ({args}) => {
        expect.step(args[1].texts.en_US);
    });
    await mountEditor();
    await click("textarea");
    await edit("You have  points");
    queryOne("textarea").setSelectionRange(9, 9);
    await click("[data-variable=points]");
    await runAllTimers();
    await animationFrame();
    expect("textarea").toHaveValue("You have {{ points }} points");
    expect(bubble()).toBe("You have 4,515 points");
    expect("[data-variable=login_link] .fa-lock").toHaveCount(1);
    await clickSave();
    expect.verifySteps(["values en_US", "You have {{ points }} points"]);
});

test("a text is kept when another language is looked at", async () => {
    await mountEditor();
    await contains("textarea").edit("Hello", {confirm: false});
    await click("[data-lang=hy_AM]");
    await animationFrame();
    await click("[data-lang=en_US]");
    await animationFrame();
    expect("textarea").toHaveValue("Hello");
    expect.verifySteps(["values en_US", "values hy_AM", "values en_US"]);
});
