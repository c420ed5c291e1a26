/**
 * Answers on their way: each at the first free one-time address of its conversation, tied to no message. What was sent in
 * this visit is known here alone.
 */
import { Malformed, b64 } from "../worker/rest/bytes.mjs";
import { firstLink, link } from "../worker/mail/mailbox.mjs";
import { put } from "./doors.mjs";
import { sealItem } from "./letters.mjs";

/** Addresses of one conversation that are tried. */
const MOST = 1000;

/**
 * @typedef {import("./keyfile.mjs").Keys} Keys
 * @typedef {import("./types.mjs").Letter} Letter
 * @typedef {import("./types.mjs").Said} Said
 * @typedef {{at: import("../worker/mail/mailbox.mjs").Link, before: number, sent: Said[]}} Place
 *   `before`: how many addresses others had, or we in another visit.
 */

/** @type {Map<string, Place>} */
const places = new Map();
/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * What was said in this visit in the conversation of the message, and how often before.
 * @param {Letter} letter
 * @returns {{before: number, sent: Said[]}}
 */
export const thread = (letter) => places.get(name(letter)) ?? { before: 0, sent: [] };

/** @param {Letter} letter */
const name = ({ conversation }) => (conversation === null ? "" : b64(conversation));

/**
 * @param {Keys} keys
 * @param {Letter} letter
 * @param {Pick<Said, "kind" | "status" | "text">} words
 * @returns {Said}
 */
export const said = (keys, letter, words) => ({
  ...words,
  answers: letter.digest,
  locator: letter.locator,
  party: keys.party,
});

/**
 * One after another, so that no two try the same address. Throws Refused, and Malformed where it is too long.
 * @param {Keys} keys
 * @param {Letter} letter
 * @param {Pick<Said, "kind" | "status" | "text">} words
 * @returns {Promise<void>}
 */
export function send(keys, letter, words) {
  const sending = last.then(() => sent(keys, letter, said(keys, letter, words)));
  last = sending.catch(() => {});
  return sending;
}

/** @param {Keys} keys @param {Letter} letter @param {Said} one */
async function sent(keys, letter, one) {
  if (letter.conversation === null) throw new Malformed("conversation");
  const place = places.get(name(letter)) ?? { at: await firstLink(letter.conversation), before: 0, sent: [] };
  places.set(name(letter), place);
  for (let tries = 0; tries < MOST; tries += 1) {
    const free = await put(await sealItem(place.at, keys.signSeed, one));
    place.at = await link(place.at.following);
    if (free) {
      place.sent.push(one);
      return;
    }
    place.before += 1;
  }
  throw new Malformed("conversation");
}
