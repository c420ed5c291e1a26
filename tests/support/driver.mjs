/**
 * Calls the phone's modules for the tests: a JSON line in, a JSON line out. Bytes are {"$hex": "..."}; what a generator
 * yields comes as a list; what a call throws comes as {"thrown": name, "why": ...}.
 */
import { createInterface } from "node:readline";

const [, , base, origin] = process.argv;
const held = new Map();
globalThis.sessionStorage = {
  getItem: (name) => (held.has(name) ? held.get(name) : null),
  setItem: (name, text) => held.set(name, text),
  removeItem: (name) => held.delete(name),
};
globalThis.addEventListener = () => {};
globalThis.removeEventListener = () => {};
const { fetch } = globalThis;
globalThis.fetch = (path, { referrerPolicy, ...init }) => fetch(origin + path, init);

const decode = (value) => {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(decode);
  if ("$hex" in value) return new Uint8Array(Buffer.from(value.$hex, "hex"));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, decode(one)]));
};

const encode = (value) => {
  if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(encode);
  if (value === null || typeof value !== "object") return value === undefined ? null : value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, encode(one)]));
};

async function call({ module, name, args }) {
  const found = (await import(`${base}/${module}.mjs`))[name];
  if (typeof found !== "function") return found;
  const returned = await found(...args.map(decode));
  if (returned === null || typeof returned !== "object" || !(Symbol.asyncIterator in returned)) return returned;
  const all = [];
  for await (const one of returned) all.push(one);
  return all;
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await call(JSON.parse(line)).then(
    (value) => ({ value: encode(value) }),
    (error) => ({ thrown: error.constructor.name, why: error.why === undefined ? String(error.stack) : error.why }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
