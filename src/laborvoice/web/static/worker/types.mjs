/**
 * The shapes that the worker's modules hand each other. Nothing runs here.
 *
 * @typedef {{locator: string, code: string, fingerprint?: Uint8Array}} Card
 *   What is printed on a card. `fingerprint`: 16 bytes that name the manifest key; a typed code has none.
 * @typedef {{suite: number, kid: string, pk: string}} PublicKey
 * @typedef {{period: string, close: string, keys: PublicKey[]}} BoxKeys
 * @typedef {{week: string, until: string, keys: PublicKey[]}} MixKeys
 * @typedef {{party: string, sign: string, kids: string[]}} WatchdogProof
 * @typedef {{v: number, origin: string, seq: number, prev: string, not_before: string, not_after: string,
 *   box: BoxKeys[], mix: MixKeys[], watchdogs: WatchdogProof[], parts: {count: number, size: number, root: string},
 *   pow_bits: number, mailbox: {bits: number, items: number, size: number},
 *   policy: {name: string, epsilon: string, delta: string, k: number}, files: Object<string, string>}} Manifest
 * @typedef {{period: string, close: string, q: string, qv: number, spki: string}} PartPeriod
 * @typedef {{party: string, name: string, until: string, keys: PublicKey[], own: string}} PartWatchdog
 * @typedef {{country: string, name: string, number: string, hours: string, languages: string[], checked_on: string}}
 *   HelpNumber
 * @typedef {{v: number, locator: string, supplier: string, name: string, country: string, min_age: number,
 *   slots: number, periods: PartPeriod[], watchdogs: PartWatchdog[], help: HelpNumber[], enrolled: number}} Part
 * @typedef {{q: string, qv: number, spki: Uint8Array}} Poll
 *   What a vote needs beside an invite. `spki`: the token key in its RSASSA-PSS form.
 * @typedef {{origin: string, locator: string, supplier: string, period: string, box: Uint8Array, mix: Uint8Array,
 *   places: (Uint8Array | null)[], floor: number, poll: Poll | null}} Trusted
 *   The keys of one visit, every one of them checked. Without a card `supplier` and `locator` are "any" and `poll` is
 *   null. `places`: the watchdogs' keys in the order of the slots.
 * @typedef {{token: Uint8Array, r: Uint8Array}} Voice
 *   `r` leaves the phone only inside the sealed ballot.
 * @typedef {{kind: "urgent" | "story" | "more", text: string, language: string, conversation: Uint8Array | null,
 *   conditions?: string[], indicators?: number[], may?: ("brand" | "authority")[], act?: "now" | "with_others",
 *   number?: number}} Message
 *   Words for the watchdogs alone. `number` counts follow-ups from 1; the first message is 0.
 * @typedef {{answers: Object<string, string>, gravest: string[]}} Answers
 *   Question code to option code; at most three condition codes, the worst first.
 */
export {};
