import {formatCurrency} from "@web/core/currency";
import {formatFloat} from "@web/core/utils/numbers";

/** Points without a fraction where there is none. */
export function formatTillPoints(points) {
    return formatFloat(points || 0, {digits: [16, Number.isInteger(points) ? 0 : 2]});
}

export function formatTillMoney(amount, currencyId) {
    return formatCurrency(amount || 0, currencyId);
}
