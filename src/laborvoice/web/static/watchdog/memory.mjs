/**
 * "This computer remembers": keys for thirty days in this profile of the browser, under a key that no script can take out
 * of it. Whoever can use the profile can use them: the page says so before.
 */
import { b64, dayOf, plus, random, unb64, unutf8, utf8 } from "../worker/rest/bytes.mjs";

const DATABASE = "lv-keys";
const STORE = "kept";
const DAYS = 30;
const NONCE_SIZE = 12;

/** @typedef {import("./keyfile.mjs").Keys} Keys */

/** @param {Keys} keys */
export async function remember(keys) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = random(NONCE_SIZE);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, utf8(packed(keys)));
  await stored("readwrite", (store) => store.put({ party: keys.party, until: plus(dayOf(Date.now()), DAYS), key, iv, sealed }));
}

/**
 * Null where none are remembered any more.
 * @param {string} party
 * @returns {Promise<Keys | null>}
 */
export async function remembered(party) {
  const row = await stored("readonly", (store) => store.get(party));
  if (row === undefined) return null;
  try {
    if (row.until < dayOf(Date.now())) throw new RangeError();
    return unpacked(unutf8(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, row.key, row.sealed))));
  } catch (_) {
    await forget(party);
    return null;
  }
}

/** @param {string} party */
export const forget = (party) => stored("readwrite", (store) => store.delete(party));

/** @param {Keys} keys */
const packed = ({ signSeed, months, ...rest }) =>
  JSON.stringify({ ...rest, signSeed: b64(signSeed), months: months.map((one) => ({ ...one, root: b64(one.root) })) });

/** @param {string} text @returns {Keys} */
function unpacked(text) {
  const { signSeed, months, ...rest } = JSON.parse(text);
  const roots = months.map((/** @type {{root: string}} */ one) => ({ ...one, root: unb64(one.root) }));
  return { ...rest, signSeed: unb64(signSeed), months: roots };
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 */
async function stored(mode, act) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "party" });
  const database = await answered(opening);
  try {
    return await answered(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

/** @param {IDBRequest} request @returns {Promise<any>} */
const answered = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
