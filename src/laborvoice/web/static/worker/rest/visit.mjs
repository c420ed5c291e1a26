/**
 * One visit, from the opened card to the envelope: what the screens call. Nothing is kept but the token, for this tab.
 * Loading this module loads all cryptography: `import()` it after the first paint.
 */
import { Malformed, b64, concat, deflate, hkdf, label, lp, pad, random, sha256, utf8 } from "./bytes.mjs";
import { ANY, readManifest, readPart, readPartFile, trusted } from "./manifest.mjs";
import { Unanswered, get, post } from "./post.mjs";
import { IDS, KID_SIZE, OURS, find, kid, workBits } from "./proofs.mjs";
import { ask, forget, heldAsked, heldVoice, holdAsked, holdVoice, redeemed } from "./token.mjs";
import { seal as sealTo } from "../../vendor/seal.mjs";

/**
 * @typedef {import("../types.mjs").Trusted} Trusted
 * @typedef {import("../types.mjs").Voice} Voice
 * @typedef {import("../types.mjs").Answers} Answers
 * @typedef {import("../types.mjs").Message} Message
 * @typedef {{manifest: import("../types.mjs").Manifest, part: import("../types.mjs").Part, trusted: Trusted}} Seen
 * @typedef {import("./proofs.mjs").Options & import("./post.mjs").Options} Options
 */

/** The card's first six characters are those of no supplier: "check the first six". */
export class UnknownLocator extends Error {}

/**
 * Fetches the keys and checks them; sends nothing. `fingerprint`: of `data-fp`, for those whose card has none. `origin`:
 * `location.host`. `today`: "2026-11-24", UTC. Throws Refused (stop: nothing may be sent), UnknownLocator, or Unanswered
 * (no network: may be tried again).
 * @param {{card: import("../types.mjs").Card | null, fingerprint: Uint8Array, origin: string, today: string}} wanted
 * @returns {Promise<Seen>}
 */
export async function look({ card, fingerprint, origin, today }) {
  const wanted = card === null ? ANY : card.locator;
  const named = (card && card.fingerprint) || fingerprint;
  const fetched = async () => {
    const manifest = await readManifest(await get("/v1/manifest"), named, origin, today);
    return { manifest, file: await readPartFile(await get(`/v1/manifest/${encodeURIComponent(wanted)}`), manifest) };
  };
  let { manifest, file } = await fetched();
  // A new number came out between the two.
  if (file.seq !== manifest.seq) ({ manifest, file } = await fetched());
  const part = await readPart(file, manifest, isAny(file.part) ? ANY : wanted);
  if (part.locator !== wanted) throw new UnknownLocator();
  return { manifest, part, trusted: await trusted(manifest, part, today) };
}

/** @param {string} text */
function isAny(text) {
  try {
    return JSON.parse(text).locator === ANY;
  } catch (_) {
    return false;
  }
}

/**
 * How many bits of work are wanted now; never less than the manifest's floor, and that where there is no answer.
 * @param {number} floor
 */
export async function wantedBits(floor) {
  try {
    return workBits(String.fromCharCode(...(await get("/v1/work"))), floor);
  } catch (error) {
    if (error instanceof Unanswered) return floor;
    throw error;
  }
}

/**
 * Exchanges the code of the card, or without one does what looks the same. To be called as soon as the card is open, and
 * gone on with while the poll is answered. `outcome`: 0 the card gives a voice, 1 it was used, 2 unknown or closed. Throws
 * Marked (stop: a signature made to mark a person), Unanswered and AbortError.
 * @param {Trusted} keys
 * @param {string | null} code
 * @param {Options} [options]
 * @returns {Promise<{outcome: number, voice: Voice | null}>}
 */
export async function redeem(keys, code, options = {}) {
  const votes = code !== null && keys.poll !== null;
  const held = votes ? await heldVoice(keys, code) : null;
  if (held !== null) return { outcome: 0, voice: held };
  const asked =
    (votes ? await heldAsked(keys, code) : null) || (await ask(keys, code, await wantedBits(keys.floor), options));
  if (votes) await holdAsked(asked, code);
  const answer = await post("/v1/exchanges", asked.request, 200, options);
  const found = await redeemed(keys, asked, answer);
  if (votes && found.voice !== null) await holdVoice(found.voice, code);
  else forget();
  return found;
}

