/** Open messages by the supplier they name, urgent ones first. */

/**
 * @typedef {import("./types.mjs").Entry} Entry
 * @typedef {import("./types.mjs").Group} Group
 */

/** The part of those without a card names nobody. */
const ANY = "any";

/**
 * A supplier's id, else the locator of the card, else nothing.
 * @param {Entry} entry
 */
export function nameOf({ letter }) {
  if (letter === null) return "";
  return letter.supplier ?? (letter.locator === ANY ? "" : letter.locator);
}

/**
 * Those with urgent ones come first; then named ones, those that name none, and last what cannot be opened. Otherwise the
 * order is that of `entries`.
 * @param {Entry[]} entries
 * @returns {Group[]}
 */
export function grouped(entries) {
  /** @type {Map<string, Group>} */
  const found = new Map();
  for (const entry of entries) {
    const [name, open] = [nameOf(entry), entry.letter !== null];
    const key = `${open} ${name}`;
    const group = found.get(key) ?? { name, open, entries: [] };
    group.entries.push(entry);
    found.set(key, group);
  }
  const groups = [...found.values()];
  for (const one of groups) one.entries.sort((a, b) => rank(a) - rank(b));
  return groups.sort((a, b) => place(a) - place(b));
}

/** @param {Entry} entry */
const rank = ({ row }) => (row.kind === "urgent" ? 0 : 1);

/** @param {Group} group */
function place({ name, open, entries }) {
  if (!open) return 3;
  if (entries.some(({ row }) => row.kind === "urgent")) return 0;
  return name ? 1 : 2;
}

/**
 * Marks those whose words came before, in the order of `entries`.
 * @param {Entry[]} entries
 */
export function markAgain(entries) {
  const seen = new Set();
  for (const entry of entries) {
    if (entry.letter === null) continue;
    entry.again = seen.has(entry.letter.digest);
    seen.add(entry.letter.digest);
  }
}

/** @type {{[tab: string]: (entry: Entry, me: string) => boolean}} */
export const TABS = {
  all: ({ row }) => row.state !== "closed",
  urgent: ({ row }) => row.state !== "closed" && row.kind === "urgent",
  stories: ({ row }) => row.state !== "closed" && row.kind === "story",
  mine: ({ row }, me) => row.state !== "closed" && row.assigned_to === me,
  closed: ({ row }) => row.state === "closed",
};
