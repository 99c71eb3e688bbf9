import type { Stray, StrayDetail } from "@restante/practice";
import { object, oneOf, optional, text, type Needed, type PropertiesOf } from "@restante/settings";
import { strayGuidance } from "../../words/strays.ts";
import { count, instant, kind, words } from "../kinds.ts";
import {
  type ActShape,
  acts,
  actsOf,
  given,
  guidance,
  type GuidanceShape,
  matter,
  matterOf,
  type MatterShape,
} from "./common.ts";

export interface StrayShape {
  strayId: number;
  version: number;
  href: string;
  messageId: string;
  receivedAt: string;
  kind: Stray["kind"];
  from?: string;
  workflowId: string;
  reason: string;
  why: Stray["why"];
  code?: string;
  text?: string;
  matter?: MatterShape;
}

const properties: PropertiesOf<StrayShape> = {
  strayId: count("Counts up with every one."),
  version: count("Grows with every change that a person would want to know of before they act."),
  href: text({ description: "Where all of it is." }),
  messageId: text({ description: "The id that MESH gave it." }),
  receivedAt: instant("When it came."),
  kind: oneOf(["response", "mesh-report"], { description: "An ITK3 response, or what MESH itself sent." }),
  from: optional(text({ description: "The mailbox it came from." })),
  workflowId: words("The MESH workflow."),
  reason: words("Why it was not believed, or what could not be found."),
  why: oneOf(
    [
      "unreadable",
      "not-sent-here",
      "other-mailbox",
      "modified",
      "says-otherwise",
      "names-no-message",
      "about-nothing-sent",
    ],
    { description: "The same by its kind: the first five of a response, the last two of a MESH report." },
  ),
  code: optional(words("Its code.")),
  text: optional(words("What it says.")),
  matter: optional(matter),
};

export const straySchema: Needed<StrayShape> = object<StrayShape>(properties, {
  description: "A response or MESH report that belongs to nothing this organisation sent, or was not believed.",
});

export function strayOf(stray: Stray): StrayShape {
  const { strayId, version, messageId, receivedAt, kind, from, workflowId, reason, why, code, text: says } = stray;
  return {
    strayId,
    version,
    href: `/api/unmatched/${strayId}`,
    messageId,
    receivedAt: receivedAt.toISOString(),
    kind,
    ...given<"from", string | undefined>("from", from),
    workflowId,
    reason,
    why,
    ...given("code", code),
    ...given("text", says),
    ...given("matter", stray.matter && matterOf(stray.matter)),
  };
}

export interface StrayDetailShape extends StrayShape {
  mailboxId: string;
  headerId?: string;
  linkedMessageId?: string;
  event?: string;
  about?: NonNullable<StrayDetail["about"]>;
  guidance: GuidanceShape;
  acts: ActShape[];
}

export const strayDetailSchema: Needed<StrayDetailShape> = object<StrayDetailShape>(
  {
    ...properties,
    mailboxId: text({ description: "The mailbox of ours that it came to." }),
    headerId: optional(words("Its own id, as far as it could be read.")),
    linkedMessageId: optional(words("The message of ours that it says it is about.")),
    event: optional(words("In a MESH report: what MESH was doing.")),
    about: optional(
      kind<NonNullable<StrayDetail["about"]>>({
        description: "What of ours it names all the same.",
        anyOf: [
          {
            type: "object",
            description: "A sent report.",
            required: ["kind", "headerId"],
            properties: {
              kind: { const: "report", description: "Of /reports." },
              headerId: { type: "string", description: "Which." },
            },
          },
          {
            type: "object",
            description: "A task, by an answer to its message.",
            required: ["kind", "taskId"],
            properties: {
              kind: { const: "task", description: "Of /tasks." },
              taskId: { type: "integer", description: "Which." },
            },
          },
        ],
      }),
    ),
    guidance,
    acts,
  },
  { description: "An unmatched message, with all that is known of it." },
);

export function strayDetailOf(stray: StrayDetail): StrayDetailShape {
  return {
    ...strayOf(stray),
    mailboxId: stray.mailboxId,
    ...given("headerId", stray.headerId),
    ...given("linkedMessageId", stray.linkedMessageId),
    ...given("event", stray.event),
    ...given("about", stray.about),
    guidance: { means: strayGuidance[stray.why].why, next: [...strayGuidance[stray.why].next] },
    acts: actsOf(stray.acts),
  };
}
