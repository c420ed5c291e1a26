/**
 * A watchdog's yearly key file: twelve roots and a signing seed, sealed under 28 digits on paper, beside the public halves
 * (design, web 4; privacy 0 and 9). Nothing here stores or sends anything.
 */
import { makeDigits, parseDigits } from "../worker/rest/codes.mjs";
import {
  Malformed, anySet, b64, concat, day, dayOf, hkdf, label, lp, parse, plus, random, unb64, utf8,
} from "../worker/rest/bytes.mjs";
import { kid } from "../worker/rest/proofs.mjs";
import { publicOf as hybridPublicOf } from "../vendor/seal.mjs";

const VERSION = 1;
export const MONTHS = 12;
const ROOT_SIZE = 32;
const SALT_SIZE = 16;
const NONCE_SIZE = 12;
const ROUNDS = 600000;
/** A month's root is of no use to anybody this long after its end. */
const KEPT_DAYS = 90;

const HYBRID = 1;
const CLASSIC = 2;
/** @type {{[suite: number]: Uint8Array}} KEM, KDF and AEAD numbers of RFC 9180. */
const IDS = {
  [HYBRID]: Uint8Array.of(0x64, 0x7a, 0, 1, 0, 2),
  [CLASSIC]: Uint8Array.of(0, 0x20, 0, 1, 0, 1),
};
const SUITES = [HYBRID, CLASSIC];

/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410). */
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65);
const PKCS8_REST = Uint8Array.of(4, 0x22, 4, 0x20);
/** @type {{[name: string]: number}} The last byte of their object identifiers. */
const OIDS = { X25519: 0x6e, Ed25519: 0x70 };

const SHAPE = {
  v: "count",
  party: "text",
  sign_key: "text",
  months: [{ until: "text", keys: [{ suite: "count", kid: "text", pk: "text" }], own: "text" }],
  rounds: "count",
  salt: "text",
  nonce: "text",
  sealed: "text",
};

/**
 * @typedef {{suite: number, kid: string, pk: string}} PublicKey
 * @typedef {{until: string, keys: PublicKey[], own: string}} PublicMonth
 * @typedef {{v: number, party: string, sign_key: string, months: PublicMonth[], rounds: number, salt: string, nonce: string,
 *   sealed: string}} KeyFile
 * @typedef {{until: string, keys: PublicKey[], root: Uint8Array}} Month
 * @typedef {{party: string, signKey: string, signSeed: Uint8Array, months: Month[]}} Keys
 *   `signKey` is base64url as in the file. `months` are those whose roots are still there.
 */

/** `why`: "file" (it is no key file, or cut), "year" (of another kind), "sealed" (code and file do not fit), "keys". */
export class Unopened extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * A new year of keys: the code, and the file as text. The private halves are nowhere else.
 * @param {string} party
 * @param {string} firstMonth "2026-12"
 */
export async function make(party, firstMonth) {
  const code = makeDigits();
  const roots = ends(firstMonth).map((until) => ({ until, root: random(ROOT_SIZE) }));
  const seed = random(ROOT_SIZE);
  const months = await Promise.all(roots.map(({ until, root }) => publicMonth(party, until, root, seed)));
  const open = { v: VERSION, party, sign_key: b64(await publicHalf("Ed25519", seed)), months };
  const secret = concat(...roots.map(({ root }) => root), seed);
  const text = await sealed(open, secret, code);
  for (const one of [seed, secret, ...roots.map(({ root }) => root)]) one.fill(0);
  return { code, text };
}

/**
 * The file as it must be; its seal is not looked at. Throws Unopened.
 * @param {string} text
 * @returns {KeyFile}
 */
export function read(text) {
  try {
    const file = /** @type {KeyFile} */ (parse(text, SHAPE));
    for (const one of file.months) day(one.until);
    if (unb64(file.salt).length !== SALT_SIZE || unb64(file.nonce).length !== NONCE_SIZE) throw new Malformed("length");
    if (file.v !== VERSION || file.rounds !== ROUNDS || file.months.length !== MONTHS) throw new Unopened("year");
    return file;
  } catch (error) {
    throw error instanceof Malformed ? new Unopened("file") : error;
  }
}

/**
 * The keys in the file. Throws Unopened, and Malformed ("length", "check") for a code that cannot be one.
 * @param {string} text
 * @param {string} code digits of any script
 * @returns {Promise<Keys>}
 */
export async function open(text, code) {
  const file = read(text);
  const secret = await unsealed(file, parseDigits(code));
  const signSeed = secret.slice(-ROOT_SIZE);
  const months = file.months
    .map(({ until, keys }, at) => ({ until, keys, root: secret.slice(at * ROOT_SIZE, (at + 1) * ROOT_SIZE) }))
    .filter(({ root }) => anySet(root));
  secret.fill(0);
  const signs = !anySet(signSeed) || b64(await publicHalf("Ed25519", signSeed)) === file.sign_key;
  const fits = await Promise.all(months.map(({ root, keys }) => fit(root, keys)));
  if (!signs || !fits.every(Boolean)) throw new Unopened("keys");
  return { party: file.party, signKey: file.sign_key, signSeed, months };
}

/**
 * Whether the root of a month that ended on this day is kept no longer.
 * @param {string} until
 * @param {string} today
 */
export const isPast = (until, today) => plus(until, KEPT_DAYS) < today;

