/* Photos made small before they are kept, and the pad to sign on. */

import {h} from "./dom";

const LONGEST = 1600;

/** A photo as a JPEG of at most 1600 pixels; null when it is no picture. */
export async function shrunk(file) {
    const image = await loaded(file);
    if (!image) {
        return null;
    }
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const canvas = h("canvas", {
        width: Math.max(1, Math.round(image.width * scale)),
        height: Math.max(1, Math.round(image.height * scale)),
    });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
}

function loaded(file) {
    return new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve(image);
        image.onerror = () => resolve(null);
        image.src = URL.createObjectURL(file);
    });
}

/** A pad to sign on with a finger; `blob()` is null while nobody signed. */
export class Pad {
    constructor() {
        this.canvas = h("canvas.pad", {
            on: {
                pointerdown: (event) => this.start(event),
                pointermove: (event) => this.draw(event),
                pointerup: () => (this.last = null),
                pointercancel: () => (this.last = null),
            },
        });
        this.length = 0;
        this.last = null;
    }

    point(event) {
        const box = this.canvas.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top];
    }

    start(event) {
        event.preventDefault();
        this.canvas.setPointerCapture(event.pointerId);
        if (!this.length) {
            this.size();
        }
        this.last = this.point(event);
    }

    size() {
        const ratio = 2;
        this.canvas.width = this.canvas.clientWidth * ratio;
        this.canvas.height = this.canvas.clientHeight * ratio;
        const pen = this.canvas.getContext("2d");
        pen.scale(ratio, ratio);
        pen.lineWidth = 3;
        pen.lineCap = pen.lineJoin = "round";
        pen.strokeStyle = "#000";
        this.pen = pen;
    }

    draw(event) {
        if (!this.last) {
            return;
        }
        event.preventDefault();
        const here = this.point(event);
        this.pen.beginPath();
        this.pen.moveTo(...this.last);
        this.pen.lineTo(...here);
        this.pen.stroke();
        this.length += Math.hypot(here[0] - this.last[0], here[1] - this.last[1]);
        this.last = here;
    }

    clear() {
        this.length = 0;
        this.size();
    }

    blob() {
        // A touch by accident is no signature.
        if (this.length < 30) {
            return Promise.resolve(null);
        }
        return new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
    }
}

/** The QR that the server sent as bits, drawn here: it needs no network. */
export function drawnQr({n, bits}) {
    const quiet = 4;
    const canvas = h("canvas.qr", {width: n + 2 * quiet, height: n + 2 * quiet});
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#000";
    const bytes = atob(bits);
    for (let index = 0; index < n * n; index++) {
        if (bytes.charCodeAt(index >> 3) & (128 >> (index & 7))) {
            pen.fillRect(quiet + (index % n), quiet + Math.floor(index / n), 1, 1);
        }
    }
    return canvas;
}
