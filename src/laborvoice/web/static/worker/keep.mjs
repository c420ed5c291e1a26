/**
 * A locked copy on the phone, where an envelope could not be sent: sealed bytes and a day, until they are delivered, thrown
 * away, or 72 hours old (design, web 2). Only who asks for it has one.
 */
import { dayOf, plus } from "./bytes.mjs";
import { post } from "./post.mjs";

const NAME = "n";
const KEY = 1;
const DAYS = 3;
const SCRIPT = new URL("sw.js", import.meta.url).pathname;

/** @typedef {{body: Uint8Array, until: string}} Copy */

/** Whether this browser can keep one. */
export const able = () => "serviceWorker" in navigator && typeof indexedDB === "object";

/** @type {{createScriptURL: (path: string) => any} | null} */
let policy = null;

/** Loads what delivers in the background, while there is a network. It keeps nothing and touches no request. */
export async function prepare() {
  // The standard's types know nothing of trusted ones yet; a policy of this name is made once.
  const trusted = /** @type {any} */ (window).trustedTypes;
  const made = policy || (trusted ? trusted.createPolicy("lv", { createScriptURL }) : { createScriptURL });
  policy = made;
  await navigator.serviceWorker.register(made.createScriptURL(SCRIPT), { scope: "/" });
}

/**
 * Keeps the envelope, and asks the browser to deliver it when there is a network, the page open or not. Where it cannot, or
 * was not prepared and there is none now, the next visit delivers.
 * @param {Uint8Array} envelope
 */
export async function keep(envelope) {
  const copies = await opened(true);
  await done(store(copies, "readwrite").put({ body: envelope, until: plus(dayOf(Date.now()), DAYS) }, KEY));
  copies.close();
  await wake().catch(() => {});
}

async function wake() {
  if ((await navigator.serviceWorker.getRegistration()) === undefined) await prepare();
  const registration = /** @type {any} */ (await navigator.serviceWorker.ready);
  await registration.sync.register(NAME);
}

/**
 * The copy that waits; null where there is none, or it is too old: then it is gone.
 * @returns {Promise<Copy | null>}
 */
export async function waiting() {
  const copies = able() ? await opened(false) : null;
  if (copies === null) return null;
  const copy = await done(store(copies, "readonly").get(KEY));
  copies.close();
  if (copy !== undefined && dayOf(Date.now()) <= copy.until) return copy;
  await throwAway();
  return null;
}

/**
 * Sends the copy that waits, the same bytes until there is a 202; then nothing is left. True where there was one.
 * @param {import("./post.mjs").Options} [options]
 */
export async function deliver(options) {
  const copy = await waiting();
  if (copy === null) return false;
  await post("/v1/envelopes", copy.body, 202, options);
  await throwAway();
  return true;
}

/** Nothing of ours is left on the phone. */
export async function throwAway() {
  await done(indexedDB.deleteDatabase(NAME));
  const registrations = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registrations.map((one) => one.unregister()));
}

/** @param {string} path */
function createScriptURL(path) {
  if (path !== SCRIPT) throw new TypeError(path);
  return path;
}

/**
 * The database; null where there is none and none is to be made.
 * @template {boolean} M
 * @param {M} makes
 * @returns {Promise<M extends true ? IDBDatabase : IDBDatabase | null>}
 */
function opened(makes) {
  return new Promise((go, stop) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      if (makes) asked.result.createObjectStore(NAME);
      else if (asked.transaction) asked.transaction.abort();
    };
    asked.onsuccess = () => go(/** @type {any} */ (asked.result));
    asked.onerror = () => (makes ? stop(asked.error) : go(/** @type {any} */ (null)));
  });
}

/** @param {IDBDatabase} copies @param {IDBTransactionMode} mode */
const store = (copies, mode) => copies.transaction(NAME, mode).objectStore(NAME);

/**
 * @template T
 * @param {IDBRequest<T>} asked
 * @returns {Promise<T>}
 */
const done = (asked) =>
  new Promise((go, stop) => {
    asked.onsuccess = () => go(asked.result);
    asked.onerror = () => stop(asked.error);
  });