/**
 * The file saved again: roots of months long past are zeros from now on, under a new salt. Throws as `open`.
 * @param {string} text
 * @param {string} code
 * @param {string} today
 */
export async function renewed(text, code, today) {
  const file = read(text);
  const digits = parseDigits(code);
  const secret = await unsealed(file, digits);
  const past = file.months.map(({ until }) => isPast(until, today));
  past.forEach((gone, at) => gone && secret.fill(0, at * ROOT_SIZE, (at + 1) * ROOT_SIZE));
  if (past.every(Boolean)) secret.fill(0);
  const { v, party, sign_key, months } = file;
  const fresh = await sealed({ v, party, sign_key, months }, secret, digits);
  secret.fill(0);
  return fresh;
}

/**
 * The body of POST /v1/keys: the months that have not ended.
 * @param {KeyFile} file
 * @param {string} [today]
 */
export const publicHalves = ({ sign_key, months }, today = dayOf(Date.now())) => ({
  sign_key,
  months: months.filter(({ until }) => until >= today),
});

/** @param {KeyFile} file */
export const fileName = ({ months }) => `laborvoice-key-${months[0].until.slice(0, 4)}.json`;

/**
 * The seed that a month's root gives for a suite: what opens messages.
 * @param {Uint8Array} root
 * @param {number} suite
 */
export const seedOf = (root, suite) => hkdf(root, "seed", [IDS[suite]]);

/**
 * @param {Uint8Array} seed
 * @param {Uint8Array} message
 */
export async function sign(seed, message) {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8("Ed25519", seed), "Ed25519", false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
}

/**
 * @param {string} party
 * @param {string} until
 * @param {Uint8Array} root
 * @param {Uint8Array} seed
 * @returns {Promise<PublicMonth>}
 */
async function publicMonth(party, until, root, seed) {
  const pairs = await Promise.all(SUITES.map((suite) => publicPair(root, suite)));
  const own = await sign(seed, lp(label("watchdog-keys"), party, until, ...pairs.map(({ id, pk }) => [id, pk]).flat()));
  return { until, keys: pairs.map(({ suite, id, pk }) => ({ suite, kid: b64(id), pk: b64(pk) })), own: b64(own) };
}

/** @param {Uint8Array} root @param {number} suite */
async function publicPair(root, suite) {
  const seed = await seedOf(root, suite);
  const pk = suite === HYBRID ? await hybridPublicOf(seed) : await publicHalf("X25519", seed);
  return { suite, id: await kid(pk, suite), pk };
}

/** @param {Uint8Array} root @param {PublicKey[]} keys */
async function fit(root, keys) {
  const pairs = await Promise.all(keys.map(({ suite }) => (IDS[suite] ? publicPair(root, suite) : null)));
  return pairs.every((pair, at) => pair && b64(pair.pk) === keys[at].pk && b64(pair.id) === keys[at].kid);
}

/** @param {"X25519" | "Ed25519"} name @param {Uint8Array} seed */
async function publicHalf(name, seed) {
  const use = /** @type {KeyUsage[]} */ (name === "Ed25519" ? ["sign"] : ["deriveBits"]);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8(name, seed), name, true, use);
  return unb64(/** @type {string} */ ((await crypto.subtle.exportKey("jwk", key)).x));
}

/** @param {string} name @param {Uint8Array} seed */
const pkcs8 = (name, seed) => concat(PKCS8, Uint8Array.of(OIDS[name]), PKCS8_REST, seed);

/**
 * @param {Omit<KeyFile, "rounds" | "salt" | "nonce" | "sealed">} open
 * @param {Uint8Array} secret
 * @param {string} digits
 */
async function sealed(open, secret, digits) {
  const [salt, nonce] = [random(SALT_SIZE), random(NONCE_SIZE)];
  const others = { ...open, rounds: ROUNDS, salt: b64(salt), nonce: b64(nonce) };
  const how = { name: "AES-GCM", iv: nonce, additionalData: utf8(canonical(others)) };
  const bytes = await crypto.subtle.encrypt(how, await stretched(digits, salt), secret);
  return `${JSON.stringify({ ...others, sealed: b64(new Uint8Array(bytes)) }, null, 1)}\n`;
}

/** @param {KeyFile} file @param {string} digits */
async function unsealed(file, digits) {
  const { sealed: bytes, ...others } = file;
  const how = { name: "AES-GCM", iv: unb64(file.nonce), additionalData: utf8(canonical(others)) };
  try {
    const secret = await crypto.subtle.decrypt(how, await stretched(digits, unb64(file.salt)), unb64(bytes));
    if (secret.byteLength === (MONTHS + 1) * ROOT_SIZE) return new Uint8Array(secret);
  } catch (_) {
    throw new Unopened("sealed");
  }
  throw new Unopened("file");
}

/** @param {string} digits @param {Uint8Array} salt */
async function stretched(digits, salt) {
  const base = await crypto.subtle.importKey("raw", utf8(digits), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/**
 * JSON with names sorted and no blank. All texts of a key file are ASCII.
 * @param {unknown} value
 * @returns {string}
 */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(",")}}`;
}

/**
 * The last days of twelve months.
 * @param {string} firstMonth
 */
function ends(firstMonth) {
  const [year, month] = day(`${firstMonth}-01`).split("-").map(Number);
  return Array.from({ length: MONTHS }, (_, at) => dayOf(Date.UTC(year, month + at, 0)));
}