/**
 * 9,216 bytes, sealed once: what is sent again is these. Without a voice the answers go nowhere. Throws Malformed for a
 * message that is too long ("length") or has no readers ("readers").
 * @param {Trusted} keys
 * @param {Voice | null} voice
 * @param {Answers | null} answers
 * @param {Message | null} message
 * @param {Options} [options]
 */
export async function seal(keys, voice, answers, message, options) {
  return sealEnvelope(keys, voice, answers, message, await wantedBits(keys.floor), options);
}

/**
 * Sends the same bytes until there is a 202, which tells nobody what became of them; then the token is forgotten. Set
 * `keepToken` for an urgent call that goes alone, before the poll.
 * @param {Uint8Array} envelope
 * @param {Options & {keepToken?: boolean}} [options]
 */
export async function cast(envelope, options = {}) {
  await post("/v1/envelopes", envelope, 202, options);
  if (!options.keepToken) forget();
}

/** What is sent: the report, the message, and the envelope around them, always of one size (design, privacy 1 to 3). */
const ENVELOPE_SIZE = 9216;
const ENVELOPE_VERSION = 1;
const NONCE_AT = 20;
const NONCE_END = 28;
const FILLER_SIZE = 352;
const BALLOT_SIZE = 1280;
const REPORT_MAX = 1246;
const REPORT_VERSION = 1;
const MESSAGE_VERSION = 1;
const INNER_SIZE = 5246;
const COMMIT_SIZE = 32;
const WRAP_SIZE = 1168;
const TAG_SIZE = 16;
const PLACES = 3;
const TEXT_MAX = 16384;
/** @type {{[kind: string]: number}} */
const KINDS = { urgent: 1, story: 2, more: 2 };

/**
 * Compact JSON. Throws Malformed where it is too long.
 * @param {{q: string, qv: number}} poll
 * @param {Answers} answers
 */
export function writeReport({ q, qv }, { answers, gravest }) {
  const report = utf8(JSON.stringify({ v: REPORT_VERSION, q, qv, a: answers, g: gravest }));
  if (report.length > REPORT_MAX) throw new Malformed("length");
  return report;
}

/**
 * @param {Trusted} trusted
 * @param {Message} message
 */
function writeMessage(trusted, message) {
  const { kind, text, language, conversation, conditions = [], indicators = [] } = message;
  return utf8(
    JSON.stringify({
      v: MESSAGE_VERSION,
      k: kind,
      s: trusted.supplier === ANY ? null : trusted.supplier,
      t: text,
      l: language,
      p: trusted.locator,
      c: conditions,
      may: message.may || [],
      act: message.act || "now",
      // A key that nobody has, where no answer is wanted: it must not show.
      cv: b64(conversation === null ? random(32) : conversation),
      n: message.number || 0,
      f: indicators.length > 0 ? indicators : undefined,
    }),
  );
}

/**
 * How many bytes of the message are left; negative where it is too long. What deflates well leaves more than it seems.
 * @param {Trusted} trusted
 * @param {Message} message
 */
export async function room(trusted, message) {
  const text = writeMessage(trusted, message);
  if (text.length > TEXT_MAX) return TEXT_MAX - text.length;
  return roomOf(trusted.places.length) + 1 - (await encode(text)).length;
}

/** @param {number} slots */
const roomOf = (slots) => INNER_SIZE - COMMIT_SIZE - slots * WRAP_SIZE - TAG_SIZE - 2 - 1;

/**
 * 9,216 bytes, whatever is in them: without a voice the ballot part holds nothing, without a message the parcel. Throws
 * Malformed for a message that is too long ("length"), or that no watchdog of the part could read ("readers").
 * @param {Trusted} trusted
 * @param {Voice | null} voice
 * @param {Answers | null} answers
 * @param {Message | null} message
 * @param {number} bits
 * @param {import("./proofs.mjs").Options} [options]
 */
