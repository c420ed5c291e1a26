/**
 * A message opened by the watchdog it is sealed to, and the answer to it (design, privacy 1, 3 and 10): what the server must
 * not read is read and written here alone.
 */
import {
  Malformed, b64, concat, deflate, equal, hkdf, inflate, label, lp, pad, parse, random, sha256, unb64, unpad, unutf8, utf8,
} from "../worker/rest/bytes.mjs";
import { seedOf, sign } from "./keyfile.mjs";
import { IDS, OURS } from "../worker/rest/proofs.mjs";
import { open as unseal } from "../vendor/seal.mjs";

const VERSION = 1;
const COMMIT_SIZE = 32;
/** Of an inner message, by suite; of each recipient's wrap in it. */
export const SIZES = /** @type {{[suite: number]: number}} */ ({ 1: 5246, 2: 7422 });
const WRAP_SIZE = 1168;
const NONE = new Uint8Array(12);
const TEXT_MAX = 16384;
const CONVERSATION_SIZE = 32;
const WORDS = { v: "count", k: "text", t: "text", l: "text", p: "text", act: "text", n: "count" };

/**
 * @typedef {import("./keyfile.mjs").Keys} Keys
 * @typedef {import("./types.mjs").Row} Row
 * @typedef {import("./types.mjs").Letter} Letter
 * @typedef {import("./types.mjs").Said} Said
 * @typedef {import("../worker/mail/mailbox.mjs").Link} Link
 */

/** A message that stays closed. `why`: "key" (none of ours opens it), "suite", "sealed", "commitment" or "words". */
export class Unopened extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * Throws Unopened. The key inside must be the one that is committed to, or two watchdogs could be shown two texts.
 * @param {Keys} keys
 * @param {Row} row
 * @param {Uint8Array} inner
 * @returns {Promise<Letter>}
 */
export async function openLetter(keys, row, inner) {
  const root = rootOf(keys, row.kid);
  if (row.suite !== OURS) throw new Unopened("suite");
  if (inner.length !== SIZES[row.suite] || row.place >= row.slots) throw new Unopened("sealed");
  const commit = inner.slice(0, COMMIT_SIZE);
  const body = inner.slice(COMMIT_SIZE + row.slots * WRAP_SIZE);
  const digest = await sha256(concat(commit, body));
  const wrap = inner.slice(COMMIT_SIZE + row.place * WRAP_SIZE, COMMIT_SIZE + (row.place + 1) * WRAP_SIZE);
  const content = await unwrapped(root, lp(label("wrap"), IDS, unb64(row.kid), digest), wrap);
  if (!equal(await hkdf(content, "commit"), commit)) throw new Unopened("commitment");
  return read(row, digest, await plain(content, commit, body));
}

/** @param {Keys} keys @param {string} kid */
function rootOf(keys, kid) {
  const month = keys.months.find((one) => one.keys.some((key) => key.kid === kid));
  if (month === undefined) throw new Unopened("key");
  return month.root;
}

/** @param {Uint8Array} root @param {Uint8Array} info @param {Uint8Array} wrap */
async function unwrapped(root, info, wrap) {
  try {
    return await unseal(await seedOf(root, OURS), info, wrap);
  } catch (_) {
    throw new Unopened("sealed");
  }
}

/** @param {Uint8Array} content @param {Uint8Array} commit @param {Uint8Array} body */
async function plain(content, commit, body) {
  try {
    const key = await crypto.subtle.importKey("raw", await hkdf(content, "body"), "AES-GCM", false, ["decrypt"]);
    const how = { name: "AES-GCM", iv: NONE, additionalData: lp(label("body"), commit) };
    return await decoded(unpad(new Uint8Array(await crypto.subtle.decrypt(how, key, body))));
  } catch (_) {
    throw new Unopened("sealed");
  }
}

/** @param {Uint8Array} encoded */
async function decoded(encoded) {
  if (encoded[0] === 0) return encoded.slice(1);
  if (encoded[0] === 1) return inflate(encoded.slice(1), TEXT_MAX);
  throw new Malformed("encoding");
}

/**
 * What stands in it, of which nothing is believed before it has its shape.
 * @param {Row} row
 * @param {Uint8Array} digest
 * @param {Uint8Array} text
 * @returns {Letter}
 */
function read(row, digest, text) {
  try {
    const found = parse(unutf8(text), WORDS);
    if (found.v !== VERSION) throw new Malformed("version");
    return {
      digest: b64(digest),
      kind: found.k,
      odd: !(found.k === row.kind || found.k === "more"),
      supplier: typeof found.s === "string" ? found.s : null,
      text: found.t,
      language: found.l,
      locator: found.p,
      conditions: texts(found.c),
      indicators: list(found.f).filter(Number.isSafeInteger),
      may: texts(found.may),
      act: found.act,
      number: found.n,
      conversation: key(found.cv),
    };
  } catch (_) {
    throw new Unopened("words");
  }
}

/** @param {unknown} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/** @param {unknown} value @returns {string[]} */
const texts = (value) => list(value).filter((one) => typeof one === "string");

/** Null where it is none: then nobody can be answered. @param {unknown} value */
function key(value) {
  const found = typeof value === "string" ? unb64(value) : new Uint8Array(0);
  return found.length === CONVERSATION_SIZE ? found : null;
}

const PADDED = 980;
/** Bytes that an answer may have, once packed. */
export const ROOM = 913;
const NONCE_SIZE = 12;
/**
 * The packed text of an answer: a byte that says how, then the JSON; packed only where that is smaller.
 * @param {Said} said
 */
export async function written(said) {
  const { kind, answers, status, text, locator, party } = said;
  const bytes = utf8(JSON.stringify({ v: VERSION, k: kind, h: answers, st: status, t: text, p: locator, w: party }));
  const packed = bytes.length > TEXT_MAX ? bytes : await deflate(bytes);
  return packed.length < bytes.length ? concat(Uint8Array.of(1), packed) : concat(Uint8Array.of(0), bytes);
}

/**
 * How many bytes are left; negative where it is too long.
 * @param {Said} said
 */
export const left = async (said) => ROOM + 1 - (await written(said)).length;

/**
 * The item for this address: signed by the watchdog, sealed to whoever holds the receipt. Throws Malformed where it is too
 * long. The nonce is new each time: all watchdogs of a conversation seal under one key.
 * @param {Link} at
 * @param {Uint8Array} seed
 * @param {Said} said
 */
export async function sealItem(at, seed, said) {
  const body = await written(said);
  const signature = await sign(seed, lp(label("reply"), at.tag, body));
  const nonce = random(NONCE_SIZE);
  const sealing = await crypto.subtle.importKey("raw", at.key, "AES-GCM", false, ["encrypt"]);
  const how = { name: "AES-GCM", iv: nonce, additionalData: lp(label("mail"), at.tag) };
  const sealed = await crypto.subtle.encrypt(how, sealing, pad(concat(signature, body), PADDED));
  return concat(at.tag, nonce, new Uint8Array(sealed));
}
