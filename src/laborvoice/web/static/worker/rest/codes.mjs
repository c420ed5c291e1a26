/** What is on paper: the code of a card (design, privacy 4), the digits of a receipt (10), typed in any script (web 2). */
import { Malformed, hkdf, label, lp, random, sha256, utf8 } from "./bytes.mjs";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LOCATOR_SIZE = 6;
export const TYPED_SIZE = 27;
export const FINGERPRINT_SIZE = 16;
const LINK = /^#?1([0-9A-HJKMNP-TV-Z]{6})([0-9A-HJKMNP-TV-Z]{20})([0-9A-HJKMNP-TV-Z]{26})$/;
const CODE_SIZE = 20;

/**
 * From what follows the host, with or without "#". A link is copied, never typed: no look-alikes.
 * @param {string} fragment
 */
export function readLink(fragment) {
  const found = LINK.exec(fragment);
  if (found === null) throw new Malformed("link");
  return { locator: found[1], code: found[2], fingerprint: fingerprintOf(found[3]) };
}

/**
 * The 27 characters of a card. Throws Malformed, `why` = "length", "letters" or "check" (one character is wrong).
 * @param {string} text
 */
export function readTyped(text) {
  const clean = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (clean.length !== TYPED_SIZE) throw new Malformed("length");
  let acc = 0;
  for (const char of clean) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) throw new Malformed("letters");
    acc = timesX(acc) ^ value;
  }
  if (acc !== 0) throw new Malformed("check");
  return { locator: clean.slice(0, LOCATOR_SIZE), code: clean.slice(LOCATOR_SIZE, TYPED_SIZE - 1) };
}

/**
 * 26 characters, 130 bits: 128 of the fingerprint, then two that are zero.
 * @param {string} text
 */
export function fingerprintOf(text) {
  let number = 0n;
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) throw new Malformed("letters");
    number = (number << 5n) | BigInt(value);
  }
  if (text.length !== 26 || number & 3n) throw new Malformed("link");
  const digits = (number >> 2n).toString(16).padStart(2 * FINGERPRINT_SIZE, "0");
  return Uint8Array.from({ length: FINGERPRINT_SIZE }, (_, at) => parseInt(digits.substr(2 * at, 2), 16));
}

/** A code that no card has: exchanged where there is no card, or the traffic would tell. */
export function randomCode() {
  return Array.from(random(CODE_SIZE), (byte) => ALPHABET[byte & 31]).join("");
}

/**
 * Times x in the field of 32 elements.
 * @param {number} value
 */
const timesX = (value) => (value << 1) ^ (value & 16 ? 0x25 : 0);

/** Where each run of ten begins. */
const RUNS = [
  0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0xff10,
];
/** The Burmese letter wa looks like its zero, and is typed for it. */
const WA = 0x101d;

/**
 * Only the digits, the rest dropped.
 * @param {string} text
 */
export function latin(text) {
  let found = "";
  for (const char of text) {
    const code = /** @type {number} */ (char.codePointAt(0));
    const run = RUNS.find((begin) => code >= begin && code < begin + 10);
    if (code === WA) found += "0";
    else if (run !== undefined) found += String(code - run);
  }
  return found;
}

const RANDOM_DIGITS = 26;
export const DIGITS = 28;
const ROUNDS = 600000;
/** The largest multiple of ten that a byte reaches: a byte from it on is drawn again. */
const FAIR = 250;

/** A new receipt: 26 random digits and 2 that check them (ISO 7064 mod 97-10). */
export function makeDigits() {
  let digits = "";
  while (digits.length < RANDOM_DIGITS) {
    for (const byte of random(RANDOM_DIGITS)) {
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