export async function sealEnvelope(trusted, voice, answers, message, bits, options) {
  const boxKid = await kid(trusted.box);
  const mixKid = await kid(trusted.mix);
  const ballot = await sealBallot(trusted, boxKid, voice, answers);
  const outer = message === null ? new Uint8Array(32 + INNER_SIZE) : await buildOuter(trusted, message);
  const parcel = await sealTo(trusted.mix, lp(label("parcel"), IDS, mixKid), outer);
  const token = voice === null ? concat(Uint8Array.of(0, 2), random(FILLER_SIZE)) : voice.token;
  const head = concat(Uint8Array.of(ENVELOPE_VERSION, OURS, 0, 0), boxKid, mixKid, new Uint8Array(12));
  const envelope = concat(head, token, ballot, parcel);
  if (envelope.length !== ENVELOPE_SIZE) throw new Malformed("size");
  const digest = await sha256(concat(envelope.slice(0, NONCE_AT), envelope.slice(NONCE_END)));
  envelope.set(await find(digest, bits, options), NONCE_AT);
  return envelope;
}

/**
 * @param {Trusted} trusted
 * @param {Uint8Array} boxKid
 * @param {Voice | null} voice
 * @param {Answers | null} answers
 */
function sealBallot(trusted, boxKid, voice, answers) {
  let [supplier, plain] = [ANY, new Uint8Array(0)];
  if (voice !== null) {
    if (answers === null || trusted.poll === null) throw new Malformed("answers");
    [supplier, plain] = [trusted.supplier, concat(voice.r, writeReport(trusted.poll, answers))];
  }
  return sealTo(trusted.box, lp(label("ballot"), IDS, boxKid, supplier, trusted.period), pad(plain, BALLOT_SIZE));
}

/**
 * What the mix reads: kind, slots, who it is for; then the inner message.
 * @param {Trusted} trusted
 * @param {Message} message
 */
async function buildOuter(trusted, message) {
  if (!trusted.places.some((one) => one !== null)) throw new Malformed("readers");
  const kids = new Uint8Array(PLACES * KID_SIZE);
  for (const [at, publicKey] of trusted.places.entries()) {
    if (publicKey !== null) kids.set(await kid(publicKey), at * KID_SIZE);
  }
  const route = Uint8Array.of(KINDS[message.kind], trusted.places.length, 0, 0, 0, 0, 0, 0);
  return concat(route, kids, await sealMessage(trusted.places, writeMessage(trusted, message)));
}

/**
 * One text, one commitment, a wrapped key for each place; an empty place gets random bytes.
 * @param {(Uint8Array | null)[]} places
 * @param {Uint8Array} text
 */
async function sealMessage(places, text) {
  const key = random(32);
  const commit = await hkdf(key, "commit");
  const padded = pad(await encode(text), roomOf(places.length) + 2 + 1);
  const bodyKey = await crypto.subtle.importKey("raw", await hkdf(key, "body"), "AES-GCM", false, ["encrypt"]);
  const how = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: lp(label("body"), commit) };
  const body = new Uint8Array(await crypto.subtle.encrypt(how, bodyKey, padded));
  const digest = await sha256(concat(commit, body));
  const wraps = [];
  for (const publicKey of places) {
    if (publicKey === null) wraps.push(random(WRAP_SIZE));
    else wraps.push(await sealTo(publicKey, lp(label("wrap"), IDS, await kid(publicKey), digest), key));
  }
  return concat(commit, ...wraps, body);
}

/**
 * A byte that says how, then the text: zlib only where that is smaller.
 * @param {Uint8Array} text
 */
async function encode(text) {
  if (text.length > TEXT_MAX) throw new Malformed("length");
  if (typeof CompressionStream === "undefined") return concat(Uint8Array.of(0), text);
  const packed = await deflate(text);
  return packed.length < text.length ? concat(Uint8Array.of(1), packed) : concat(Uint8Array.of(0), text);
}
