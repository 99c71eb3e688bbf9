import {
  list,
  mailboxIdFormat,
  object,
  type ObjectSchema,
  oneOf,
  optional,
  type PropertiesOf,
  type Rule,
  type Schema,
  text,
  variants,
  whole,
} from "@restante/settings";
import type { Fault, FaultEffect, FaultPoint, FaultScope, StandingFault } from "../control.ts";
import { eitherWay, parseDuration, upTo } from "../duration.ts";
import { anyText, fraction, headerText, short } from "./kinds.ts";
import type { AnswerOf, DescribedGroup, InputOf, Nothing } from "./operation.ts";

type Doing = FaultEffect["do"];
type FaultThat<Does extends Doing> = FaultScope & Extract<FaultEffect, { do: Does }>;

const points = [
  "handshake",
  "send",
  "chunk",
  "list",
  "download",
  "acknowledge",
  "track",
  "lookup",
  "demographics",
  "any",
] as const satisfies readonly FaultPoint[];

/** Where a request has no mailbox that asks. */
const withoutMailbox: ReadonlySet<FaultPoint> = new Set(["lookup", "demographics"]);

/** Where each can be done, if not everywhere that a request is answered. */
const places: Readonly<Partial<Record<Doing, readonly FaultPoint[]>>> = {
  delay: points,
  "deliver-twice": ["send", "list", "acknowledge", "any"],
  // A lookup bears none.
  "token-clock": points.filter((point) => point !== "lookup" && point !== "demographics"),
  "expire-certificate": ["any"],
  down: ["demographics"],
};

/** The points at which a fault of this kind can be done. */
export function pointsOf(does: Doing): readonly FaultPoint[] {
  return places[does] ?? points.filter((point) => point !== "demographics");
}

const MOST_BYTES = 100_000_000;
const longestDelay = upTo("10m");

const scope: PropertiesOf<FaultScope> = {
  at: oneOf(points, {
    description:
      "Where: `chunk` is the upload of a later chunk, `download` also of one; `any` is each of these but demographics.",
  }),
  mailbox: optional(
    text({ description: "Of this mailbox's requests only. Absent: of everybody's.", format: mailboxIdFormat }),
  ),
  times: optional(
    whole({
      description: "The next so many requests. Absent: one of `faults.next`, all of `faults.add` until it is cleared.",
      from: 1,
      to: 1_000_000,
    }),
  ),
  probability: optional(fraction({ description: "Of each request that fits. Absent: of every one." })),
  seed: optional(
    whole({
      description: "What the probability is drawn from, so that a run can be had again.",
      from: 0,
      to: 4_294_967_295,
      default: 1,
    }),
  ),
};

const effects: { readonly [Does in Doing]: ObjectSchema<FaultThat<Does>> } = {
  status: object<FaultThat<"status">>(
    {
      ...scope,
      do: does("status"),
      status: whole({ description: "The HTTP status.", from: 200, to: 599 }),
      body: optional(anyText({ description: "The text instead of the API's own error.", longest: 100_000 })),
      retryAfter: optional(whole({ description: "The header Retry-After, in seconds.", from: 0, to: 86_400 })),
    },
    { description: "Answers so before anything is done." },
  ),
  delay: object<FaultThat<"delay">>(
    {
      ...scope,
      do: does("delay"),
      for: text({ description: "How long.", format: longestDelay }),
      to: optional(text({ description: "Up to how long: drawn between the two.", format: longestDelay })),
    },
    { description: "Waits before anything is done." },
  ),
  reset: object<FaultThat<"reset">>(
    { ...scope, do: does("reset") },
    { description: "Cuts the connection before anything is done." },
  ),
  hang: object<FaultThat<"hang">>({ ...scope, do: does("hang") }, { description: "Never answers; nothing is done." }),
  "lose-answer": object<FaultThat<"lose-answer">>(
    { ...scope, do: does("lose-answer") },
    { description: "Does it, on disk, and cuts the connection instead of answering." },
  ),
  truncate: object<FaultThat<"truncate">>(
    {
      ...scope,
      do: does("truncate"),
      bytes: optional(
        whole({ description: "After so many of the body. Absent: half of it.", from: 0, to: MOST_BYTES }),
      ),
    },
    { description: "Cuts the connection within the body of the answer." },
  ),
  dribble: object<FaultThat<"dribble">>(
    {
      ...scope,
      do: does("dribble"),
      bytesPerSecond: whole({ description: "How fast.", from: 1, to: MOST_BYTES }),
    },
    { description: "Sends the body of the answer slowly." },
  ),
  "deliver-twice": object<FaultThat<"deliver-twice">>(
    { ...scope, do: does("deliver-twice") },
    {
      description:
        "At send: accepted as two messages. At list: each id twice. At acknowledge: answered without effect, so it comes again.",
    },
  ),
  "mixed-case": object<FaultThat<"mixed-case">>(
    { ...scope, do: does("mixed-case") },
    { description: "Header names in mixed case, as live MESH has them." },
  ),
  "content-type": object<FaultThat<"content-type">>(
    { ...scope, do: does("content-type"), contentType: headerText("contentType", { description: "The wrong one." }) },
    { description: "Answers with another content type." },
  ),
  "token-clock": object<FaultThat<"token-clock">>(
    {
      ...scope,
      do: does("token-clock"),
      by: text({ description: "By how much, either way.", format: eitherWay("366d") }),
    },
    { description: "Tokens are held against a clock that is wrong." },
  ),
  "expire-certificate": object<FaultThat<"expire-certificate">>(
    { ...scope, do: does("expire-certificate") },
    { description: "The server's certificate has expired: for new connections of HTTPS, of which `times` counts." },
  ),
  down: object<FaultThat<"down">>({ ...scope, do: does("down") }, { description: "The demographics do not answer." }),
};

