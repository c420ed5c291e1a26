/** The answers of helpers, opened by the digits of the receipt, and a word back. Nothing here looks again by itself. */

import { DIGITS, conversationKey, grouped, latin, parseDigits } from "../rest/codes.mjs";
import { drop, go, leave, leaving, only, shown, swap, t, visit } from "../first/flow.mjs";
import { thread } from "./mailbox.mjs";
import { Refused } from "../rest/manifest.mjs";
import { cast, room, seal } from "../rest/visit.mjs";
import { el, paint, para, primary, quiet, status } from "../first/ui.mjs";
import { bar, codeField, complain, complaint } from "../rest/pieces.mjs";
import { keys, stop } from "../rest/invite.mjs";
import { offline } from "../first/start.mjs";

const STATES = ["received", "reading", "acting", "closed"];

export const ask = () => {
  const error = complaint("digits-wrong");
  const field = codeField("digits", () => open(), { inputmode: "numeric" });
  const open = () => {
    let digits = "";
    try {
      digits = parseDigits(field.value);
    } catch (fault) {
      const count = latin(field.value).length;
      complain(field, error, count === DIGITS ? t("mail_check") : t("mail_length", { n: count }));
      return;
    }
    field.value = grouped(digits);
    go(looking, digits);
  };
  paint({
    name: "digits",
    title: t("mail_h"),
    picture: "mail",
    body: [
      el("label", { for: "digits", id: "digits-hint" }, t("mail_hint")),
      field,
      error,
      para(t("mail_size"), "hint"),
      primary(t("mail_open"), open),
    ],
  });
};

/** @param {string} digits */
const looking = async (digits) => {
  const mine = visit;
  const count = para("", "hint");
  const wait = bar(t("mail_looking"));
  paint({ name: "looking", title: t("mail_looking"), picture: "mail", body: [wait.node, count] });
  const here = () => mine === visit && shown(looking);
  try {
    const conversation = await conversationKey(digits, location.host);
    const { manifest } = await keys(null);
    /** @type {any[]} */
    const replies = [];
    const onFetch = (/** @type {number} */ fetched) => {
      wait.set(1 - 1 / (fetched + 1));
      count.textContent = 64 * fetched + " KB";
    };
    for await (const reply of thread(conversation, manifest, { onFetch, signal: leaving.signal })) {
      if (!here()) return;
      replies.push(reply);
    }
    const first = replies[0];
    visit.seen = first ? await keys({ locator: first.locator, code: "" }) : null;
    if (here()) swap(showThread, { replies, conversation });
  } catch (fault) {
    if (!here()) return;
    if (fault instanceof Refused) only(stop);
    else swap(offline, () => swap(looking, digits));
  }
};

/** @param {{replies: any[], conversation: Uint8Array}} found */
const showThread = (found) => {
  const names = new Map((visit.seen ? visit.seen.part.watchdogs : []).map((/** @type {any} */ one) => [one.party, one.name]));
  const items = found.replies.map((reply) =>
    el(
      "li",
      {},
      el("bdi", { class: "who" }, names.get(reply.party) || ""),
      STATES.includes(reply.status) ? el("span", { class: "hint" }, t("mail_" + reply.status)) : null,
      reply.text ? el("p", { class: "words" }, el("bdi", {}, reply.text)) : null,
    ),
  );
  const none = items.length === 0;
  paint({
    name: none ? "none" : "thread",
    title: none ? t("mail_none") : t("mail_h"),
    picture: "mail",
    body: [
      none ? para(t("mail_later")) : el("ul", { class: "thread" }, ...items),
      none ? primary(t("leave"), leave) : primary(t("mail_reply"), () => go(reply, found)),
      none ? null : quiet(t("leave"), leave),
    ],
  });
};

/** @param {{replies: any[], conversation: Uint8Array}} found */
const reply = (found) => {
  const left = bar(t("space"));
  const error = complaint("reply-wrong");
  let most = 0;
  const words = () => ({
    kind: /** @type {"more"} */ ("more"),
    text: visit.text.trim(),
    language: visit.pack.code,
    conversation: found.conversation,
    act: /** @type {"with_others"} */ ("with_others"),
    number: 1 + found.replies.filter((one) => one.kind === "reply").length,
  });
  const measure = async () => {
    visit.text = field.value;
    const bytes = await room(visit.seen.trusted, words());
    most = Math.max(most, bytes, 1);
    left.set(bytes / most);
    error.textContent = bytes < 0 ? t("long") : "";
    return bytes >= 0;
  };
  const field = /** @type {HTMLTextAreaElement} */ (
    el("textarea", { id: "reply", dir: "auto", rows: 6, autocomplete: "off", "aria-describedby": "reply-wrong", input: measure })
  );
  field.value = visit.text;
  const send = async () => {
    if (visit.text.trim() && (await measure())) go(sending, words());
    else field.focus();
  };
  paint({
    name: "reply",
    title: t("mail_reply"),
    picture: "pen",
    body: [el("label", { for: "reply" }, t("story_label")), field, left.node, error, primary(t("lock"), send)],
  });
  measure();
};

/** @param {any} words */
const sending = async (words) => {
  const mine = visit;
  const done = bar(t("locking"));
  const note = para("", "hint");
  paint({ name: "sending", title: t("locking"), picture: "lock", body: [done.node, note] });
  mine.busy = true;
  try {
    const envelope = await seal(mine.seen.trusted, null, null, words, { onProgress: done.set, signal: leaving.signal });
    status(t("sending"));
    const onWait = () => {
      note.textContent = t("later");
    };
    await cast(envelope, { onWait, signal: leaving.signal, keepToken: true });
    if (mine === visit) {
      visit.text = "";
      only(sent);
    }
  } catch (fault) {
    if (mine === visit && shown(sending)) drop();
    if (mine === visit) go(offline, () => swap(sending, words));
  } finally {
    mine.busy = false;
  }
};

const sent = () =>
  paint({ name: "sent", title: t("mail_sent_h"), picture: "yes", body: [para(t("mail_sent")), primary(t("leave"), leave)] });
