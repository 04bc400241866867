import {
    Component,
    onMounted,
    onWillStart,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {TillGift} from "./till_gift";
import {TillMember} from "./till_member";
import {TillModel} from "./till_model";
import {TillReceipt} from "./till_receipt";
import {TillRegister} from "./till_register";
import {TillReplace} from "./till_replace";
import {_t} from "@web/core/l10n/translation";
import {formatTillMoney, formatTillPoints} from "./till_format";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** The cashier's quick screen: keyboard and scanner only, no mouse needed. */
export class LoyaltyTill extends Component {
    static template = "loyalty_club.Till";
    static components = {TillGift, TillMember, TillReceipt, TillRegister, TillReplace};
    static props = {...standardActionServiceProps};

    setup() {
        this.till = useState(new TillModel(useService("orm")));
        this.ui = useService("ui");
        this.formatPoints = formatTillPoints;
        this.input = useRef("input");
        this.pointsInput = useRef("points");
        this.shortcuts = {
            F2: () => this.toMode("customer"),
            F3: () => this.toMode("basket"),
            F4: () => this.toPoints(),
            F6: () => this.toPanel("gift"),
            F7: () => this.toPanel("register"),
            F8: () => this.toReplace(),
            F9: () => this.onConfirm(),
            Escape: () => this.onEscape(),
        };
        useExternalListener(window, "keydown", this.onKeydown, {capture: true});
        onWillStart(() => this.till.open());
        onMounted(() => this.focus());
        useEffect(
            () => this.focus(),
            () => [
                this.till.mode,
                this.till.panel,
                this.till.receipt,
                this.till.status,
            ],
        );
    }

    get keys() {
        return [
            {key: "F2", label: _t("Customer")},
            {key: "F3", label: _t("Basket")},
            {key: "F4", label: _t("Points")},
            {key: "F6", label: _t("Gift card")},
            {key: "F7", label: _t("New member")},
            {key: "F8", label: _t("Replace card")},
            {key: "Escape", label: _t("Back"), shown: _t("Esc")},
        ];
    }

    get inputLabel() {
        return this.till.mode === "customer"
            ? _t("Customer: scan the card, or type phone or name")
            : _t("Basket: scan a product, or type an amount");
    }

    money(amount) {
        return formatTillMoney(amount, this.till.currencyId);
    }

    lineTotal(index) {
        const line = this.till.preview?.lines[index];
        return line ? this.money(line.total) : "…";
    }

    // -- focus and keys ----------------------------------------------------------
    focus() {
        if (!this.till.panel && !this.till.receipt) {
            this.input.el?.focus();
        }
    }

    onKeydown(ev) {
        if (this.ui.activeElement !== document) {
            return; // A dialog is open above the till.
        }
        const name = ev.ctrlKey && ev.key === "Enter" ? "F9" : ev.key;
        const isPlain = !ev.altKey && !ev.metaKey && (!ev.ctrlKey || name === "F9");
        if (isPlain && this.shortcuts[name]) {
            ev.preventDefault();
            ev.stopPropagation();
            this.shortcuts[name]();
            return;
        }
        // A scanner types wherever the focus is: what falls beside goes to the field.
        const isBeside = !["INPUT", "SELECT"].includes(ev.target.tagName);
        const isText = isPlain && ev.key.length === 1 && ev.key !== " ";
        if (isText && isBeside && !this.till.panel) {
            if (this.till.receipt) {
                this.till.reset();
            }
            this.focus();
        }
    }

    toMode(mode) {
        this.till.receipt = null;
        this.till.panel = "";
        this.till.choices = [];
        this.till.mode = mode;
        this.focus();
    }

    toPoints() {
        const {member, preview} = this.till;
        if (!member || !preview) {
            this.till.say(_t("Points need a member and a basket."), "warning");
            return;
        }
        this.till.panel = "";
        const field = this.pointsInput.el;
        if (document.activeElement === field) {
            // Pressed twice: as many as allowed.
            this.till.setPoints(preview.may_spend);
        }
        field.focus();
        field.select();
    }

    toPanel(panel) {
        this.till.receipt = null;
        if (panel === "gift") {
            this.till.gift = null;
        }
        this.till.say("");
        this.till.panel = panel;
    }

    toReplace() {
        if (this.till.panelCard) {
            this.till.panel = "replace";
        } else {
            this.till.say(_t("Find the member first: the card is replaced for them."));
        }
    }

    async onConfirm() {
        const till = this.till;
        if (till.receipt) {
            till.receipt.printed = (till.receipt.printed || 0) + 1;
            return;
        }
        const points = Number(this.pointsInput.el?.value || 0);
        if (till.preview && points !== till.points && !till.isUnsure) {
            await till.setPoints(points);
            this.focus();
            return;
        }
        await till.pay();
    }

    onEscape() {
        const till = this.till;
        if (till.receipt) {
            till.reset();
        } else if (till.panel || till.choices.length) {
            till.panel = "";
            till.choices = [];
            till.gift = null;
        } else if (this.input.el?.value) {
            this.input.el.value = "";
        } else if (!till.isUnsure) {
            this.stepBack();
        }
        this.focus();
    }

    stepBack() {
        const till = this.till;
        till.say("");
        if (till.mode === "basket" && till.member && !till.lines.length) {
            till.removeMember();
        } else if (till.mode === "basket") {
            till.mode = "customer";
        }
    }

    // -- the one field -----------------------------------------------------------
    async onInputKeydown(ev) {
        const till = this.till;
        if (ev.key === "Enter") {
            ev.preventDefault();
            await this.onEnter(ev.target);
        } else if (till.choices.length && ["ArrowDown", "ArrowUp"].includes(ev.key)) {
            ev.preventDefault();
            const step = ev.key === "ArrowDown" ? 1 : -1;
            const count = till.choices.length;
            till.chosen = (till.chosen + step + count) % count;
        } else if (ev.key === "Delete" && !ev.target.value) {
            ev.preventDefault();
            await till.removeLine();
        }
    }

    async onEnter(field) {
        const text = field.value;
        if (!text && this.till.choices.length) {
            await this.till.choose(this.till.chosen);
            return;
        }
        // Emptied at once, since a scanner may send the next code meanwhile.
        field.value = "";
        if (text && (await this.till.find(text)) === false && !field.value) {
            field.value = text;
        }
    }

    async onPointsKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            await this.till.setPoints(Number(ev.target.value));
            this.focus();
        }
    }

    onPointsChange(ev) {
        return this.till.setPoints(Number(ev.target.value));
    }

    onQuantityChange(line, ev) {
        return this.till.setQuantity(line, Number(ev.target.value));
    }

    onBranchChange(ev) {
        this.till.chooseBranch(Number(ev.target.value));
        this.focus();
    }

    onJournalChange(ev) {
        this.till.journalId = Number(ev.target.value);
        this.focus();
    }
}

registry.category("actions").add("loyalty_club.till", LoyaltyTill);
