import {markRaw} from "@odoo/owl";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {uuid} from "@web/core/utils/strings";

// "3*4850001000017" is three pieces of what was scanned.
const TIMES = /^(\d{1,4})\s*[*x×]\s*(.+)$/i;

/**
 * What stands on the screen of the quick till, and its talk with the server.
 *
 * Nothing is counted here: amounts and points come from the server, which uses the
 * same rules as the documents. A lost connection leaves everything as it is.
 */
export class TillModel {
    constructor(orm) {
        this.orm = markRaw(orm);
        this.previews = markRaw(new KeepLast());
        this.status = "loading";
        this.branches = [];
        this.branchId = false;
        this.journalId = false;
        this.cashier = "";
        this.sales = [];
        this.reset();
    }

    /** Empty the screen for the next customer. */
    reset() {
        this.mode = "customer";
        this.panel = "";
        this.message = {text: "", type: "info"};
        this.choices = [];
        this.choicesKind = "";
        this.chosen = 0;
        this.member = null;
        this.unknown = null;
        this.lines = [];
        this.points = 0;
        this.giftCards = [];
        this.gift = null;
        this.preview = null;
        this.receipt = null;
        this.newCode = "";
        this.key = "";
        this.isUnsure = false;
        this.isBusy = false;
        this.isCounting = false;
        this.isOffline = false;
    }

    // -- shortcuts for the screen ------------------------------------------------
    get branch() {
        return this.branches.find((branch) => branch.id === this.branchId);
    }

    get currencyId() {
        return this.branch?.currency_id;
    }

    get journals() {
        return this.branch?.journals || [];
    }

    get cardArguments() {
        return [this.member?.id || false, this.member?.token || false];
    }

    get basket() {
        return {
            branch_id: this.branchId,
            journal_id: this.journalId,
            lines: this.lines.map(({product_id, quantity, amount}) =>
                amount ? {amount} : {product_id, quantity},
            ),
            points: this.points,
            gift_cards: this.giftCards.map(({id, token}) => ({id, token})),
        };
    }

    get canPay() {
        return Boolean(
            this.lines.length &&
                this.preview &&
                !this.preview.problem &&
                !this.isCounting &&
                !this.isBusy,
        );
    }

