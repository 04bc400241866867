/* What is asked before a delivery is confirmed: as little as the company wants. */

import {ask, h} from "./dom";
import {atDoor} from "./journey";
import {drawnQr, Pad, shrunk} from "./pictures";
import {backTo} from "./view_parts";

const METHODS = ["cash", "card", "qr"];
const LABELS = {
    deliver: ["confirm_delivered", "good", "state_delivered"],
    all: ["confirm_delivered", "good", "state_delivered"],
    partial: ["confirm_partly", "part", "state_partial"],
    fail: ["confirm_problem", "bad", "state_failed"],
};

/** The form of one way to finish a stop; it lives until it is left. */
export class Confirm {
    constructor(app, stop, way) {
        this.app = app;
        this.way = way;
        this.stops = way === "all" ? atDoor(app.trip, stop) : [stop];
        this.method = "cash";
        this.amounts = new Map(this.stops.map((each) => [each.id, each.cod]));
        this.quantities = new Map(stop.items.map((item) => [item.key, item.qty]));
        this.reason = null;
        this.note = "";
        this.signer = "";
        this.photos = [];
        this.pad = new Pad();
        this.isBusy = false;
        this.place = h("div");
        this.draw();
    }

    get stop() {
        return this.stops[0];
    }

    get isFail() {
        return this.way === "fail";
    }

    render() {
        const {app, stop} = this;
        const [label, style] = LABELS[this.way];
        return h(
            "main",
            {},
            h("h1", {textContent: stop.contact || stop.name}),
            h("p.where", {textContent: stop.address}),
            this.place,
            this.isFail ? null : this.signing(),
            h(`button.huge.wide.${style}`, {
                textContent: app.t(label),
                attrs: {"data-do": "confirm"},
                on: {click: () => this.confirm()},
            }),
            backTo(app, `#/stop/${stop.id}`),
        );
    }

    /** The part that changes while it is filled in; the pad is never redrawn. */
    draw() {
        this.place.replaceChildren(
            ...[
                this.isFail && this.reasons(),
                this.way === "partial" && [this.items(), this.reasons()],
                !this.isFail && this.payment(),
                this.camera(),
                this.isFail || this.way === "partial" ? this.noting() : null,
            ]
                .flat(3)
                .filter(Boolean),
        );
    }

    // -- parts ------------------------------------------------------------------------

    reasons() {
        const choose = (reason) => () => {
            this.reason = this.reason === reason ? null : reason;
            this.draw();
        };
        return h(
            "fieldset.reasons",
            {},
            h("legend", {textContent: this.app.t("reason")}),
            this.app.trip.reasons.map((reason) =>
                h(`button.big.wide${this.reason === reason ? ".chosen" : ""}`, {
                    textContent: reason.name,
                    type: "button",
                    attrs: {
                        "aria-pressed": this.reason === reason,
                        "data-reason": reason.id,
                    },
                    on: {click: choose(reason)},
                }),
            ),
        );
    }

    items() {
        const step = (item, by) => () => {
            const now = this.quantities.get(item.key) + by;
            this.quantities.set(item.key, Math.min(item.qty, Math.max(0, now)));
            this.draw();
        };
        return h(
            "fieldset",
            {},
            h("legend", {textContent: this.app.t("handed_over")}),
            this.stop.items.map((item) =>
                h(
                    "div.row.item",
                    {},
                    h("span.grow", {textContent: item.name}),
                    h("button.big.narrow", {
                        textContent: "−",
                        attrs: {"aria-label": `− ${item.name}`},
                        on: {click: step(item, -1)},
                    }),
                    h("output", {
                        textContent: `${this.quantities.get(item.key)} / ${item.qty}`,
                    }),
                    h("button.big.narrow", {
                        textContent: "+",
                        attrs: {"aria-label": `+ ${item.name}`},
                        on: {click: step(item, 1)},
                    }),
                ),
            ),
        );
    }

    payment() {
        const paying = this.stops.filter((stop) => stop.cod > 0);
        if (!paying.length) {
            return h("p.dim", {textContent: this.app.t("nothing_to_collect")});
        }
        const choose = (method) => () => {
            this.method = method;
            this.draw();
        };
        const qr = this.method === "qr" && paying.filter((stop) => stop.qr);
        return h(
            "fieldset",
            {},
            h("legend", {textContent: this.app.t("payment")}),
            paying.map((stop) => this.amount(stop, paying.length > 1)),
            h(
                "div.row",
                {},
                METHODS.map((method) =>
                    h(`button.big.grow${this.method === method ? ".chosen" : ""}`, {
                        textContent: this.app.t(method),
                        attrs: {"aria-pressed": this.method === method},
                        on: {click: choose(method)},
                    }),
                ),
            ),
            qr &&
                qr.length > 0 && [
                    h("p", {textContent: this.app.t("qr_help")}),
                    qr.map((stop) => drawnQr(stop.qr)),
                ],
        );
    }

    amount(stop, isNamed) {
        const {name} = this.app.trip.company.currency;
        return h(
            "label.amount",
            {},
            h("span", {textContent: isNamed ? stop.name : this.app.t("amount")}),
            h("input", {
                value: String(this.amounts.get(stop.id)),
                inputMode: "decimal",
                attrs: {"data-amount": stop.id},
                on: {
                    input: (event) =>
                        this.amounts.set(stop.id, number(event.target.value)),
                },
            }),
            h("span", {textContent: name}),
        );
    }

