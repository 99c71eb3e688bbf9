/** Why a program is not given what it asked for (RFC 9457). */
export interface Problem extends Error {
  readonly problem: { readonly code: string; readonly more: object };
  readonly headers: Readonly<Record<string, string>>;
}

export interface ProblemKind {
  readonly status: number;
  /** In a sentence, the same each time. */
  readonly title: string;
}

/** By its code, which never changes its meaning. */
export type ProblemKinds = Readonly<Record<string, ProblemKind>>;

export type CommonProblem =
  | ("request-invalid" | "token-missing" | "token-refused" | "not-allowed" | "asked-by-a-browser" | "unknown")
  | ("method-unknown" | "body-too-large" | "body-not-json" | "not-here" | "too-many-requests")
  | ("failed" | "unavailable");

/** What any path of the API may answer. */
export const commonProblems: Readonly<Record<CommonProblem, ProblemKind>> = {
  "request-invalid": { status: 400, title: "The request is not what this path takes." },
  "token-missing": { status: 401, title: "A token is needed: Authorization: Bearer." },
  "token-refused": { status: 401, title: "The token is none, has ended or was revoked." },
  "not-allowed": { status: 403, title: "The token may not do this." },
  "asked-by-a-browser": { status: 403, title: "This is for programs: a page in a browser may not ask for it." },
  unknown: { status: 404, title: "There is no such thing." },
  "method-unknown": { status: 405, title: "This path is not asked so." },
  "body-too-large": { status: 413, title: "The body is larger than is taken." },
  "body-not-json": { status: 415, title: "The body must be application/json." },
  "not-here": { status: 421, title: "This address is not served here." },
  "too-many-requests": { status: 429, title: "Too many requests: wait as long as Retry-After says." },
  failed: { status: 500, title: "The system could not do it: its log says why." },
  unavailable: { status: 503, title: "It cannot be done now: try again later." },
};

/** What a route of the API throws. `more`: what else the answer says, such as `detail`. */
export function problem(code: string, more: object = {}, headers: Readonly<Record<string, string>> = {}): Problem {
  return Object.assign(new Error(code), { problem: { code, more }, headers });
}

export function isProblem(error: unknown): error is Problem {
  return error instanceof Error && "problem" in error;
}
