/** What watchdogs answered, found by the receipt alone (design, privacy 10). */
import { Malformed, equal, parse, unb64, unutf8 } from "./bytes.mjs";
import { ITEM_SIZE, TAG_SIZE, firstLink, link, openItem, prefixOf } from "./item.mjs";
import { get } from "./post.mjs";
import { verify } from "../vendor/verify.mjs";

const PAUSE_LEAST_MS = 500;
const PAUSE_MORE_MS = 1500;
const REPLY = { v: "count", k: "text", h: "text", st: "text", t: "text", p: "text", w: "text" };

/**
 * @typedef {import("./types.mjs").Manifest} Manifest
 * @typedef {{party: string, kind: string, status: string, text: string, locator: string, answers: string}} Reply
 *   `party`: who answers, as the manifest proves it. `kind`: "ack" or "reply"; `status`: "received", "reading", "acting" or
 *   "closed"; `answers`: the digest of the message that is answered.
 * @typedef {{onFetch?: (count: number) => void, signal?: AbortSignal}} Options
 */

/**
 * The replies, one fetch of 64 KB each and a pause at random before the next, until there is no more; none for a number that
 * nobody was given. An item whose signature fails is left out. Throws Unanswered and AbortError.
 * @param {Uint8Array} conversation
 * @param {Manifest} manifest
 * @param {Options} [options]
 * @returns {AsyncGenerator<Reply>}
 */
export async function* thread(conversation, manifest, { onFetch, signal } = {}) {
  let at = await firstLink(conversation);
  for (let count = 1; ; count += 1) {
    if (onFetch) onFetch(count);
    const bucket = await get(`/v1/mailbox?prefix=${prefixOf(at.tag, manifest.mailbox.bits)}`, { signal });
    const items = found(bucket, at.tag);
    if (items.length === 0) return;
    for (const item of items) {
      const reply = await read(at, item, manifest);
      if (reply !== null) yield reply;
    }
    at = await link(at.following);
    await new Promise((go) => setTimeout(go, PAUSE_LEAST_MS + Math.random() * PAUSE_MORE_MS));
  }
}

/** @param {Uint8Array} bucket @param {Uint8Array} tag */
function found(bucket, tag) {
  const items = [];
  for (let from = 0; from + ITEM_SIZE <= bucket.length; from += ITEM_SIZE) {
    if (equal(bucket.subarray(from, from + TAG_SIZE), tag)) items.push(bucket.slice(from, from + ITEM_SIZE));
  }
  return items;
}

/**
 * Null for what is no reply of a watchdog that the manifest names.
 * @param {import("./item.mjs").Link} at
 * @param {Uint8Array} item
 * @param {Manifest} manifest
 * @returns {Promise<Reply | null>}
 */
export async function read(at, item, manifest) {
  try {
    const { signed, signature, text } = await openItem(at, item);
    const reply = parse(unutf8(text), REPLY);
    for (const one of manifest.watchdogs.filter((proof) => proof.party === reply.w)) {
      if (await verify(unb64(one.sign), signed, signature)) {
        const { w: party, k: kind, st: status, t, p: locator, h: answers } = reply;
        return { party, kind, status, text: t, locator, answers };
      }
    }
    return null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
