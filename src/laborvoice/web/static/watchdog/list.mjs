/** The open inbox as a list: by supplier, urgent first, and rows that stay where they are until somebody asks otherwise. */
import { bulk } from "./bulk.mjs";
import { TABS, grouped, nameOf } from "./groups.mjs";
import { clock, el, firstWords, marked, pieces, said, tag } from "./marks.mjs";
import { WHY } from "./message.mjs";

/** @type {[string, string][]} */
const NAMES = [["all", "All open"], ["urgent", "Urgent"], ["stories", "Stories"], ["mine", "Mine"], ["closed", "Closed"]];

/**
 * @typedef {import("./inbox.mjs").Desk} Desk
 * @typedef {import("./types.mjs").Entry} Entry
 * @typedef {import("./types.mjs").Group} Group
 */

/** All of it anew: on another tab, or where new ones were asked for. @param {Desk} desk */
export function list(desk) {
  desk.ticked.clear();
  const shown = desk.entries.filter((entry) => TABS[desk.tab](entry, desk.me));
  const groups = grouped(shown);
  desk.list.replaceChildren(
    tabs(desk),
    ...(groups.length ? groups.map((group, at) => section(desk, group, at)) : [el("p", {}, EMPTY[desk.tab] ?? EMPTY.all)]),
    bulk(desk),
  );
}

/** @type {{[tab: string]: string}} */
const EMPTY = {
  all: "Nothing waits. What comes next is told here.",
  urgent: "No urgent call waits.",
  mine: "Nothing is assigned to you.",
  closed: "Nothing was closed yet, or it was not asked for.",
};

/** @param {Desk} desk */
function tabs(desk) {
  const count = (/** @type {string} */ name) => desk.entries.filter((entry) => TABS[name](entry, desk.me)).length;
  return el(
    "div",
    { class: "tabs", role: "group", "aria-label": "Show" },
    ...NAMES.map(([name, label]) =>
      el(
        "button",
        { type: "button", class: "plain", "aria-pressed": desk.tab === name, "data-tab": name, click: () => desk.turn(name) },
        name === "closed" ? label : `${label} ${count(name)}`,
      ),
    ),
  );
}

/** @param {Desk} desk @param {Group} group @param {number} at */
function section(desk, group, at) {
  const closable = group.entries.filter(mayTick).map(({ row }) => row.id);
  const all = closable.length > 1 && el(
    "label",
    { class: "pickall" },
    el("input", { type: "checkbox", change: (/** @type {Event} */ event) => tickAll(desk, closable, event) }),
    ` all ${closable.length} of this group`,
  );
  return el(
    "section",
    { class: "group", "aria-labelledby": `group-${at}` },
    el("h2", { id: `group-${at}` }, title(desk, group)),
    all,
    el("ul", { class: "rows" }, ...group.entries.map((entry) => row(desk, entry))),
  );
}

/** @param {Desk} desk @param {Group} group */
function title(desk, { open, entries }) {
  const count = `${entries.length}`;
  if (!open) return `Cannot be opened: key needed (${count})`;
  const [{ letter }] = entries;
  return `${letter && nameOf(entries[0]) ? desk.named(letter) : "No supplier named"} (${count})`;
}

/** Urgent ones are closed one by one. @param {Entry} entry */
const mayTick = ({ row }) => row.kind !== "urgent" && row.state !== "closed";

/** @param {Desk} desk @param {string[]} ids @param {Event} event */
function tickAll(desk, ids, event) {
  const on = /** @type {HTMLInputElement} */ (event.target).checked;
  for (const id of ids) {
    const box = /** @type {HTMLInputElement | null} */ (desk.list.querySelector(`#tick-${id}`));
    if (box === null) continue;
    box.checked = on;
    if (on) desk.ticked.add(id);
    else desk.ticked.delete(id);
  }
  desk.recount();
}

/** @param {Desk} desk @param {Entry} entry */
export function row(desk, entry) {
  const { row: of, letter } = entry;
  const first = letter === null ? "Stays closed" : firstWords(letter.text) || "No words";
  const box = el("input", {
    type: "checkbox",
    id: `tick-${of.id}`,
    "aria-label": `Tick: ${pieces(first).map(({ text }) => text).join("").slice(0, 40)}`,
    checked: desk.ticked.has(of.id),
    change: (/** @type {Event} */ event) => {
      if (/** @type {HTMLInputElement} */ (event.target).checked) desk.ticked.add(of.id);
      else desk.ticked.delete(of.id);
      desk.recount();
    },
  });
  return el(
    "li",
    { id: `row-${of.id}`, class: of.kind === "urgent" && of.state === "new" ? "urgent" : null },
    mayTick(entry) ? box : el("span", {}),
    el(
      "div",
      {},
      el(
        "a",
        { href: `#${of.id}`, class: "first" },
        el("bdi", { dir: "auto" }, ...marked(first)),
      ),
      el("p", { class: "tags" }, ...marks(desk, entry).map(tag)),
    ),
  );
}

/** @param {Desk} desk @param {Entry} entry @returns {string[]} */
function marks(desk, { row: of, letter, why, again }) {
  const found = [
    of.kind === "urgent" && "urgent",
    of.due && clock(of.due, new Date()),
    of.met === false && "answered late",
    of.state === "closed" && "closed",
    letter === null && (why === "key" ? "key needed" : WHY[why].split(":")[0]),
    ...(letter === null ? [] : letter.conditions.map((code) => desk.conditions.get(code) ?? said(code))),
    letter && letter.language,
    letter && letter.kind === "more" && "follow-up",
    letter && again && "came before",
    of.voiced && "came with an invite",
    of.assigned_to && (of.assigned_to === desk.me ? "yours" : desk.people.get(of.assigned_to)),
  ];
  return /** @type {string[]} */ (found.filter(Boolean));
}
