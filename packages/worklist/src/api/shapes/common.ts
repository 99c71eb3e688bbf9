import type { Actor, Matter, PersonAct, TaskAttachment } from "@restante/practice";
import { flag, list, object, type Needed, oneOf, optional, text } from "@restante/settings";
import { count, instant, kind, trueIfSo, words } from "../kinds.ts";

// What tasks, reports and unmatched messages have in common.

export interface PersonShape {
  id: string;
  name: string;
}

export const person: Needed<PersonShape> = object<PersonShape>(
  {
    id: text({ description: "The same for the same person or program, for good: a user's id, or token:NAME." }),
    name: words("As people are shown it."),
  },
  { description: "A person, or a program." },
);

export function personOf({ id, name }: Actor): PersonShape {
  return { id, name };
}

export interface MatterShape {
  state: Matter["state"];
  reason: string;
  raisedAt: string;
  dealtWithAt?: string;
  dealtWithBy?: PersonShape;
  note?: string;
}

export const matter: Needed<MatterShape> = object<MatterShape>(
  {
    state: oneOf(["new", "seen", "dealt-with"], {
      description: "Nobody has opened it; somebody has; or dealt with it.",
    }),
    reason: words("In one sentence."),
    raisedAt: instant("When it was found."),
    dealtWithAt: optional(instant("When somebody dealt with it.")),
    dealtWithBy: optional(person),
    note: optional(words("What they wrote.")),
  },
  { description: "What went wrong about it, and what became of that." },
);

export function matterOf({ state, reason, raisedAt, dealtWith }: Matter): MatterShape {
  return {
    state,
    reason,
    raisedAt: raisedAt.toISOString(),
    ...(dealtWith !== undefined && { dealtWithAt: dealtWith.at.toISOString(), dealtWithBy: personOf(dealtWith.by) }),
    ...(dealtWith?.note !== undefined && { note: dealtWith.note }),
  };
}

export interface ActShape {
  at: string;
  by: PersonShape;
  act: string;
  about?: string;
  note?: string;
  reason?: string;
}

export const acts: Needed<ActShape[]> = list(
  object<ActShape>(
    {
      at: instant("When."),
      by: person,
      act: text({ description: "What, such as completed, reopened, assigned, commented, answered." }),
      about: optional(words("What it was about, in words.")),
      note: optional(words("What they wrote.")),
      reason: optional(text({ description: "Why it was completed: as for /complete." })),
    },
    { description: "What somebody did." },
  ),
  { description: "What people and programs did, the newest first, 50 at most." },
);

export function actsOf(all: readonly PersonAct[]): ActShape[] {
  return all.map(({ at, by, act, about, note, reason }) => ({
    at: at.toISOString(),
    by: personOf(by),
    act,
    ...(about !== undefined && { about }),
    ...(note !== undefined && { note }),
    ...(reason !== undefined && { reason }),
  }));
}

export interface AttachmentShape {
  index: number;
  title: string;
  contentType: string;
  fileType?: string;
  bytes: number;
  primary: boolean;
  damaged?: true;
  repaired?: true;
  modified?: true;
  huge?: true;
  href: string;
}

export const attachments: Needed<AttachmentShape[]> = list(
  object<AttachmentShape>(
    {
      index: count("Counted from 0."),
      title: words("As its sender calls it."),
      contentType: words("What its sender says that it is. Never to be believed."),
      fileType: optional(
        text({
          description: "What it is by its first bytes: application/pdf, image/png, image/jpeg, image/tiff or other.",
        }),
      ),
      bytes: count("How large it is."),
      primary: flag({ description: "It is the report itself." }),
      damaged: trueIfSo("Its content did not arrive whole."),
      repaired: trueIfSo("How its content was written had to be repaired to open it."),
      modified: trueIfSo("Something that is not known here may change what its entry says of it: a person must look."),
      huge: trueIfSo("A picture of more than 100 million pixels, as it says: open it with care."),
      href: text({ description: "Where it is." }),
    },
    { description: "A file of the message." },
  ),
  { description: "In the order of the document." },
);

/** @param of the address of what they are attached to */
export function attachmentsOf(of: string, all: readonly TaskAttachment[]): AttachmentShape[] {
  return all.map(({ title, contentType, fileType, bytes, primary, damaged, repaired, modified, huge }, index) => ({
    index,
    title,
    contentType,
    ...(fileType !== undefined && { fileType }),
    bytes,
    primary,
    ...(damaged && { damaged }),
    ...(repaired && { repaired }),
    ...(modified && { modified }),
    ...(huge && { huge }),
    href: `${of}/attachments/${index}`,
  }));
}

export interface GuidanceShape {
  means: string;
  causes?: string[];
  next: string[];
  again?: string;
}

/** The words of the page, so that no other system needs words of its own for the same. */
export const guidance: Needed<GuidanceShape> = object<GuidanceShape>(
  {
    means: words("How it stands, or why it is here."),
    causes: optional(
      list(words("In a sentence."), { description: "Why it may be so, in the order in which to check." }),
    ),
    next: list(words("In a sentence or two."), { description: "What to do, in this order; none: nothing." }),
    again: optional(words("Whether it can be sent again, and why.")),
  },
  { description: "What a person is told of it, in words that may change." },
);

/** A list, and how many there are on all of its pages. */
export interface ListShape<Item> {
  total: number;
  page: number;
  size: number;
  cutOff?: true;
  items: Item[];
}

export function listOf<Item>(items: Needed<Item>, what: string): Needed<ListShape<Item>> {
  return object<ListShape<Item>>(
    {
      total: count("How many there are on all pages."),
      page: count("Which page this is, from 1."),
      size: count("How many a page has."),
      cutOff: trueIfSo("Only the first 2,000 that have the text were looked at: there may be more. Never of tasks."),
      items: list(items, { description: `${what} of this page, in the order asked for.` }),
    },
    { description: `A page of ${what.toLowerCase()}.` },
  );
}

export interface VersionShape {
  version: number;
}

export const acted: Needed<VersionShape> = object<VersionShape>(
  { version: count("What it is now: the next act takes this one.") },
  { description: "It is done, or was so already." },
);

/** On what is acted: what was seen. */
export const version: Needed<number> = kind({
  type: "integer",
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "The version that was read: where it has changed since, nothing is done (409 changed-meanwhile).",
});

export function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Exclude<Value, undefined>>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Exclude<Value, undefined>>);
}
