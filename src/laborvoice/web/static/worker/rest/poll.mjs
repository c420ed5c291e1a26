/** The poll: one question a screen, then what her answers ask for. `proceed` alone knows what comes next. */

import { go, only, t, visit } from "../first/flow.mjs";
import { button, el, paint, para, primary } from "../first/ui.mjs";
import { stop, used } from "./invite.mjs";
import { asked, choices, complaint, helpButton, labelled, option, question, tick } from "./pieces.mjs";
import { confirm } from "./urgent.mjs";
import { review, story } from "./tell.mjs";

/** The questions of this visit: without a card, or with a used one, only whether someone is in danger. */
const ids = () => (visit.card && visit.outcome <= 0 ? [GATE, ...visit.pack.core.questions] : [GATE]);

/** Her answers that are of the poll, in its order: the gate is none. */
export const ballot = () => {
  /** @type {Object<string, string>} */
  const given = {};
  for (const id of visit.pack.core.questions) if (visit.answers[id]) given[id] = visit.answers[id];
  return given;
};

/** The conditions among which she chooses; up to three are the gravest by themselves. */
export const named = () => flagged(visit.pack, ballot());

export const gravest = () => {
  const all = named().map((one) => one.code);
  return all.length <= GRAVEST ? all : (visit.gravest || []).filter((code) => all.includes(code));
};

/** The next screen, whatever was changed. */
export const proceed = () => {
  const next = ids().find((id) => !visit.answers[id]);
  const undecided = urgency(visit.pack, visit.answers).triggers.filter((id) => !visit.decided.includes(id));
  if (visit.marked) only(stop);
  else if (visit.outcome > 0 && !visit.toldUsed) {
    visit.toldUsed = true;
    go(used);
  } else if (undecided.includes(GATE)) go(confirm);
  else if (next) go(asking, next);
  else if (visit.card && !visit.same && allSame(ballot())) go(same);
  else if (named().length > GRAVEST && !chosen()) go(worst);
  else if (undecided.length) go(confirm);
  else if (!visit.storyDone) go(story);
  else go(review);
};

/** A choice made before holds while all that was chosen is still named. */
const chosen = () => visit.gravest !== null && gravest().length === visit.gravest.length;

/** @param {string} id */
export const asking = (id) => {
  const all = ids();
  const at = all.indexOf(id);
  const answer = (/** @type {string} */ code) => {
    if (visit.answers[id] !== code) {
      visit.answers[id] = code;
      visit.same = false;
      visit.decided = visit.decided.filter((one) => one !== id);
    }
    proceed();
  };
  paint({
    name: "question",
    spoken: id,
    title: asked(id),
    picture: id,
    progress: at / all.length,
    count: at > 0 ? t("count", { n: at, all: all.length - 1 }) : "",
    body: [
      choices(...question(id).options.map((/** @type {string} */ code) => option(code, visit.answers[id] ? visit.answers[id] === code : null, () => answer(code)))),
      visit.help && helpButton(),
    ],
  });
};

const same = () =>
  paint({
    name: "same",
    title: visit.pack.prompts.same_answers,
    body: [
      choices(
        button(t("same_so"), () => {
          visit.same = true;
          proceed();
        }, { icon: "yes" }),
        button(t("same_check"), () => {
          visit.same = true;
          go(reread);
        }, { icon: "eye" }),
      ),
    ],
  });

const reread = () =>
  paint({ name: "reread", title: t("same_check"), body: [answersList(), primary(t("next"), proceed)] });

/** Each answer with a way to change it. */
export const answersList = () =>
  el(
    "ul",
    { class: "answers" },
    ...ids()
      .filter((id) => visit.answers[id])
      .map((id) => line(asked(id), labelled(visit.answers[id]), () => go(asking, id))),
  );

/** @param {string} what @param {string} value @param {() => void} change */
export const line = (what, value, change) =>
  el(
    "li",
    {},
    el("span", { class: "what" }, what),
    el("bdi", { class: "value" }, value),
    el("button", { type: "button", class: "change", "aria-label": t("change") + ": " + what, click: change }, t("change")),
  );

/** Nothing is ticked beforehand: a default would answer for her. */
export const worst = () => {
  const picked = new Set(visit.gravest === null ? [] : gravest());
  const error = complaint("gravest-wrong");
  const tiles = named().map((one) => {
    const picture = visit.pack.questions.find((/** @type {any} */ asks) => asks.condition === one.code).id;
    const may = (/** @type {boolean} */ on) => {
      error.textContent = "";
      if (on && picked.size === GRAVEST) {
        error.textContent = t("gravest_full");
        return false;
      }
      if (on) picked.add(one.code);
      else picked.delete(one.code);
      return true;
    };
    return tick(one.label, picked.has(one.code), may, picture);
  });
  paint({
    name: "gravest",
    title: visit.pack.prompts.gravest,
    body: [
      para(t("gravest_why"), "hint"),
      el("div", { class: "tiles" }, ...tiles),
      error,
      primary(t("next"), () => {
        visit.gravest = [...picked];
        proceed();
      }),
    ],
  });
};

