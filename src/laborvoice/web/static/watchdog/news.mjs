/** Whether there is something new: the heartbeat of the inbox, steady and always as long, whatever came. */

const STREAM = "/v1/events/stream?cursor=now&types=inbox.heartbeat";
const AGAIN_MS = 60000;
/** The cursor of an inbox that nothing has come to yet. */
const EMPTY = "A".repeat(24);

/**
 * Calls `changed` with the cursor from which on something may be new; nothing: from the beginning. The first beat counts as a
 * change: it may have come after the list was read. Where a stream is refused it is asked for again each minute, and what may be
 * new is looked for then.
 * @param {(since: string | undefined) => void} changed
 */
export function listen(changed) {
  let last = "";
  const stream = new EventSource(STREAM);
  stream.addEventListener("message", (event) => {
    const { cursor } = JSON.parse(event.data).data;
    if (cursor === last) return;
    const since = last || cursor;
    last = cursor;
    changed(since === EMPTY ? undefined : since);
  });
  // A browser comes back by itself after a break; not after a refusal, as when four are open already.
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    changed(last === EMPTY || last === "" ? undefined : last);
    setTimeout(() => listen(changed), AGAIN_MS);
  });
  addEventListener("pagehide", () => stream.close());
}
