/** Pieces that several screens share: options, ticks, bars, the help numbers; and the pictures of the questions. */

import { fill, go, t, visit } from "../first/flow.mjs";
import { ICONS, button, el, icon, paint, para, primary } from "../first/ui.mjs";

const OLD_MS = 180 * 24 * 60 * 60 * 1000;
const PICTURED = ["yes", "no", "dont_know", "not_provided", "skip"];

/** @param {string} id */
export const question = (id) => visit.pack.questions.find((/** @type {any} */ one) => one.id === id);

/** A question's text; how old a child is depends on the country. @param {string} id */
export const asked = (id) => fill(question(id).text, { min_age: visit.seen.part.min_age });

/** @param {string} code */
export const labelled = (code) => visit.pack.options[code];

/** One option: a press goes on. @param {string} code @param {boolean | null} pressed @param {() => void} press */
export const option = (code, pressed, press) =>
  button(labelled(code), press, {
    kind: code === "skip" ? "option skip" : "option",
    icon: PICTURED.includes(code) ? code : undefined,
    pressed,
  });

/** @param {...HTMLElement} options */
export const choices = (...options) => el("div", { class: "choices" }, ...options);

/** One tap away, once she has been told of them. */
export const helpButton = () => button(t("help"), () => go(help, null), { kind: "quiet help", icon: "phone" });

/** @param {(() => void) | null} next */
export const help = (next) => {
  visit.help = true;
  const numbers = visit.seen.part.help;
  paint({
    name: "help",
    title: t("help_h"),
    picture: "phone",
    body: [
      numbers.length ? el("ul", { class: "numbers" }, ...numbers.map(number)) : para(t("help_none")),
      next && primary(t("next"), next),
    ],
  });
};

