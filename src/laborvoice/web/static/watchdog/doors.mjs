/** The portal's own doors, asked by the pages of keys and inbox. What was said in a message never goes through any of them. */
import { b64 } from "../worker/rest/bytes.mjs";
import { SIZES } from "./letters.mjs";

const AT_ONCE = 50;
const PAGE = 100;
const SUPPLIER_PAGES = 20;
const TOO_MANY = 429;
const SIGNED_OUT = 401;
const TAKEN = 409;
const PAUSE_S = 5;
const PAUSE_MAX_S = 60;

/** @typedef {import("./types.mjs").Row} Row */

/** What a door refused. `code` is that of the problem. */
export class Refused extends Error {
  /** @param {number} status @param {string} code @param {string} text */
  constructor(status, code, text) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

/** @param {string} path @returns {Promise<any>} */
export const get = async (path) => (await asked(path, {})).json();

/**
 * @param {string} path
 * @param {unknown} [body]
 */
export const post = (path, body) =>
  asked(path, { method: "POST", body: body === undefined ? undefined : JSON.stringify(body) });

/**
 * Waits where there were too many requests. Throws Refused.
 * @param {string} path
 * @param {RequestInit} init
 */
async function asked(path, init) {
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(path, { cache: "no-store", credentials: "same-origin", redirect: "error", headers: headers(init), ...init });
    if (answer.ok) return answer;
    if (answer.status === SIGNED_OUT) throw new Refused(SIGNED_OUT, "unauthenticated", "Your session is over. Sign in again.");
    const problem = await answer.json().catch(() => ({}));
    if (answer.status !== TOO_MANY || tries > PAUSE_MAX_S) {
      throw new Refused(answer.status, problem.code ?? "", problem.detail ?? problem.title ?? "The server did not take it.");
    }
    const told = Number(answer.headers.get("Retry-After")) || PAUSE_S;
    await new Promise((go) => setTimeout(go, 1000 * Math.min(told, PAUSE_MAX_S)));
  }
}

/** @param {RequestInit} init @returns {Record<string, string>} */
function headers(init) {
  if (init.method === undefined) return {};
  const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-csrf]"));
  const type = /** @type {Record<string, string>} */ (init.body === undefined ? {} : { "Content-Type": "application/json" });
  return { "X-CSRF-Token": told?.dataset.csrf ?? "", ...type };
}

/**
 * Rows of a list, page by page; of those that are new since `cursor`, where it is given.
 * @param {{kind?: string, state?: string, cursor?: string}} chosen
 * @returns {AsyncGenerator<Row>}
 */
export async function* messages(chosen) {
  let cursor = chosen.cursor ?? null;
  do {
    const given = { kind: chosen.kind, state: chosen.state, cursor, limit: PAGE };
    const query = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
    const page = await get(`/v1/messages?${new URLSearchParams(query.map(([name, value]) => [name, String(value)]))}`);
    yield* page.data;
    cursor = page.next_cursor;
  } while (cursor !== null);
}

/**
 * The sealed bytes of each, 50 at a time; that they were read is written down there.
 * @param {Row[]} rows
 * @returns {AsyncGenerator<[Row, Uint8Array]>}
 */
export async function* sealed(rows) {
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE);
    const answer = await post("/v1/messages/read", { messages: some.map((row) => row.id) });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let at = 0;
    for (const row of some) {
      yield [row, bytes.slice(at, at + SIZES[row.suite])];
      at += SIZES[row.suite];
    }
  }
}

/** @param {string} id @returns {Promise<Row>} */
export const acknowledge = async (id) => (await post(`/v1/messages/${id}/acknowledge`)).json();

/** @param {string} id @param {string} reason @returns {Promise<Row>} */
export const close = async (id, reason) => (await post(`/v1/messages/${id}/close`, { reason })).json();

/** All or none. @param {string[]} messages @param {string} reason */
export const closeAll = (messages, reason) => post("/v1/messages/close", { messages, reason });

/**
 * False where others have the address.
 * @param {Uint8Array} item
 */
export async function put(item) {
  try {
    await post("/v1/mailbox", { item: b64(item) });
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === TAKEN) return false;
    throw error;
  }
}

/**
 * All that are covered, by id: whoever asked for one would tell the server whom a message names.
 * @returns {Promise<Map<string, string>>}
 */
export async function suppliers() {
  const found = new Map();
  let cursor = "";
  for (let page = 0; page < SUPPLIER_PAGES; page += 1) {
    const some = await get(`/v1/suppliers?limit=${PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    for (const one of some.data) found.set(one.id, one.name);
    if (some.next_cursor === null) break;
    cursor = some.next_cursor;
  }
  return found;
}

/** Codes and what people call them. @returns {Promise<Map<string, string>>} */
export async function conditions() {
  const found = await get("/v1/conditions");
  return new Map(found.data.map((/** @type {any} */ one) => [one.code, one.label]));
}
