/** The forms in which a key file is opened: what was chosen and typed, and what to say where it does not fit. */
import { Unopened, open, read } from "./keyfile.mjs";
import { Malformed } from "../worker/rest/bytes.mjs";

/** @type {{[why: string]: string}} */
const SAID = {
  none: "Choose your key file.",
  file: "This is no key file, or it was cut short. Take another copy of it.",
  year: "This key file is of a kind that this page does not know.",
  party: "This key file belongs to somebody else.",
  other: "This is another file than the one just made.",
  length: "The code has 28 digits.",
  check: "One digit of the code is wrong.",
  sealed: "This code does not open this file: it is the code of another file, or the file was changed.",
  keys: "The keys in this file do not belong together. Take another copy of it.",
};

/**
 * The element that the page must have.
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 */
export function $(selector, within = document) {
  const found = within.querySelector(selector);
  if (found === null) throw new Error(selector);
  return /** @type {E} */ (found);
}

/**
 * Says beside the form what is wrong; null: nothing.
 * @param {HTMLElement} form
 * @param {unknown} error
 */
export function fault(form, error) {
  const known = error instanceof Unopened || error instanceof Malformed;
  if (error !== null && !known && !(error instanceof Refused)) throw error;
  $(`#${form.id}-fault`).textContent = error === null ? "" : known ? SAID[error.why] : error.message;
}

/** What the server did not take, in words for people. */
export class Refused extends Error {}

/**
 * What is in the form: text of the file, code, and the keys that they open. Throws Unopened and Malformed.
 * @param {HTMLElement} form
 * @param {string} party
 */
export async function opened(form, party) {
  const chosen = /** @type {HTMLInputElement} */ ($(`#${form.id}-file`)).files;
  const code = /** @type {HTMLInputElement} */ ($(`#${form.id}-code`)).value;
  if (chosen === null || chosen.length === 0) throw new Unopened("none");
  const text = await chosen[0].text();
  if (read(text).party !== party) throw new Unopened("party");
  return { text, code, keys: await open(text, code) };
}

/**
 * Runs `act` when the form is sent, one at a time, and says what went wrong.
 * @param {HTMLElement} form
 * @param {() => Promise<void>} act
 */
export function onSent(form, act) {
  const button = /** @type {HTMLButtonElement} */ ($("button[type=submit]", form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    fault(form, null);
    act()
      .catch((error) => fault(form, error))
      .finally(() => button.removeAttribute("aria-disabled"));
  });
}

/**
 * Forgets what was chosen and typed.
 * @param {HTMLElement} form
 */
export function emptied(form) {
  for (const name of ["file", "code"]) /** @type {HTMLInputElement} */ ($(`#${form.id}-${name}`)).value = "";
}

/**
 * A link that saves the text as a file; it is never sent.
 * @param {HTMLElement} link
 * @param {string} name
 * @param {string} text
 */
export function saves(link, name, text) {
  const anchor = /** @type {HTMLAnchorElement} */ (link);
  if (anchor.href !== "") URL.revokeObjectURL(anchor.href);
  anchor.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  anchor.download = name;
  anchor.hidden = false;
}