function does<Does extends Doing>(word: Does): Schema<Does> & { readonly isOptional?: never } {
  return oneOf([word], { description: "What goes wrong." });
}

/** What a fault does must be something that can be done where it is. */
const fitsItsPoint: Rule = (find) => {
  const at = points.find((point) => point === find("/at")[0]?.value);
  const doing = (Object.keys(effects) as Doing[]).find((word) => word === find("/do")[0]?.value);
  if (at === undefined) return [];
  const isPossible = doing === undefined || pointsOf(doing).includes(at);
  return [
    ...(isPossible ? [] : [{ pointer: "/at", words: `must be ${choice(pointsOf(doing))} for "${doing}"` }]),
    ...(withoutMailbox.has(at) ? find("/mailbox") : []).map(({ pointer }) => ({
      pointer,
      words: `is not known at "${at}": leave it out`,
    })),
  ];
};

const delayInOrder: Rule = (find) => {
  const [from, to] = ["/for", "/to"].map((pointer) => find(pointer)[0]?.value);
  if (typeof from !== "string" || typeof to !== "string") return [];
  if (!longestDelay.accepts(from) || !longestDelay.accepts(to)) return [];
  return parseDuration(to) < parseDuration(from) ? [{ pointer: "/to", words: "must not be less than /for" }] : [];
};

function choice(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(" or ");
}

const kinds: readonly Schema<Fault>[] = Object.values(effects);

const fault: Schema<Fault> = {
  ...variants<Fault>("do", kinds, { description: "What goes wrong, where and how often." }),
  rules: [fitsItsPoint, delayInOrder],
};

const ownOfStanding: PropertiesOf<Pick<StandingFault, "faultId" | "done">> = {
  faultId: anyText({ description: "For clearing it." }),
  done: whole({ description: "How often it was done.", from: 0, to: Number.MAX_SAFE_INTEGER }),
};

/** Each kind of fault, and what is known of it once it stands. */
const standing = variants<StandingFault>("do", kinds.map(standingKind), { description: "A fault that stands." });

function standingKind({ json, formats, rules }: Schema<Fault>): Schema<StandingFault> {
  const own = Object.entries<Schema<unknown>>(ownOfStanding);
  return {
    formats,
    rules,
    json: {
      ...json,
      required: [...(json.required ?? []), ...own.map(([name]) => name)],
      properties: { ...json.properties, ...Object.fromEntries(own.map(([name, property]) => [name, property.json])) },
    },
  };
}

const firstOfKind = "Of several that fit a request each does its own; of two of a kind, the older.";

export const faults: DescribedGroup<"faults"> = {
  "faults.list": {
    summary: "Lists the faults that stand",
    input: object<Nothing>({}, { description: "Nothing." }),
    answer: object<AnswerOf<"faults.list">>(
      { faults: list(standing, { description: "The oldest first." }) },
      { description: "The faults." },
    ),
    errors: [],
  },
  "faults.add": {
    summary: "Lets something go wrong, until it is used up or cleared",
    remark: firstOfKind,
    input: fault,
    answer: standing,
    errors: ["mailbox-unknown", "not-possible"],
  },
  "faults.next": {
    summary: "Lets the next request go wrong, or as many as `times` says",
    remark: firstOfKind,
    input: fault,
    answer: standing,
    errors: ["mailbox-unknown", "not-possible"],
  },
  "faults.clear": {
    summary: "Clears one fault, or all",
    remark: "What hangs because of it is let go: its connection is closed.",
    input: object<InputOf<"faults.clear">>(
      { faultId: optional(short(100, { description: "Which. Absent: all." })) },
      { description: "Which faults." },
    ),
    answer: object<AnswerOf<"faults.clear">>(
      { cleared: whole({ description: "How many.", from: 0, to: Number.MAX_SAFE_INTEGER }) },
      { description: "They are gone." },
    ),
    errors: ["fault-unknown"],
  },
};
