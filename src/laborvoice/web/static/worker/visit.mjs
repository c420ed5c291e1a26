/**
 * One visit, from the opened card to the envelope: what the screens call. Nothing is kept but the token, for this tab.
 * Loading this module loads all cryptography: `import()` it after the first paint.
 */
import { sealEnvelope } from "./envelope.mjs";
import { ANY, readManifest, readPart, readPartFile, trusted } from "./manifest.mjs";
import { Unanswered, get, post } from "./post.mjs";
import { ask, forget, heldAsked, heldVoice, holdAsked, holdVoice, redeemed } from "./token.mjs";
import { workBits } from "./work.mjs";

export { Malformed } from "./bytes.mjs";
export { room } from "./envelope.mjs";
export { Refused } from "./manifest.mjs";
export { Unanswered } from "./post.mjs";
export { Marked, forget } from "./token.mjs";

/**
 * @typedef {import("./types.mjs").Trusted} Trusted
 * @typedef {import("./types.mjs").Voice} Voice
 * @typedef {{manifest: import("./types.mjs").Manifest, part: import("./types.mjs").Part, trusted: Trusted}} Seen
 * @typedef {import("./work.mjs").Options & import("./post.mjs").Options} Options
 */

/** The card's first six characters are those of no supplier: "check the first six". */
export class UnknownLocator extends Error {}

/**
 * Fetches the keys and checks them; sends nothing. `fingerprint`: of `data-fp`, for those whose card has none. `origin`:
 * `location.host`. `today`: "2026-11-24", UTC. Throws Refused (stop: nothing may be sent), UnknownLocator, or Unanswered
 * (no network: may be tried again).
 * @param {{card: import("./types.mjs").Card | null, fingerprint: Uint8Array, origin: string, today: string}} wanted
 * @returns {Promise<Seen>}
 */
export async function look({ card, fingerprint, origin, today }) {
  const wanted = card === null ? ANY : card.locator;
  const named = (card && card.fingerprint) || fingerprint;
  const fetched = async () => {
    const manifest = await readManifest(await get("/v1/manifest"), named, origin, today);
    return { manifest, file: await readPartFile(await get(`/v1/manifest/${wanted}`), manifest) };
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
 * @param {import("./types.mjs").Answers | null} answers
 * @param {import("./types.mjs").Message | null} message
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
