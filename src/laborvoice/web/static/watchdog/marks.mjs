/** What the inbox's pages are made of. Words of a worker go in as text, and nothing in them acts on what is around them. */

/** Marks that a reader does not see, or that turn what is around them; joiners, which scripts need, are let through. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const DIGITS = 4;
const FIRST_WORDS = 120;

/**
 * An element. A function among `props` listens to the event of its name; true is an empty attribute, false and null none.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * A text in pieces: as it is, and marks by their number, to be shown.
 * @param {string} text
 * @returns {{text: string, mark: boolean}[]}
 */
export function pieces(text) {
  const found = [];
  let from = 0;
  for (const hit of text.matchAll(HIDDEN)) {
    if (hit.index > from) found.push({ text: text.slice(from, hit.index), mark: false });
    const number = /** @type {number} */ (hit[0].codePointAt(0));
    found.push({ text: `U+${number.toString(16).toUpperCase().padStart(DIGITS, "0")}`, mark: true });
    from = hit.index + hit[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), mark: false });
  return found;
}

/** The same as nodes. @param {string} text */
export const marked = (text) => pieces(text).map((one) => (one.mark ? el("code", { class: "mark", dir: "ltr" }, one.text) : one.text));

/**
 * Words of a worker, in a box of their own direction.
 * @param {string} text
 * @param {string} language
 * @param {string} [tag]
 */
export const words = (text, language, tag = "div") =>
  el(
    tag,
    { class: "words", dir: "auto", lang: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) ? language : null },
    ...marked(text),
  );

/** In one line. @param {string} text */
export function firstWords(text) {
  const line = text.replace(/\s+/gu, " ").trim();
  const letters = Array.from(line);
  return letters.length > FIRST_WORDS ? `${letters.slice(0, FIRST_WORDS).join("")}…` : line;
}

/** A code of a closed list, as a person reads it. @param {string} code */
export function said(code) {
  const plain = code.replace(/_/g, " ");
  return plain.slice(0, 1).toUpperCase() + plain.slice(1);
}

/** @param {string} text */
export const tag = (text) => el("span", { class: "tag" }, text);

/**
 * "due by 15:00", with its day where that is not today; what has passed is overdue.
 * @param {string} due
 * @param {Date} now
 */
export function clock(due, now) {
  const at = new Date(due);
  const hour = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = at.toDateString() === now.toDateString() ? "" : `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, `;
  return `${at < now ? "overdue since" : "due by"} ${day}${hour}`;
}

/**
 * A field with its label.
 * @param {string} name
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
export function field(name, label, control, hint = "") {
  control.id = `f-${name}`;
  control.setAttribute("name", name);
  if (hint) control.setAttribute("aria-describedby", `h-${name}`);
  return el(
    "div",
    { class: "field" },
    el("label", { for: `f-${name}` }, label),
    hint && el("p", { class: "hint", id: `h-${name}` }, hint),
    control,
  );
}

/**
 * @param {[string, string][]} options value and label
 * @param {string} [chosen]
 */
export const select = (options, chosen = "") =>
  /** @type {HTMLSelectElement} */ (
    el("select", {}, ...options.map(([value, label]) => el("option", { value, selected: value === chosen }, label)))
  );

/** @param {string} label @param {() => void} click @param {Object<string, any>} [more] */
export const button = (label, click, more = {}) => el("button", { type: "button", class: "plain", click, ...more }, label);

/** Told to who does not look; shown too. @param {string} text */
export function status(text) {
  const place = /** @type {HTMLElement} */ (document.getElementById("status"));
  place.textContent = text;
}
