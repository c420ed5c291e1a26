/** Her own words, if she wants, the last look, and what she takes away: the code of her receipt, her right, the numbers. */

import { conversationKey, grouped, latin, makeDigits } from "./codes.mjs";
import { go, leave, leaving, only, shown, swap, t, visit } from "../first/flow.mjs";
import { able, keep } from "./post.mjs";
import { button, clear, el, paint, para, primary, quiet, status } from "../first/ui.mjs";
import { Marked, forget } from "./token.mjs";
import { cast, room, seal } from "./visit.mjs";
import { kept, redeeming, stop, used } from "./invite.mjs";
import { bar, complain, complaint, helpButton, labelled, readers } from "./pieces.mjs";
import { answersList, ballot, byGravity, gravest, hints, line, named, proceed, urgency, worst } from "./poll.mjs";
import { offline } from "../first/start.mjs";
import { answerable, confirm } from "./urgent.mjs";

const PAUSE_MS = 150;
const LAST = 4;
/** Bytes of a message for what may still be decided: who may know, what is wrong, whether an answer is wanted. */
const SPARE = 192;

/** Words for the watchdogs alone, or null where she has none. @returns {Promise<any>} */
const message = async () => {
  const text = visit.text.trim();
  if (!visit.call && !text) return null;
  return {
    kind: visit.call ? "urgent" : "story",
    text,
    language: visit.pack.code,
    conversation: visit.answerable ? await visit.conversation : null,
    conditions: visit.call ? visit.call.conditions : [],
    indicators: visit.call ? visit.call.indicators : [],
    may: visit.call ? visit.call.may : [],
    act: visit.call ? visit.call.act : "with_others",
    number: visit.sent,
  };
};

/** How many bytes she may still write. @param {string} text */
const space = async (text) =>
  (await room(visit.seen.trusted, { kind: "story", text, language: visit.pack.code, conversation: null })) - SPARE;

/** Takes a while, so it begins before it is needed; for everyone alike. */
const stretch = () => {
  if (visit.digits) return;
  visit.digits = makeDigits();
  visit.conversation = conversationKey(visit.digits, location.host);
};

/** @param {string} key */
const words = (key) => t(key).split(",").map((word) => word.trim()).filter(Boolean);

/** @param {{alone: boolean}} [how] */
export const story = (how) => {
  stretch();
  const left = bar(t("space"));
  const error = complaint("story-wrong");
  const found = el("ul", { class: "hints", role: "status" });
  let fits = true;
  /** @type {number} */
  let timer = 0;
  let most = 0;
  const field = /** @type {HTMLTextAreaElement} */ (
    el("textarea", { id: "story", dir: "auto", rows: 6, autocomplete: "off", "aria-describedby": "story-hint story-wrong", input: () => changed() })
  );
  field.value = visit.text;
  const changed = () => {
    visit.text = field.value;
    clearTimeout(timer);
    timer = window.setTimeout(measure, PAUSE_MS);
  };
  const measure = async () => {
    const text = field.value.trim();
    const bytes = await space(text);
    most = most || (await space(""));
    fits = bytes >= 0;
    left.set(bytes / most);
    error.textContent = fits ? "" : t("long");
    const told = hints(text, { only: words("words_only"), line: words("words_line") });
    clear(found);
    for (const { hint, word } of told) found.append(el("li", {}, t(hint, { word })));
  };
  const next = async () => {
    await measure();
    if (!fits) {
      field.focus();
      return;
    }
    visit.storyDone = true;
    const on = () => (how ? only(lock, { alone: true }) : proceed());
    if (visit.text.trim() && visit.answerable === null) go(answerable, on);
    else on();
  };
  paint({
    name: "story",
    title: t("story_h"),
    picture: "pen",
    body: [
      el("p", { id: "story-hint" }, t("story_hint")),
      urgency(visit.pack, visit.answers).readMore && para(t("story_more"), "weighty"),
      el("details", { class: "who" }, el("summary", {}, t("readers_h")), para(t("readers_who")), readers(), para(t("readers_not")), para(t("readers_law"))),
      el("label", { for: "story" }, t("story_label")),
      field,
      el("p", { class: "hint space", "aria-hidden": "true" }, t("space")),
      left.node,
      error,
      found,
      primary(how ? t("alone_send") : t("next"), next),
      visit.help && helpButton(),
    ],
  });
  measure();
};

export const review = () => {
  sealAhead();
  const voted = visit.card && visit.outcome <= 0;
  const enrolled = visit.seen.part.enrolled;
  const chosen = named().filter((one) => gravest().includes(one.code)).map((one) => one.label).join(", ");
  const told = visit.call ? t(visit.call.act === "now" ? "act_now" : "act_others") : "";
  paint({
    name: "review",
    title: t("review_h"),
    picture: "lock",
    body: [
      voted && enrolled > 0 && para(t("people", { n: enrolled }), "hint"),
      primary(t("lock"), () => only(lock)),
      answersList(),
      el(
        "ul",
        { class: "answers" },
        voted && named().length > 3 && line(t("your_worst"), chosen || t("nothing"), () => go(worst)),
        visit.decided.length > 0 && visit.sent === 0 && line(t("your_call"), told || t("nothing"), () => go(confirm)),
        line(t("your_story"), visit.text.trim() || t("nothing"), () => go(story)),
        visit.text.trim() && line(t("answer_h"), labelled(visit.answerable ? "yes" : "no"), () => go(answerable, proceed)),
      ),
      primary(t("lock"), () => only(lock)),
      visit.help && helpButton(),
    ],
  });
};

