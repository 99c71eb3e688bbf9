import type { TaskFlag, TaskKind, TaskQuery, TaskSort, TaskState, TaskSummary } from "@restante/practice";
import { isoDay, numberIn, startOfDay } from "@restante/web";
import { mostPages } from "./list-pages.ts";

type View = Exclude<TaskState, "removed"> | "attention" | "all";

/** What a filter offers, by its name in an address: what each choice is to the practice. */
interface Choices {
  readonly for: Readonly<Record<"action" | "information", NonNullable<TaskSummary["recipientType"]>>>;
  readonly kind: Readonly<Record<TaskKind, TaskKind>>;
  readonly match: Readonly<Record<Outcome, Outcome>>;
  readonly flag: Readonly<Record<TaskFlag, TaskFlag>>;
  readonly priority: Readonly<Record<"urgent", "urgent">>;
}

type Outcome = TaskSummary["patient"]["outcome"];

const choices: Choices = {
  for: { action: "FA", information: "FI" },
  kind: { document: "document", refused: "refused", "set-aside": "set-aside" },
  match: {
    known: "known",
    "not-known": "not-known",
    "no-longer-here": "no-longer-here",
    "recently-deceased": "recently-deceased",
    waiting: "waiting",
    doubtful: "doubtful",
    "not-checked": "not-checked",
  },
  flag: {
    replacement: "replacement",
    duplicate: "duplicate",
    "potential-duplicate": "potential-duplicate",
    "matched-by-hand": "matched-by-hand",
  },
  priority: { urgent: "urgent" },
};

export type FacetName = keyof Choices;
export const facetNames = Object.keys(choices) as readonly FacetName[];

/** The choices of a filter, in the order in which they are offered. */
export function choicesOf(facet: FacetName): readonly string[] {
  return Object.keys(choices[facet]);
}

const views: readonly View[] = ["open", "completed", "replaced", "attention", "all"];
export const sorts: readonly TaskSort[] = ["newest", "oldest", "patient", "consulted", "due"];

/** When an open task is due, and how old it is at least, in days. */
export const dues = ["past", "today", "week"] as const;
export const ages = ["7", "14", "28"] as const;
export type Due = (typeof dues)[number];
export type Age = (typeof ages)[number];

/** Which tasks an address asks for. Nothing of it names a patient: a text that is searched for is kept apart (decision 259). */
export interface TasksAsked {
  /** Absent: those to do, or of a search all. */
  readonly show?: View;
  readonly chosen: Readonly<Partial<Record<FacetName, readonly string[]>>>;
  /** See `TaskFilters.sender`. */
  readonly sender?: string;
  /** Days, such as `2026-03-29`: received from then on, and until the end of. */
  readonly since?: string;
  readonly until?: string;
  /** `me` is whoever looks, `nobody`; else a person or a team, such as `person.u-k3x9` or `team.Reception`. */
  readonly assigned?: string;
  readonly due?: Due;
  readonly age?: Age;
  /** Absent: newest first. */
  readonly sort?: TaskSort;
  /** From 1. */
  readonly page: number;
}

