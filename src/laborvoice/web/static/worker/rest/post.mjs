/**
 * Fetching and sending. What is sent again is sent as the same bytes. Below, for who asks for it: a locked copy on the
 * phone, where an envelope could not be sent; sealed bytes and a day, until they are delivered, thrown away, or 72 hours
 * old (design, web 2).
 */
import { dayOf, plus } from "./bytes.mjs";

const PAUSE_S = 3;
const PAUSE_MAX_S = 60;
const BUSY = 503;
/** The most that the server may make a phone wait. */
const TOLD_MAX_S = 120;

/** No connection, or an answer that is none. */
export class Unanswered extends Error {}

/** @typedef {{onWait?: (seconds: number) => void, signal?: AbortSignal}} Options */

/**
 * As short as a browser lets a head be: the answers themselves say that nothing is kept of them.
 * @type {RequestInit}
 */
const PLAIN = { credentials: "omit", redirect: "error", referrerPolicy: "no-referrer", headers: { "Accept-Language": "*" } };

/**
 * @param {string} path
 * @param {{signal?: AbortSignal}} [options]
 */
export async function get(path, { signal } = {}) {
  const answer = await once(path, { ...PLAIN, signal });
  if (answer === null || answer.status !== 200) throw new Unanswered();
  return answer.body;
}

/**
 * Again after 3 s, 6 s, 12 s … at most 60 s, or when the phone is online again; for as long as `signal` allows. Throws
 * Unanswered only where the server refuses what is sent.
 * @param {string} path
 * @param {Uint8Array} body
 * @param {number} status
 * @param {Options} [options]
 */
export async function post(path, body, status, { onWait, signal } = {}) {
  for (let pause = PAUSE_S; ; pause = Math.min(2 * pause, PAUSE_MAX_S)) {
    const headers = { ...PLAIN.headers, "Content-Type": "application/octet-stream" };
    const answer = await once(path, { ...PLAIN, method: "POST", body, headers, signal });
    if (answer !== null && answer.status === status) return answer.body;
    if (answer !== null && answer.status !== BUSY) throw new Unanswered();
    const told = answer === null ? 0 : answer.retryAfter;
    const seconds = told > 0 ? Math.min(told, TOLD_MAX_S) : pause;
    if (onWait) onWait(seconds);
    await patience(seconds, told === 0, signal);
  }
}

/**
 * Null where there was no answer, or not the whole of it. Throws AbortError when `init.signal` says so.
 * @param {string} path
 * @param {RequestInit} init
 */
async function once(path, init) {
  try {
    const answer = await fetch(path, init);
    const body = new Uint8Array(await answer.arrayBuffer());
    const told = answer.headers.get("Retry-After") || "";
    return { status: answer.status, body, retryAfter: /^[0-9]{1,4}$/.test(told) ? Number(told) : 0 };
  } catch (error) {
    if (init.signal && init.signal.aborted) throw error;
    return null;
  }
}

/**
 * @param {number} seconds
 * @param {boolean} unlessOnline
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function patience(seconds, unlessOnline, signal) {
  return new Promise((go, stop) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      if (signal) signal.removeEventListener("abort", end);
      if (signal && signal.aborted) stop(new DOMException("ended", "AbortError"));
      else go();
    };
    const timer = setTimeout(end, 1000 * seconds);
    if (unlessOnline) addEventListener("online", end);
    if (signal) signal.addEventListener("abort", end);
  });
}

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
 * @param {Options} [options]
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
