/** The shapes that the worker's modules hand each other. Nothing runs here, so no phone fetches it. */

/** What is printed on a card. `fingerprint`: 16 bytes that name the manifest key; a typed code has none. */
export type Card = { locator: string; code: string; fingerprint?: Uint8Array };
export type PublicKey = { suite: number; kid: string; pk: string };
export type BoxKeys = { period: string; close: string; keys: PublicKey[] };
export type MixKeys = { week: string; until: string; keys: PublicKey[] };
export type WatchdogProof = { party: string; sign: string; kids: string[] };
export type Manifest = {
  v: number;
  origin: string;
  seq: number;
  prev: string;
  not_before: string;
  not_after: string;
  box: BoxKeys[];
  mix: MixKeys[];
  watchdogs: WatchdogProof[];
  parts: { count: number; size: number; root: string };
  pow_bits: number;
  mailbox: { bits: number; items: number; size: number };
  policy: { name: string; epsilon: string; delta: string; k: number };
  files: Record<string, string>;
};
export type PartPeriod = { period: string; close: string; q: string; qv: number; spki: string };
export type PartWatchdog = { party: string; name: string; until: string; keys: PublicKey[]; own: string };
export type HelpNumber = {
  country: string;
  name: string;
  number: string;
  hours: string;
  languages: string[];
  checked_on: string;
};
export type Part = {
  v: number;
  locator: string;
  supplier: string;
  name: string;
  country: string;
  min_age: number;
  slots: number;
  periods: PartPeriod[];
  watchdogs: PartWatchdog[];
  help: HelpNumber[];
  enrolled: number;
};
/** What a vote needs beside an invite. `spki`: the token key in its RSASSA-PSS form. */
export type Poll = { q: string; qv: number; spki: Uint8Array };
/**
 * The keys of one visit, every one of them checked. Without a card `supplier` and `locator` are "any" and `poll` is null.
 * `places`: the watchdogs' keys in the order of the slots.
 */
export type Trusted = {
  origin: string;
  locator: string;
  supplier: string;
  period: string;
  box: Uint8Array;
  mix: Uint8Array;
  places: (Uint8Array | null)[];
  floor: number;
  poll: Poll | null;
};
/** `r` leaves the phone only inside the sealed ballot. */
export type Voice = { token: Uint8Array; r: Uint8Array };
/** Words for the watchdogs alone. `number` counts follow-ups from 1; the first message is 0. */
export type Message = {
  kind: "urgent" | "story" | "more";
  text: string;
  language: string;
  conversation: Uint8Array | null;
  conditions?: string[];
  indicators?: number[];
  may?: ("brand" | "authority")[];
  act?: "now" | "with_others";
  number?: number;
};
/** Question code to option code; at most three condition codes, the worst first. */
export type Answers = { answers: Record<string, string>; gravest: string[] };
