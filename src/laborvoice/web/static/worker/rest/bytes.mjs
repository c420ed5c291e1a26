/**
 * How bytes are laid out: length-prefixed lists, padding, derivation, and the texts that stand for bytes. At the end JSON
 * from outside, which is not believed before it has its shape, and days as texts.
 */

const LENGTH_SIZE = 2;
const LENGTH_MAX = 0xffff;
const PREFIX = "laborvoice/1/";

/** What cannot be read. `why` is one word that a screen may go by. */
export class Malformed extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** @param {number} size @returns {Uint8Array} */
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => new TextEncoder().encode(text);

/**
 * Throws Malformed where it is no UTF-8.
 * @param {Uint8Array} bytes
 */
export function unutf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (_) {
    throw new Malformed("text");
  }
}

/** @param {...Uint8Array} parts */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** @param {Uint8Array} bytes */
export const anySet = (bytes) => bytes.some((byte) => byte !== 0);

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * base64url without "=" (RFC 4648, section 5).
 * @param {Uint8Array} bytes
 */
export function b64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * Only what `b64` makes: no filler, no other alphabet, no stray bits.
 * @param {string} text
 */
export function unb64(text) {
  let bytes = new Uint8Array(0);
  try {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    bytes = Uint8Array.from(plain, (char) => char.charCodeAt(0));
  } catch (_) {
    throw new Malformed("base64");
  }
  if (b64(bytes) !== text) throw new Malformed("base64");
  return bytes;
}

/**
 * A number, big-endian.
 * @param {number} value
 * @param {number} size
 */
export function big(value, size) {
  const bytes = new Uint8Array(size);
  for (let at = size - 1, rest = value; at >= 0; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

/** @param {string} name */
export const label = (name) => utf8(PREFIX + name);

/**
 * Each item as u16 big-endian length, then its bytes; text as UTF-8.
 * @param {...(Uint8Array | string)} items
 */
export function lp(...items) {
  const parts = [];
  for (const item of items) {
    const bytes = typeof item === "string" ? utf8(item) : item;
    if (bytes.length > LENGTH_MAX) throw new Malformed("length");
    parts.push(big(bytes.length, LENGTH_SIZE), bytes);
  }
  return concat(...parts);
}

/**
 * Its length, then the bytes, then zeros up to `size`.
 * @param {Uint8Array} bytes
 * @param {number} size
 */
export function pad(bytes, size) {
  if (bytes.length > size - LENGTH_SIZE) throw new Malformed("length");
  const whole = new Uint8Array(size);
  whole.set(big(bytes.length, LENGTH_SIZE));
  whole.set(bytes, LENGTH_SIZE);
  return whole;
}

/**
 * Throws Malformed on a length beyond the end and on filler that is not zero.
 * @param {Uint8Array} bytes
 */
export function unpad(bytes) {
  const end = bytes.length < LENGTH_SIZE ? Infinity : LENGTH_SIZE + bytes[0] * 256 + bytes[1];
  if (end > bytes.length || anySet(bytes.subarray(end))) throw new Malformed("padding");
  return bytes.slice(LENGTH_SIZE, end);
}

/** @param {Uint8Array} bytes */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/**
 * HKDF-SHA256, extract with empty salt, then expand with `lp(label, items…)` (RFC 5869).
 * @param {Uint8Array} key
 * @param {string} name
 * @param {(Uint8Array | string)[]} [items]
 * @param {number} [size]
 */
export async function hkdf(key, name, items = [], size = 32) {
  const base = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: lp(label(name), ...items) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, 8 * size));
}

/**
 * Gzip undone. Throws Malformed for what does not inflate, is cut short, or is longer than `most`.
 * @param {Uint8Array} bytes
 * @param {number} most
 */
export const gunzip = (bytes, most) => through(new DecompressionStream("gzip"), bytes, most);

/**
 * zlib (RFC 1950) undone; throws as `gunzip`.
 * @param {Uint8Array} bytes
 * @param {number} most
 */
export const inflate = (bytes, most) => through(new DecompressionStream("deflate"), bytes, most);

/** @param {Uint8Array} bytes */
export const deflate = (bytes) => through(new CompressionStream("deflate"), bytes, Infinity);

/**
 * @param {CompressionStream | DecompressionStream} stream
 * @param {Uint8Array} bytes
 * @param {number} most
 */
async function through(stream, bytes, most) {
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const parts = [];
  let size = 0;
  try {
    const reader = stream.readable.getReader();
    for (let read = await reader.read(); read.value !== undefined; read = await reader.read()) {
      size += read.value.length;
      if (size > most) throw new Malformed("length");
      parts.push(read.value);
    }
    await written;
  } catch (error) {
    written.catch(() => {});
    writer.abort().catch(() => {});
    throw error instanceof Malformed ? error : new Malformed("compression");
  }
  return concat(...parts);
}

/**
 * `"text"`, `"count"` (a whole number from 0), an object of shapes, or a list of one shape. Throws Malformed.
 * @param {unknown} value
 * @param {any} shape
 */
function fit(value, shape) {
  if (shape === "text" || shape === "count") {
    const fits = shape === "text" ? typeof value === "string" : Number.isSafeInteger(value) && Number(value) >= 0;
    if (!fits) throw new Malformed("shape");
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(value)) throw new Malformed("shape");
    for (const one of value) fit(one, shape[0]);
  } else {
    if (typeof value !== "object" || value === null) throw new Malformed("shape");
    const members = /** @type {{[name: string]: unknown}} */ (value);
    for (const name of Object.keys(shape)) fit(members[name], shape[name]);
  }
}

/**
 * The value that the JSON text says, of this shape. Throws Malformed.
 * @param {string} text
 * @param {any} shape
 */
export function parse(text, shape) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch (_) {
    throw new Malformed("json");
  }
  fit(value, shape);
  return /** @type {any} */ (value);
}

/** Days are texts, "2026-11-24", all UTC: they compare as texts do. */
const DAY_MS = 86400000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PERIOD = /^(\d{4})-(?:Q([1-4])|(0[1-9]|1[0-2]))$/;
const WEEK = /^(\d{4})-W(\d{2})$/;

/** @param {number} time */
export const dayOf = (time) => new Date(time).toISOString().slice(0, 10);

/**
 * The day, if it is one; throws Malformed.
 * @param {string} text
 */
export function day(text) {
  if (!DAY.test(text)) throw new Malformed("day");
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || dayOf(time) !== text) throw new Malformed("day");
  return text;
}

/** @param {string} text @param {number} days */
export const plus = (text, days) => dayOf(Date.parse(`${day(text)}T00:00:00Z`) + days * DAY_MS);

/**
 * The first day of a period, "2026-Q4" or "2026-11"; throws Malformed.
 * @param {string} label
 */
export function begin(label) {
  const found = PERIOD.exec(label);
  if (found === null) throw new Malformed("period");
  const month = found[2] === undefined ? found[3] : String(3 * Number(found[2]) - 2).padStart(2, "0");
  return `${found[1]}-${month}-01`;
}

/**
 * The Monday of an ISO week, "2026-W48": week 1 holds the 4th of January. Throws Malformed.
 * @param {string} week
 */
export function monday(week) {
  const found = WEEK.exec(week);
  const number = found === null ? 0 : Number(found[2]);
  if (found === null || number < 1 || number > 53) throw new Malformed("week");
  const fourth = new Date(`${found[1]}-01-04T00:00:00Z`);
  const back = (fourth.getUTCDay() + 6) % 7;
  return dayOf(fourth.getTime() + (7 * (number - 1) - back) * DAY_MS);
}
