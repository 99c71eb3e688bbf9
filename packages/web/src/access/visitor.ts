import type { FastifyRequest } from "fastify";
import { refusal } from "../refusal.ts";
import type { Right } from "./rights.ts";
import { refusalWords } from "../refusal-words.ts";

/** Who is at the other end of a request. */
export interface Visitor {
  /** The same for the same person, for good: what the audit knows them by. */
  readonly id: string;
  /** As other persons are shown it. */
  readonly name: string;
  /** None for as long as `setsUpFirst`. */
  readonly rights: ReadonlySet<Right>;
  /** A second factor is demanded of them, and they have none: they may do nothing but set one up, and sign out. */
  readonly setsUpFirst?: true;
  /** What ties forms, and what is kept for them, to this sign-in. Never shown, nor written down. */
  readonly binding: string;
  /** What the audit knows the sign-in by; absent where there is none. */
  readonly session?: string;
}

const visitors = new WeakMap<FastifyRequest, Visitor>();

/** Absent: nobody has signed in. */
export function visitorAt(request: FastifyRequest): Visitor | undefined {
  return visitors.get(request);
}

/** Throws a refusal where nobody has: of a route that needs somebody, so that it has not come so far. */
export function signedInAt(request: FastifyRequest): Visitor {
  const visitor = visitorAt(request);
  if (visitor === undefined) throw refusal(403, refusalWords["sign-in-first"]);
  return visitor;
}

export function noteVisitor(request: FastifyRequest, visitor: Visitor): void {
  visitors.set(request, visitor);
}

export function forgetVisitor(request: FastifyRequest): void {
  visitors.delete(request);
}

/** Of browsers in which nobody has signed in. */
const bindings = new WeakMap<FastifyRequest, string>();

/** What forms are tied to: the sign-in, or before it the browser. Absent: nothing, so none is taken. */
export function bindingAt(request: FastifyRequest): string | undefined {
  return visitorAt(request)?.binding ?? bindings.get(request);
}

export function noteBinding(request: FastifyRequest, binding: string): void {
  bindings.set(request, binding);
}
