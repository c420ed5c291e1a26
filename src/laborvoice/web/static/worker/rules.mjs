/**
 * What follows from her answers. It is decided here, on the phone, and nowhere else (design, domain 2 and 3).
 *
 * @typedef {{id: string, condition: string | null, options: string[], adverse: string[], urgent: string | null,
 *   ilo: number[], text: string}} Question
 * @typedef {{code: string, severity: "critical" | "severe" | "moderate", label: string}} Condition
 * @typedef {{questions: Question[], conditions: Condition[]}} Bank
 * @typedef {Object<string, string>} Given
 */

export const GRAVEST = 3;
export const GATE = "danger_now";
const SAME_LEAST = 8;
const WEIGHTS = { critical: 4, severe: 2, moderate: 1 };
const UNWILLING = ["overtime_refuse", "free_to_quit", "debt_owed", "job_as_promised"];
const THREAT = ["documents_held", "free_to_leave_site", "physical_violence", "retaliation"];
const UNPAID = "wages_full";
const BOUND = ["free_to_quit", "debt_owed"];

/** @param {Bank} bank @param {Given} answers @returns {Question[]} */
const adverse = (bank, answers) => bank.questions.filter((one) => one.adverse.includes(answers[one.id]));

/** The conditions that her answers name, in their own order. @param {Bank} bank @param {Given} answers */
export const flagged = (bank, answers) => {
  const named = adverse(bank, answers).map((one) => one.condition);
  return bank.conditions.filter((one) => named.includes(one.code));
};

/** The gravest first; of equals, in their own order. @param {Condition[]} conditions */
export const byGravity = (conditions) =>
  conditions
    .map((one, place) => ({ one, place }))
    .sort((a, b) => WEIGHTS[b.one.severity] - WEIGHTS[a.one.severity] || a.place - b.place)
    .map(({ one }) => one);

/**
 * What calls for help at once: `triggers` are her answers that do, `indicators` numbers of the ILO where they signal
 * forced labour, `conditions` at most three.
 *
 * @param {Bank} bank
 * @param {Given} answers
 */
export const urgency = (bank, answers) => {
  const bad = adverse(bank, answers);
  const ids = bad.map((one) => one.id);
  const unwilling = ids.filter((id) => UNWILLING.includes(id));
  const unpaid = ids.includes(UNPAID) && ids.some((id) => BOUND.includes(id)) ? [UNPAID] : [];
  const threat = [...ids.filter((id) => THREAT.includes(id)), ...unpaid];
  const forced = unwilling.length && threat.length ? [...unwilling, ...threat] : [];
  const triggers = bad.filter((one) => one.urgent === "U1" || forced.includes(one.id));
  const numbers = new Set(bad.filter((one) => forced.includes(one.id)).reduce((all, one) => all.concat(one.ilo), /** @type {number[]} */ ([])));
  const named = bank.conditions.filter((one) => triggers.some((trigger) => trigger.condition === one.code));
  return {
    triggers: triggers.map((one) => one.id),
    indicators: [...numbers].sort((a, b) => a - b),
    conditions: byGravity(named).slice(0, GRAVEST).map((one) => one.code),
    readMore: bad.some((one) => one.urgent === "U2"),
  };
};

/** All yes, or all no, eight or more: worth a second look. @param {Given} answers */
export const allSame = (answers) => {
  const given = Object.keys(answers)
    .filter((id) => id !== GATE)
    .map((id) => answers[id])
    .filter((option) => option === "yes" || option === "no");
  return given.length >= SAME_LEAST && given.every((option) => option === given[0]);
};

/**
 * What in her words could show who she is; `words` are lists by her language.
 *
 * @param {string} text
 * @param {{only: string[], line: string[]}} words
 * @returns {{hint: string, word: string}[]}
 */
export const hints = (text, words) => {
  const found = [];
  const low = text.toLowerCase();
  if (/(\d[\s().-]?){7,}/.test(text)) found.push({ hint: "hint_phone", word: "" });
  if (/\S@\S+\.\S/.test(text)) found.push({ hint: "hint_mail", word: "" });
  for (const word of words.only) if (holds(low, word)) found.push({ hint: "hint_only", word });
  for (const word of words.line) if (holds(low, word)) found.push({ hint: "hint_line", word });
  return found;
};

/** A whole word where words are written apart. @param {string} text @param {string} word */
const holds = (text, word) => {
  if (!/^[a-z]+$/.test(word)) return text.includes(word);
  return new RegExp("(^|[^a-z])" + word + "($|[^a-z])").test(text);
};
