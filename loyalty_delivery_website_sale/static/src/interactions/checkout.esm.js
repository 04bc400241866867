import {Checkout} from "@website_sale/interactions/checkout";
import {patch} from "@web/core/utils/patch";
import {rpc} from "@web/core/network/rpc";

/** The checkout asks for a delivery time where our own couriers deliver. */
patch(Checkout.prototype, {
    /**
     * @override
     */
    async start() {
        await super.start(...arguments);
        // The list of times comes and goes with the method, also before the start.
        this.addListener(this.el, "change", (ev) => {
            if (ev.target.name === "o_delivery_time") {
                this._setDeliveryTime();
            }
        });
    },

    /**
     * @override
     */
    async _updateDeliveryMethod(radio) {
        await this.waitFor(super._updateDeliveryMethod(...arguments));
        await this.waitFor(this._showDeliveryTimes(radio));
    },

    /**
     * @override
     */
    _isDeliveryMethodReady() {
        const times = this._getDeliveryTimes();
        return super._isDeliveryMethodReady() && (!times || Boolean(times.value));
    },

    _getDeliveryTimes() {
        return this.el.querySelector('[name="o_delivery_time"]');
    },

    async _showDeliveryTimes(radio) {
        for (const other of this.el.querySelectorAll('[name="o_delivery_times"]')) {
            other.replaceChildren();
        }
        const place = this._getDeliveryMethodContainer(radio).querySelector(
            '[name="o_delivery_times"]',
        );
        if (!place) {
            return;
        }
        // Rendered by our own server, every value in it is escaped there.
        const html = await this.waitFor(rpc("/shop/delivery_times"));
        const parsed = new DOMParser().parseFromString(html, "text/html");
        place.replaceChildren(...parsed.body.childNodes);
    },

    async _setDeliveryTime() {
        const radio = this.el.querySelector('[name="o_delivery_radio"]:checked');
        const times = this._getDeliveryTimes();
        this._disableMainButton();
        const problem = this.el.querySelector('[name="o_delivery_time_error"]');
        problem.classList.add("d-none");
        if (!times.value) {
            return;
        }
        const result = await this.waitFor(
            rpc("/shop/set_delivery_time", {key: times.value}),
        );
        if (result.error) {
            await this.waitFor(this._showDeliveryTimes(radio));
            const told = this.el.querySelector('[name="o_delivery_time_error"]');
            if (told) {
                told.textContent = result.error;
                told.classList.remove("d-none");
            }
        } else {
            this._updateAmountBadge(radio, result);
            this._updateCartSummaries(result);
        }
        this._enableMainButton();
    },
});