    // -- server ------------------------------------------------------------------
    /**
     * Call the till on the server; a refusal or a lost connection becomes a message.
     *
     * @returns {Promise<any>} the answer, or undefined if there was none
     */
    async call(method, args) {
        try {
            return await this.orm.call("loyalty.till", method, args);
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this.say(
                    _t("No connection to the server. The basket is kept: try again."),
                    "danger",
                );
                this.isOffline = true;
            } else if (error instanceof RPCError && error.data?.message) {
                this.isOffline = false;
                this.say(error.data.message, "danger");
            } else {
                throw error;
            }
            return undefined;
        }
    }

    say(text, type = "info") {
        this.message = {text, type};
    }

    async open() {
        this.status = "loading";
        const opened = await this.call("open_till", []);
        if (!opened) {
            this.status = "failed";
            return;
        }
        this.branches = opened.branches;
        this.cashier = opened.cashier;
        this.sales = opened.sales;
        this.chooseBranch(opened.branch_id);
        this.status = opened.branches.length ? "ready" : "no_branch";
    }

    chooseBranch(branchId) {
        this.branchId = branchId;
        this.journalId = this.journals[0]?.id || false;
        this.member = null;
    }

    // -- finding -----------------------------------------------------------------
    async find(text) {
        let query = text.trim();
        let quantity = 1;
        const times = this.mode === "basket" && query.match(TIMES);
        if (times) {
            quantity = parseInt(times[1]);
            query = times[2];
        }
        if (!query || this.isUnsure) {
            return;
        }
        this.say("");
        this.choices = [];
        this.unknown = null;
        this.isBusy = true;
        const found = await this.call("find", [
            query,
            this.branchId,
            this.mode,
            ...this.cardArguments,
        ]);
        this.isBusy = false;
        if (!found) {
            return false;
        }
        await this.take(found, query, quantity);
        return true;
    }

    async take(found, query, quantity) {
        switch (found.kind) {
            case "member":
                return this.setMember(found.member);
            case "members":
            case "products":
                this.choicesKind = found.kind;
                this.choices = found.choices;
                this.chosen = 0;
                this.quantity = quantity;
                return;
            case "gift_card":
                return this.takeGiftCard(found.gift_card, query);
            case "product":
                return this.addProduct(found.product, quantity);
            case "amount":
                return this.addLine({
                    amount: found.amount * quantity,
                    name: _t("Amount"),
                });
            case "blocked":
                return this.say(found.message, "danger");
            default:
                return this.notFound(found, query);
        }
    }

    notFound(found, query) {
        if (this.mode === "basket") {
            this.say(_t("Nothing is sold under “%s”.", query), "warning");
            return;
        }
        this.unknown = {...found, query};
        this.say(
            found.is_customer
                ? _t("%s is a customer and no member yet. F7 registers.", found.name)
                : _t("Nobody found for “%s”. F7 registers a new member.", query),
            "warning",
        );
    }

    async choose(index) {
        const choice = this.choices[index];
        const kind = this.choicesKind;
        this.choices = [];
        if (choice && kind === "members") {
            await this.setMember(choice);
        } else if (choice) {
            await this.addProduct(choice, this.quantity);
        }
    }

    async setMember(member) {
        this.member = member;
        this.mode = "basket";
        this.unknown = null;
        this.points = 0;
        this.panel = "";
        this.say("");
        await this.refresh();
    }

    async removeMember() {
        if (!this.isUnsure) {
            this.member = null;
            this.points = 0;
            this.mode = "customer";
            await this.refresh();
        }
    }

    // -- basket ------------------------------------------------------------------
    async addProduct({product_id, name}, quantity = 1) {
        const same = this.lines.find((line) => line.product_id === product_id);
        if (same) {
            same.quantity += quantity;
            return this.refresh();
        }
        return this.addLine({product_id, name, quantity});
    }

    async addLine(line) {
        this.mode = "basket";
        this.lines.push({...line, id: uuid()});
        await this.refresh();
    }

    async removeLine(index = this.lines.length - 1) {
        if (!this.isUnsure && this.lines.length) {
            this.lines.splice(index, 1);
            await this.refresh();
        }
    }

    async setQuantity(line, quantity) {
        if (quantity > 0) {
            line.quantity = quantity;
            await this.refresh();
        }
    }

    async setPoints(points) {
        const wanted = points > 0 ? points : 0;
        if (wanted !== this.points && !this.isUnsure) {
            this.points = wanted;
            await this.refresh();
        }
    }

    /** Ask the server what the basket costs and earns; the last answer counts. */
    async refresh() {
        if (!this.lines.length) {
            this.preview = null;
            return;
        }
        const [cardId, token] = this.cardArguments;
        this.isCounting = true;
        this.counted = this.previews.add(
            this.call("preview", [cardId, this.basket, token]),
        );
        const preview = await this.counted;
        this.isCounting = false;
        if (preview) {
            this.preview = preview;
            if (preview.problem) {
                this.say(preview.problem, "warning");
            } else if (this.message.type !== "info") {
                this.say("");
            }
        } else {
            // Amounts of an older basket must not be paid.
            this.preview = null;
        }
    }

    // -- gift cards --------------------------------------------------------------
    async takeGiftCard(gift, code) {
        if (gift.state === "unsold") {
            this.panel = "gift";
            this.gift = {...gift, code, sells: true, amount: gift.face_value};
            return;
        }
        if (gift.message || !this.lines.length) {
            this.panel = "gift";
            this.gift = gift;
            return;
        }
        if (this.giftCards.some((card) => card.id === gift.id)) {
            this.say(_t("This gift card is in the sale already."), "warning");
            return;
        }
        this.panel = "";
        this.mode = "basket";
        this.giftCards.push(gift);
        await this.refresh();
    }

    async removeGiftCard(index) {
        if (!this.isUnsure) {
            this.giftCards.splice(index, 1);
            await this.refresh();
        }
    }

    /** In the gift card panel: a code to look up, or the amount of a new card. */
    async findGift(text) {
        const amount = Number(text.replace(/\s/g, "").replace(",", "."));
        if (amount > 0 && text.replace(/\D/g, "").length <= 9) {
            this.gift = {sells: true, amount};
            return;
        }
        const gift = await this.call("gift_card_balance", [text, this.branchId]);
        if (gift) {
            this.say("");
            await this.takeGiftCard(gift, text);
        }
    }

    // -- booking -----------------------------------------------------------------
    /**
     * Book once: the key stays until the server has answered, so a repeated attempt
     * after a lost connection finds the sale that was booked.
     */
    async book(method, payload) {
        if (this.isBusy) {
            return;
        }
        this.isBusy = true;
        this.key = this.key || uuid() + uuid();
        this.isOffline = false;
        const [card_id, token] = this.cardArguments;
        const receipt = await this.call(method, [
            {...payload, card_id, token, key: this.key},
        ]);
        this.isBusy = false;
        this.isUnsure = !receipt && this.isOffline;
        if (this.isUnsure) {
            this.say(
                _t(
                    "The connection broke while paying. Press F9 again when it is back:" +
                        " the sale is booked once.",
                ),
                "danger",
            );
            return;
        }
        this.key = "";
        if (receipt) {
            this.panel = "";
            this.say("");
            this.show(receipt);
        }
    }

    /** Show what was booked, beside the member as it left them. */
    show(receipt) {
        this.receipt = receipt;
        if (this.member && receipt.member) {
            const {balance, worth, pending_balance, tier, tier_color} = receipt;
            const {progress, progress_percent} = receipt;
            Object.assign(this.member, {balance, worth, tier, tier_color});
            Object.assign(this.member, {progress, progress_percent});
            this.member.pending = pending_balance;
            this.member.expiring = 0;
        }
        this.remember(receipt);
    }

    async pay() {
        if (this.panel === "gift" && this.gift?.sells) {
            return this.book("sell_gift_card", {
                branch_id: this.branchId,
                journal_id: this.journalId,
                amount: this.gift.amount,
                code: this.gift.code || false,
            });
        }
        if (!this.lines.length) {
            this.say(_t("The basket is empty. Scan a product or type an amount."));
            return;
        }
        while (this.isCounting) {
            await this.counted;
        }
        if (!this.canPay) {
            return this.preview ? undefined : this.refresh();
        }
        return this.book("sell", {
            ...this.basket,
            points: this.preview.points,
            to_pay: this.preview.to_pay,
        });
    }

    remember(receipt) {
        const sale = {
            id: receipt.id,
            key: receipt.key,
            number: receipt.number,
            time: receipt.time.slice(-5),
            member: receipt.member,
            total: receipt.total,
            currency_id: receipt.currency_id,
            undone: Boolean(receipt.undone),
        };
        const others = this.sales.filter((other) => other.id !== sale.id);
        this.sales = [sale, ...others].slice(0, 5);
    }

    async undo(key) {
        const receipt = await this.call("undo_last", [key]);
        if (receipt) {
            this.show(receipt);
        }
    }

    // -- members -----------------------------------------------------------------
    async register(values) {
        const member = await this.call("register", [
            {...values, branch_id: this.branchId},
        ]);
        if (member) {
            await this.setMember(member);
            this.say(_t("%s is a member now.", member.name), "success");
        }
        return Boolean(member);
    }

    async replace(reason, newCode) {
        const card = this.panelCard;
        const done = await this.call("replace_card", [
            card.id,
            reason,
            newCode || false,
            card.token,
        ]);
        if (done) {
            this.panel = "";
            this.member = done.member || this.member;
            this.newCode = done.code;
            this.say(_t("The old card is blocked. New code: %s", done.code), "success");
        }
        return Boolean(done);
    }

    /** The card that F8 replaces: the gift card looked at, else the member's. */
    get panelCard() {
        return this.gift?.id ? this.gift : this.member;
    }
}
