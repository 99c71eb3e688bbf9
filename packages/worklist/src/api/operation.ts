import type { Actor } from "@restante/practice";
import type { Schema } from "@restante/settings";
import type { Reply, Request, RouteAccess } from "@restante/web";
import type { WorklistSite } from "../site.ts";
import type { ApiProblem } from "./problems.ts";

/** What a program asks with, checked. */
export interface Asked<Query, Body> {
  readonly site: WorklistSite;
  readonly request: Request;
  readonly reply: Reply;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** A file: its bytes as they are. */
export const file = "file";

/**
 * One path of the API with its method: all that there is of it. It is served, checked and described by this, so that neither can say
 * what the other does not.
 */
export interface Operation {
  /** Such as `listTasks`. */
  readonly name: string;
  readonly method: "get" | "post";
  /** Below /api, with its parameters in braces: `/tasks/{id}`. */
  readonly path: string;
  readonly tag: "Tasks" | "Work" | "Matching" | "Sent reports" | "Unmatched messages" | "Around";
  readonly summary: string;
  readonly remark?: string;
  readonly access: RouteAccess;
  readonly query?: Schema<unknown>;
  readonly body?: Schema<unknown>;
  readonly bodyExample?: unknown;
  readonly answer: Schema<unknown> | typeof file;
  readonly answerExample?: unknown;
  /** Beside those that every path may answer. */
  readonly problems: readonly ApiProblem[];
  readonly run: (asked: Asked<never, never>) => Promise<unknown>;
}

type Described<Query, Body, Answer> = Omit<
  Operation,
  "query" | "body" | "bodyExample" | "answer" | "answerExample" | "run"
> & {
  readonly query?: Schema<Query>;
  readonly body?: Schema<Body>;
  readonly bodyExample?: Body;
  readonly answer: Schema<Answer>;
  readonly answerExample?: Answer;
  readonly run: (asked: Asked<Query, Body>) => Promise<Answer>;
};

/** One that answers with JSON. */
export function operation<Query, Body, Answer>(described: Described<Query, Body, Answer>): Operation {
  return described;
}

/** What every path may answer: who asks is not known, may not, or asks too often; the system cannot. */
export const everywhere: readonly ApiProblem[] = [
  "request-invalid",
  "token-missing",
  "token-refused",
  "not-allowed",
  "asked-by-a-browser",
  "not-here",
  "too-many-requests",
  "failed",
  "unavailable",
];