    camera() {
        const most = this.app.trip.company.photos_max;
        const input = h("input", {
            type: "file",
            accept: "image/*",
            hidden: true,
            attrs: {capture: "environment"},
            on: {change: () => this.take(input.files[0])},
        });
        return h(
            "fieldset.photos",
            {},
            h("legend", {textContent: this.app.t("photo")}),
            this.photos.map((photo) =>
                h("img", {
                    src: photo.url,
                    alt: "",
                    on: {click: () => this.forget(photo)},
                }),
            ),
            input,
            this.photos.length < most &&
                h("button.big.wide", {
                    textContent: `◉ ${this.app.t("take_photo")}`,
                    on: {click: () => input.click()},
                }),
        );
    }

    async take(file) {
        const blob = file && (await shrunk(file));
        if (blob) {
            this.photos.push({blob, url: URL.createObjectURL(blob)});
            this.draw();
        } else if (file) {
            await this.tell("photo_bad");
        }
    }

    forget(photo) {
        URL.revokeObjectURL(photo.url);
        this.photos = this.photos.filter((each) => each !== photo);
        this.draw();
    }

    signing() {
        const {app} = this;
        return h(
            "fieldset",
            {},
            h("legend", {textContent: app.t("signature")}),
            h("p.dim", {textContent: app.t("sign_here")}),
            this.pad.canvas,
            h("button.big", {
                textContent: app.t("clear"),
                on: {click: () => this.pad.clear()},
            }),
            h(
                "label.wide",
                {},
                h("span", {textContent: app.t("signed_by")}),
                h("input", {
                    maxLength: 80,
                    attrs: {autocomplete: "off"},
                    on: {input: (event) => (this.signer = event.target.value)},
                }),
            ),
        );
    }

    noting() {
        return h(
            "label.wide",
            {},
            h("span", {textContent: this.app.t("note")}),
            h("textarea", {
                rows: 2,
                maxLength: 500,
                value: this.note,
                attrs: {"data-note": "1"},
                on: {input: (event) => (this.note = event.target.value)},
            }),
        );
    }

    // -- confirming ---------------------------------------------------------------------

    tell(key) {
        return ask(this.app.t(key), [["ok", this.app.t("understood"), "main"]]);
    }

    /** The text of what is missing, or nothing. */
    missing(signature) {
        const {reason} = this;
        const hasPhoto = this.photos.length > 0;
        if (this.isFail) {
            if (!reason) {
                return "need_reason";
            }
            if (reason.needs_note && !this.note.trim()) {
                return "need_note";
            }
            return reason.needs_photo && !hasPhoto ? "need_photo" : "";
        }
        if (this.way === "partial" && this.isWhole()) {
            return "nothing_left_out";
        }
        const {proof} = this.app.trip.company;
        if (["photo", "both"].includes(proof) && !hasPhoto) {
            return "need_photo";
        }
        if (["signature", "both"].includes(proof) && !signature) {
            return "need_signature";
        }
        return proof === "either" && !hasPhoto && !signature ? "need_either" : "";
    }

    isWhole() {
        return this.stop.items.every(
            (item) => this.quantities.get(item.key) === item.qty,
        );
    }

    async confirm() {
        if (this.isBusy) {
            return;
        }
        this.isBusy = true;
        try {
            await this.tryConfirm();
        } finally {
            this.isBusy = false;
        }
    }

    async tryConfirm() {
        const {app} = this;
        const signature = this.isFail ? null : await this.pad.blob();
        const missing = this.missing(signature);
        if (missing) {
            await this.tell(missing);
            return;
        }
        if (!this.isFail && !(await this.isMoneyRight())) {
            return;
        }
        const pictures = this.photos.map(({blob}) => ({kind: "photo", blob}));
        if (signature) {
            pictures.push({kind: "signature", blob: signature});
        }
        const [, , state] = LABELS[this.way];
        const names = this.stops.map((stop) => stop.contact || stop.name);
        app.leaveForm();
        await app.record(
            this.stops.map((stop) => this.event(stop, pictures)),
            `${app.t(state)}: ${[...new Set(names)].join(", ")}`,
        );
        app.go("#/");
    }

    async isMoneyRight() {
        const {app} = this;
        const due = this.stops.filter((stop) => stop.cod > 0);
        const wrong = due.filter((stop) => this.amounts.get(stop.id) !== stop.cod);
        if (due.some((stop) => !(this.amounts.get(stop.id) >= 0))) {
            await this.tell("amount");
            return false;
        }
        if (!wrong.length || this.way === "partial") {
            return true;
        }
        const agreed = wrong.reduce((sum, stop) => sum + stop.cod, 0);
        const answer = await ask(app.t("less_money", app.money(agreed)), [
            ["yes", app.t("yes"), "bad"],
            ["no", app.t("cancel")],
        ]);
        return answer === "yes";
    }

    event(stop, pictures) {
        const kind = this.way === "all" ? "deliver" : this.way;
        const payload = {note: this.note.trim()};
        if (this.reason) {
            payload.reason = this.reason.id;
        }
        if (!this.isFail) {
            payload.cod = stop.cod > 0 ? this.amounts.get(stop.id) : 0;
            payload.method = payload.cod ? this.method : "";
            payload.signed_by = this.signer.trim();
        }
        if (kind === "partial") {
            payload.lines = Object.fromEntries(this.quantities);
        }
        return {kind, stop: stop.id, payload, pictures};
    }
}

/** What was typed as an amount, with a comma or a point; NaN when it is none. */
function number(text) {
    const plain = text.replace(/[\s\u00a0]/g, "").replace(",", ".");
    return plain === "" ? NaN : Number(plain);
}
