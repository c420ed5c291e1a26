/** Digits of any script become Latin ones (design, web 2). */

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