/** What is not understood is not asked for. */
export function tasksAsked(query: Readonly<Record<string, unknown>>): TasksAsked {
  const show = views.find((view) => view === query["show"]);
  const sort = sorts.find((known) => known === query["sort"] && known !== "newest");
  const chosen = facetNames.flatMap((facet) => {
    const asked = typeof query[facet] === "string" ? query[facet].split(".") : [];
    const known = choicesOf(facet).filter((choice) => asked.includes(choice));
    return known.length === 0 ? [] : [[facet, known] as const];
  });
  const sender = typeof query["sender"] === "string" && senderForm.test(query["sender"]) ? query["sender"] : undefined;
  const [since, until] = [dayIn(query["since"]), dayIn(query["until"])];
  const assigned =
    typeof query["assigned"] === "string" && assignedForm.test(query["assigned"]) ? query["assigned"] : undefined;
  const due = dues.find((known) => known === query["due"]);
  const age = ages.find((known) => known === query["age"]);
  const page = numberIn(query, "page") ?? 1;
  return {
    ...(show !== undefined && { show }),
    chosen: Object.fromEntries(chosen),
    ...(sender !== undefined && { sender }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(assigned !== undefined && { assigned }),
    ...(due !== undefined && { due }),
    ...(age !== undefined && { age }),
    ...(sort !== undefined && { sort }),
    page: page >= 1 && page <= mostPages ? page : 1,
  };
}

/** Letters among figures: no number of a patient. */
const senderForm = /^(?=[A-Z0-9]*[A-Z])[A-Z0-9]{1,40}$/;

const assignedForm = /^(?:me|nobody|person\.[\w:.-]{1,80}|team\.\S(?:.{0,38}\S)?)$/u;

function dayIn(value: unknown): string | undefined {
  return typeof value === "string" && startOfDay(value) !== undefined ? value : undefined;
}

/** Where they are: `path` is `/`, or the page of a search. */
export function tasksAddress(path: string, asked: TasksAsked): string {
  const { show, chosen, sender, since, until, assigned, due, age, sort, page } = asked;
  const query = [
    ["show", show],
    ...facetNames.map((facet) => [facet, chosen[facet]?.join(".")] as const),
    ["sender", sender],
    ["since", since],
    ["until", until],
    ["assigned", assigned === undefined ? undefined : encodeURIComponent(assigned)],
    ["due", due],
    ["age", age],
    ["sort", sort],
    ["page", page === 1 ? undefined : page],
  ].filter(([, value]) => value !== undefined);
  return query.length === 0 ? path : `${path}?${query.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/** The list of tasks that a text names, where it is written as these pages write it. */
export function tasksAddressIn(given: string): string | undefined {
  const [, path, query = ""] = /^(\/|\/found\/[\w-]{22})(?:\?(.{1,400}))?$/.exec(given) ?? [];
  if (path === undefined) return undefined;
  const address = tasksAddress(path, tasksAsked(Object.fromEntries(new URLSearchParams(query))));
  return address === given ? address : undefined;
}

/** What an address means depends on. */
export interface AskedBy {
  readonly me: string;
  readonly now: Date;
  /** Of a search. */
  readonly text: string | undefined;
}

/** What the practice is asked for. */
export function taskQueryOf(asked: TasksAsked, { me, now, text }: AskedBy): TaskQuery {
  const { show = text === undefined ? "open" : "all", chosen, sender, since, until, assigned, due, age } = asked;
  const of = <Facet extends FacetName>(facet: Facet): Choices[Facet][keyof Choices[Facet]][] =>
    (chosen[facet] ?? []).map((choice) => choices[facet][choice as keyof Choices[Facet]]);
  const receivedFrom = since === undefined ? undefined : startOfDay(since);
  const today = isoDay(now);
  const ends = [until && daysAfter(until, 1), age && daysAfter(today, 1 - Number(age))].filter(
    (day) => day !== undefined,
  );
  const [before] = ends.toSorted();
  const receivedBefore = before === undefined ? undefined : startOfDay(before);
  return {
    ...(text !== undefined && { text }),
    ...(show !== "all" && { show }),
    recipientType: of("for"),
    kind: of("kind"),
    match: of("match"),
    flags: of("flag"),
    ...(chosen.priority !== undefined && { priority: "urgent" }),
    ...(assigned !== undefined && { assignee: assigneeAsked(assigned, me) }),
    ...(due !== undefined && dueDays(due, today)),
    ...(sender !== undefined && { sender }),
    ...(receivedFrom !== undefined && { receivedFrom }),
    ...(receivedBefore !== undefined && { receivedBefore }),
  };
}

/** Whether anything but a state, an order and a page is asked for. */
export function isFiltered({ chosen, sender, since, until, assigned, due, age }: TasksAsked): boolean {
  const others = [sender, since, until, assigned, due, age];
  return Object.keys(chosen).length > 0 || others.some((one) => one !== undefined);
}

/** Whom `TasksAsked.assigned` stands for. */
export function assigneeAsked(assigned: string, me: string): NonNullable<TaskQuery["assignee"]> {
  if (assigned === "nobody") return "nobody";
  if (assigned === "me") return { kind: "person", id: me };
  const [kind, id] = [assigned.slice(0, assigned.indexOf(".")), assigned.slice(assigned.indexOf(".") + 1)];
  return { kind: kind === "team" ? "team" : "person", id };
}

function dueDays(due: Due, today: string): Pick<TaskQuery, "dueFrom" | "dueUntil"> {
  if (due === "past") return { dueUntil: daysAfter(today, -1) };
  return { dueFrom: today, dueUntil: due === "today" ? today : daysAfter(today, 7) };
}

function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
