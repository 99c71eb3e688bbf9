// What is said of the tasks that are searched for, filtered and sorted.
import type { TaskSender, TaskSort } from "@restante/practice";
import { isNhsNumber } from "@restante/mesh";
import { formatDate } from "@restante/web";
import { matchTag, recipientTypeWords } from "../words.ts";
import { flagTag } from "./flags.ts";
import type { Assignees } from "../assignees.ts";
import {
  type Age,
  ages,
  assigneeAsked,
  choicesOf,
  type Due,
  dues,
  type FacetName,
  facetNames,
  sorts,
  tasksAddress,
  type TasksAsked,
} from "../tasks-asked.ts";
import { assigneeWords, urgentTag } from "./work.ts";

const facetWords: Readonly<Record<FacetName, { name: string; choice: (value: string) => string }>> = {
  for: { name: "For", choice: (value) => recipientTypeWords(value === "action" ? "FA" : "FI") ?? "" },
  kind: { name: "Kind of message", choice: (value) => kinds[value] ?? "" },
  match: {
    name: "Patient",
    choice: (value) => matchTag({ outcome: value as Parameters<typeof matchTag>[0]["outcome"] }).text,
  },
  flag: { name: "Tags", choice: (value) => flagTag(value as Parameters<typeof flagTag>[0]).text },
  priority: { name: "Priority", choice: () => urgentTag.text },
};

const kinds: Readonly<Record<string, string>> = {
  document: "Document",
  refused: "Not accepted",
  "set-aside": "Set aside",
};

export interface FacetShown {
  facet: FacetName;
  name: string;
  items: { name: string; text: string; checked: boolean }[];
}

/** The filters with what they offer, and what is chosen of it. */
export function facetsShown({ chosen }: TasksAsked): FacetShown[] {
  return facetNames.map((facet) => ({
    facet,
    name: facetWords[facet].name,
    items: choicesOf(facet).map((value) => ({
      name: `${facet}.${value}`,
      text: facetWords[facet].choice(value),
      checked: chosen[facet]?.includes(value) ?? false,
    })),
  }));
}

export interface ChoiceShown {
  value: string;
  text: string;
  selected: boolean;
}

/** Those of which one may be chosen, with what they offer. */
export function choicesShown(
  { assigned, due, age }: TasksAsked,
  { people, teams }: Assignees,
  me: string,
): Readonly<Record<"assigned" | "due" | "age", ChoiceShown[]>> {
  const others = [...people.filter(({ id }) => id !== me), ...teams].map(
    (one) => [`${one.kind}.${one.id}`, assigneeWords(one)] as const,
  );
  const offered = [["", "Anybody, or nobody"], ["me", "Me"], ["nobody", "Nobody"], ...others] as const;
  const isOffered = assigned === undefined || offered.some(([value]) => value === assigned);
  const choices = (all: readonly (readonly [string, string])[], chosen: string | undefined): ChoiceShown[] =>
    all.map(([value, text]) => ({ value, text, selected: value === (chosen ?? "") }));
  return {
    assigned: choices(
      isOffered ? offered : [...offered, [assigned, assignedWords(assigned, { people, teams }, me)]],
      assigned,
    ),
    due: choices([["", "Any day, or none"], ...dues.map((one) => [one, dueWords[one]] as const)], due),
    age: choices([["", "Any"], ...ages.map((one) => [one, ageWords(one)] as const)], age),
  };
}

const dueWords: Readonly<Record<Due, string>> = {
  past: "Past due",
  today: "Due today",
  week: "Due in the next 7 days",
};

function ageWords(age: Age): string {
  return `Older than ${age} days`;
}

/** Of a person who may not act here any more an address has no name. */
function assignedWords(assigned: string, { people, teams }: Assignees, me: string): string {
  if (assigned === "me" || assigned === "nobody") return assigned;
  const asked = assigneeAsked(assigned, me);
  if (asked === "nobody") return asked;
  const known = [...people, ...teams].find(({ kind, id }) => kind === asked.kind && id === asked.id);
  if (known !== undefined) return assigneeWords(known);
  return asked.kind === "team" ? `${asked.id} (team)` : "Somebody who may not act here";
}

/** What was chosen, each with the address of the list without it. */
export function chosenShown(
  asked: TasksAsked,
  path: string,
  { senders, assignees, me }: { senders: readonly TaskSender[]; assignees: Assignees; me: string },
): { text: string; href: string }[] {
  const without = (part: Partial<TasksAsked>): string => tasksAddress(path, { ...asked, page: 1, ...part });
  const one = (
    name: "sender" | "since" | "until" | "assigned" | "due" | "age",
    text: string,
  ): { text: string; href: string }[] => {
    const { [name]: value, ...others } = asked;
    return value === undefined ? [] : [{ text, href: tasksAddress(path, { ...others, page: 1 }) }];
  };
  const { sender = "", since = "", until = "", assigned = "", due = "past", age = "7" } = asked;
  return [
    ...facetNames.flatMap((facet) =>
      (asked.chosen[facet] ?? []).map((value) => {
        const left = asked.chosen[facet]?.filter((other) => other !== value) ?? [];
        const { [facet]: ____, ...others } = asked.chosen;
        return {
          text: facetWords[facet].choice(value),
          href: without({ chosen: left.length === 0 ? others : { ...others, [facet]: left } }),
        };
      }),
    ),
    ...one("sender", `From ${senderWords(sender, senders)}`),
    ...one("since", `Received from ${formatDate(since)}`),
    ...one("until", `Received until ${formatDate(until)}`),
    ...one("age", ageWords(age)),
    ...one("assigned", `Assigned to ${assignedWords(assigned, assignees, me)}`),
    ...one("due", dueWords[due]),
  ];
}

function senderWords(key: string, senders: readonly TaskSender[]): string {
  return senders.find((sender) => sender.key === key)?.name ?? key;
}

const sortWords: Readonly<Record<TaskSort, string>> = {
  newest: "Newest first",
  oldest: "Oldest first",
  patient: "Patient’s name",
  consulted: "Consultation date",
  due: "Due date",
};

/** The orders of a list, each with its address. */
export function sortsShown(asked: TasksAsked, path: string): { text: string; href: string; current: boolean }[] {
  const { sort: current = "newest", ...rest } = asked;
  return sorts.map((sort) => ({
    text: sortWords[sort],
    href: tasksAddress(path, { ...rest, page: 1, ...(sort !== "newest" && { sort }) }),
    current: sort === current,
  }));
}

/** Ten figures that are no NHS number, of a text that found nothing. */
export function wrongNumberIn(text: string): string | undefined {
  const [written] = /(?<!\d)\d(?:[\s-]?\d){9}(?!\d)/.exec(text) ?? [];
  return written !== undefined && !isNhsNumber(written.replaceAll(/\D/g, "")) ? written : undefined;
}

/** A day and a month without a year, of a text that found nothing. */
export function partOfDateIn(text: string): string | undefined {
  return /(?<!\S)\d{1,2}[/.-]\d{1,2}(?!\S)/.exec(text)?.[0];
}
