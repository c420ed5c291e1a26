/** Many closed at once, for one reason, each teller told in her own mailbox unless somebody says no. Never urgent ones. */
import { send } from "./answer.mjs";
import { closeAll } from "./doors.mjs";
import { el, field, select, status } from "./marks.mjs";
import { REASONS } from "./message.mjs";

const MOST = 500;

/** @typedef {import("./inbox.mjs").Desk} Desk */

/** @param {Desk} desk */
export function bulk(desk) {
  const count = el("p", { "data-count": "" });
  const reason = select(REASONS.filter(([code]) => code !== "case_opened"), "known_already");
  const tell = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", id: "f-tell-all", checked: true }));
  const closes = /** @type {HTMLButtonElement} */ (el("button", { type: "submit" }, "Close the ticked"));
  const form = el(
    "form",
    {
      class: "bulk card",
      hidden: true,
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        closes.disabled = true;
        shut(desk, reason.value, tell.checked)
          .catch((error) => status(error.message))
          .finally(() => (closes.disabled = false));
      },
    },
    count,
    field("bulk-reason", "Reason", reason),
    el("div", { class: "field tick" }, tell, el("label", { for: "f-tell-all" }, "Tell them that it is closed: an answer to each")),
    closes,
  );
  desk.recount = () => {
    const ticked = desk.ticked.size;
    form.hidden = ticked === 0;
    closes.disabled = ticked > MOST;
    count.textContent = ticked > MOST ? `${ticked} are ticked; at most ${MOST} can be closed at once.` : `${ticked} ticked`;
  };
  return form;
}

/** @param {Desk} desk @param {string} reason @param {boolean} tell */
async function shut(desk, reason, tell) {
  const chosen = desk.entries.filter(({ row }) => desk.ticked.has(row.id));
  await closeAll(chosen.map(({ row }) => row.id), reason);
  for (const entry of chosen) {
    entry.row = { ...entry.row, state: "closed" };
    desk.ticked.delete(entry.row.id);
    desk.changed(entry);
  }
  desk.recount();
  const missed = tell ? await told(desk, chosen) : 0;
  status(`${chosen.length} closed${tell ? ", and told" : ""}.${missed ? ` ${missed} could not be told: they brought no key, or the server did not take it.` : ""}`);
}

/**
 * How many could not be told. In no order: what arrives says nothing of which message it answers.
 * @param {Desk} desk
 * @param {import("./types.mjs").Entry[]} chosen
 */
async function told(desk, chosen) {
  const letters = shuffled(chosen.map(({ letter }) => letter));
  let missed = 0;
  for (const [at, letter] of letters.entries()) {
    status(`Telling ${at + 1} of ${letters.length}`);
    const sent = letter !== null && letter.conversation !== null
      ? await send(desk.keys, letter, { kind: "reply", status: "closed", text: "" }).then(() => true, () => false)
      : false;
    if (!sent) missed += 1;
  }
  return missed;
}

/** @template T @param {T[]} items */
function shuffled(items) {
  const drawn = crypto.getRandomValues(new Uint32Array(items.length));
  return items.map((item, at) => ({ item, by: drawn[at] })).sort((a, b) => a.by - b.by).map(({ item }) => item);
}