/** @param {any} one */
const number = (one) => {
  const old = Date.now() - Date.parse(one.checked_on) > OLD_MS;
  return el(
    "li",
    {},
    el("bdi", { class: "who" }, one.name),
    el("a", { href: "tel:" + one.number.replace(/[^+\d*#]/g, ""), rel: "noreferrer" }, icon("phone"), el("bdi", { dir: "ltr" }, one.number)),
    el("span", { class: "hint" }, el("bdi", {}, one.country + ", " + one.hours)),
    old && para(t("help_old", { date: one.checked_on }), "hint"),
  );
};

/** Who can open what she writes. */
export const readers = () => el("ul", { class: "readers" }, ...visit.seen.part.watchdogs.map((/** @type {any} */ one) => el("li", {}, icon("person"), el("bdi", {}, one.name))));

/**
 * A message by its field. It is announced when it changes.
 *
 * @param {string} id
 */
export const complaint = (id) => el("p", { id, class: "wrong", role: "alert" });

/** What is wrong with a field, told by it. @param {HTMLElement} field @param {HTMLElement} place @param {string} text */
export const complain = (field, place, text) => {
  place.textContent = text;
  field.setAttribute("aria-invalid", "true");
  field.focus();
};

/**
 * Where what is on paper is typed, on as many lines; Enter goes on.
 *
 * @param {string} id
 * @param {() => void} enter
 * @param {Object<string, any>} more
 */
export const codeField = (id, enter, more) =>
  /** @type {HTMLTextAreaElement} */ (
    el("textarea", {
      id,
      class: "code",
      dir: "ltr",
      rows: 3,
      autocomplete: "off",
      "aria-describedby": id + "-hint " + id + "-wrong",
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        enter();
      },
      ...more,
    })
  );

/**
 * A tick of several. It asks `may` before it is ticked.
 *
 * @param {string} text
 * @param {boolean} on
 * @param {(on: boolean) => boolean} may
 * @param {string} [picture]
 */
export const tick = (text, on, may, picture) => {
  const tile = el(
    "button",
    {
      type: "button",
      class: "option tick",
      role: "checkbox",
      "aria-checked": String(on),
      click: () => {
        const wanted = tile.getAttribute("aria-checked") !== "true";
        if (may(wanted)) tile.setAttribute("aria-checked", String(wanted));
      },
    },
    picture ? icon(picture) : null,
    el("span", {}, text),
    icon("box"),
    icon("ticked"),
  );
  return tile;
};

/** How far: 0 to 1. @param {string} label */
export const bar = (label) => {
  const fill = el("i");
  const whole = el("div", { class: "bar", role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  return {
    node: whole,
    /** @param {number} part */
    set: (part) => {
      const percent = Math.round(Math.max(0, Math.min(1, part)) * 100);
      whole.setAttribute("aria-valuenow", String(percent));
      fill.style.width = percent + "%";
    },
  };
};

Object.assign(ICONS, {
  next: "M9 5l7 7-7 7",
  yes: "M4 13l5 5L20 6",
  no: "M6 6l12 12M18 6L6 18",
  dont_know: "M8 9a4 4 0 1 1 6 3.5c-1.5.9-2 1.5-2 3M12 20v.01",
  not_provided: "M4 11l8-7 8 7v9H4zM5 21L20 5",
  skip: "M4 6l7 6-7 6zM13 6l7 6-7 6z",
  box: "M4 4h16v16H4z",
  ticked: "M4 4h16v16H4zM7 12l4 4 6-8",
  shield: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z",
  phone: "M6 3h4l1 5-2 2a11 11 0 0 0 5 5l2-2 5 1v4c0 2-2 3-3 3A16 16 0 0 1 3 6c0-1 1-3 3-3z",
  people: "M8 11a3.5 3.5 0 1 0 .01 0M2 20c0-4 3-6 6-6s6 2 6 6M16 10a3 3 0 1 0 .01 0M17 14c3 0 5 2 5 5",
  person: "M12 11a4 4 0 1 0 .01 0M4 21c0-5 4-7 8-7s8 2 8 7",
  card: "M2 5h20v14H2zM2 10h20M6 15h5",
  place: "M4 21V9l6 3V9l6 3V5h4v16zM8 17h.01M12 17h.01M16 17h.01",
  lock: "M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4M12 15v2",
  send: "M3 11l18-8-8 18-2-8z",
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16v.01",
  pen: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  mail: "M3 5h18v14H3zM3 6l9 7 9-7",
  danger_now: "M12 3l10 18H2zM12 9v6M12 18v.01",
  wages_full: "M2 6h20v12H2zM12 9a3 3 0 1 0 .01 0M16 18l6-6M5 9v.01M19 9v.01",
  hours_week: "M12 3a9 9 0 1 0 .01 0M12 7v5l4 2",
  overtime_refuse: "M9 3a7 7 0 1 0 .01 0M9 6v4h3M17 21v-8a1.5 1.5 0 0 1 3 0v8",
  payslip: "M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zM8 8h8M8 12h8",
  sick_leave: "M10 4a2 2 0 0 1 4 0v10a4 4 0 1 1-4 0zM12 9v8",
  toilets: "M6 3h4v8h9c0 4-3 6-6 6v4H8v-5c-2-1-3-3-3-5V3z",
  injury: "M4 14L14 4a4 4 0 0 1 6 6L10 20a4 4 0 0 1-6-6zM9 9l6 6M12 11v.01M12 13v.01",
  exits_open: "M14 3h7v18h-7M17 12h.01M8 5a1 1 0 1 0 .01 0M4 12l4-3 3 3h2M8 10v4l-4 6M8 14l3 2v5",
  building_danger: "M4 21V4h10v17zM8 4l2 5-2 3 2 5M18 21c-2 0-3-2-2-4 1-1 1-2 1-3 2 1 4 3 4 5s-1 2-3 2z",
  housing_safe: "M3 4v17M21 4v17M3 9h18M3 17h18M6 9V6h4v3M6 17v-3h4v3",
  unfair_treatment: "M12 3v18M7 21h10M4 8l16-3M4 8l-2 6h5zM20 5l-2.5 6h5z",
  debt_owed: "M2 5h11v8H2zM7.5 8a1 1 0 1 0 .01 0M12 17a2 2 0 0 1 2-2h2a2 2 0 0 1 0 4h-2M18 17h2a2 2 0 0 1 0 4h-3",
  documents_held: "M6 2h12v14H6zM12 5a2.5 2.5 0 1 0 .01 0M9 13h6M3 12v6l3 4h12l3-4v-6",
  free_to_leave_site: "M5 21V3h9v18M14 5l5 2v14h-5M11 12h.01M2 21h20",
  free_to_quit: "M3 3h9v18H3M10 12h11M17 8l4 4-4 4",
  child_seen: "M8 5a2.5 2.5 0 1 0 .01 0M8 11v6M4 13h8M8 17l-3 5M8 17l3 5M15 11h7v10h-7zM18.5 13a2 2 0 1 0 .01 0",
  physical_violence: "M3 14V9h4V7h4V6h4v1h4v8l-4 4H9zM7 9v4M11 7v5M15 7v5",
  sexual_harassment_known: "M7 12V6a1.5 1.5 0 0 1 3 0V4a1.5 1.5 0 0 1 3 0v2a1.5 1.5 0 0 1 3 0v2a1.5 1.5 0 0 1 3 0v7c0 4-2 6-6 6s-6-3-9-8c1-2 2-1 3 1z",
  can_organise: "M2 10l5-3 5 3 5-3 5 3M2 10v6l6 5 4-3 4 3 6-5v-6M8 14l4-4 4 4",
  safe_to_complain: "M3 4h13v9H9l-4 4v-4H3zM17 12l4 1v4c0 2-2 3-4 4-2-1-3-2-4-4v-1",
});
