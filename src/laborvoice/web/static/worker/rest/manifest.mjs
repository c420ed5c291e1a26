/** The manifest, a supplier's part of it, and the keys of a visit: all checked before anything is sent (design, privacy 9). */
import {
  Malformed, begin, concat, day, equal, gunzip, label, lp, monday, parse, plus, sha256, unb64, unpad, unutf8, utf8,
} from "./bytes.mjs";
import { FINGERPRINT_SIZE } from "./codes.mjs";
import { ours, recomputes, toRsaEncryption } from "./proofs.mjs";
import { verify } from "../../vendor/verify.mjs";

const MANIFEST_VERSION = 1;
const LENIENCE_DAYS = 2;

const KEYS = [{ suite: "count", kid: "text", pk: "text" }];
const SIGNED_SHAPE = { payload: "text", sigs: [{ key: "text", sig: "text" }] };
const MANIFEST = {
  v: "count",
  origin: "text",
  seq: "count",
  prev: "text",
  not_before: "text",
  not_after: "text",
  box: [{ period: "text", close: "text", keys: KEYS }],
  mix: [{ week: "text", until: "text", keys: KEYS }],
  watchdogs: [{ party: "text", sign: "text", kids: ["text"] }],
  parts: { count: "count", size: "count", root: "text" },
  pow_bits: "count",
  mailbox: { bits: "count", items: "count", size: "count" },
};

/** What a phone does not accept: it stops and sends nothing. `why` is one word. */
export class Refused extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** @param {boolean} holds @param {string} why */
function require(holds, why) {
  if (!holds) throw new Refused(why);
}

/**
 * What runs `step` turns what cannot be read into a refusal.
 * @template T
 * @param {() => Promise<T>} step
 * @param {string} why
 */
async function readable(step, why) {
  try {
    return await step();
  } catch (error) {
    throw error instanceof Malformed ? new Refused(why) : error;
  }
}

/**
 * `text`: the JSON as served, its gzip undone. `today` may be two days wrong. Throws Refused, `why` = "unreadable", "signature",
 * "version", "origin", "days" or "kid".
 * @param {Uint8Array} text
 * @param {Uint8Array} fingerprint
 * @param {string} origin
 * @param {string} today
 * @returns {Promise<import("../types.mjs").Manifest>}
 */
export async function readManifest(text, fingerprint, origin, today) {
  /** @type {import("../types.mjs").Manifest} */
  const found = await readable(async () => parse(await signed(text, fingerprint), MANIFEST), "unreadable");
  const fits = await readable(async () => {
    const keys = [...found.box, ...found.mix].map((one) => one.keys);
    const all = await Promise.all(keys.flat().map(recomputes));
    day(found.not_before);
    day(found.not_after);
    return all.every(Boolean);
  }, "unreadable");
  require(found.v === MANIFEST_VERSION, "version");
  require(found.origin === origin, "origin");
  require(plus(found.not_before, -LENIENCE_DAYS) <= today && today <= plus(found.not_after, LENIENCE_DAYS), "days");
  require(fits, "kid");
  return found;
}

/**
 * The payload, signed by the key of this fingerprint.
 * @param {Uint8Array} text
 * @param {Uint8Array} fingerprint
 */
async function signed(text, fingerprint) {
  const { payload, sigs } = parse(unutf8(text), SIGNED_SHAPE);
  const message = lp(label("manifest"), payload);
  for (const one of sigs) {
    const key = unb64(one.key);
    const name = (await sha256(lp(label("manifest-key"), key))).slice(0, FINGERPRINT_SIZE);
    if (equal(name, fingerprint) && (await verify(key, message, unb64(one.sig)))) return payload;
  }
  throw new Refused("signature");
}

/** The locator and the supplier of the part for those without a card. */
export const ANY = "any";
const HASH_SIZE = 32;
const INFLATED_MAX = 1048576;
const FILE = { seq: "count", part: "text", index: "count", proof: "text" };
const PART = {
  v: "count",
  locator: "text",
  supplier: "text",
  name: "text",
  country: "text",
  min_age: "count",
  slots: "count",
  periods: [{ period: "text", close: "text", q: "text", qv: "count", spki: "text" }],
  watchdogs: [{ party: "text", name: "text", until: "text", keys: KEYS, own: "text" }],
  help: [{ country: "text", name: "text", number: "text", hours: "text", languages: ["text"], checked_on: "text" }],
  enrolled: "count",
};

/**
 * @typedef {import("../types.mjs").Manifest} Manifest
 * @typedef {import("../types.mjs").Part} Part
 * @typedef {import("../types.mjs").Trusted} Trusted
 * @typedef {{seq: number, part: string, index: number, proof: string}} PartFile
 */

/**
 * Unpacked, not yet proven. Throws Refused, `why` = "size" where it is not as long as every part is, or "unreadable".
 * @param {Uint8Array} raw
 * @param {Manifest} manifest
 * @returns {Promise<PartFile>}
 */
