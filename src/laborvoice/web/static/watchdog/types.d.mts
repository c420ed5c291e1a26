/** The shapes that the inbox's modules hand each other. Nothing runs here. */

/** A message as the server knows it. */
export type Row = {
  id: string;
  kind: "urgent" | "story";
  voiced: boolean;
  week: string;
  kid: string;
  suite: number;
  slots: number;
  place: number;
  state: "new" | "acknowledged" | "closed";
  assigned_to?: string;
  due?: string;
  met?: boolean;
};
/**
 * What stands in one. `digest` names it: the same for all its readers. `odd`: it says of itself another kind than it came as.
 * `conversation`: the key under which its teller is answered.
 */
export type Letter = {
  digest: string;
  kind: string;
  odd: boolean;
  supplier: string | null;
  text: string;
  language: string;
  locator: string;
  conditions: string[];
  indicators: number[];
  may: string[];
  act: string;
  number: number;
  conversation: Uint8Array | null;
};
/** `answers`: the digest of the message. */
export type Said = {
  kind: "ack" | "reply";
  answers: string;
  status: "received" | "reading" | "acting" | "closed";
  text: string;
  locator: string;
  party: string;
};
/** `why`: why it stays closed. `again`: its words came before. */
export type Entry = { row: Row; letter: Letter | null; why: string; again: boolean };
/** `name`: a supplier's id or a locator; nothing of those that name none. `open`: false of those that cannot be opened. */
export type Group = { name: string; open: boolean; entries: Entry[] };
