import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useRef,
    useState,
} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {formatCurrency} from "@web/core/currency";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useBus, useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

import {BoardMap} from "./board_map.esm";
import {BoardModel, FINISHED, MOVABLE} from "./board_model.esm";
import {sourceText} from "./board_words.esm";
import {useStopDrag} from "./drag_stops.esm";
import {HelpDialog} from "./help_dialog.esm";
import {InsertDialog} from "./insert_dialog.esm";
import {MoveDialog} from "./move_dialog.esm";
import {PlanDialog} from "./plan_dialog.esm";
import {PlanPanel} from "./plan_panel.esm";
import {PlanRun} from "./plan_run.esm";
import {SidePanel} from "./side_panel.esm";
import {Timeline} from "./timeline.esm";

const STOP_MODEL = "loyalty.delivery.stop";
// What the bus loses is read again after so long.
const READ_AGAIN_MS = 30_000;
// News come in swarms; what they leave out is read once after the last of them.
const SETTLED_MS = 2000;
const CLOCK_MS = 30_000;

/** The day of deliveries: who drives where and when, and changing it by hand. */
export class DeliveryBoard extends Component {
    static template = "loyalty_delivery.Board";
    static components = {
        BoardMap,
        DateTimeInput,
        Layout,
        PlanPanel,
        SidePanel,
        Timeline,
    };
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.actions = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.root = useRef("root");
        this.display = {controlPanel: {}};
        // The model is plain: its thousand stops would be slow behind proxies. What
        // changes it counts up `version`, which draws everything anew.
        this.model = new BoardModel(this.orm);
        this.run = new PlanRun(this.orm, this.model, () => this.changed());
        this.state = useState({version: 0, now: Date.now(), target: null});
        this.model.date = this.props.state?.date || this.dayOfAction();
        this.startDrag = useStopDrag({
            onStart: (id) => this.dragText(id),
            onOver: (element, x) => (this.state.target = this.targetAt(element, x)),
            onDrop: (element, x) => this.drop(this.targetAt(element, x)),
            onEnd: () => (this.state.target = null),
        });
        this.sideActions = {
            acknowledge: (id) => this.acknowledge(id),
            forget: () => this.choose([]),
            insert: () => this.openInsert([...this.model.chosen][0]),
            lock: (lock) =>
                this.act(() => this.model.lock(this.model.movableIds, lock)),
            open: () => this.openStop([...this.model.chosen][0]),
            openMove: () => this.openMove(),
            takeOut: () => this.act(() => this.model.move(this.model.movableIds, {})),
        };
        this.listen();
        onWillStart(() => this.start());
    }

    dayOfAction() {
        return this.props.action.params?.date || luxon.DateTime.local().toISODate();
    }

    async start() {
        const [under] = await Promise.all([
            this.orm.call("loyalty.delivery.zone", "map_read", []),
            this.model.load(),
        ]);
        this.tiles = under.tiles;
        await this.run.sync();
    }

    listen() {
        useHotkey("control+z", () => this.undo(), {
            bypassEditableProtection: false,
            global: true,
        });
        useHotkey("escape", () => this.choose([]));
        const onBoard = (payload) => this.onBoardMessage(payload);
        const onPlan = (payload) => this.run.onMessage(payload);
        useBus(this.bus, "BUS:RECONNECT", () => this.reload());
        const onSight = () => {
            if (document.visibilityState === "visible") {
                this.reload();
            }
        };
        let timers = [];
        onMounted(() => {
            this.bus.subscribe("loyalty_delivery/board", onBoard);
            this.bus.subscribe("loyalty_delivery/plan", onPlan);
            this.bus.start();
            document.addEventListener("visibilitychange", onSight);
            timers = [
                browser.setInterval(() => this.reload(), READ_AGAIN_MS),
                browser.setInterval(() => (this.state.now = Date.now()), CLOCK_MS),
            ];
        });
        onWillUnmount(() => {
            this.bus.unsubscribe("loyalty_delivery/board", onBoard);
            this.bus.unsubscribe("loyalty_delivery/plan", onPlan);
            document.removeEventListener("visibilitychange", onSight);
            timers.forEach((timer) => browser.clearInterval(timer));
            browser.clearTimeout(this.settling);
            this.run.stop();
        });
    }

    onBoardMessage(payload) {
        if (
            payload.date !== this.model.date ||
            payload.company_id !== this.model.companyId
        ) {
            return;
        }
        this.model.merge(payload);
        this.changed();
        // Lines of the map and alerts are not in the message.
        browser.clearTimeout(this.settling);
        this.settling = browser.setTimeout(() => this.reload(), SETTLED_MS);
    }

    async reload() {
        if (this.model.isBusy || this.state.target) {
            return;
        }
        await this.model.load();
        await this.run.sync();
        this.changed();
    }

    changed() {
        this.state.version++;
    }

    /** Change something; what the server refuses is told by the ERP, and read again. */
    async act(change) {
        try {
            return await change();
        } catch (error) {
            // Somebody else was faster: show how it is now beside the refusal.
            await this.model.load();
            throw error;
        } finally {
            this.changed();
        }
    }

    // -- the day -----------------------------------------------------------------------
    get day() {
        return luxon.DateTime.fromISO(this.model.date);
    }

    get dayName() {
        return this.day.toLocaleString({weekday: "long"});
    }

    async goTo(day) {
        if (!day || day.toISODate() === this.model.date) {
            return;
        }
        this.choose([]);
        this.run.forget();
        await this.model.load(day.toISODate());
        await this.run.sync();
        this.changed();
    }

    money(amount) {
        return formatCurrency(amount, this.model.currencyId, {humanReadable: true});
    }

    setState(key) {
        const {filters} = this.model;
        filters.state = filters.state === key ? "" : key;
        this.changed();
    }

    get source() {
        return sourceText(this.model.matrixSource);
    }

    // -- choosing and moving -----------------------------------------------------------
    choose(ids, options) {
        this.model.choose(ids, options);
        this.changed();
    }

    onStopClick(event, id) {
        const stop = this.model.stops.get(id);
        if (event.shiftKey && this.last && stop.trip_id) {
            this.chooseTo(stop);
        } else {
            this.choose([id], {add: event.ctrlKey || event.metaKey});
        }
        this.last = id;
    }

    /** All stops of the route from the last chosen one to this. */
    chooseTo(stop) {
        const ids = this.model.routes.get(stop.trip_id).map((one) => one.id);
        const [from, to] = [ids.indexOf(this.last), ids.indexOf(stop.id)];
        if (from < 0) {
            this.choose([stop.id], {add: true});
            return;
        }
        this.choose(ids.slice(Math.min(from, to), Math.max(from, to) + 1));
    }

    onBox(bounds) {
        const inside = this.model.shownStops
            .filter((stop) => this.model.hasPlace(stop))
            .filter((stop) => bounds.contains([stop.latitude, stop.longitude]));
        this.choose(inside.map((stop) => stop.id));
    }

    onRowClick(row) {
        this.choose(row.stops.map((stop) => stop.id));
    }

    onStopKey(event, stop) {
        if (event.key === "m" || event.key === "M") {
            event.preventDefault();
            if (!this.model.chosen.has(stop.id)) {
                this.choose([stop.id]);
            }
            this.openMove();
        } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
            this.focusBeside(event, event.key === "ArrowRight" ? 1 : -1);
        }
    }

    focusBeside(event, step) {
        const stops = [...event.target.parentElement.querySelectorAll("[data-stop]")];
        const next = stops[stops.indexOf(event.target) + step];
        if (next) {
            event.preventDefault();
            next.focus();
        }
    }

    openMove() {
        const stopIds = this.model.movableIds;
        if (!stopIds.length) {
            this.tellFinished();
            return;
        }
        this.dialog.add(MoveDialog, {
            model: this.model,
            stopIds,
            onMove: (...args) => this.act(() => this.model.move(...args)),
        });
    }

    tellFinished() {
        this.notification.add(
            _t("What is at the door or finished stays in its route."),
            {type: "warning"},
        );
    }

    dragText(id) {
        if (!MOVABLE.includes(this.model.stops.get(id).state)) {
            this.tellFinished();
            return null;
        }
        if (!this.model.chosen.has(id)) {
            this.choose([id]);
        }
        const ids = this.model.movableIds;
        return ids.length > 1
            ? _t("%s deliveries", ids.length)
            : this.model.stops.get(id).label;
    }

    /** The row under a pointer and the place in its route. */
    targetAt(element, x) {
        const key = element?.closest("[data-row]")?.dataset.row;
        if (!key) {
            return null;
        }
        const row = this.model.rows.find((one) => one.key === key);
        if (!row) {
            return key === "unplanned" ? {key} : null;
        }
        const lane = this.root.el.querySelector(`[data-lane="${key}"]`);
        const blocks = [...lane.querySelectorAll("[data-stop]")].filter(
            (block) => !this.model.chosen.has(Number(block.dataset.stop)),
        );
        const before = blocks.filter((block) => {
            const {left, width} = block.getBoundingClientRect();
            return left + width / 2 < x;
        });
        const driven = row.stops.filter((stop) => FINISHED.includes(stop.state)).length;
        return {key, place: Math.max(before.length, driven) + 1};
    }

    drop(target) {
        const ids = this.model.movableIds;
        if (!target || !ids.length) {
            return;
        }
        if (target.key === "unplanned") {
            const planned = ids.filter((id) => this.model.stops.get(id).trip_id);
            return planned.length && this.act(() => this.model.move(planned, {}));
        }
        const row = this.model.rows.find((one) => one.key === target.key);
        return this.act(() =>
            this.model.move(ids, this.model.targetOf(row), target.place),
        );
    }

    async undo() {
        if (!this.model.canUndo || this.model.isBusy) {
            return;
        }
        const label = this.model.undoLabel;
        await this.act(() => this.model.undo());
        this.notification.add(_t("Taken back: %s", label || _t("the last change")), {
            type: "info",
        });
    }

    /** Where an urgent stop costs the least, and whom it delays, before it is put. */
    async openInsert(id) {
        const found = await this.model.place(id);
        this.dialog.add(InsertDialog, {
            model: this.model,
            found,
            onInsert: () => this.act(() => this.model.insert(id)),
        });
    }

    async acknowledge(id) {
        await this.orm.call("loyalty.delivery.alert", "action_acknowledge", [[id]]);
        await this.reload();
    }

    openStop(id) {
        return this.actions.doAction({
            type: "ir.actions.act_window",
            res_model: STOP_MODEL,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    // -- planning ----------------------------------------------------------------------
    openPlan() {
        const trips = [...this.model.trips.values()];
        this.dialog.add(PlanDialog, {
            hasRoutes: trips.length > 0,
            isStarted: trips.some((trip) => trip.state === "en_route"),
            count: this.model.counters.find((one) => one.key === "unplanned").count,
            onPlan: (options) => this.run.start(options),
        });
    }

    openHelp() {
        this.dialog.add(HelpDialog, {});
    }
}

registry.category("actions").add("loyalty_delivery_board", DeliveryBoard);
