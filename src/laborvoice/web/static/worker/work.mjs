/** Proof of work, in slices of 20 ms, so that the page stays alive (design, privacy 5). */
import { concat, utf8 } from "./bytes.mjs";
import { sha256 } from "../vendor/seal.mjs";

export const BITS_MAX = 22;
const SLICE_MS = 20;
const HASHES_BETWEEN_LOOKS = 256;
const PREFIX = utf8("lv1/pow");
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
 * Whether the hash starts with `bits` zero bits.
 * @param {Uint8Array} digest
 * @param {Uint8Array} nonce
 * @param {number} bits
 */
export function check(digest, nonce, bits) {
  return starts(sha256(concat(PREFIX, nonce, digest)), bits);
}

/**
 * The first 8-byte counter that fits. `onProgress` is told the share of what is needed on average, at most 1.
 * @param {Uint8Array} digest
 * @param {number} bits
 * @param {Options} [options]
 */
export async function find(digest, bits, { onProgress, signal } = {}) {
  const input = concat(PREFIX, new Uint8Array(NONCE_SIZE), digest);
  const counter = new DataView(input.buffer, PREFIX.length + NONCE_SIZE / 2, NONCE_SIZE / 2);
  let pause = performance.now() + SLICE_MS;
  for (let count = 0; ; count += 1) {
    counter.setUint32(0, count);
    if (starts(sha256(input), bits)) return input.slice(PREFIX.length, PREFIX.length + NONCE_SIZE);
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
