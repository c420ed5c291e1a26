/** The card: from the link of its QR code, or typed (design, privacy 4). */
import { Malformed } from "./bytes.mjs";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LOCATOR_SIZE = 6;
const TYPED_SIZE = 27;
const FINGERPRINT_SIZE = 16;
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
  const bytes = crypto.getRandomValues(new Uint8Array(CODE_SIZE));
  return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("");
}

/**
 * Times x in the field of 32 elements.
 * @param {number} value
 */
const timesX = (value) => (value << 1) ^ (value & 16 ? 0x25 : 0);
