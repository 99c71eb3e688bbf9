import { randomBytes } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { visitorAt } from "./access/visitor.ts";
import { refusal } from "./refusal.ts";
import { refusalWords } from "./refusal-words.ts";

/**
 * What was searched for, kept for the sign-in that searched, so that what names a patient is in a form and in memory, and in no
 * address, history or log: the page of it has an address that tells nothing, and shows nothing to anybody else.
 */
export interface KeptSearches<Search> {
  /** @returns what stands for it in an address */
  keep(request: FastifyRequest, search: Search): string;
  /** Undefined: it is another sign-in's, too old, or none. */
  find(request: FastifyRequest, id: string): Search | undefined;
}

const mostOfOne = 20;
const mostOfAll = 1000;
/** Since it was looked at last. */
const keptMs = 60 * 60 * 1000;

interface Kept<Search> {
  readonly binding: string;
  readonly search: Search;
  lookedAt: number;
}

/** Where there are too many, what nobody has looked at for longest goes: of the same sign-in first. */
export function createKeptSearches<Search>(now: () => number = Date.now): KeptSearches<Search> {
  /** In the order in which they were looked at last. */
  const kept = new Map<string, Kept<Search>>();

  function forgetOld(): void {
    for (const [id, { lookedAt }] of kept) {
      // Also of a clock that was put back.
      if (Math.abs(now() - lookedAt) >= keptMs) kept.delete(id);
    }
  }

  return {
    keep(request, search) {
      const binding = bindingOf(request);
      forgetOld();
      const own = [...kept].filter(([, one]) => one.binding === binding).map(([id]) => id);
      for (const id of own.slice(0, Math.max(0, own.length - mostOfOne + 1))) kept.delete(id);
      for (const id of [...kept.keys()].slice(0, Math.max(0, kept.size - mostOfAll + 1))) kept.delete(id);
      const id = randomBytes(16).toString("base64url");
      kept.set(id, { binding, search, lookedAt: now() });
      return id;
    },
    find(request, id) {
      forgetOld();
      const one = kept.get(id);
      if (one === undefined || one.binding !== bindingOf(request)) return undefined;
      kept.delete(id);
      kept.set(id, { ...one, lookedAt: now() });
      return one.search;
    },
  };
}

/** The search whose page this is. Otherwise it is refused, in words for whoever asks. */
export function keptSearch<Search>(searches: KeptSearches<Search>, request: FastifyRequest, id: string): Search {
  const search = searches.find(request, id);
  if (search !== undefined) return search;
  throw refusal(404, refusalWords["search-gone"]);
}

function bindingOf(request: FastifyRequest): string {
  const visitor = visitorAt(request);
  if (visitor === undefined) throw new TypeError("A search of nobody.");
  return visitor.binding;
}
