/**
 * Where the visit stands: what was said so far, which screens lie behind, and how one gets away from here.
 *
 * All of it is in memory. Leaving, idling or hiding the page drops it.
 */

import { button, clear, el, header, status } from "./ui.mjs";

const IDLE_MS = 10 * 60 * 1000;
const WARNED_MS = 60 * 1000;
const LOOK_MS = 1000;
const SHIFTS = 3;
const SHIFT_MS = 2000;

/**
 * @typedef {{act: "now" | "with_others", may: ("brand" | "authority")[], conditions: string[], indicators: number[]}} Call
 * @typedef {{envelope: Promise<Uint8Array>, stop: AbortController, shown: (done: number) => void}} Sealing
 *   What is being sealed while she reads it.
 * @typedef {{
 *   link: string, pack: any, sounds: Object<string, number>, card: any, typed: boolean, seen: any, redeeming: Promise<any> | null,
 *   outcome: number, marked: boolean, toldUsed: boolean, answers: Object<string, string>, gravest: string[] | null, same: boolean,
 *   call: Call | null, decided: string[], answerable: boolean | null, text: string, storyDone: boolean,
 *   digits: string, conversation: Promise<Uint8Array> | null, digitsKept: boolean, sent: number, help: boolean,
 *   sealing: Sealing | null, busy: boolean
 * }} Visit
 */

/** @returns {Visit} */
const fresh = () => ({
  link: "",
  pack: null,
  sounds: {},
  card: null,
  typed: false,
  seen: null,
  redeeming: null,
  outcome: -1, // not yet known; 0 gives a vote
  marked: false,
  toldUsed: false,
  answers: {},
  gravest: null,
  same: false,
  call: null,
  decided: [],
  answerable: null,
  text: "",
  storyDone: false,
  digits: "",
  conversation: null,
  digitsKept: false,
  sent: 0,
  help: false,
  sealing: null,
  busy: false,
});

export let visit = fresh();
/** Ends every wait for the network when she leaves. */
export const leaving = new AbortController();

/** @type {{screen: (arg?: any) => void, arg?: any}[]} */
let behind = [];
/** @type {any} */
let watcher = null;
let sentinel = false;
let gone = false;

/**
 * The text of a key in her language, with its places filled.
 *
 * @param {string} key
 * @param {Object<string, string | number>} [places]
 * @returns {string}
 */
export const t = (key, places = {}) => {
  let text = visit.pack.ui[key];
  if (typeof text === "object") {
    text = text[new Intl.PluralRules(visit.pack.code).select(Number(places.n))] || text.other;
  }
  return fill(text, places);
};

/** @param {string} text @param {Object<string, string | number>} places */
export const fill = (text, places) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? String(places[name]) : whole));

/** @param {(arg?: any) => void} screen @param {any} [arg] */
export const go = (screen, arg) => {
  behind.push({ screen, arg });
  draw();
};

/** The screen takes the place of the one shown: Back does not return to that. @param {(arg?: any) => void} screen @param {any} [arg] */
export const swap = (screen, arg) => {
  behind.pop();
  go(screen, arg);
};

/** There is no way back behind this screen. @param {(arg?: any) => void} screen @param {any} [arg] */
export const only = (screen, arg) => {
  cut();
  go(screen, arg);
};

/** Forgets the screen shown, without drawing the one behind it. */
export const drop = () => {
  behind.pop();
};

/** There is no way back from the next screen. */
export const cut = () => {
  behind = [];
};

/** @param {(arg?: any) => void} screen */
export const shown = (screen) => behind.length > 0 && behind[behind.length - 1].screen === screen;

export const back = () => {
  if (behind.length > 1) {
    behind.pop();
    draw();
  }
};

const draw = () => {
  if (gone) return;
  const { screen, arg } = behind[behind.length - 1];
  status("");
  hush();
  screen(arg);
  offerSound();
  header({ back: behind.length > 1 ? back : null, leave, t: visit.pack ? t : null });
  guardBack();
};

const OPUS = "audio/ogg; codecs=opus";
/** @type {HTMLAudioElement | null} */
let sound = null;

const hush = () => {
  if (sound) sound.pause();
  sound = null;
};

/** Beside the head, where somebody has spoken it; loaded when it is tapped, once more to end it. */
const offerSound = () => {
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  const kind = document.createElement("audio").canPlayType(OPUS) ? ".ogg" : ".m4a";
  const name = main.dataset.spoken + kind;
  const head = main.querySelector("h1");
  if (!head || !(name in visit.sounds)) return;
  const play = () => {
    if (sound) return hush();
    sound = new Audio("/audio/" + visit.pack.code + "/" + name);
    sound.onended = hush;
    sound.play().catch(hush);
  };
  head.after(button(t("listen", { size: Math.ceil(visit.sounds[name] / 1024) }), play, { kind: "quiet help", icon: "listen" }));
};

/** Android's Back, and Esc: one screen, not the whole page. */
const guardBack = () => {
  const Watcher = /** @type {any} */ (window).CloseWatcher;
  if (behind.length < 2) return;
  if (Watcher) {
    if (watcher) return;
    watcher = new Watcher();
    watcher.onclose = () => {
      watcher = null;
      back();
    };
  } else if (!sentinel) {
    sentinel = true;
    history.pushState(null, "");
  }
};

const popped = () => {
  sentinel = false;
  if (gone) away();
  else if (behind.length > 1) back();
};

const away = () => location.replace(exit);
let exit = "about:blank";

/** Nothing of hers is left here, and Back does not lead here. */
export const leave = () => {
  gone = true;
  leaving.abort();
  hush();
  if (visit.sealing) visit.sealing.stop.abort();
  visit = fresh();
  behind = [];
  sessionStorage.clear();
  clear(document.body);
  if (sentinel) {
    history.back();
    setTimeout(away, 300);
  } else {
    away();
  }
};

const watchIdle = () => {
  let last = Date.now();
  const place = () => /** @type {HTMLElement} */ (document.getElementById("idle"));
  const active = () => {
    last = Date.now();
    if (place()) clear(place());
  };
  for (const name of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(name, active, { passive: true, capture: true });
  }
  setInterval(() => {
    if (gone || !visit.pack) return;
    // What is being sent shows nothing she said, and asks her to keep the page open.
    if (visit.busy) last = Date.now();
    const idle = Date.now() - last;
    if (idle >= IDLE_MS) leave();
    else if (idle >= IDLE_MS - WARNED_MS && !place().firstChild) {
      place().append(el("p", {}, t("idle")), el("button", { type: "button", click: active }, t("stay")));
    }
  }, LOOK_MS);
};

const watchKeys = () => {
  /** @type {number[]} */
  let shifts = [];
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !(/** @type {any} */ (window).CloseWatcher)) back();
    if (event.repeat) return;
    shifts = event.key === "Shift" ? [...shifts, event.timeStamp].slice(-SHIFTS) : [];
    if (shifts.length === SHIFTS && event.timeStamp - shifts[0] < SHIFT_MS) leave();
  });
};

/** Reads what the link brought and takes it out of the address; watches for whatever should end the visit. */
export const open = () => {
  visit.link = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  exit = document.body.dataset.exit || exit;
  watchIdle();
  watchKeys();
  window.addEventListener("popstate", popped);
  window.addEventListener("pagehide", () => clear(document.body));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
};
