/**
 * The page of keys: a year of them is made, written down, saved and proved, and only then its public halves are published
 * (design, web 4). A fresh copy of a file is saved without the months that are long past.
 */
import { grouped, latin } from "../worker/rest/codes.mjs";
import { Refused as NotTaken, post } from "./doors.mjs";
import { Unopened, fileName, isPast, make, publicHalves, read, renewed } from "./keyfile.mjs";
import { $, Refused, emptied, onSent, opened, saves } from "./keyform.mjs";

const LAST = 4;
const CONFLICT = 409;
const STEPS = ["code", "download", "prove"];
/** @type {{[status: number]: string}} */
const SAID = {
  401: "Your session is over. Sign in again, then prove the file once more: it stays good.",
  403: "You may not publish keys. An admin of yours can, with this file and its code.",
  [CONFLICT]: "There are keys for these months already. If theirs are lost, open “My key is lost” above and prove this file there.",
  422: "The server did not take these keys: their months may be past. Make new ones.",
};

/** @typedef {{code: string, text: string}} Made */

/** @param {HTMLElement} place */
function ceremony(place) {
  const { party = "", today = "" } = place.dataset;
  const told = $("[data-told]", place);
  /** @type {Made | null} */
  let made = null;
  let replace = false;

  /** @param {string[]} steps */
  const show = (...steps) => {
    for (const name of STEPS) $(`[data-step=${name}]`, place).hidden = !steps.includes(name);
    $(`[data-step=${steps[0]}] h3`, place).focus();
  };

  const openers = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-begin]"));
  for (const button of openers) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      replace = "replace" in button.dataset;
      if (button.dataset.first === undefined) {
        made = null;
        show("prove");
        return;
      }
      for (const one of openers) one.hidden = true;
      told.textContent = "Making the keys …";
      made = await make(party, button.dataset.first);
      told.textContent = "";
      $("[data-digits]", place).textContent = grouped(made.code);
      show("code");
    });
  }

  const written = $("#written");
  onSent(written, async () => {
    const last = /** @type {HTMLInputElement} */ ($("#written-last"));
    if (made === null || latin(last.value) !== made.code.slice(-LAST)) throw new Refused("These are not its last four digits.");
    $("[data-digits]", place).textContent = last.value = "";
    saves($("[data-download]", place), fileName(read(made.text)), made.text);
    show("download", "prove");
  });

  const form = $("#prove");
  onSent(form, async () => {
    const { text } = await opened(form, party);
    const file = read(text);
    if (made !== null && file.sign_key !== read(made.text).sign_key) throw new Unopened("other");
    await publish({ ...publicHalves(file, today), ...(replace ? { replace } : {}) });
    emptied(form);
    location.assign("/keys?done=keys-added");
  });
}

/** @param {object} body */
const publish = (body) =>
  post("/v1/keys", body).catch((error) => {
    if (!(error instanceof NotTaken)) throw new Refused("The server did not answer. Try again: the file stays good.");
    throw new Refused(SAID[error.status] || "That failed. Try again later: the file stays good.");
  });

/** @param {HTMLElement} place */
function fresh(place) {
  const { party = "", today = "" } = place.dataset;
  const form = $("form", place);
  onSent(form, async () => {
    const { text, code, keys } = await opened(form, party);
    const gone = keys.months.filter(({ until }) => isPast(until, today)).length;
    saves($("[data-download]", place), fileName(read(text)), await renewed(text, code, today));
    emptied(form);
    const taken = `${gone} ${gone === 1 ? "month" : "months"}`;
    $("[data-told]", place).textContent = `Taken out now: the keys of ${taken}. Save the copy, then destroy the older ones.`;
  });
}

for (const [id, begin] of /** @type {[string, (place: HTMLElement) => void][]} */ ([["ceremony", ceremony], ["fresh", fresh]])) {
  const place = document.getElementById(id);
  if (place !== null) begin(place);
}
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
document.documentElement.dataset.keys = "";
