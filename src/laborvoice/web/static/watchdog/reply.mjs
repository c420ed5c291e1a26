/** The form for an answer: what is typed is signed and sealed here, and the server sees 1,024 bytes. */
import { said as saidOf, send } from "./answer.mjs";
import { ROOM, left } from "./letters.mjs";
import { el, field, select, status } from "./marks.mjs";

/** @type {[string, string][]} */
const STATES = [
  ["reading", "Being read"],
  ["acting", "We act on it"],
  ["closed", "Closed"],
  ["received", "It came"],
];

/**
 * @param {import("./inbox.mjs").Desk} desk
 * @param {import("./types.mjs").Letter} letter
 * @param {() => void} done
 */
export function answering(desk, letter, done) {
  const text = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: 5, dir: "auto" }));
  const state = select(STATES, "reading");
  const bar = /** @type {HTMLMeterElement} */ (el("meter", { min: 0, max: ROOM, value: 0, "aria-label": "Room used" }));
  const room = el("p", { class: "hint" });
  const sends = /** @type {HTMLButtonElement} */ (el("button", { type: "submit" }, "Sign and send"));
  const words = () => ({ kind: /** @type {const} */ ("reply"), status: /** @type {any} */ (state.value), text: text.value.trim() });
  const measure = async () => {
    const bytes = await left(saidOf(desk.keys, letter, words()));
    bar.value = Math.min(ROOM, ROOM - bytes);
    room.textContent = bytes < 0 ? `${-bytes} bytes too long` : `${bytes} of ${ROOM} bytes left`;
    sends.disabled = bytes < 0;
  };
  text.addEventListener("input", measure);
  measure();
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    sends.disabled = true;
    try {
      await send(desk.keys, letter, words());
      text.value = "";
      status("Sent. They can read it after the next mix.");
      done();
    } catch (error) {
      status(/** @type {Error} */ (error).message);
    }
    await measure();
  };
  return el(
    "form",
    { submit },
    field("answer", "Your answer", text, "Sealed to whoever holds the receipt, and signed by you. The server cannot read it."),
    bar,
    room,
    field("status", "What you are doing", state),
    sends,
  );
}
