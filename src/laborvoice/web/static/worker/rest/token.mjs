/**
 * An invite becomes a voice token that cannot be traced to it (design, privacy 4). What is needed to end that is kept in
 * `sessionStorage`, for this tab, until the envelope is sent: a page that was reloaded must not cost a vote.
 */
import {
  Malformed, anySet, b64, big, concat, equal, label, lp, random, sha256, unb64, utf8,
} from "./bytes.mjs";
import { randomCode } from "./codes.mjs";
import { MODULUS_SIZE, find, toRsaEncryption } from "./proofs.mjs";
import { blind, finalise } from "../../vendor/blind.mjs";

const TYPE = Uint8Array.of(0, 2);
const SECRET_SIZE = 32;
const KEY_ID_SIZE = 32;
const PLACE = "n";
const MARK_SIZE = 8;
const ASKED = ["mark", "request", "r", "signed", "inverse"];
const HELD = ["mark", "r", "token"];

/**
 * @typedef {import("../types.mjs").Trusted} Trusted
 * @typedef {import("../types.mjs").Voice} Voice
 * @typedef {{request: Uint8Array, r: Uint8Array, signed: Uint8Array, inverse: Uint8Array}} Asked
 *   `request` goes out, and again as it is where there was no answer. The rest stays on the phone.
 */

/** A signature by another key than the one that everyone is shown: made to mark a person. */
export class Marked extends Error {}

/**
 * The nonce of the token is fixed by `r` before anything is asked. Without a code it only looks the same.
 * @param {Trusted} trusted
 * @param {string | null} code
 * @param {number} bits
 * @param {import("./proofs.mjs").Options} [options]
 * @returns {Promise<Asked>}
 */
export async function ask(trusted, code, bits, options) {
  const poll = trusted.poll;
  const none = new Uint8Array(0);
  if (code === null || poll === null) {
    const request = await buildRequest(randomCode(), random(KEY_ID_SIZE), random(MODULUS_SIZE), bits, options);
    return { request, r: none, signed: none, inverse: none };
  }
  const r = random(SECRET_SIZE);
  const keyId = await sha256(poll.spki);
  const nonce = await sha256(lp(label("bind"), r));
  const signed = concat(TYPE, nonce, await challengeDigest(trusted), keyId);
  const { blinded, inverse } = await blind(toRsaEncryption(poll.spki), signed);
  return { request: await buildRequest(code, keyId, blinded, bits, options), r, signed, inverse };
}

/**
 * The outcome, and the voice if it is 0. Throws Malformed, and Marked for a signature by another key.
 * @param {Trusted} trusted
 * @param {Asked} asked
 * @param {Uint8Array} raw
 * @returns {Promise<{outcome: number, voice: Voice | null}>}
 */
export async function redeemed(trusted, asked, raw) {
  const { outcome, signatures } = parseAnswer(raw);
  if (outcome !== SIGNED) return { outcome, voice: null };
  if (trusted.poll === null || signatures.length !== 1) throw new Marked();
  try {
    const spki = toRsaEncryption(trusted.poll.spki);
    const signature = await finalise(spki, asked.signed, signatures[0], asked.inverse);
    return { outcome, voice: { token: concat(asked.signed, signature), r: asked.r } };
  } catch (_) {
    throw new Marked();
  }
}

/**
 * The digest of the TokenChallenge (RFC 9577, section 2.1.1); issuer and origin are the same host.
 * @param {Trusted} trusted
 */
export async function challengeDigest({ origin, supplier, period }) {
  const context = await sha256(lp(label("voice"), supplier, period));
  return sha256(concat(TYPE, lp(origin), Uint8Array.of(context.length), context, lp(origin)));
}

/**
 * Keeps what was asked for, without the code of the card.
 * @param {Asked} asked
 * @param {string} code
 */
export async function holdAsked(asked, code) {
  hold({ ...asked, request: withCode(asked.request, ""), mark: await mark(asked.r, code) }, ASKED);
}

/** @param {Voice} voice @param {string} code */
export async function holdVoice(voice, code) {
  hold({ ...voice, mark: await mark(voice.r, code) }, HELD);
}

/** When the envelope is sent, at Leave now, after a pause. */
export const forget = () => sessionStorage.removeItem(PLACE);

/**
 * What this tab asked for with the same card, to be sent as the same bytes; null if it was another, or nothing.
 * @param {Trusted} trusted
 * @param {string} code
 * @returns {Promise<Asked | null>}
 */
