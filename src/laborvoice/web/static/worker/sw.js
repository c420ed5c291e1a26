/**
 * Delivers the locked copy when there is a network, the page open or not; then nothing of ours is left. A classic script:
 * service workers of 2020 know no modules. It answers no request and keeps no file.
 */
const NAME = "n";
const KEY = 1;
const ACCEPTED = 202;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("sync", (event) => event.waitUntil(deliver()));

async function deliver() {
  const copies = await opened();
  if (copies === null) return gone();
  const copy = await done(copies.transaction(NAME).objectStore(NAME).get(KEY));
  copies.close();
  if (copy === undefined || new Date().toISOString().slice(0, 10) > copy.until) return gone();
  const answer = await fetch("/v1/envelopes", {
    method: "POST",
    body: copy.body,
    headers: { "Content-Type": "application/octet-stream" },
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
  // A promise that is not kept is what makes the browser try again.
  if (answer.status !== ACCEPTED) throw new Error("not yet");
  return gone();
}

async function gone() {
  await done(indexedDB.deleteDatabase(NAME));
  await self.registration.unregister();
}

/** Null where there is none: none is made. */
function opened() {
  return new Promise((go) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onsuccess = () => go(asked.result);
    asked.onerror = () => go(null);
  });
}

function done(asked) {
  return new Promise((go, stop) => {
    asked.onsuccess = () => go(asked.result);
    asked.onerror = () => stop(asked.error);
  });
}