/** Seals what stands there now, while she reads it; what was sealed of an earlier version is thrown away. @param {boolean} [alone] */
const sealAhead = (alone = false) => {
  if (visit.sealing) visit.sealing.stop.abort();
  const stopping = new AbortController();
  const sealing = { stop: stopping, shown: (/** @type {number} */ _done) => {}, envelope: sealed(alone, stopping.signal, (done) => sealing.shown(done)) };
  visit.sealing = sealing;
  sealing.envelope.catch(() => {
    if (visit.sealing === sealing) visit.sealing = null; // tried anew, not failed for ever
  });
};

/** @param {boolean} alone @param {AbortSignal} signal @param {(done: number) => void} onProgress @returns {Promise<Uint8Array>} */
const sealed = async (alone, signal, onProgress) => {
  const mine = visit;
  const { voice } = await redeeming();
  const says = await message();
  const answers = alone || !voice ? null : { answers: ballot(), gravest: gravest() };
  return seal(mine.seen.trusted, alone ? null : voice, answers, says, { signal, onProgress });
};

/** @param {{alone: boolean}} [how] */
const lock = async (how) => {
  const mine = visit;
  const alone = Boolean(how);
  const done = bar(t("locking"));
  const note = para("", "hint");
  const later = el("div");
  paint({ name: "sending", title: t("locking"), picture: "lock", body: [done.node, note, later] });
  if (alone || !mine.sealing) sealAhead(alone);
  const sealing = /** @type {import("../first/flow.mjs").Sealing} */ (mine.sealing);
  const here = () => mine === visit && shown(lock);
  sealing.shown = done.set;
  mine.busy = true;
  try {
    const envelope = await sealing.envelope;
    if (!here()) return;
    if (mine.outcome > 0 && !mine.toldUsed) {
      mine.toldUsed = true;
      mine.sealing = null;
      swap(used);
      return;
    }
    done.set(1);
    status(t("sending"));
    const onWait = () => {
      note.textContent = t("later");
      if (able() && !alone && !later.firstChild) {
        later.append(para(t("keep_text"), "hint"), button(t("keep"), () => keepCopy(envelope, note), { icon: "lock" }));
      }
    };
    await cast(envelope, { signal: sending.signal, onWait, keepToken: alone });
    if (mine === visit) sent(alone);
  } catch (fault) {
    if (!here()) return;
    if (fault instanceof Marked) only(stop);
    else swap(offline, () => swap(lock, how));
  } finally {
    mine.busy = false;
  }
};

/** Ends the trying, not the wish to send. */
const sending = new AbortController();
leaving.signal.addEventListener("abort", () => sending.abort());

/** The copy takes the place of this page: the phone sends it when there is a network. @param {Uint8Array} envelope @param {HTMLElement} note */
const keepCopy = async (envelope, note) => {
  try {
    await keep(envelope);
  } catch (fault) {
    note.textContent = t("net_text");
    return;
  }
  sending.abort();
  forget();
  only(kept, null);
};

/** @param {boolean} alone */
const sent = (alone) => {
  const said = { alone, call: visit.call !== null, story: visit.text.trim() !== "" };
  visit.sealing = null;
  visit.call = null;
  visit.text = "";
  visit.storyDone = alone ? false : visit.storyDone;
  if (said.call || said.story) visit.sent += 1;
  const next = () => only(end, said);
  if ((said.call || said.story) && visit.answerable && !visit.digitsKept) only(receipt, next);
  else next();
};

/** Shown once, as it must be written. @param {() => void} next */
const receipt = (next) =>
  paint({
    name: "receipt",
    title: t("receipt_h"),
    picture: "paper",
    body: [
      el("p", { class: "receipt", dir: "ltr" }, ...grouped(visit.digits).split(" ").map((group) => el("span", {}, group))),
      para(t("receipt_text")),
      para(t("receipt_look"), "hint"),
      primary(t("next"), () => go(lastGroup, next)),
      visit.help && helpButton(),
    ],
  });

/** @param {() => void} next */
const lastGroup = (next) => {
  const error = complaint("last-wrong");
  const check = () => {
    if (latin(field.value) === visit.digits.slice(-LAST)) {
      visit.digitsKept = true;
      next();
      return;
    }
    complain(field, error, t("last_wrong"));
  };
  const field = /** @type {HTMLInputElement} */ (
    el("input", {
      id: "last",
      class: "digits",
      dir: "ltr",
      type: "text",
      inputmode: "numeric",
      autocomplete: "off",
      "aria-labelledby": "last-head",
      "aria-describedby": "last-wrong",
      keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && check(),
    })
  );
  paint({ name: "last", title: t("last_h"), picture: "paper", body: [field, error, primary(t("next"), check)] });
  const head = document.querySelector("h1");
  if (head) head.id = "last-head";
};

/** @param {{alone: boolean, call: boolean, story: boolean}} said */
const end = (said) => {
  const worst = byGravity(named().filter((one) => gravest().includes(one.code) || !gravest().length))[0];
  const right = worst && !said.alone ? t("right_" + worst.code) : "";
  paint({
    name: "end",
    title: t("end_h"),
    picture: "yes",
    body: [
      visit.card && visit.outcome <= 0 && !said.alone && para(t("end_text")),
      said.call && para(t("end_call")),
      said.story && !said.call && para(t("end_story")),
      right && el("section", { class: "right" }, el("h2", {}, t("rights_h")), para(right)),
      helpButton(),
      said.alone ? primary(t("go_on"), proceed) : primary(t("leave"), leave),
      said.alone && quiet(t("leave"), leave),
    ],
  });
};
