/* What the phone keeps: the trip, events and pictures that wait to be sent. Each
   courier has a store of his own; another one on the same phone sees none of it. */

const OWNER = "courier.owner";
const STORES = {
    meta: {},
    events: {keyPath: "seq", autoIncrement: true},
    files: {keyPath: "uuid"},
};

let opened = null;

export function owner() {
    return localStorage.getItem(OWNER);
}

function open(name) {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => {
            for (const [store, options] of Object.entries(STORES)) {
                request.result.createObjectStore(store, options);
            }
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

function database() {
    opened = opened || open(`courier-${owner() || "nobody"}`);
    return opened;
}

async function run(stores, mode, work) {
    const db = await database();
    return new Promise((resolve, reject) => {
        const transaction = db.transaction(stores, mode, {durability: "strict"});
        const request = work(transaction);
        transaction.oncomplete = () => resolve(request && request.result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
    });
}

export const get = (key) =>
    run(["meta"], "readonly", (t) => t.objectStore("meta").get(key));
export const set = (key, value) =>
    run(["meta"], "readwrite", (t) => t.objectStore("meta").put(value, key));
export const events = () =>
    run(["events"], "readonly", (t) => t.objectStore("events").getAll());
export const files = () =>
    run(["files"], "readonly", (t) => t.objectStore("files").getAll());
export const dropFile = (uuid) =>
    run(["files"], "readwrite", (t) => t.objectStore("files").delete(uuid));

/** Keep an event with its pictures: all of it, or nothing. */
export function keep(event, pictures) {
    return run(["events", "files"], "readwrite", (t) => {
        pictures.forEach((picture) => t.objectStore("files").put(picture));
        return t.objectStore("events").add(event);
    });
}

/** Forget events, and with `pictures` their pictures too. */
export function drop(gone, pictures = []) {
    return run(["events", "files"], "readwrite", (t) => {
        gone.forEach((event) => t.objectStore("events").delete(event.seq));
        pictures.forEach((picture) => t.objectStore("files").delete(picture.uuid));
    });
}

/** The server's answer and its trace in the store, in one step. */
export function settle(gone, pictures, tripKey, trip, refused) {
    return run(["events", "files", "meta"], "readwrite", (t) => {
        gone.forEach((event) => t.objectStore("events").delete(event.seq));
        pictures.forEach((picture) => t.objectStore("files").delete(picture.uuid));
        if (trip) {
            t.objectStore("meta").put(trip, tripKey);
        }
        t.objectStore("meta").put(refused, "refused");
    });
}

async function close() {
    if (opened) {
        (await opened).close();
        opened = null;
    }
}

function remove(name) {
    return new Promise((resolve) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = request.onerror = request.onblocked = () => resolve();
    });
}

/** All of the courier's data leaves the phone. */
export async function clear() {
    const name = `courier-${owner() || "nobody"}`;
    await close();
    await remove(name);
    localStorage.removeItem(OWNER);
}

/**
 * Another courier holds the phone: the one before leaves nothing readable on it, but
 * what he confirmed and could not send waits in his own store until he is back.
 */
export async function changeOwner(courier) {
    const before = owner();
    if (before === String(courier)) {
        return;
    }
    if (before) {
        const waiting = (await events()).length + (await files()).length;
        if (waiting) {
            await run(["meta"], "readwrite", (t) => t.objectStore("meta").clear());
            await close();
        } else {
            await clear();
        }
    }
    await close();
    localStorage.setItem(OWNER, String(courier));
}
