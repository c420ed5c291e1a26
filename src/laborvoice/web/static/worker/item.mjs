/** One item of the mailbox: a reply at a one-time address, and how the next address follows (design, privacy 10; ADR 0019). */
import { Malformed, concat, equal, hkdf, inflate, label, lp, pad, random, unpad } from "./bytes.mjs";

export const ITEM_SIZE = 1024;
export const TAG_SIZE = 16;
const NONCE_SIZE = 12;
const BODY_AT = TAG_SIZE + NONCE_SIZE;
const PADDED = ITEM_SIZE - BODY_AT - 16;
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
export async function openItem(at, item) {
  if (item.length !== ITEM_SIZE || !equal(item.slice(0, TAG_SIZE), at.tag)) throw new Malformed("address");
  const key = await crypto.subtle.importKey("raw", at.key, "AES-GCM", false, ["decrypt"]);
  let plain = new Uint8Array(0);
  try {
    const opened = await crypto.subtle.decrypt(how(at, item.slice(TAG_SIZE, BODY_AT)), key, item.slice(BODY_AT));
    plain = unpad(new Uint8Array(opened));
  } catch (_) {
    throw new Malformed("sealed");
  }
  const body = plain.slice(SIGNATURE_SIZE);
  return { signed: signedBytes(at, body), signature: plain.slice(0, SIGNATURE_SIZE), text: await decode(body) };
}

/**
 * A reply at this address: a watchdog's business. `body`: a byte that says how, then the text; `signature`: of the watchdog
 * over `signedBytes`. Throws Malformed where it is too long.
 * @param {Link} at
 * @param {Uint8Array} body
 * @param {Uint8Array} signature
 */
export async function sealItem(at, body, signature) {
  const plain = pad(concat(signature, body), PADDED);
  const nonce = random(NONCE_SIZE);
  const key = await crypto.subtle.importKey("raw", at.key, "AES-GCM", false, ["encrypt"]);
  return concat(at.tag, nonce, new Uint8Array(await crypto.subtle.encrypt(how(at, nonce), key, plain)));
}

/** @param {Link} at @param {Uint8Array} body */
export const signedBytes = (at, body) => lp(label("reply"), at.tag, body);

/** @param {Link} at @param {Uint8Array} iv */
const how = (at, iv) => ({ name: "AES-GCM", iv, additionalData: lp(label("mail"), at.tag) });

/** @param {Uint8Array} body */
async function decode(body) {
  if (body[0] === 0) return body.slice(1);
  if (body[0] === 1) return inflate(body.slice(1), TEXT_MAX);
  throw new Malformed("encoding");
}
