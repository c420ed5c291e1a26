/** The first screens: the language, and what to know before one begins. */

import { drop, go, open, shown, swap, t, visit } from "./flow.mjs";
import { button, el, icon, paint, para, point, primary, quiet } from "./ui.mjs";

const LIMITS = ["limit_page", "limit_story", "limit_net", "limit_cards", "limit_used", "limit_sizes"];
const BEFORE = [
  ["eye", "before_seen"],
  ["wifi", "before_net"],
  ["tab", "before_private"],
  ["paper", "before_paper"],
  ["leave", "before_leave"],
  ["clock", "before_history"],
];

/** Where this file was loaded from: the others lie beside it. */
const SERVED = /** @type {HTMLScriptElement} */ (document.querySelector("script[src]")).src;

/** @type {Element[]} */
let home = [];
/** @type {HTMLButtonElement[]} */
let offered = [];
let wantsMail = false;

/** Everything else is fetched while she reads. @type {Promise<any> | null} */
let rest = null;
const load = () => {
  rest = rest || import("../rest/invite.mjs");
  return rest;
};

export const begin = () => {
  open();
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  offered = arrange(main);
  home = Array.from(main.children).filter((one) => one.nodeName !== "H1");
  go(language);
  document.documentElement.setAttribute("data-ready", "");
};

/** The phone's own languages first. @param {HTMLElement} main */
const arrange = (main) => {
  const list = /** @type {HTMLElement} */ (main.querySelector(".languages"));
  /** @type {HTMLButtonElement[]} */
  const buttons = Array.from(list.querySelectorAll("button"));
  const wanted = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]);
  const place = (/** @type {HTMLElement} */ one) => {
    const at = wanted.indexOf(one.lang.toLowerCase().split("-")[0]);
    return at < 0 ? wanted.length : at;
  };
  const order = new Map(buttons.map((one, at) => [one, at]));
  buttons.sort((a, b) => place(a) - place(b) || Number(order.get(a)) - Number(order.get(b)));
  for (const one of buttons) {
    list.append(/** @type {Node} */ (one.parentNode));
    one.addEventListener("click", () => choose(one));
  }
  return buttons;
};

const language = () => {
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  const best = offered[0];
  paint({ name: "language", title: best.dataset.title || "", body: home });
  wantsMail = false;
  const root = document.documentElement;
  root.lang = best.lang;
  root.dir = best.dir;
  root.dataset.leave = best.dataset.leave;
  draft(best.dataset.draft || "");
  const mail = /** @type {HTMLButtonElement} */ (main.querySelector("#mail"));
  mail.hidden = false;
  mail.textContent = best.dataset.mail || "";
  mail.onclick = () => {
    wantsMail = true;
    choose(best);
  };
};

/** @param {string} text */
const draft = (text) => {
  const place = /** @type {HTMLElement} */ (document.getElementById("draft"));
  place.hidden = !text;
  place.textContent = text;
};

/** What is spoken in a language, by name, with its size; none of it is loaded yet. @param {string} lang */
const sounds = async (lang) => {
  const answer = await fetch("/audio/" + lang + "/sizes.json", { credentials: "omit" });
  return answer.ok ? answer.json() : {};
};

/** @param {HTMLButtonElement} choice */
const choose = async (choice) => {
  choice.setAttribute("aria-busy", "true");
  try {
    const path = new URL("../lang/" + choice.lang + ".json", SERVED).href;
    const answer = await fetch(path, { integrity: choice.dataset.sri, credentials: "omit" });
    visit.pack = await answer.json();
    visit.sounds = document.body.dataset.audio ? await sounds(choice.lang) : {};
  } catch (error) {
    choice.removeAttribute("aria-busy");
    choice.classList.add("failed");
    return;
  }
  choice.removeAttribute("aria-busy");
  document.documentElement.lang = choice.lang;
  document.documentElement.dir = choice.dir;
  draft(choice.dataset.draft || "");
  load().catch(() => null);
  if (wantsMail) mail();
  else go(before);
};

const before = () => {
  const limits = el("details", {}, el("summary", {}, t("limits_h")), el("ul", {}, ...LIMITS.map((key) => el("li", {}, t(key)))));
  paint({
    name: "before",
    title: t("before_h"),
    body: [
      el("ul", { class: "points" }, ...BEFORE.map(([picture, key]) => point(picture, t(key)))),
      limits,
      "serviceWorker" in navigator && weak(),
      primary(t("ready"), () => onward(load, (screens) => screens.start())),
      quiet(t("have_code"), mail),
    ],
  });
};

/** What delivers a locked copy later must be there before the network is gone. */
const weak = () => {
  const choice = button(
    t("weak"),
    async () => {
      const screens = await load();
      await screens.prepare();
      choice.setAttribute("aria-pressed", "true");
    },
    { icon: "wifi", pressed: false },
  );
  return choice;
};

/** Only who looks for an answer loads this: what is looked up then tells as much. */
const mail = () =>
  onward(
    () => load().then(() => import("../mail/mail.mjs")),
    (screens) => go(screens.ask),
  );

/** What is wanted may still be on its way. @param {() => Promise<any>} wanted @param {(screens: any) => void} then */
const onward = async (wanted, then) => {
  const mine = visit;
  go(pausing);
  try {
    const screens = await wanted();
    if (mine === visit && shown(pausing)) {
      drop();
      then(screens);
    }
  } catch (error) {
    rest = null;
    swap(offline, () => {
      drop();
      onward(wanted, then);
    });
  }
};

export const pausing = () =>
  paint({ name: "waiting", title: t("wait"), body: [el("div", { class: "wait", "aria-hidden": "true" }, icon("clock"))] });

/** @param {() => void} again takes the place of this screen */
export const offline = (again) =>
  paint({ name: "offline", title: t("net_h"), picture: "wifi", body: [para(t("net_text")), primary(t("again"), again)] });
