import {click, press} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {describe, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    makeMockEnv,
    makeServerError,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {ConnectionLostError} from "@web/core/network/rpc";
import {LoyaltyTill} from "@loyalty_club/till/till";
import {TillModel} from "@loyalty_club/till/till_model";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Till extends models.Model {
    _name = "loyalty.till";
}

defineMailModels();
defineModels([Till]);

const MEMBER = {
    id: 7,
    token: "seen",
    name: "Ani Hakobyan",
    photo: "",
    phone: "+37491••••67",
    card: "044••••1234",
    branch: "Kentron",
    tier: "Silver",
    tier_color: 1,
    progress: "153,000 to Gold",
    progress_percent: 49,
    balance: 6000,
    pending: 0,
    worth: 6000,
    expiring: 0,
    expiring_on: "",
    birthday: false,
    class: "normal",
    warnings: [],
};

const RECEIPT = {
    id: 1,
    key: "key",
    number: "INV/1",
    time: "2026-03-04 16:01",
    total: 47000,
    currency_id: 1,
    paid_by: "Cash desk",
    undone: "",
    gift_cards: [],
    member: "Ani Hakobyan",
    earned: 2115,
    spent: 3000,
    balance: 5115,
    tier: "Silver",
    progress: "",
    explanation: "1 410 × Silver 1.5 = 2 115",
};

function preview(basket) {
    const total = basket.lines.reduce((sum, line) => sum + (line.amount || 100), 0);
    const problem = basket.points > 6000 ? "at most 6 000 points" : "";
    const points = problem ? 0 : basket.points;
    return {
        lines: basket.lines.map((line) => ({total: line.amount || 100})),
        total,
        to_pay: total - points,
        points,
        problem,
        may_spend: 6000,
        may_spend_worth: 6000,
        limits: [{name: "balance", label: "balance", points: 6000, decides: true}],
        earns: 2115,
        explanation: "",
        gift_cards: basket.gift_cards.map(() => ({amount: 0})),
    };
}

function find([query, , mode]) {
    if (query === "091234567") {
        return {kind: "member", member: MEMBER};
    }
    if (query === "4850001000017") {
        return {kind: "product", product: {product_id: 3, name: "Coffee", price: 100}};
    }
    if (mode === "basket" && Number(query)) {
        return {kind: "amount", amount: Number(query)};
    }
    return {kind: "nothing", phone: "", name: query, is_customer: false};
}

/** Mount the till on a server whose answers `answers` replaces. */
async function openTill(answers = {}) {
    const sent = [];
    const known = {
        open_till: () => ({
            branches: [
                {
                    id: 1,
                    name: "Kentron",
                    company: "Arev",
                    currency_id: 1,
                    club: "Arev Club",
                    gift_cards: true,
                    journals: [{id: 5, name: "Cash desk", type: "cash"}],
                },
            ],
            branch_id: 1,
            cashier: "Gayane",
            sales: [],
        }),
        find,
        preview: ([, basket]) => preview(basket),
        sell: () => RECEIPT,
        ...answers,
    };
    onRpc("loyalty.till", "*", ({method, args}) => {
        sent.push([method, args]);
        return known[method](args);
    });
    await mountWithCleanup(LoyaltyTill, {props: {action: {}}});
    return sent;
}

async function enter(text) {
    await contains("#loyalty_till_input").edit(text, {confirm: "enter"});
    await animationFrame();
}

test("a member found by phone fills the panel and the field waits for the basket", async () => {
    await openTill();
    expect("#loyalty_till_input").toBeFocused();
    expect(".o_loyalty_till_customer").toHaveText(/No customer yet/);
    await enter("091234567");
    expect(".o_loyalty_till_member h1").toHaveText("Ani Hakobyan");
    expect("label[for=loyalty_till_input]").toHaveText(/Basket/);
    expect("#loyalty_till_input").toBeFocused();
    expect("#loyalty_till_input").toHaveValue("");
});

test("nobody found offers registering with what was typed", async () => {
    await openTill();
    await enter("Davit");
    expect(".alert-warning").toHaveText(/F7 registers/);
    await press("F7");
    await animationFrame();
    expect("input[name=name]").toHaveValue("Davit");
    await press("Escape");
    await animationFrame();
    expect("#loyalty_till_input").toBeFocused();
});

test("scanning the same product again counts it, Delete takes the line away", async () => {
    await openTill();
    await press("F3");
    await animationFrame();
    await enter("4850001000017");
    await enter("3*4850001000017");
    expect(".o_loyalty_till_lines tbody tr").toHaveCount(1);
    expect("input[aria-label=Quantity]").toHaveValue(4);
    await press("Delete");
    await animationFrame();
    expect(".o_loyalty_till_lines").toHaveCount(0);
});

test("F4 twice spends as many points as allowed and F9 pays what is shown", async () => {
    const sent = await openTill();
    await enter("091234567");
    await enter("50000");
    await press("F4");
    await press("F4");
    await animationFrame();
    expect(".o_loyalty_till_pay b").toHaveText(/44,000/);
    await press("F9");
    await animationFrame();
    const [payload] = sent.find(([method]) => method === "sell")[1];
    expect(payload.points).toBe(6000);
    expect(payload.to_pay).toBe(44000);
    expect(payload.card_id).toBe(7);
    expect(payload.key).toMatch(/^[0-9a-f]{32}$/);
    expect(".o_loyalty_till_earned").toHaveText("2,115");
    expect("button:contains(Next customer)").toBeFocused();
});

test("too many points say why and cannot be paid", async () => {
    const sent = await openTill();
    await enter("091234567");
    await enter("50000");
    await contains("#loyalty_till_points").edit("7000", {confirm: "enter"});
    await animationFrame();
    expect(".alert").toHaveText("at most 6 000 points");
    expect(".o_loyalty_till_pay").not.toBeEnabled();
    await press("F9");
    await animationFrame();
    expect(sent.filter(([method]) => method === "sell")).toHaveLength(0);
});

test("a lost connection keeps the basket and pays again with the same key", async () => {
    await makeMockEnv();
    const keys = [];
    const till = new TillModel({
        call: async (_model, method, args) => {
            if (method === "preview") {
                return preview(args[1]);
            }
            keys.push(args[0].key);
            if (keys.length === 1) {
                throw new ConnectionLostError("/web/dataset/call_kw");
            }
            return RECEIPT;
        },
    });
    await till.addLine({amount: 5000, name: "Amount"});
    await till.pay();
    expect(till.isUnsure).toBe(true);
    expect(till.receipt).toBe(null);
    expect(till.message.text).toMatch(/booked once/);
    await till.removeLine();
    expect(till.lines).toHaveLength(1);
    await till.pay();
    expect(keys).toHaveLength(2);
    expect(keys[1]).toBe(keys[0]);
    expect(till.receipt.number).toBe("INV/1");
});

test("a refusal of the server is shown in the till and a new attempt has a new key", async () => {
    const keys = [];
    await openTill({
        sell: ([payload]) => {
            keys.push(payload.key);
            throw makeServerError({
                message: "The branch Kentron has no cash desk.",
                type: "UserError",
            });
        },
    });
    await press("F3");
    await animationFrame();
    await enter("5000");
    await press("F9");
    await animationFrame();
    expect(".alert-danger").toHaveText("The branch Kentron has no cash desk.");
    expect(".o_loyalty_till_lines tbody tr").toHaveCount(1);
    await press("F9");
    await animationFrame();
    expect(keys).toHaveLength(2);
    expect(keys[1]).not.toBe(keys[0]);
});

test("a scanner's text that falls beside lands in the field", async () => {
    await openTill();
    await click(".o_loyalty_till_customer");
    await animationFrame();
    document.activeElement.blur();
    await press("0");
    expect("#loyalty_till_input").toBeFocused();
});
