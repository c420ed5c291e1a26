/** Fetching and sending. What is sent again is sent as the same bytes. */

const PAUSE_S = 3;
const PAUSE_MAX_S = 60;
const BUSY = 503;
/** The most that the server may make a phone wait. */
const TOLD_MAX_S = 120;

/** No connection, or an answer that is none. */
export class Unanswered extends Error {}

/** @typedef {{onWait?: (seconds: number) => void, signal?: AbortSignal}} Options */

/** @type {RequestInit} */
const PLAIN = { cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" };

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
    const headers = { "Content-Type": "application/octet-stream" };
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