export async function readPartFile(raw, manifest) {
  require(raw.length === manifest.parts.size, "size");
  return readable(async () => parse(unutf8(await gunzip(unpad(raw), INFLATED_MAX)), FILE), "unreadable");
}

/**
 * Throws Refused unless the manifest proves it, and the watchdogs' keys are their own: `why` = "number", "proof",
 * "unreadable", "version", "locator" or "owner".
 * @param {PartFile} file
 * @param {Manifest} manifest
 * @param {string} locator
 * @returns {Promise<Part>}
 */
export async function readPart(file, manifest, locator) {
  require(file.seq === manifest.seq, "number");
  const [found, owned] = await readable(async () => {
    require(await proven(file, manifest.parts), "proof");
    /** @type {Part} */
    const part = parse(file.part, PART);
    const own = await Promise.all(part.watchdogs.map((one) => isOwn(one, manifest)));
    return /** @type {[Part, boolean]} */ ([part, own.every(Boolean)]);
  }, "unreadable");
  require(found.v === MANIFEST_VERSION, "version");
  require(found.locator === locator, "locator");
  require(owned, "owner");
  return found;
}

/**
 * The keys to use today. Throws Refused, `why` = "unreadable", "period", "mix", "suite", "places", "poll" or "key".
 * @param {Manifest} manifest
 * @param {Part} part
 * @param {string} today
 * @returns {Promise<Trusted>}
 */
export function trusted(manifest, part, today) {
  return readable(async () => {
    const box = last(manifest.box.filter((one) => begin(one.period) <= today && today < day(one.close)), "close");
    if (box === null) throw new Refused("period");
    const mix = last(manifest.mix.filter((one) => monday(one.week) <= today && today < day(one.until)), "until");
    if (mix === null) throw new Refused("mix");
    return {
      origin: manifest.origin,
      locator: part.locator,
      supplier: part.supplier,
      period: box.period,
      box: needed(box.keys),
      mix: needed(mix.keys),
      places: places(part),
      floor: manifest.pow_bits,
      poll: part.locator === ANY ? null : poll(part, box.period),
    };
  }, "unreadable");
}

/**
 * The one whose day comes last.
 * @template {{[name: string]: any}} T
 * @param {T[]} rows
 * @param {string} by
 * @returns {T | null}
 */
const last = (rows, by) => rows.reduce((best, one) => (best === null || one[by] > best[by] ? one : best), /** @type {T | null} */ (null));

/** @param {import("../types.mjs").PublicKey[]} keys */
function needed(keys) {
  const found = ours(keys);
  if (found === null) throw new Refused("suite");
  return found;
}

/** @param {Part} part @returns {(Uint8Array | null)[]} */
function places(part) {
  const keys = part.watchdogs.map((one) => needed(one.keys));
  require(keys.length <= part.slots, "places");
  return [...keys, ...Array(part.slots - keys.length).fill(null)];
}

/** @param {Part} part @param {string} period */
function poll(part, period) {
  const found = part.periods.find((one) => one.period === period);
  if (found === undefined) throw new Refused("poll");
  try {
    const spki = unb64(found.spki);
    toRsaEncryption(spki);
    return { q: found.q, qv: found.qv, spki };
  } catch (_) {
    throw new Refused("key");
  }
}

/**
 * Whether the manifest names these keys for the watchdog, and it signed them itself.
 * @param {import("../types.mjs").PartWatchdog} one
 * @param {Manifest} manifest
 */
async function isOwn(one, manifest) {
  const keys = one.keys.map((key) => [unb64(key.kid), unb64(key.pk)]).flat();
  const message = lp(label("watchdog-keys"), one.party, one.until, ...keys);
  const recomputed = await Promise.all(one.keys.map(recomputes));
  for (const proof of manifest.watchdogs) {
    const named = proof.party === one.party && one.keys.every((key) => proof.kids.includes(key.kid));
    if (named && (await verify(unb64(proof.sign), message, unb64(one.own)))) return recomputed.every(Boolean);
  }
  return false;
}

/**
 * Whether the part is number `index` of `count` (RFC 9162, section 2.1.3.2).
 * @param {PartFile} file
 * @param {{count: number, root: string}} parts
 */
async function proven(file, { count, root }) {
  const nodes = unb64(file.proof);
  if (file.index >= count) return false;
  let [at, end] = [file.index, count - 1];
  let found = await sha256(concat(Uint8Array.of(0), utf8(file.part)));
  for (let from = 0; from < nodes.length; from += HASH_SIZE) {
    const node = nodes.slice(from, from + HASH_SIZE);
    if (end === 0 || node.length !== HASH_SIZE) return false;
    if (at % 2 === 1 || at === end) {
      found = await sha256(concat(Uint8Array.of(1), node, found));
      while (at !== 0 && at % 2 === 0) [at, end] = [half(at), half(end)];
    } else {
      found = await sha256(concat(Uint8Array.of(1), found, node));
    }
    [at, end] = [half(at), half(end)];
  }
  return end === 0 && equal(found, unb64(root));
}

/** @param {number} number */
const half = (number) => Math.floor(number / 2);
