/**
 * The watchdog's inbox: one document, so that keys and words stay in its memory and nowhere else. What it fetches is sealed;
 * what it sends is which message, never what stands in it.
 */
import { audit } from "./chain.mjs";
import { conditions, get, messages, sealed, suppliers } from "./doors.mjs";
import { markAgain } from "./groups.mjs";
import { Unopened, openLetter } from "./letters.mjs";
import { list, row as rowOf } from "./list.mjs";
import { el, status } from "./marks.mjs";
import { show } from "./message.mjs";
import { listen } from "./news.mjs";
import { unlocked } from "./unlock.mjs";

/** Opened at once; more when they are asked for. */
const MOST = 500;
/** After so many the page is let breathe. */
const BREATH = 10;
const OPEN = [["urgent", "new"], ["urgent", "acknowledged"], ["story", "new"], ["story", "acknowledged"]];
const CLOSED = [[undefined, "closed"]];

/**
 * @typedef {import("./types.mjs").Row} Row
 * @typedef {import("./types.mjs").Entry} Entry
 * @typedef {import("./types.mjs").Letter} Letter
 * @typedef {import("./keyfile.mjs").Keys} Keys
 * @typedef {{
 *   keys: Keys, me: string, people: Map<string, string>, suppliers: Map<string, string>, conditions: Map<string, string>,
 *   entries: Entry[], ticked: Set<string>, tab: string, shown: Entry | null, list: HTMLElement, pane: HTMLElement,
 *   named: (letter: Letter) => string, changed: (entry: Entry) => void, recount: () => void,
 *   turn: (tab: string) => void, leave: () => void,
 * }} Desk
 */

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const place = at("inbox");
const keys = await unlocked();
at("locked").remove();
place.hidden = false;

/** @type {Desk} */
const desk = {
  keys,
  me: place.dataset.me ?? "",
  people: new Map(Object.entries(JSON.parse(place.dataset.people ?? "{}"))),
  suppliers: new Map(),
  conditions: new Map(),
  entries: [],
  ticked: new Set(),
  tab: "all",
  shown: null,
  list: at("list"),
  pane: at("message"),
  named: (letter) => (letter.supplier === null ? nameless(letter) : (desk.suppliers.get(letter.supplier) ?? letter.supplier)),
  changed: (entry) => at(`row-${entry.row.id}`)?.replaceWith(rowOf(desk, entry)),
  recount: () => {},
  turn,
  leave: () => {
    const from = desk.shown;
    history.pushState(null, "", "/inbox");
    routed();
    if (from) at(`row-${from.row.id}`)?.querySelector("a")?.focus();
  },
};

/** @param {Letter} letter */
const nameless = ({ locator }) => (locator === "any" ? "No supplier named" : `Card ${locator}`);

/** What is not opened yet, from where it goes on; `done` where nothing is left. */
const sources = { open: { rows: rows(OPEN), begun: false, done: false }, closed: { rows: rows(CLOSED), begun: false, done: false } };

const source = () => (desk.tab === "closed" ? sources.closed : sources.open);

/** @param {(string | undefined)[][]} chosen @returns {AsyncGenerator<Row>} */
async function* rows(chosen) {
  for (const [kind, state] of chosen) yield* messages({ kind, state });
}

/** The next of those that wait, opened and shown. */
async function more() {
  const from = source();
  const some = [];
  from.begun = true;
  while (some.length < MOST && !from.done) {
    const next = await from.rows.next();
    if (next.done) from.done = true;
    else some.push(next.value);
  }
  at("more").hidden = source().done;
  await take(some);
  list(desk);
}

/** Fetched, opened here, and kept. @param {Row[]} some */
async function take(some) {
  const known = new Set(desk.entries.map(({ row }) => row.id));
  const fresh = some.filter(({ id }) => !known.has(id));
  let count = 0;
  for await (const [row, bytes] of sealed(fresh)) {
    desk.entries.push(await opened(row, bytes));
    count += 1;
    if (count % BREATH === 0) {
      status(`Opening ${count} of ${fresh.length}`);
      await new Promise((go) => setTimeout(go, 0));
    }
  }
  markAgain(desk.entries);
  status(fresh.length ? `${fresh.length} opened here.` : "");
}

/** @param {Row} row @param {Uint8Array} bytes @returns {Promise<Entry>} */
async function opened(row, bytes) {
  try {
    return { row, letter: await openLetter(keys, row, bytes), why: "", again: false };
  } catch (error) {
    if (error instanceof Unopened) return { row, letter: null, why: error.why, again: false };
    throw error;
  }
}

/** @param {string} tab */
function turn(tab) {
  desk.tab = tab;
  at("more").hidden = source().done;
  if (!source().begun) more().then(focusTab, failed);
  list(desk);
  focusTab();
}

const focusTab = () => /** @type {HTMLElement} */ (desk.list.querySelector(`[data-tab=${desk.tab}]`)).focus();

/** Which message the address names: behind "#", or as the path's last word. */
const named = () => location.hash.slice(1) || location.pathname.split("/")[2] || "";

function routed() {
  const entry = desk.entries.find(({ row }) => row.id === named());
  if (entry !== undefined && desk.shown === entry) return;
  place.classList.toggle("opened", entry !== undefined);
  for (const link of desk.list.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
  if (entry === undefined) {
    desk.shown = null;
    desk.pane.replaceChildren(el("p", { class: "mut" }, "Choose a message."));
    return;
  }
  at(`row-${entry.row.id}`)?.querySelector("a")?.setAttribute("aria-current", "true");
  show(desk, entry);
}

/** Rows never move by themselves: what is new is told, and shown when it is asked for. @param {string | undefined} since */
async function news(since) {
  if (since === undefined && !sources.open.done) return;
  const known = new Set(desk.entries.map(({ row }) => row.id));
  /** @type {Row[]} */
  const fresh = [];
  for await (const row of messages({ state: "new", cursor: since })) {
    if (!known.has(row.id)) fresh.push(row);
    if (fresh.length === MOST) break;
  }
  const bar = at("news");
  bar.hidden = fresh.length === 0;
  if (bar.hidden) return;
  at("news-text").textContent = `${fresh.length} new${fresh.some(({ kind }) => kind === "urgent") ? ", urgent among them" : ""}`;
  at("news-show").onclick = async () => {
    bar.hidden = true;
    await take(fresh);
    list(desk);
  };
}

/** @param {Error} error */
function failed(error) {
  status(error.message);
}

async function begin() {
  const wrong = audit(keys, get);
  [desk.suppliers, desk.conditions] = await Promise.all([suppliers(), conditions()]);
  if (place.dataset.row) await take([JSON.parse(place.dataset.row)]);
  await more();
  routed();
  at("more").addEventListener("click", () => more().catch(failed));
  addEventListener("hashchange", routed);
  addEventListener("popstate", routed);
  const faults = await wrong;
  at("split").hidden = faults.length === 0;
  at("split-list").replaceChildren(...faults.map((text) => el("li", {}, text)));
  listen((since) => {
    news(since).catch(failed);
  });
  document.documentElement.dataset.open = "";
}

begin().catch(failed);
