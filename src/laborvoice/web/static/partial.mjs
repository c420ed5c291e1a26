// A form or link with data-swap="#id" fetches the same URL and replaces that one element. Whatever goes wrong, the
// browser goes there by itself: every page works without this file.
const policy = window.trustedTypes?.createPolicy("lv", { createHTML: (text) => text });
const inert = (text) => new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");

async function swap(url, id) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { accept: "text/html" } });
  const html = (answer.headers.get("content-type") ?? "").startsWith("text/html");
  if (!answer.ok || !html || new URL(answer.url).origin !== location.origin) throw new Error("not ours");
  const fresh = inert(await answer.text()).querySelector(id);
  document.querySelector(id).replaceWith(document.adoptNode(fresh));
  history.replaceState({ swapped: true }, "");
  history.pushState({ swapped: true }, "", url);
  document.querySelector(id).focus();
}

function take(event, url, id) {
  if (!document.querySelector(id)) return;
  event.preventDefault();
  swap(url, id).catch(() => location.assign(url));
}

addEventListener("submit", (event) => {
  const { method, action, dataset } = event.target;
  if (method !== "get" || !dataset.swap) return;
  const given = [...new FormData(event.target, event.submitter)].filter(([, value]) => value !== "");
  take(event, `${action.split("?")[0]}?${new URLSearchParams(given)}`, dataset.swap);
});
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-swap]");
  if (link && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) take(event, link.href, link.dataset.swap);
});
// Other pages have their own history: of links within them, for one.
addEventListener("popstate", ({ state }) => state?.swapped && location.reload());
document.documentElement.dataset.ready = "";
