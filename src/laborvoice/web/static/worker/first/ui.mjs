/**
 * What a screen is made of. Text goes in as text: nothing here reads markup.
 */

/**
 * Pictures: one path each, drawn with a line in a square of 24. More come with the screens that show them.
 *
 * @type {Object<string, string>}
 */
export const ICONS = {
  back: "M15 5l-7 7 7 7",
  leave: "M10 4H4v16h6M9 12h12M16 7l5 5-5 5",
  dot: "M12 10a2 2 0 1 0 .01 0",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 9a3 3 0 1 0 .01 0M3 3l18 18",
  wifi: "M2 9a15 15 0 0 1 20 0M6 13a9 9 0 0 1 12 0M12 18v.01M4 21L20 3",
  tab: "M3 5h18v14H3zM3 9h18M9 13h.01M15 13h.01M9 16h6",
  paper: "M6 3h9l4 4v14H6zM9 12h6M9 16h6",
  listen: "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18 6a8 8 0 0 1 0 12",
  clock: "M12 3a9 9 0 1 0 .01 0M12 7v5l4 2",
};

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. A function among `props` listens to the event of its name; true is an empty attribute, false and null none.
 *
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLElement}
 */
export const el = (tag, props = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  for (const child of children) if (child) node.append(child);
  return node;
};

/** @param {Node} node */
export const clear = (node) => {
  while (node.firstChild) node.removeChild(node.firstChild);
};

/** @param {string} name @returns {SVGElement} */
export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon icon-" + name);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] || ICONS.dot);
  svg.append(path);
  return svg;
};

/**
 * A button as wide as the screen.
 *
 * @param {string} text
 * @param {() => void} click
 * @param {{kind?: string, icon?: string, pressed?: boolean | null, lang?: string}} [look]
 */
export const button = (text, click, look = {}) =>
  el(
    "button",
    {
      type: "button",
      class: look.kind || "option",
      "aria-pressed": look.pressed === undefined || look.pressed === null ? null : String(look.pressed),
      click,
    },
    look.icon ? icon(look.icon) : null,
    el("span", {}, text),
  );

/** The one way on. @param {string} text @param {() => void} click */
export const primary = (text, click) => button(text, click, { kind: "primary" });

/** @param {string} text @param {() => void} click */
export const quiet = (text, click) => button(text, click, { kind: "quiet" });

/** @param {string} text @param {string} [kind] */
export const para = (text, kind) => el("p", { class: kind || null }, text);

/** A line with its picture. @param {string} name @param {string} text */
export const point = (name, text) => el("li", {}, icon(name), el("span", {}, text));

/** Said, not shown. @param {string} text */
export const status = (text) => {
  const place = document.getElementById("status");
  if (place) place.textContent = text;
};

/**
 * Shows one screen, and puts the reader at its head.
 *
 * @param {{name: string, title: string, spoken?: string, picture?: string, progress?: number, count?: string, body?: (Node | null | false)[]}} screen
 */
export const paint = (screen) => {
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  clear(main);
  main.dataset.screen = screen.name;
  main.dataset.spoken = screen.spoken || screen.name;
  if (screen.progress !== undefined) {
    const line = el("div", { class: "line", "aria-hidden": "true" }, el("i"));
    /** @type {HTMLElement} */ (line.firstChild).style.width = Math.round(screen.progress * 100) + "%";
    main.append(line);
  }
  if (screen.picture) {
    main.append(el("div", { class: "picture" }, icon(screen.picture), screen.count ? el("bdi", { class: "hint" }, screen.count) : null));
  }
  const head = el("h1", { tabindex: -1 }, screen.title);
  main.append(head);
  for (const node of screen.body || []) if (node) main.append(node);
  window.scrollTo(0, 0);
  head.focus();
};

/**
 * The two buttons that stay in sight, and the word that this language is a draft.
 *
 * @param {{back: (() => void) | null, leave: () => void, t: ((key: string) => string) | null}} parts
 */
export const header = ({ back, leave, t }) => {
  const left = /** @type {HTMLButtonElement} */ (document.getElementById("back"));
  const right = /** @type {HTMLButtonElement} */ (document.getElementById("leave"));
  clear(left);
  clear(right);
  left.hidden = back === null;
  left.append(icon("back"), el("span", {}, t ? t("back") : "Back"));
  left.onclick = back;
  right.append(icon("leave"), el("span", {}, t ? t("leave") : document.documentElement.dataset.leave || ""));
  right.onclick = leave;
};
