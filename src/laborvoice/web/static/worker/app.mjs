/**
 * The entry. It asks whether this phone can seal what is said; if it cannot, there is only the number on the card.
 *
 * Only syntax of 2017 here: a browser that cannot read the other modules must still read this one.
 */

const able =
  window.isSecureContext &&
  window.crypto &&
  window.crypto.subtle &&
  typeof BigInt === "function" &&
  typeof DecompressionStream === "function";

function unable() {
  document.querySelectorAll("header, main").forEach((part) => part.remove());
  const card = /** @type {HTMLElement} */ (document.getElementById("card"));
  card.hidden = false;
  document.documentElement.setAttribute("data-ready", "card");
}

if (able) {
  import("./screens/start.mjs")
    .then((start) => start.begin())
    .catch((error) => {
      unable();
      throw error; // for whoever looks at the console
    });
} else {
  unable();
}
