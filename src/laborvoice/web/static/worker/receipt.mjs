/** The receipt: 28 digits that open a conversation (design, privacy 10). */
import { Malformed, hkdf, label, lp, sha256, utf8 } from "./bytes.mjs";
import { latin } from "./digits.mjs";

const RANDOM_DIGITS = 26;
const DIGITS = 28;
const ROUNDS = 600000;
/** The largest multiple of ten that a byte reaches: a byte from it on is drawn again. */
const FAIR = 250;

/** A new receipt: 26 random digits and 2 that check them (ISO 7064 mod 97-10). */
export function makeDigits() {
  let digits = "";
  while (digits.length < RANDOM_DIGITS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(RANDOM_DIGITS))) {
      if (byte < FAIR && digits.length < RANDOM_DIGITS) digits += String(byte % 10);
    }
  }
  return withCheck(digits);
}

/** @param {string} digits */
export const withCheck = (digits) => digits + String(98 - mod97(digits + "00")).padStart(2, "0");

/**
 * The 28 digits, typed in any script. Throws Malformed, `why` = "length" or "check" (one digit is wrong).
 * @param {string} text
 */
export function parseDigits(text) {
  const digits = latin(text);
  if (digits.length !== DIGITS) throw new Malformed("length");
  if (mod97(digits) !== 1) throw new Malformed("check");
  return digits;
}

/** @param {string} digits */
export const grouped = (digits) => (digits.match(/.{1,4}/g) || []).join(" ");

/**
 * The key of the conversation: a fraction of a second of work, the price of every guess.
 * @param {string} digits
 * @param {string} origin
 */
export async function conversationKey(digits, origin) {
  const salt = await sha256(lp(label("receipt"), origin));
  const base = await crypto.subtle.importKey("raw", utf8(digits), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return hkdf(new Uint8Array(await crypto.subtle.deriveBits(how, base, 256)), "conv");
}

/** @param {string} digits */
function mod97(digits) {
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
