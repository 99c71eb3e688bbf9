import { createHash } from "node:crypto";
import { keepLatest } from "../keep-latest.ts";

/**
 * What pages that stay open have been written down as. A page keeps itself up to date every few seconds: a row for each time
 * would be a million a year for each screen, and would say nothing that the first does not.
 */
export interface OpenPages {
  /**
   * Whether the row of this sign-in for this address, about the same, was written within the hour.
   *
   * @param page the sign-in, from where it is used, and the address
   */
  has(page: string, subjects: readonly string[]): boolean;
  /** Its row has been written. */
  note(page: string, subjects: readonly string[]): void;
}

const hourMs = 60 * 60 * 1000;
/** Beyond that the oldest are forgotten: they get a row more. */
const most = 10_000;

/** @param now in milliseconds, of a clock that only goes on */
export function createOpenPages(now: () => number = () => performance.now()): OpenPages {
  const pages = new Map<string, { about: string; at: number }>();
  return {
    has(page, subjects) {
      const noted = pages.get(digest(page));
      return noted !== undefined && noted.about === digest(subjects.join()) && now() - noted.at < hourMs;
    },
    note(page, subjects) {
      keepLatest(pages, digest(page), { about: digest(subjects.join()), at: now() }, most);
    },
  };
}

/** An address may be some thousand characters, and a list about hundreds of things. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
