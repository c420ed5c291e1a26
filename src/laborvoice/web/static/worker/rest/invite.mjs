/** The card: typed or from its link, the check of the keys behind it, and "Is this where you work?" */

import { dayOf } from "./bytes.mjs";
import { TYPED_SIZE, fingerprintOf, readLink, readTyped } from "./codes.mjs";
import { cut, drop, go, leave, leaving, only, shown, swap, t, visit } from "../first/flow.mjs";
import { el, paint, para, primary, quiet } from "../first/ui.mjs";
import { deliver, throwAway, waiting } from "./post.mjs";
import { Refused } from "./manifest.mjs";
import { Marked } from "./token.mjs";
import { UnknownLocator, look, redeem } from "./visit.mjs";
import { proceed } from "./poll.mjs";
import { choices, codeField, complain, complaint, helpButton, option } from "./pieces.mjs";
import { offline, pausing } from "../first/start.mjs";

const GROUP = 3;

/** After "I am ready": what waited on this phone is sent first. */
export const start = async () => {
  const mine = visit;
  const copy = await waiting().catch(() => null);
  if (mine !== visit) return;
  if (!copy) {
    openCard();
    return;
  }
  deliver({ signal: leaving.signal }).catch(() => null);
  go(kept, openCard);
};

/** A locked copy is on this phone. @param {(() => void) | null} next */
export const kept = (next) =>
  paint({
    name: "kept",
    title: t("kept"),
    picture: "lock",
    body: [
      para(t("keep_text")),
      next ? primary(t("next"), next) : primary(t("leave"), leave),
      quiet(t("throw"), () => throwAway().then(next || leave)),
    ],
  });

/** A card that came with the link is opened at once, another is typed. */
const openCard = () => {
  let card = null;
  try {
    card = visit.link ? readLink(visit.link) : null;
  } catch (error) {
    card = null; // not the link of a card: it can be typed
  }
  visit.link = "";
  if (card) visit.card = card;
  if (visit.card) findKeys();
  else go(typing);
};

/** Nine groups of three, three on a line, as the card has them. @param {string} text */
const spaced = (text) => {
  const chars = text.toUpperCase().replace(/[\s-]/g, "");
  const groups = chars.match(/.{1,3}/g) || [];
  return groups.map((group, at) => group + ((at + 1) % GROUP || chars.length <= (at + 1) * GROUP ? " " : "\n")).join("").trim();
};

/** @param {string} [wrong] */
const typing = (wrong) => {
  const error = complaint("code-wrong");
  const field = codeField("code", () => check(), {
    autocapitalize: "characters",
    autocorrect: "off",
    spellcheck: "false",
    input: () => {
      if (field.selectionStart === field.value.length) field.value = spaced(field.value);
    },
  });
  const check = () => {
    try {
      visit.card = readTyped(field.value);
      visit.typed = true;
    } catch (fault) {
      const count = field.value.replace(/[\s-]/g, "").length;
      complain(field, error, count === TYPED_SIZE ? t("code_check") : t("code_length", { n: count }));
      return;
    }
    findKeys();
  };
  paint({
    name: "code",
    title: t("code_h"),
    picture: "card",
    body: [
      el("label", { for: "code" }, t("code_label")),
      el("p", { id: "code-hint", class: "hint" }, t("code_hint")),
      field,
      error,
      primary(t("next"), check),
      quiet(t("no_card"), () => {
        visit.card = null;
        visit.typed = true;
        findKeys();
      }),
    ],
  });
  if (wrong) error.textContent = t(wrong);
};

/** Fetches the keys, and checks them; nothing is sent. */
const findKeys = async () => {
  const mine = visit;
  go(pausing);
  const next = await foundKeys();
  if (mine !== visit || !shown(pausing)) return;
  drop();
  next();
};

const again = () => {
  drop();
  findKeys();
};

/** The keys behind a card, or behind none. @param {import("../types.mjs").Card | null} card */
export const keys = async (card) =>
  look({ card, fingerprint: fingerprintOf(document.body.dataset.fp || ""), origin: location.host, today: dayOf(Date.now()) });

/** @returns {Promise<() => void>} what to show */
const foundKeys = async () => {
  try {
    visit.seen = await keys(visit.card);
  } catch (fault) {
    if (fault instanceof UnknownLocator) {
      visit.card = null;
      return () => (shown(typing) ? swap(typing, "code_first") : go(typing, "code_first"));
    }
    if (fault instanceof Refused) return () => only(stop);
    return () => go(offline, again);
  }
  if (visit.card) return () => go(place);
  return enter;
};

/** What is served does not prove itself: nothing goes on from here. */
export const stop = () => paint({ name: "stop", title: t("stop_h"), picture: "stop", body: [para(t("stop_text"), "big")] });

const place = () =>
  paint({
    name: "place",
    title: t("place_h"),
    picture: "place",
    body: [
      el("p", { class: "name" }, el("bdi", {}, visit.seen.part.name)),
      visit.typed && para(t("place_typed"), "hint"),
      choices(
        option("yes", null, enter),
        option("no", null, () => {
          visit.card = null;
          visit.seen = null;
          swap(typing, "place_other");
        }),
      ),
    ],
  });

/** The card is open. Another cannot be opened from here on. */
const enter = () => {
  redeeming().catch(() => null);
  cut();
  proceed();
};

/** The card is redeemed while she answers; without one, what is sent only looks the same. @returns {Promise<any>} */
export const redeeming = () => {
  if (visit.redeeming) return visit.redeeming;
  const mine = visit;
  const code = visit.card ? visit.card.code : null;
  mine.redeeming = redeem(mine.seen.trusted, code, { signal: leaving.signal }).then(
    (redeemed) => {
      mine.outcome = code ? redeemed.outcome : 0;
      return redeemed;
    },
    (fault) => {
      if (fault instanceof Marked) mine.marked = true;
      else mine.redeeming = null; // the server was not able to: asked again before the sending
      throw fault;
    },
  );
  return mine.redeeming;
};

/** Told once, between two questions: the card gives no vote. A call and a story still go. */
export const used = () =>
  paint({
    name: "used",
    title: t("used_h"),
    picture: "card",
    body: [para(t("used_text")), helpButton(), primary(t("used_go"), proceed)],
  });
