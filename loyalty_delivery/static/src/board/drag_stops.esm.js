import {onWillUnmount} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";

const STILL_PX = 6;
const HOLD_MS = 350;

/**
 * Drag stops with mouse, pen or, after holding for a moment, a finger.
 *
 * @param {Object} params
 * @param {(stopId: number) => string|null} params.onStart text to carry, null: no drag
 * @param {(element: Element, x: number) => void} params.onOver
 * @param {(element: Element, x: number) => void} params.onDrop
 * @param {() => void} params.onEnd dropped or not
 * @returns {(event: PointerEvent, stopId: number) => void} for pointerdown
 */
export function useStopDrag({onStart, onOver, onDrop, onEnd}) {
    let drag = null;

    function begin() {
        const text = onStart(drag.stopId);
        if (text === null) {
            return finish();
        }
        drag.ghost = document.createElement("div");
        drag.ghost.className = "o_loyalty_board_ghost";
        drag.ghost.textContent = text;
        document.body.append(drag.ghost);
        document.body.classList.add("o_loyalty_board_dragging");
        place(drag.x, drag.y);
    }

    function place(x, y) {
        drag.ghost.style.transform = `translate(${x + 12}px, ${y + 8}px)`;
    }

    function onMove(event) {
        const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
        if (!drag.ghost) {
            if (far < STILL_PX) {
                return;
            }
            // A finger that moves at once scrolls.
            if (event.pointerType === "touch") {
                return finish();
            }
            begin();
            if (!drag) {
                return;
            }
        }
        event.preventDefault();
        place(event.clientX, event.clientY);
        onOver(under(event), event.clientX);
    }

    function under(event) {
        return document.elementFromPoint(event.clientX, event.clientY);
    }

    function onUp(event) {
        const dropped = drag.ghost && under(event);
        if (drag.ghost) {
            // The click that follows would choose what was dropped on.
            browser.addEventListener("click", stop, {capture: true, once: true});
            browser.setTimeout(() => browser.removeEventListener("click", stop, true));
        }
        finish();
        if (dropped) {
            onDrop(dropped, event.clientX);
        }
    }

    function stop(event) {
        event.stopPropagation();
        event.preventDefault();
    }

    function onKey(event) {
        if (event.key === "Escape") {
            event.stopPropagation();
            finish();
        }
    }

    function onTouchMove(event) {
        if (drag?.ghost) {
            event.preventDefault();
        }
    }

    function finish() {
        if (!drag) {
            return;
        }
        browser.clearTimeout(drag.timer);
        drag.ghost?.remove();
        document.body.classList.remove("o_loyalty_board_dragging");
        drag = null;
        window.removeEventListener("pointermove", onMove);
        window.removeEventListener("pointerup", onUp);
        window.removeEventListener("pointercancel", finish);
        window.removeEventListener("keydown", onKey, true);
        window.removeEventListener("touchmove", onTouchMove);
        onEnd();
    }

    onWillUnmount(finish);

    return (event, stopId) => {
        if (event.button !== 0 || drag) {
            return;
        }
        drag = {stopId, x: event.clientX, y: event.clientY, ghost: null};
        if (event.pointerType === "touch") {
            drag.timer = browser.setTimeout(begin, HOLD_MS);
        }
        window.addEventListener("pointermove", onMove);
        window.addEventListener("pointerup", onUp);
        window.addEventListener("pointercancel", finish);
        window.addEventListener("keydown", onKey, true);
        window.addEventListener("touchmove", onTouchMove, {passive: false});
    };
}
