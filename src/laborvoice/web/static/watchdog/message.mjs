/** One message: its words as text, what is known of it, and what may be done with it. */
import { acknowledge, close, post } from "./doors.mjs";
import { send, thread } from "./answer.mjs";
import { answering } from "./reply.mjs";
import { button, clock, el, field, said, select, status, tag, words } from "./marks.mjs";

const OPENED = "lv-opened";
const OPENED_MOST = 5000;
/** @type {[string, string][]} */
export const REASONS = [
  ["answered", "Answered"],
  ["case_opened", "A case is open"],
  ["known_already", "Known already"],
  ["referred", "Referred to others"],
  ["not_for_us", "Not for us"],
  ["cannot_be_opened", "Cannot be opened"],
  ["empty", "Nothing in it"],
];
/** @type {{[why: string]: string}} */
export const WHY = {
  key: "It is sealed to a key that is not in your file: of a month that was destroyed, or of another year. Open that year's file.",
  suite: "It is sealed in the second suite, which this page cannot open. Use the command line.",
  sealed: "It does not open with your key: its bytes are not as they were sealed.",
  commitment: "Its key is not the one it is committed to: two watchdogs might be shown two texts. It is not shown.",
  words: "It opens, and what is in it is no message.",
};

/**
 * @typedef {import("./types.mjs").Entry} Entry
 * @typedef {import("./types.mjs").Letter} Letter
 * @typedef {import("./inbox.mjs").Desk} Desk
 */

/**
 * Shows the message; whoever opens an urgent one has acknowledged it, and its teller is told that it came.
 * @param {Desk} desk
 * @param {Entry} entry
 */
export function show(desk, entry) {
  paint(desk, entry);
  /** @type {HTMLElement} */ (desk.pane.querySelector("h2")).focus();
  arrived(desk, entry).catch((error) => status(error.message));
}

/** @param {Desk} desk @param {Entry} entry */
async function arrived(desk, entry) {
  const { row, letter } = entry;
  if (row.state !== "new") return;
  if (row.kind === "urgent") {
    entry.row = await acknowledge(row.id);
    desk.changed(entry);
    paint(desk, entry);
  }
  if (letter === null || letter.conversation === null || wasOpened(row.id)) return;
  await send(desk.keys, letter, { kind: "ack", status: "received", text: "" });
  paint(desk, entry);
}

/** Whether it was opened in this browser before; from now on it was. @param {string} id */
function wasOpened(id) {
  const found = (localStorage.getItem(OPENED) ?? "").split(" ").filter(Boolean);
  if (found.includes(id)) return true;
  localStorage.setItem(OPENED, [...found, id].slice(-OPENED_MOST).join(" "));
  return false;
}

/** Again, as it is now; what is being typed stays. @param {Desk} desk @param {Entry} entry */
function paint(desk, entry) {
  const { letter } = entry;
  const parts = [head(desk, entry)];
  if (letter === null) parts.push(el("p", {}, WHY[entry.why]), closing(desk, entry));
  else parts.push(...opened(desk, entry, letter));
  const kept = desk.shown === entry ? desk.pane.querySelector(".deeds") : null;
  if (kept !== null) parts.splice(parts.findIndex((one) => one.className === "deeds"), 1, /** @type {HTMLElement} */ (kept));
  const focused = document.activeElement;
  desk.shown = entry;
  desk.pane.replaceChildren(...parts);
  if (focused instanceof HTMLElement && desk.pane.contains(focused)) focused.focus();
  else if (document.activeElement === document.body) /** @type {HTMLElement} */ (desk.pane.querySelector("h2")).focus();
}

/** @param {Desk} desk @param {Entry} entry */
function head(desk, { row, letter, again }) {
  const marks = [
    row.kind === "urgent" ? "Urgent" : letter?.kind === "more" ? "Follow-up" : "Story",
    row.due && clock(row.due, new Date()),
    row.met !== undefined && (row.met ? "answered in time" : "answered late"),
    row.voiced && "came with an invite",
    row.state === "closed" && "closed",
    letter && again && "these words came before",
    letter?.odd && `says of itself: ${said(letter.kind)}`,
  ];
  return el(
    "div",
    {},
    button("Back to the list", desk.leave, { class: "plain narrow" }),
    el("h2", { tabindex: -1 }, letter === null ? "A message that stays closed" : desk.named(letter)),
    el("p", { class: "tags" }, ...marks.map((one) => one && tag(one))),
  );
}

/** @param {Desk} desk @param {Entry} entry @param {Letter} letter */
function opened(desk, entry, letter) {
  const { before, sent } = thread(letter);
  const later = desk.entries.filter((one) => one !== entry && one.letter && one.letter.conversation && same(one.letter, letter));
  return [
    words(letter.text, letter.language),
    el("p", { class: "small mut" }, "The commitment holds: every watchdog this was sealed to has the same text."),
    facts(desk, entry, letter),
    ...(later.length ? [el("h3", {}, "In the same conversation"), ...later.map((one) => words(/** @type {Letter} */ (one.letter).text, /** @type {Letter} */ (one.letter).language))] : []),
    ...(before ? [el("p", {}, `${before} ${before === 1 ? "answer was" : "answers were"} sent before, by you in another visit or by another watchdog.`)] : []),
    ...(sent.length
      ? [el("h3", {}, "Sent in this visit"), el("ol", { class: "sent" }, ...sent.map((one) => el("li", {}, one.kind === "ack" ? "That it came" : said(one.status), one.text ? words(one.text, "") : null)))]
      : []),
    acts(desk, entry, letter),
  ];
}

