/**
 * What watchdogs answered, found by the receipt alone: items at one-time addresses, and how the next address follows
 * (design, privacy 10; ADR 0019).
 */
import { Malformed, equal, hkdf, inflate, label, lp, parse, unb64, unpad, unutf8 } from "../rest/bytes.mjs";
import { get } from "../rest/post.mjs";
import { verify } from "../../vendor/verify.mjs";

const PAUSE_LEAST_MS = 500;
const PAUSE_MORE_MS = 1500;
const REPLY = { v: "count", k: "text", h: "text", st: "text", t: "text", p: "text", w: "text" };

/**
 * @typedef {import("../types.mjs").Manifest} Manifest
 * @typedef {{party: string, kind: string, status: string, text: string, locator: string}} Reply
 *   `party`: who answers, as the manifest proves it. `kind`: "ack" or "reply"; `status`: "received", "reading", "acting" or
 *   "closed".
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
 * @param {Link} at
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
        const { w: party, k: kind, st: status, t, p: locator } = reply;
        return { party, kind, status, text: t, locator };
      }
    }
    return null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

const ITEM_SIZE = 1024;
const TAG_SIZE = 16;
const NONCE_SIZE = 12;
const BODY_AT = TAG_SIZE + NONCE_SIZE;
const SIGNATURE_SIZE = 64;
const TEXT_MAX = 16384;

/** @typedef {{tag: Uint8Array, key: Uint8Array, following: Uint8Array}} Link */

/** @param {Uint8Array} conversation @returns {Promise<Link>} */
export const firstLink = async (conversation) => link(await hkdf(conversation, "down"));

/**
 * `k` is all that a watchdog keeps: what was said before cannot be reached from it.
 * @param {Uint8Array} k
 * @returns {Promise<Link>}
 */
export async function link(k) {
  return { tag: await hkdf(k, "tag", [], TAG_SIZE), key: await hkdf(k, "item"), following: await hkdf(k, "next") };
}

/**
 * The bucket of an address: its first `bits` bits as hex digits, the rest zero.
 * @param {Uint8Array} tag
 * @param {number} bits
 */
export function prefixOf(tag, bits) {
  const size = Math.ceil(bits / 4);
  let text = "";
  for (let at = 0; at < size; at += 1) {
    const digit = at % 2 === 0 ? tag[at >> 1] >> 4 : tag[at >> 1] & 15;
    const kept = Math.min(4, bits - 4 * at);
    text += ((digit >> (4 - kept)) << (4 - kept)).toString(16);
  }
  return text;
}

/**
 * What the signature covers, the signature, and the text. Says nothing of who wrote it. Throws Malformed.
 * @param {Link} at
 * @param {Uint8Array} item
 */
async function openItem(at, item) {
  if (item.length !== ITEM_SIZE || !equal(item.slice(0, TAG_SIZE), at.tag)) throw new Malformed("address");
  const key = await crypto.subtle.importKey("raw", at.key, "AES-GCM", false, ["decrypt"]);
  let plain = new Uint8Array(0);
  try {
    const how = { name: "AES-GCM", iv: item.slice(TAG_SIZE, BODY_AT), additionalData: lp(label("mail"), at.tag) };
    const opened = await crypto.subtle.decrypt(how, key, item.slice(BODY_AT));
    plain = unpad(new Uint8Array(opened));
  } catch (_) {
    throw new Malformed("sealed");
  }
  const body = plain.slice(SIGNATURE_SIZE);
  return { signed: lp(label("reply"), at.tag, body), signature: plain.slice(0, SIGNATURE_SIZE), text: await decode(body) };
}

/** @param {Uint8Array} body */
async function decode(body) {
  if (body[0] === 0) return body.slice(1);
  if (body[0] === 1) return inflate(body.slice(1), TEXT_MAX);
  throw new Malformed("encoding");
}
