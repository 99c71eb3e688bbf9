// Which messages fit a filter, and of one that does not, the first field in which it differs: what a wait that failed says.
// Words that may name a patient (subject, local id, file name, body) are named and never said.

import type { MessageFilter } from "@restante/control";

import type { Message } from "../message.ts";

interface Field {
  readonly name: Exclude<keyof MessageFilter, "containing">;
  readonly of: (message: Message) => string | undefined;
  /** Ids and codes, in any case. */
  readonly anyCase?: true;
  /** May hold a patient detail. */
  readonly isSecret?: true;
}

/** In the order in which they are told. */
const fields: readonly Field[] = [
  { name: "mailbox", of: ({ recipientId }) => recipientId, anyCase: true },
  { name: "type", of: ({ type }) => type, anyCase: true },
  { name: "from", of: ({ type, mailboxId }) => (type === "DATA" ? mailboxId : undefined), anyCase: true },
  { name: "workflowId", of: ({ workflowId }) => workflowId },
  { name: "state", of: ({ state }) => state, anyCase: true },
  { name: "linkedMessageId", of: ({ linkedMessageId }) => linkedMessageId, anyCase: true },
  { name: "code", of: ({ type, status }) => (type === "REPORT" ? status?.code : undefined), anyCase: true },
  { name: "localId", of: ({ details }) => details.localId, isSecret: true },
  { name: "subject", of: ({ details }) => details.subject, isSecret: true },
  { name: "fileName", of: ({ details }) => details.fileName, isSecret: true },
];

export interface Difference {
  /** Safe to show. */
  readonly words: string;
  /** How far it fits: of two that differ, the one with more is nearer to what was asked for. */
  readonly nearness: number;
}

/** Nothing but its body differs. */
export const NEAREST: number = fields.length;

/** Undefined if all that can be told without its body fits. */
export function differenceOf(filter: MessageFilter, message: Message): Difference | undefined {
  for (const [nearness, { name, of, anyCase = false, isSecret = false }] of fields.entries()) {
    const wanted = filter[name];
    if (wanted === undefined) continue;
    const found = of(message);
    if (fits(wanted, found, anyCase)) continue;
    if (found === undefined) return { words: `it has no ${name}`, nearness };
    return { words: isSecret ? `${name} is another` : `${name} is ${found}`, nearness };
  }
  return undefined;
}

function fits(wanted: string, found: string | undefined, anyCase: boolean): boolean {
  if (found === undefined) return false;
  const [text, held] = anyCase ? [wanted.trim().toUpperCase(), found.toUpperCase()] : [wanted, found];
  return text.endsWith("*") ? held.startsWith(text.slice(0, -1)) : held === text;
}