/**
 * What follows from her answers. It is decided here, on the phone, and nowhere else (design, domain 2 and 3).
 *
 * @typedef {{id: string, condition: string | null, options: string[], adverse: string[], urgent: string | null,
 *   ilo: number[], text: string}} Question
 * @typedef {{code: string, severity: "critical" | "severe" | "moderate", label: string}} Condition
 * @typedef {{questions: Question[], conditions: Condition[]}} Bank
 * @typedef {Object<string, string>} Given
 */

const GRAVEST = 3;
export const GATE = "danger_now";
const SAME_LEAST = 8;
const WEIGHTS = { critical: 4, severe: 2, moderate: 1 };
const UNWILLING = ["overtime_refuse", "free_to_quit", "debt_owed", "job_as_promised"];
const THREAT = ["documents_held", "free_to_leave_site", "physical_violence", "retaliation"];
const UNPAID = "wages_full";
const BOUND = ["free_to_quit", "debt_owed"];

/** @param {Bank} bank @param {Given} answers @returns {Question[]} */
const adverse = (bank, answers) => bank.questions.filter((one) => one.adverse.includes(answers[one.id]));

/** The conditions that her answers name, in their own order. @param {Bank} bank @param {Given} answers */
const flagged = (bank, answers) => {
  const named = adverse(bank, answers).map((one) => one.condition);
  return bank.conditions.filter((one) => named.includes(one.code));
};

/** The gravest first; of equals, in their own order. @param {Condition[]} conditions */
export const byGravity = (conditions) =>
  conditions
    .map((one, place) => ({ one, place }))
    .sort((a, b) => WEIGHTS[b.one.severity] - WEIGHTS[a.one.severity] || a.place - b.place)
    .map(({ one }) => one);

/**
 * What calls for help at once: `triggers` are her answers that do, `indicators` numbers of the ILO where they signal
 * forced labour, `conditions` at most three.
 *
 * @param {Bank} bank
 * @param {Given} answers
 */
export const urgency = (bank, answers) => {
  const bad = adverse(bank, answers);
  const ids = bad.map((one) => one.id);
  const unwilling = ids.filter((id) => UNWILLING.includes(id));
  const unpaid = ids.includes(UNPAID) && ids.some((id) => BOUND.includes(id)) ? [UNPAID] : [];
  const threat = [...ids.filter((id) => THREAT.includes(id)), ...unpaid];
  const forced = unwilling.length && threat.length ? [...unwilling, ...threat] : [];
  const triggers = bad.filter((one) => one.urgent === "U1" || forced.includes(one.id));
  const numbers = new Set(bad.filter((one) => forced.includes(one.id)).reduce((all, one) => all.concat(one.ilo), /** @type {number[]} */ ([])));
  const named = bank.conditions.filter((one) => triggers.some((trigger) => trigger.condition === one.code));
  return {
    triggers: triggers.map((one) => one.id),
    indicators: [...numbers].sort((a, b) => a - b),
    conditions: byGravity(named).slice(0, GRAVEST).map((one) => one.code),
    readMore: bad.some((one) => one.urgent === "U2"),
  };
};

/** All yes, or all no, eight or more: worth a second look. @param {Given} answers */
const allSame = (answers) => {
  const given = Object.keys(answers)
    .filter((id) => id !== GATE)
    .map((id) => answers[id])
    .filter((option) => option === "yes" || option === "no");
  return given.length >= SAME_LEAST && given.every((option) => option === given[0]);
};

/**
 * What in her words could show who she is; `words` are lists by her language.
 *
 * @param {string} text
 * @param {{only: string[], line: string[]}} words
 * @returns {{hint: string, word: string}[]}
 */
export const hints = (text, words) => {
  const found = [];
  const low = text.toLowerCase();
  if (/(\d[\s().-]?){7,}/.test(text)) found.push({ hint: "hint_phone", word: "" });
  if (/\S@\S+\.\S/.test(text)) found.push({ hint: "hint_mail", word: "" });
  for (const word of words.only) if (holds(low, word)) found.push({ hint: "hint_only", word });
  for (const word of words.line) if (holds(low, word)) found.push({ hint: "hint_line", word });
  return found;
};

/** A whole word where words are written apart. @param {string} text @param {string} word */
const holds = (text, word) => {
  if (!/^[a-z]+$/.test(word)) return text.includes(word);
  return new RegExp("(^|[^a-z])" + word + "($|[^a-z])").test(text);
};
