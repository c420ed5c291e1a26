/**
 * The entry. It asks whether this phone can seal what is said; if it cannot, there is only the number on the card.
 *
 * In this folder is only syntax of 2018: a browser that cannot read the other files must still read this one.
 */

import { begin } from "./start.mjs";

const able =
  window.isSecureContext &&
  window.crypto &&
  window.crypto.subtle &&
  typeof BigInt === "function" &&
  typeof DecompressionStream === "function";

const unable = () => {
  document.querySelectorAll("header, main").forEach((part) => part.remove());
  const card = /** @type {HTMLElement} */ (document.getElementById("card"));
  card.hidden = false;
  document.documentElement.setAttribute("data-ready", "card");
};

if (able) begin();
else unable();
