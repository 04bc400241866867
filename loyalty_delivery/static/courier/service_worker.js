/* Keeps the shell of the courier's page, so that it opens without network. What is
   said of trips is kept by the page itself, never here. */
const KEPT = __KEPT__;
const CACHE = "courier-" + KEPT.join("|");

self.addEventListener("install", (event) => {
    event.waitUntil(
        caches
            .open(CACHE)
            .then((cache) => cache.addAll(KEPT))
            .then(() => self.skipWaiting()),
    );
});

self.addEventListener("activate", (event) => {
    event.waitUntil(
        caches
            .keys()
            .then((names) =>
                Promise.all(
                    names
                        .filter((name) => name.startsWith("courier-") && name !== CACHE)
                        .map((name) => caches.delete(name)),
                ),
            )
            .then(() => self.clients.claim()),
    );
});

self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== self.location.origin) {
        return;
    }
    const isPage =
        event.request.mode === "navigate" &&
        (url.pathname === "/courier" || url.pathname === "/courier/t");
    if (isPage) {
        event.respondWith(answer("/courier", event.request));
    } else if (KEPT.includes(url.pathname)) {
        event.respondWith(answer(url.pathname, event.request));
    }
});

async function answer(path, request) {
    const cache = await caches.open(CACHE);
    return (await cache.match(path)) || fetch(request);
}
