// What is said of the tasks that are searched for, filtered and sorted.
import type { TaskSender, TaskSort } from "@restante/practice";
import { isNhsNumber } from "@restante/mesh";
import { formatDate } from "@restante/web";
import { matchTag, recipientTypeWords } from "../words.ts";
import { flagTag } from "./flags.ts";
import { choicesOf, type FacetName, facetNames, sorts, tasksAddress, type TasksAsked } from "../tasks-asked.ts";

const facetWords: Readonly<Record<FacetName, { name: string; choice: (value: string) => string }>> = {
  for: { name: "For", choice: (value) => recipientTypeWords(value === "action" ? "FA" : "FI") ?? "" },
  kind: { name: "Kind of message", choice: (value) => kinds[value] ?? "" },
  match: {
    name: "Patient",
    choice: (value) => matchTag({ outcome: value as Parameters<typeof matchTag>[0]["outcome"] }).text,
  },
  flag: { name: "Tags", choice: (value) => flagTag(value as Parameters<typeof flagTag>[0]).text },
};

const kinds: Readonly<Record<string, string>> = {
  document: "Document",
  refused: "Not accepted",
  "set-aside": "Set aside",
};

export interface FacetShown {
  name: string;
  items: { name: string; text: string; checked: boolean }[];
}

/** The filters with what they offer, and what is chosen of it. */
export function facetsShown({ chosen }: TasksAsked): FacetShown[] {
  return facetNames.map((facet) => ({
    name: facetWords[facet].name,
    items: choicesOf(facet).map((value) => ({
      name: `${facet}.${value}`,
      text: facetWords[facet].choice(value),
      checked: chosen[facet]?.includes(value) ?? false,
    })),
  }));
}

/** What was chosen, each with the address of the list without it. */
export function chosenShown(
  asked: TasksAsked,
  path: string,
  senders: readonly TaskSender[],
): { text: string; href: string }[] {
  const without = (part: Partial<TasksAsked>): string => tasksAddress(path, { ...asked, page: 1, ...part });
  const { sender: _, ...noSender } = asked;
  const { since: __, ...noSince } = asked;
  const { until: ___, ...noUntil } = asked;
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
    ...(asked.sender === undefined
      ? []
      : [{ text: `From ${senderWords(asked.sender, senders)}`, href: tasksAddress(path, { ...noSender, page: 1 }) }]),
    ...(asked.since === undefined
      ? []
      : [{ text: `Received from ${formatDate(asked.since)}`, href: tasksAddress(path, { ...noSince, page: 1 }) }]),
    ...(asked.until === undefined
      ? []
      : [{ text: `Received until ${formatDate(asked.until)}`, href: tasksAddress(path, { ...noUntil, page: 1 }) }]),
  ];
}

function senderWords(key: string, senders: readonly TaskSender[]): string {
  return senders.find((sender) => sender.key === key)?.name ?? key;
}

const sortWords: Readonly<Record<TaskSort, string>> = {
  newest: "Newest first",
  oldest: "Oldest first",
  patient: "Patient’s name",
  consulted: "Document date",
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
