/** What proves itself: a public key by its id and form (design, privacy 0 and 4), work by its hash (5). */
import { Malformed, concat, equal, label, lp, sha256, unb64, utf8 } from "./bytes.mjs";
import { sha256 as sha256AtOnce } from "../../vendor/seal.mjs";

/** MLKEM768-X25519, HKDF-SHA256, AES-256-GCM: what this client seals with. */
export const OURS = 1;
export const IDS = Uint8Array.of(0x64, 0x7a, 0, 1, 0, 2);
export const KID_SIZE = 8;
const PUBLIC_SIZE = 1216;
/** @type {{[suite: number]: Uint8Array}} */
const SUITES = { 1: IDS, 2: Uint8Array.of(0, 0x20, 0, 1, 0, 1) };

const PSS_HEAD = unb64("MIIBUjA9BgkqhkiG9w0BAQowMKANMAsGCWCGSAFlAwQCAqEaMBgGCSqGSIb3DQEBCDALBglghkgBZQMEAgKiAwIBMAOCAQ8A");
const RSA_HEAD = unb64("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A");
/** A sequence of a modulus of 256 bytes, the first of which is set, and 65537. */
const KEY_HEAD = Uint8Array.of(0x30, 0x82, 1, 10, 2, 0x82, 1, 1, 0);
const KEY_TAIL = Uint8Array.of(2, 3, 1, 0, 1);
export const MODULUS_SIZE = 256;

/**
 * @param {Uint8Array} publicKey
 * @param {number} [suite]
 */
export async function kid(publicKey, suite = OURS) {
  return (await sha256(lp(label("kid"), SUITES[suite], publicKey))).slice(0, KID_SIZE);
}

/**
 * Whether the key has the id that it is called by. Keys of suites that are not known here are for other clients.
 * @param {import("../types.mjs").PublicKey} key
 */
export async function recomputes(key) {
  return !(key.suite in SUITES) || equal(await kid(unb64(key.pk), key.suite), unb64(key.kid));
}

/**
 * The key of the suite that this client seals with; null where there is none. Throws Malformed for one of another length.
 * @param {import("../types.mjs").PublicKey[]} keys
 */
export function ours(keys) {
  const found = keys.find((one) => one.suite === OURS);
  if (found === undefined) return null;
  const publicKey = unb64(found.pk);
  if (publicKey.length !== PUBLIC_SIZE) throw new Malformed("key");
  return publicKey;
}

/**
 * The form that WebCrypto loads, of the RSASSA-PSS form that tokens name their key by. Throws Malformed unless it is RSA
 * of 2,048 bits with e = 65537 and nothing else.
 * @param {Uint8Array} spki
 */
export function toRsaEncryption(spki) {
  const key = spki.slice(PSS_HEAD.length);
  const tailAt = KEY_HEAD.length + MODULUS_SIZE;
  const fits =
    equal(spki.slice(0, PSS_HEAD.length), PSS_HEAD) &&
    equal(key.slice(0, KEY_HEAD.length), KEY_HEAD) &&
    key[KEY_HEAD.length] >= 128 &&
    equal(key.slice(tailAt), KEY_TAIL);
  if (!fits) throw new Malformed("key");
  return concat(RSA_HEAD, key);
}

const BITS_MAX = 22;
const SLICE_MS = 20;
const HASHES_BETWEEN_LOOKS = 256;
const WORK_PREFIX = utf8("lv1/pow");
const NONCE_SIZE = 8;

/** @typedef {{onProgress?: (share: number) => void, signal?: AbortSignal}} Options */

/**
 * The larger of the floor and what is wanted now, at most 22; an odd answer, or none: the floor.
 * @param {string} text
 * @param {number} floor
 */
export function workBits(text, floor) {
  const wanted = /^[0-9]{2}$/.test(text) ? Number(text) : 0;
  return Math.min(Math.max(floor, wanted), BITS_MAX);
}

/**
 * The first 8-byte counter that fits. `onProgress` is told the share of what is needed on average, at most 1.
 * @param {Uint8Array} digest
 * @param {number} bits
 * @param {Options} [options]
 */
export async function find(digest, bits, { onProgress, signal } = {}) {
  const input = concat(WORK_PREFIX, new Uint8Array(NONCE_SIZE), digest);
  const counter = new DataView(input.buffer, WORK_PREFIX.length + NONCE_SIZE / 2, NONCE_SIZE / 2);
  let pause = performance.now() + SLICE_MS;
  for (let count = 0; ; count += 1) {
    counter.setUint32(0, count);
    if (starts(sha256AtOnce(input), bits)) return input.slice(WORK_PREFIX.length, WORK_PREFIX.length + NONCE_SIZE);
    if (count % HASHES_BETWEEN_LOOKS === 0 && performance.now() > pause) {
      if (onProgress) onProgress(Math.min(1, count / 2 ** bits));
      await new Promise((go) => setTimeout(go, 0));
      if (signal && signal.aborted) throw new DOMException("ended", "AbortError");
      pause = performance.now() + SLICE_MS;
    }
  }
}

/** @param {Uint8Array} hash @param {number} bits */
function starts(hash, bits) {
  const view = new DataView(hash.buffer, hash.byteOffset, 4);
  return bits === 0 || view.getUint32(0) >>> (32 - bits) === 0;
}
