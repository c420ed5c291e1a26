/**
 * A watchdog's keys for as long as this page is open: from the form of the page, or remembered. They are locked again by the
 * button, after fifteen idle minutes, and when the page is left (design, web 4).
 */
import { $, emptied, onSent, opened } from "./keyform.mjs";
import { forget, remember, remembered } from "./memory.mjs";

const IDLE_MS = 15 * 60 * 1000;
const WARNED_MS = 60 * 1000;
const LOOK_MS = 5000;
const USES = ["pointerdown", "keydown", "wheel", "touchstart"];
/** Set while locked on purpose: then what is remembered is not used unasked. */
const LOCKED = "lv-locked";

/** @typedef {import("./keyfile.mjs").Keys} Keys */

/**
 * The keys. The page holds the macro `unlock` of keyfile.html; its form is shown until they are there.
 * @returns {Promise<Keys>}
 */
export async function unlocked() {
  const place = $("[data-unlock]");
  const party = place.dataset.party || "";
  const kept = await remembered(party).catch(() => null);
  const keys = kept !== null && sessionStorage.getItem(LOCKED) === null ? kept : await asked(place, party, kept);
  sessionStorage.removeItem(LOCKED);
  place.hidden = true;
  guard(keys);
  return keys;
}

/** Nothing that was read stays on the page. */
export function lock() {
  sessionStorage.setItem(LOCKED, "yes");
  location.reload();
}

/**
 * @param {HTMLElement} place
 * @param {string} party
 * @param {Keys | null} kept
 * @returns {Promise<Keys>}
 */
function asked(place, party, kept) {
  place.hidden = false;
  const again = $("[data-kept]", place);
  again.hidden = kept === null;
  return new Promise((done) => {
    $("[data-again]", place).addEventListener("click", () => kept && done(kept));
    $("[data-forget]", place).addEventListener("click", () => {
      again.hidden = true;
      forget(party);
    });
    const form = $("form", place);
    onSent(form, async () => {
      const { keys } = await opened(form, party);
      const tick = /** @type {HTMLInputElement} */ ($("#unlock-remember"));
      if (tick.checked) await remember(keys);
      emptied(form);
      done(keys);
    });
  });
}

/** @param {Keys} keys */
function guard(keys) {
  const bar = $("[data-locks]");
  const soon = $("[data-soon]", bar);
  bar.hidden = false;
  let used = Date.now();
  const seen = () => {
    used = Date.now();
    soon.textContent = "";
  };
  for (const name of USES) addEventListener(name, seen, { passive: true });
  setInterval(() => {
    const idle = Date.now() - used;
    if (idle >= IDLE_MS) lock();
    else if (idle >= IDLE_MS - WARNED_MS) soon.textContent = "Locks within a minute: press any key to stay.";
  }, LOOK_MS);
  $("[data-lock]", bar).addEventListener("click", lock);
  addEventListener("pagehide", () => {
    for (const secret of [keys.signSeed, ...keys.months.map(({ root }) => root)]) secret.fill(0);
    $("main").textContent = "";
  });
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}