export async function heldAsked(trusted, code) {
  const found = held(ASKED);
  if (found === null || !(await isOf(trusted, found.signed)) || !(await isMarked(found, code))) return null;
  return { request: withCode(found.request, code), r: found.r, signed: found.signed, inverse: found.inverse };
}

/**
 * The voice that this tab got for the same card, in the period of the visit.
 * @param {Trusted} trusted
 * @param {string} code
 * @returns {Promise<Voice | null>}
 */
export async function heldVoice(trusted, code) {
  const found = held(HELD);
  if (found === null || !(await isOf(trusted, found.token)) || !(await isMarked(found, code))) return null;
  return { token: found.token, r: found.r };
}

/**
 * Tells whether it is the same card, to who has the card; nothing to others.
 * @param {Uint8Array} r
 * @param {string} code
 */
const mark = async (r, code) => (await sha256(lp(r, code))).slice(0, MARK_SIZE);

/** @param {{[name: string]: Uint8Array}} found @param {string} code */
const isMarked = async (found, code) => equal(found.mark, await mark(found.r, code));

/** @param {Trusted} trusted @param {Uint8Array} token */
async function isOf(trusted, token) {
  if (trusted.poll === null) return false;
  const wanted = concat(await challengeDigest(trusted), await sha256(trusted.poll.spki));
  return equal(token.slice(TYPE.length + SECRET_SIZE, TYPE.length + SECRET_SIZE + wanted.length), wanted);
}

/** @param {{[name: string]: Uint8Array}} bytes @param {string[]} names */
const hold = (bytes, names) => sessionStorage.setItem(PLACE, names.map((name) => b64(bytes[name])).join("."));

/** @param {string[]} names @returns {{[name: string]: Uint8Array} | null} */
function held(names) {
  const parts = (sessionStorage.getItem(PLACE) || "").split(".");
  if (parts.length !== names.length) return null;
  /** @type {{[name: string]: Uint8Array}} */
  const found = {};
  names.forEach((name, at) => {
    found[name] = unb64(parts[at]);
  });
  return found;
}

const SIGNED = 0;
const REFUSED = 2;
const REQUEST_VERSION = 1;
const REQUEST_SIZE = 2368;
const ANSWER_SIZE = 2064;
const ANSWER_HEADER_SIZE = 16;
const REQUEST_NONCE_AT = 4;
const CODE_AT = 12;
const WANTS_AT = 64;
const WANTS_MAX = 8;

/**
 * One signature wanted, its work done.
 * @param {string} code
 * @param {Uint8Array} keyId
 * @param {Uint8Array} blinded
 * @param {number} bits
 * @param {import("./proofs.mjs").Options} [options]
 */
async function buildRequest(code, keyId, blinded, bits, options) {
  const request = new Uint8Array(REQUEST_SIZE);
  request.set([REQUEST_VERSION, 1]);
  request.set(utf8(code), CODE_AT);
  request.set(concat(keyId, blinded), WANTS_AT);
  request.set(await find(await workDigest(request), bits, options), REQUEST_NONCE_AT);
  return request;
}

/** @param {Uint8Array} request */
const workDigest = (request) => sha256(concat(request.slice(0, REQUEST_NONCE_AT), request.slice(CODE_AT)));

/**
 * The request with another code in its place: zeros, where it is to be kept without one.
 * @param {Uint8Array} request
 * @param {string} code
 */
function withCode(request, code) {
  const copy = request.slice();
  copy.set(code === "" ? big(0, 20) : utf8(code), CODE_AT);
  return copy;
}

/**
 * Outcome and blind signatures. Throws Malformed.
 * @param {Uint8Array} raw
 */
export function parseAnswer(raw) {
  const [outcome, count] = raw;
  const fits =
    raw.length === ANSWER_SIZE &&
    outcome <= REFUSED &&
    count <= WANTS_MAX &&
    (outcome === SIGNED) === count > 0 &&
    !anySet(raw.slice(2, ANSWER_HEADER_SIZE));
  if (!fits) throw new Malformed("answer");
  const signatures = [];
  for (let j = 0; j < count; j += 1) {
    signatures.push(raw.slice(ANSWER_HEADER_SIZE + j * MODULUS_SIZE, ANSWER_HEADER_SIZE + (j + 1) * MODULUS_SIZE));
  }
  return { outcome, signatures };
}