/** @param {Letter} a @param {Letter} b */
const same = (a, b) => String(a.conversation) === String(b.conversation);

/** @param {Desk} desk @param {Entry} entry @param {Letter} letter */
function facts(desk, { row }, letter) {
  /** @type {[string, string | Node][]} */
  const all = [
    ["Supplier", desk.named(letter)],
    ["Conditions", letter.conditions.map((code) => desk.conditions.get(code) ?? said(code)).join("; ") || "none named"],
    ["ILO indicators", letter.indicators.join(", ") || "none"],
    ["Language", el("bdi", { dir: "ltr" }, letter.language)],
    ["May be told", letter.may.length ? letter.may.map(said).join(", ") : "nobody but you: no brand, no authority"],
    ["Wishes", letter.act === "with_others" ? "Act only together with other voices" : "Act now"],
    ["Week", el("bdi", { dir: "ltr" }, row.week)],
    ["Assigned to", row.assigned_to ? (desk.people.get(row.assigned_to) ?? "somebody who left") : "nobody"],
    ["Digest", el("code", { class: "id", dir: "ltr" }, letter.digest)],
  ];
  return el("dl", { class: "facts" }, ...all.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]).flat());
}

/** @param {Desk} desk @param {Entry} entry @param {Letter} letter */
function acts(desk, entry, letter) {
  const { row } = entry;
  return el(
    "div",
    { class: "deeds" },
    row.state === "new" && row.kind === "story" && assign(desk, entry),
    letter.conversation === null
      ? el("p", {}, "There is no way to answer: it brought no key for a conversation.")
      : folded("Answer", answering(desk, letter, () => paint(desk, entry))),
    folded("Make a case", making(desk, entry, letter)),
    row.state !== "closed" && folded("Close", closing(desk, entry)),
  );
}

/** @param {string} name @param {HTMLElement} body */
const folded = (name, body) => el("details", { class: "card" }, el("summary", {}, name), body);

/** @param {Desk} desk @param {Entry} entry */
function assign(desk, entry) {
  const here = button("Assign to me", async () => {
    entry.row = await acknowledge(entry.row.id);
    here.remove();
    desk.changed(entry);
    paint(desk, entry);
    status("It is yours.");
  });
  return here;
}

/**
 * Supplier, condition and class go to the server, and what is typed here; no word of the message.
 * @param {Desk} desk
 * @param {Entry} entry
 * @param {Letter} letter
 */
function making(desk, { row }, letter) {
  const warned = "The server can read this. Never a worker's words.";
  const known = [...desk.suppliers].sort(([, a], [, b]) => a.localeCompare(b));
  const form = el(
    "form",
    {},
    field("supplier", "Supplier", select([["", "Choose"], ...known], letter.supplier ?? "")),
    field("condition", "Condition", select([["", "Not clear yet"], ...desk.conditions], letter.conditions[0] ?? "")),
    field("class", "Class", select([["U1", "U1: a life, now"], ["U2", "U2"], ["standard", "Standard"]], row.kind === "urgent" ? "U1" : "standard")),
    field("title", "Title", el("input", { type: "text", maxlength: 200, required: true, autocomplete: "off" }), warned),
    field("notes", "Notes (optional)", el("textarea", { rows: 4, maxlength: 4000 }), warned),
    el("button", { type: "submit" }, "Open the case"),
    el("p", { role: "status" }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open(/** @type {HTMLFormElement} */ (form)).catch((error) => told(form, error.message));
  });
  return form;
}

/** @param {HTMLElement} form @param {...(string | Node)} text */
const told = (form, ...text) => /** @type {HTMLElement} */ (form.querySelector("[role=status]")).replaceChildren(...text);

/** @param {HTMLFormElement} form */
async function open(form) {
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  if (given.supplier === undefined) return told(form, "Choose the supplier first.");
  const made = await (await post("/v1/cases", given)).json();
  form.replaceChildren(el("p", { role: "status" }, "Open: ", el("a", { href: `/cases/${made.id}` }, `case ${made.number}`), "."));
}

/** @param {Desk} desk @param {Entry} entry */
function closing(desk, entry) {
  const reason = select(REASONS, entry.letter === null ? "cannot_be_opened" : "answered");
  const tell = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", id: "f-tell", checked: true }));
  const answerable = entry.letter !== null && entry.letter.conversation !== null;
  return el(
    "form",
    {
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        shut(desk, entry, reason.value, answerable && tell.checked).catch((error) => status(error.message));
      },
    },
    field("reason", "Reason", reason),
    answerable && el("div", { class: "field tick" }, tell, el("label", { for: "f-tell" }, "Tell them that it is closed")),
    el("button", { type: "submit" }, "Close it"),
  );
}

/** @param {Desk} desk @param {Entry} entry @param {string} reason @param {boolean} tell */
async function shut(desk, entry, reason, tell) {
  entry.row = await close(entry.row.id, reason);
  if (tell && entry.letter) await send(desk.keys, entry.letter, { kind: "reply", status: "closed", text: "" });
  desk.changed(entry);
  desk.shown = null;
  paint(desk, entry);
  status(tell ? "Closed, and told." : "Closed.");
}
