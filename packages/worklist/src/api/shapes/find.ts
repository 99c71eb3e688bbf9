import type { TaskQuery } from "@restante/practice";
import { type Needed, object, type ObjectSchema, oneOf, optional, type PropertiesOf, whole } from "@restante/settings";
import { mostPages } from "../../list-pages.ts";
import { atMost, givenDay, givenInstant, kind } from "../kinds.ts";

/** Which part of a list is asked for. */
export interface PageAsked {
  page?: number;
  size?: number;
}

const usualSize = 50;

export const pageProperties: PropertiesOf<PageAsked> = {
  page: optional(whole({ description: "Which page, from 1.", from: 1, to: mostPages, default: 1 })),
  size: optional(whole({ description: "How many a page has.", from: 1, to: 100, default: usualSize })),
};

export function pageOf({ page = 1, size = usualSize }: PageAsked): { number: number; size: number } {
  return { number: page, size };
}

const states = ["open", "completed", "replaced", "attention", "all"] as const;
const sorts = ["newest", "oldest", "patient", "consulted", "due"] as const;
const recipientTypes = ["FA", "FI"] as const;
const kinds = ["document", "refused", "set-aside"] as const;
const matches = [
  "known",
  "not-known",
  "no-longer-here",
  "recently-deceased",
  "waiting",
  "doubtful",
  "not-checked",
] as const;
const flags = ["replacement", "duplicate", "potential-duplicate", "matched-by-hand"] as const;

/** What tasks are asked for by. Nothing of it names a patient: it stands in an address. */
export interface TasksWanted extends PageAsked {
  state?: (typeof states)[number];
  recipientType?: readonly (typeof recipientTypes)[number][];
  kind?: readonly (typeof kinds)[number][];
  match?: readonly (typeof matches)[number][];
  flag?: readonly (typeof flags)[number][];
  sender?: string;
  assignee?: string;
  priority?: "urgent";
  dueFrom?: string;
  dueUntil?: string;
  receivedFrom?: string;
  receivedBefore?: string;
  after?: number;
  sort?: (typeof sorts)[number];
}

/** The same with what may name a patient: it stands in a body. */
export interface TasksSearched extends TasksWanted {
  text: string;
}

function any<Word extends string>(
  words: readonly [Word, ...Word[]],
  what: string,
): PropertiesOf<{ a: readonly Word[] }>["a"] {
  return atMost(oneOf(words, { description: what }), words.length, { description: `${what} Any of these.` });
}

/** As an address of the pages has it. Whoever asks is a program, to which nothing is assigned. */
const assigneeForm = String.raw`^(?:nobody|person\.[\w:.-]{1,80}|team\.\S(?:.{0,38}\S)?)$`;

/** An ODS code or a mailbox: letters among figures, and so no number of a patient. */
export function partyKey(description: string): Needed<string> {
  return kind({
    type: "string",
    minLength: 1,
    maxLength: 40,
    pattern: "^(?=[A-Z0-9]*[A-Z])[A-Z0-9]{1,40}$",
    description,
  });
}

export function searchText(description: string): Needed<string> {
  return kind({ type: "string", minLength: 1, maxLength: 200, description });
}

const wanted: PropertiesOf<TasksWanted> = {
  state: optional(
    oneOf(states, {
      description: "Where the tasks stand; attention: those about which something went wrong. A search looks in all.",
    }),
  ),
  recipientType: optional(any(recipientTypes, "For action (FA) or for information (FI).")),
  kind: optional(any(kinds, "A document, a message that was not accepted, or what is no document message.")),
  match: optional(any(matches, "What looking the patient up came to.")),
  flag: optional(any(flags, "What the worklist shows as tags.")),
  sender: optional(partyKey("Who sent it: a key of /senders.")),
  assignee: optional(
    kind({
      type: "string",
      maxLength: 90,
      pattern: assigneeForm,
      errorMessage: "must be nobody, person. with an id, or team. with a name",
      description: "Who is to deal with it: nobody, or one of /assignees, such as person.u-k3x9 or team.Reception.",
    }),
  ),
  priority: optional(oneOf(["urgent"], { description: "How soon." })),
  dueFrom: optional(givenDay("Open, and due on that day or later.")),
  dueUntil: optional(givenDay("Open, and due on that day or before.")),
  receivedFrom: optional(givenInstant("Received then or later.")),
  receivedBefore: optional(givenInstant("Received before.")),
  after: optional(
    kind({
      type: "integer",
      minimum: 0,
      maximum: 999_999_999,
      description: "Those that came after the task with this taskId; 0: all.",
    }),
  ),
  sort: optional(
    oneOf(sorts, {
      description:
        "By when they were received; the patient's family name; when the patient was seen, else the date of the document, the newest first; or the day by which they are due, the first first.",
      default: "newest",
    }),
  ),
  ...pageProperties,
};

export const tasksWanted: ObjectSchema<TasksWanted> = object<TasksWanted>(wanted, {
  description: "Which tasks are asked for.",
});

export const tasksSearched: ObjectSchema<TasksSearched> = object<TasksSearched>(
  {
    text: searchText(
      "Words that a task must all have, of 10 at most: NHS number, name, date of birth, sender, subject, message id.",
    ),
    ...wanted,
  },
  { description: "Which tasks are searched for." },
);

/** What the practice is asked for. */
export function taskQueryOf(asked: TasksWanted & { readonly text?: string }): TaskQuery {
  const { text, state = text === undefined ? "open" : "all", recipientType, kind: ofKind, match, flag } = asked;
  const { sender, assignee, priority, dueFrom, dueUntil, receivedFrom, receivedBefore, after } = asked;
  return {
    ...(text !== undefined && { text }),
    ...(state !== "all" && { show: state }),
    ...(recipientType !== undefined && { recipientType }),
    ...(ofKind !== undefined && { kind: ofKind }),
    ...(match !== undefined && { match }),
    ...(flag !== undefined && { flags: flag }),
    ...(sender !== undefined && { sender }),
    ...(assignee !== undefined && { assignee: assigneeOf(assignee) }),
    ...(priority !== undefined && { priority }),
    ...(dueFrom !== undefined && { dueFrom }),
    ...(dueUntil !== undefined && { dueUntil }),
    ...(receivedFrom !== undefined && { receivedFrom: new Date(receivedFrom) }),
    ...(receivedBefore !== undefined && { receivedBefore: new Date(receivedBefore) }),
    ...(after !== undefined && { afterTask: after }),
  };
}

function assigneeOf(asked: string): NonNullable<TaskQuery["assignee"]> {
  if (asked === "nobody") return asked;
  const [, kind, id = ""] = /^(person|team)\.(.+)$/u.exec(asked) ?? [];
  return { kind: kind === "team" ? kind : "person", id };
}
