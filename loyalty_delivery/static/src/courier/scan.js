/* The QR codes of the route sheet, where the browser can read codes. */

import {h} from "./dom";

export function canScan() {
    return "BarcodeDetector" in window && Boolean(navigator.mediaDevices);
}

/** Open the camera until a code of a stop is seen or the courier closes it. */
export async function scan(app) {
    let stream = null;
    try {
        stream = await navigator.mediaDevices.getUserMedia({
            video: {facingMode: "environment"},
        });
    } catch (error) {
        app.say(error.message);
        return;
    }
    const video = h("video", {autoplay: true, playsInline: true, muted: true});
    video.srcObject = stream;
    const dialog = h(
        "dialog.scan",
        {},
        video,
        h("button.big", {
            textContent: app.t("cancel"),
            on: {click: () => dialog.close()},
        }),
    );
    dialog.addEventListener("close", () => {
        stream.getTracks().forEach((track) => track.stop());
        dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
    const found = await watched(video, dialog);
    if (found) {
        dialog.close();
        open(app, found);
    }
}

async function watched(video, dialog) {
    const detector = new window.BarcodeDetector({formats: ["qr_code", "code_128"]});
    while (dialog.open) {
        const codes = video.readyState >= 2 ? await detector.detect(video) : [];
        if (codes.length) {
            return codes[0].rawValue;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return null;
}

function open(app, code) {
    const words = code.split(/[^\w]+/);
    const stop = app.trip.stops.find((each) => words.includes(each.name));
    if (stop) {
        app.go(`#/stop/${stop.id}`);
    } else {
        app.say(app.t("scan_none"));
    }
}
