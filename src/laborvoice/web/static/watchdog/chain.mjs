/**
 * The audit of what phones were told (design, privacy 9): the manifests must be one chain, the same at every visit, signed by
 * one key, and name no keys as ours that are not. What only phones get, only the command line sees.
 */
import { Malformed, b64, label, lp, sha256, unb64, utf8 } from "../worker/rest/bytes.mjs";
import { verify } from "../vendor/verify.mjs";

const STORE = "lv-manifests";
const PAGE = 50;

/**
 * @typedef {import("./keyfile.mjs").Keys} Keys
 * @typedef {{seq: number, signed: {payload: string, sigs: {key: string, sig: string}[]}}} Numbered
 * @typedef {{hashes: {[seq: string]: string}, signers: string[], own: {[party: string]: string[]}}} Seen
 *   What this browser saw: hashes of payloads, the keys that sign, and the signing keys that were unlocked here.
 */

/** @type {Seen} */
const NOTHING = { hashes: {}, signers: [], own: {} };

/**
 * Sentences about what is wrong; none where all is well. `get` asks a door for JSON.
 * @param {Keys} keys
 * @param {(path: string) => Promise<any>} get
 */
export async function audit(keys, get) {
  const seen = recalled();
  const last = newest(seen);
  /** @type {Numbered[]} */
  const rows = [];
  let path = `/v1/manifests?limit=${PAGE}&after=${Math.max(0, last - 1)}`;
  for (let cursor = ""; ; ) {
    const page = await get(path + cursor);
    rows.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
  const { wrong, now } = await judge(seen, rows, keys);
  if (wrong.length === 0) localStorage.setItem(STORE, JSON.stringify(now));
  return wrong;
}

/**
 * `rows`: from the last one seen on. `now`: what is seen after them.
 * @param {Seen} seen
 * @param {Numbered[]} rows
 * @param {Keys} keys
 * @returns {Promise<{wrong: string[], now: Seen}>}
 */
export async function judge(seen, rows, keys) {
  const last = newest(seen);
  const ours = new Set([...(seen.own[keys.party] ?? []), keys.signKey]);
  const now = { hashes: { ...seen.hashes }, signers: [...seen.signers], own: { ...seen.own, [keys.party]: [...ours] } };
  const wrong = [];
  if (last > 0 && !rows.some(({ seq }) => seq === last)) {
    wrong.push(`Manifest ${last}, which this browser has seen, is not shown any more.`);
  }
  for (const row of rows) wrong.push(...(await faults(row, now, keys, ours)));
  return { wrong, now };
}

/** @param {Numbered} row @param {Seen} now @param {Keys} keys @param {Set<string>} ours */
async function faults(row, now, keys, ours) {
  const { payload, sigs } = row.signed;
  const hash = b64(await sha256(utf8(payload)));
  const [known, before] = [now.hashes[row.seq], now.hashes[row.seq - 1]];
  if (known !== undefined) return known === hash ? [] : [`Manifest ${row.seq} is another than at your last visit.`];
  const found = opened(payload);
  if (found === null) return [`Manifest ${row.seq} cannot be read.`];
  const wrong = [];
  if (found.seq !== row.seq || (newest(now) > 0 && found.prev !== before)) wrong.push(`Manifest ${row.seq} does not follow the one before it.`);
  const signers = await verified(payload, sigs);
  if (signers.length === 0 || (now.signers.length > 0 && !signers.some((key) => now.signers.includes(key)))) {
    wrong.push(`Manifest ${row.seq} is not signed by the key that signed the others.`);
  }
  const judged = found.not_before >= begins(keys);
  if (judged && foreign(found.watchdogs, keys, ours)) wrong.push(`Manifest ${row.seq} names keys as yours that are not in your key file.`);
  now.hashes[row.seq] = hash;
  if (signers.length > 0) now.signers = signers;
  return wrong;
}

/**
 * The first day of the year of keys that is open. Manifests from before it name keys of older files, which this file cannot
 * judge; no phone takes them any more once their two weeks are over.
 * @param {Keys} keys
 */
const begins = (keys) => `${keys.months[0].until.slice(0, -2)}01`;

/** @param {string} payload @returns {{seq: number, prev: string, not_before: string, watchdogs: any[]} | null} */
function opened(payload) {
  try {
    const found = JSON.parse(payload);
    return Array.isArray(found.watchdogs) ? found : null;
  } catch (_) {
    return null;
  }
}

/**
 * The keys whose signature holds.
 * @param {string} payload
 * @param {{key: string, sig: string}[]} sigs
 */
async function verified(payload, sigs) {
  const message = lp(label("manifest"), payload);
  const holds = await Promise.all(sigs.map((one) => holding(one, message)));
  return sigs.filter((_, at) => holds[at]).map(({ key }) => key);
}

/** @param {{key: string, sig: string}} one @param {Uint8Array} message */
async function holding({ key, sig }, message) {
  try {
    return await verify(unb64(key), message, unb64(sig));
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

/**
 * Whether our party is named with a signing key that was never unlocked here, or ours with an id that is in no file of it.
 * @param {any[]} watchdogs
 * @param {Keys} keys
 * @param {Set<string>} ours
 */
function foreign(watchdogs, keys, ours) {
  const ids = keys.months.map((month) => month.keys.map(({ kid }) => kid)).flat();
  const named = watchdogs.filter(({ party }) => party === keys.party);
  const wrongKid = (/** @type {any} */ one) => one.sign === keys.signKey && one.kids.some((/** @type {string} */ kid) => !ids.includes(kid));
  return named.some((one) => !ours.has(one.sign) || wrongKid(one));
}

/** @param {Seen} seen */
const newest = ({ hashes }) => Math.max(0, ...Object.keys(hashes).map(Number));

/** @returns {Seen} */
function recalled() {
  try {
    return { ...NOTHING, ...JSON.parse(localStorage.getItem(STORE) ?? "{}") };
  } catch (_) {
    return NOTHING;
  }
}
