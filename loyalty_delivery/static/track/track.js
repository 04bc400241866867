/* The page is whole without it: with it, the state follows by itself. */
(function () {
    "use strict";
    const live = document.getElementById("live");
    const state = () => live.querySelector("[data-state]").dataset.state;
    const FINISHED = ["delivered", "partial", "failed", "cancelled"];
    let typed = false;
    let map = null;
    document.addEventListener("input", () => {
        typed = true;
    });

    function draw() {
        const box = document.getElementById("map");
        if (!box) {
            return;
        }
        if (!window.L) {
            box.remove();
            return;
        }
        const courier = [Number(box.dataset.lat), Number(box.dataset.lon)];
        const door = [Number(box.dataset.doorLat), Number(box.dataset.doorLon)];
        map = window.L.map(box, {
            attributionControl: false,
            zoomControl: false,
            dragging: false,
            scrollWheelZoom: false,
        });
        window.L.polyline([courier, door], {color: "#0f7a5a", dashArray: "4 8"}).addTo(
            map,
        );
        window.L.circleMarker(courier, {
            radius: 9,
            color: "#fff",
            fillColor: "#0f7a5a",
            fillOpacity: 1,
        }).addTo(map);
        window.L.circleMarker(door, {
            radius: 9,
            color: "#fff",
            fillColor: "#c43a3f",
            fillOpacity: 1,
        }).addTo(map);
        map.fitBounds([courier, door], {padding: [28, 28], maxZoom: 17});
    }

    async function refresh() {
        if (document.visibilityState !== "visible") {
            return;
        }
        let answer = null;
        try {
            answer = await fetch(live.dataset.url, {cache: "no-store"});
        } catch {
            return; // No network for a moment: the next round tries again.
        }
        if (!answer.ok) {
            return;
        }
        const before = state();
        const part = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (map) {
            map.remove();
            map = null;
        }
        live.replaceChildren(...part.body.childNodes);
        draw();
        if (state() !== before && !typed) {
            window.location.reload();
        }
    }

    draw();
    if (!FINISHED.includes(state())) {
        setInterval(refresh, 30000);
        document.addEventListener("visibilitychange", refresh);
    }
})();
