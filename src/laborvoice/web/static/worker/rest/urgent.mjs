/** A grave answer: is it right, who can help at once, who would read it, and what she wants. Nothing is ticked for her. */

import { go, t, visit } from "../first/flow.mjs";
import { button, el, paint, para, primary } from "../first/ui.mjs";
import { GATE, asking, line, proceed, urgency } from "./poll.mjs";
import { asked, choices, help, helpButton, labelled, option, readers, tick } from "./pieces.mjs";
import { story } from "./tell.mjs";

/** In the middle of the poll only the gate counts: nothing else alarms before the last question. */
const urgencyNow = () => {
  const polled = visit.pack.core.questions.every((/** @type {string} */ id) => visit.answers[id]);
  const answers = polled || visit.outcome > 0 ? visit.answers : { [GATE]: visit.answers[GATE] };
  return urgency(visit.pack, answers);
};

export const confirm = () => {
  const { triggers } = urgencyNow();
  paint({
    name: "urgent",
    title: visit.pack.prompts.urgent_confirm,
    picture: GATE,
    body: [
      para(t("said"), "hint"),
      el(
        "ul",
        { class: "answers stacked" },
        ...triggers.map((id) => mistaken(id)),
      ),
      primary(t("right"), () => go(help, () => go(limits))),
    ],
  });
};

/** @param {string} id */
const mistaken = (id) => {
  const item = line(asked(id), labelled(visit.answers[id]), () => go(asking, id));
  const change = /** @type {HTMLElement} */ (item.lastChild);
  change.textContent = t("mistake");
  change.setAttribute("aria-label", t("mistake") + ": " + asked(id));
  return item;
};

const limits = () =>
  paint({
    name: "limits",
    title: t("readers_h"),
    picture: "eye",
    body: [
      para(t("readers_who")),
      readers(),
      para(t("readers_not")),
      para(t("readers_law"), "weighty"),
      helpButton(),
      primary(t("next"), () => go(offer)),
    ],
  });

const offer = () => {
  const decide = (/** @type {"now" | "with_others" | null} */ act) => {
    const { triggers, conditions, indicators } = urgencyNow();
    visit.decided = [...new Set([...visit.decided, ...triggers])];
    visit.call = act && { act, may: [], conditions, indicators };
    if (act) go(may);
    else proceed();
  };
  paint({
    name: "offer",
    title: visit.pack.prompts.urgent_offer,
    body: [
      choices(
        button(t("act_now"), () => decide("now"), { icon: "send" }),
        button(t("act_others"), () => decide("with_others"), { icon: "people" }),
        button(t("act_no"), () => decide(null), { icon: "no" }),
      ),
      helpButton(),
    ],
  });
};

const may = () => {
  /** @type {Set<"brand" | "authority">} */
  const told = new Set();
  const nobody = tick(t("may_none"), false, (on) => {
    if (on) {
      told.clear();
      for (const one of others) one.setAttribute("aria-checked", "false");
    }
    return true;
  }, "lock");
  const other = (/** @type {"brand" | "authority"} */ who, /** @type {string} */ picture) =>
    tick(t("may_" + who), false, (on) => {
      if (on) {
        told.add(who);
        nobody.setAttribute("aria-checked", "false");
      } else told.delete(who);
      return true;
    }, picture);
  const others = [other("brand", "card"), other("authority", "shield")];
  paint({
    name: "may",
    title: t("may_h"),
    body: [
      el("div", { class: "tiles" }, nobody, ...others),
      helpButton(),
      primary(t("next"), () => {
        if (visit.call) visit.call.may = [...told].sort();
        if (visit.answerable === null) go(answerable, decided);
        else decided();
      }),
    ],
  });
};

/** A call from the gate may go at once, without the ballot. */
const decided = () => {
  if (visit.call && visit.call.act === "now" && !visit.pack.core.questions.every((/** @type {string} */ id) => visit.answers[id]) && visit.card && visit.outcome <= 0) go(alone);
  else proceed();
};

/** @param {() => void} next */
export const answerable = (next) => {
  const decide = (/** @type {boolean} */ yes) => {
    visit.answerable = yes;
    next();
  };
  paint({
    name: "answerable",
    title: t("answer_h"),
    picture: "mail",
    body: [
      para(t("answer_how")),
      choices(option("yes", visit.answerable === true ? true : null, () => decide(true)), option("no", visit.answerable === false ? true : null, () => decide(false))),
      visit.help && helpButton(),
    ],
  });
};

const alone = () =>
  paint({
    name: "alone",
    title: t("alone_h"),
    picture: "send",
    body: [
      para(t("alone_text")),
      choices(
        button(t("alone_send"), () => go(story, { alone: true }), { icon: "send" }),
        button(t("alone_later"), proceed, { icon: "next" }),
      ),
      helpButton(),
    ],
  });
