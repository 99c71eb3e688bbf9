import { createHash, createHmac, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { Audit } from "../../audit/audit.ts";
import { keepLatest } from "../../keep-latest.ts";
import { refusal } from "../../refusal.ts";
import type { User, Users } from "../users/user.ts";

/** How long a person stays signed in. */
export interface SessionTimes {
  /** Without doing anything. 20 if absent. */
  readonly idleMinutes?: number;
  /** In all. 10 if absent. */
  readonly absoluteHours?: number;
}

/** Who a cookie is, for the request that carries it. */
export interface SignedIn {
  readonly user: User;
  /** An issuer of OpenID Connect said so, and no password was asked for. */
  readonly byIssuer: boolean;
  /** What the audit knows the sign-in by. */
  readonly session: string;
  /** What ties forms to it: see `Visitor`. */
  readonly binding: string;
}

/** What a sign-in is begun from. */
export interface Beginning {
  readonly source: string;
  /** What it says that it is: see browser-words.ts. */
  readonly browser?: string;
  /** Whether an issuer of OpenID Connect said who it is. No, if absent. */
  readonly byIssuer?: boolean;
  /** Of the password that was right, if they come by one: see `Users.passwordMark`. */
  readonly passwordMark?: string | undefined;
}

/** One of the places where a person is signed in. */
export interface OpenSession {
  readonly session: string;
  readonly startedAt: Date;
  readonly lastUsedAt: Date;
  readonly source: string;
  /** What it said that it was at the beginning, such as `Firefox on Windows`: see browser-words.ts. Empty: nothing that is known. */
  readonly browser: string;
}

/** From where, and by which sign-in of theirs, a person ends others; with `actor` somebody else does. */
export interface EndedFrom {
  readonly source: string;
  readonly session?: string;
  readonly actor?: string;
}

/**
 * Who is signed in. It is known by what a browser holds and nothing else: an address changes on the way from one room to the
 * next, so a cookie is good from any. It is open until
 *
 * - the person, or somebody for them, ends it;
 * - nobody has used it for `idleMinutes`, or it has lasted for `absoluteHours`;
 * - its user is disabled or removed, or their password is changed;
 * - the machine's clock is found to have been put back: then nobody can say how long it has lasted.
 *
 * Each beginning and ending by a person is a row of the audit, in the same transaction; an ending that cannot be written down is
 * one all the same, whose row comes later.
 */
export interface Sessions {
  /**
   * Always under a new cookie. What the browser was signed in by before is over, whoever that was.
   *
   * @param from with the mark of the password that was right, if they come by one: nothing begins where another holds by now
   * @param over the cookie before
   * @throws a refusal, where they may not come in any more
   */
  begin(user: User, from: Beginning, over?: string): { cookie: string; session: string };
  /**
   * @param used whether a person asks, which keeps it from being idle, or a page that keeps itself up to date
   */
  at(cookie: string, used?: boolean): SignedIn | undefined;
  /**
   * Here it is over also where that cannot be written down (decision 264).
   *
   * @throws why it could not: it is written down with the next that can be
   */
  end(cookie: string, from: { readonly source: string }): void;
  /**
   * As `end`, of all of somebody's.
   *
   * @returns how many were ended
   */
  endAll(userId: string, from: EndedFrom): number;
  /** As `end`, of one of somebody's by what the audit knows it by; what is over already stays so. */
  endOne(userId: string, session: string, from: EndedFrom): void;
  /** The same as a part of a transaction that has a row of its own in the audit. */
  endWithin(userId: string): void;
  /** Newest first. */
  list(userId: string): OpenSession[];
}

interface Stored {
  cookie: Uint8Array;
  session: string;
  user: string;
  started_at: string;
  used_at: string;
  source: string;
  browser: string;
  by_issuer: number;
}

/** A use is written down so often at most. */
const noteEveryMs = 60_000;
/** By so much a clock may be put right. */
const clockMayDifferMs = 5 * 60_000;
/** More than sign out before somebody sees to a full disk. */
const mostOwed = 1000;

export function createSessions(
  database: DatabaseSync,
  users: Pick<Users, "find" | "passwordMark">,
  audit: Pick<Audit, "recordWithin">,
  { idleMinutes = 20, absoluteHours = 10 }: SessionTimes = {},
  now: () => Date = () => new Date(),
): Sessions {
  const idleMs = idleMinutes * 60_000;
  const absoluteMs = absoluteHours * 3_600_000;
  const byCookie = database.prepare("SELECT * FROM session WHERE cookie = ?");
  const ofUser = database.prepare("SELECT * FROM session WHERE user = ? ORDER BY started_at DESC");
  const insert = database.prepare(
    "INSERT INTO session (cookie, session, user, started_at, used_at, source, browser, by_issuer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const noteUse = database.prepare("UPDATE session SET used_at = ? WHERE cookie = ?");
  const remove = database.prepare("DELETE FROM session WHERE cookie = ?");
  const removeAll = database.prepare("DELETE FROM session WHERE user = ?");
  const removeOld = database.prepare("DELETE FROM session WHERE started_at < ?");

  const find = (cookie: string): Stored | undefined => byCookie.get(digestOf(cookie)) as Stored | undefined;
  const isOpen = ({ started_at, used_at }: Stored): boolean => {
    const time = now().getTime();
    const lasted = time - Date.parse(started_at);
    const idle = time - Date.parse(used_at);
    return lasted < absoluteMs && idle < idleMs && Math.min(lasted, idle) > -clockMayDifferMs;
  };

  /** Over here, and not yet written down, by their cookies' digests: where the system ends first, they last until they are idle. */
  const owed = new Map<string, { stored: Stored; source: string }>();

  const isOwed = (stored: Stored): boolean => owed.has(keyOf(stored));
  const openOf = (userId: string): Stored[] =>
    (ofUser.all(userId) as unknown as Stored[]).filter((stored) => isOpen(stored) && !isOwed(stored));

  /** All that is written here: what is owed goes with it. */
  function write<Result>(work: () => Result): Result {
    const result = inTransaction(database, () => {
      for (const { stored, source } of owed.values()) signOut(stored, source);
      return work();
    });
    owed.clear();
    return result;
  }

  /** They are over, whether `work` can write that or not. */
  function endHere<Result>(ended: readonly Stored[], source: string, work: () => Result): Result {
    try {
      return write(work);
    } catch (error) {
      for (const stored of ended) keepLatest(owed, keyOf(stored), { stored, source }, mostOwed);
      throw error;
    }
  }

  /** What follows from the time alone, and is found out again where it cannot be written: a full disk signs nobody out. */
  function noteIfPossible(work: () => unknown): void {
    try {
      work();
    } catch {
      // What is shown or done next has to be written down too, and is told where it cannot be.
    }
  }

  /** Another process may have changed that since: it is signed out by that of what was begun before alone. */
  function isAsProved(user: User, passwordMark: string | undefined): boolean {
    const now = users.find(user.id);
    if (now === undefined || now.disabled) return false;
    if (passwordMark === undefined) return true;
    return users.passwordMark(user.id) === passwordMark && now.hasSecondFactor === user.hasSecondFactor;
  }

  function signOut({ cookie, user, session }: Stored, source: string): void {
    // A command may have ended it meanwhile.
    if (remove.run(cookie).changes === 0) return;
    audit.recordWithin({ actor: user, session, source, act: "sign-out", outcome: "done", subjects: [] });
  }

  function endThese(userId: string, { source, session, actor }: EndedFrom, which: (stored: Stored) => boolean): number {
    const ended = (ofUser.all(userId) as unknown as Stored[]).filter((stored) => !isOwed(stored) && which(stored));
    if (ended.length === 0) return 0;
    return endHere(ended, source, () => {
      for (const { cookie } of ended) remove.run(cookie);
      audit.recordWithin({
        actor: actor ?? userId,
        ...(session !== undefined && { session }),
        source,
        act: "sign-out",
        outcome: "done",
        subjects: [
          ...(actor === undefined ? [] : [`user:${userId}`]),
          ...ended.slice(0, 499).map((stored) => `session:${stored.session}`),
        ],
      });
      return ended.length;
    });
  }

  return {
    begin(user, { source, browser = "", byIssuer = false, passwordMark }, over) {
      const cookie = randomBytes(32).toString("base64url");
      const session = derived(cookie, "session").toString("hex").slice(0, 12);
      const at = now();
      return write(() => {
        if (!isAsProved(user, passwordMark)) throw refusal(403, changedMeanwhile);
        const before = over === undefined ? undefined : find(over);
        if (before !== undefined) signOut(before, source);
        removeOld.run(new Date(at.getTime() - absoluteMs).toISOString());
        const time = at.toISOString();
        insert.run(digestOf(cookie), session, user.id, time, time, source, browser, Number(byIssuer));
        audit.recordWithin({ actor: user.id, session, source, act: "sign-in", outcome: "done", subjects: [] });
        return { cookie, session };
      });
    },
    at(cookie, used = true) {
      const stored = find(cookie);
      if (stored === undefined || isOwed(stored)) return undefined;
      const user = users.find(stored.user);
      if (user === undefined || user.disabled || !isOpen(stored)) {
        noteIfPossible(() => remove.run(stored.cookie));
        return undefined;
      }
      const time = now();
      if (used && time.getTime() - Date.parse(stored.used_at) >= noteEveryMs) {
        noteIfPossible(() => noteUse.run(time.toISOString(), stored.cookie));
      }
      return {
        user,
        byIssuer: stored.by_issuer !== 0,
        session: stored.session,
        binding: derived(cookie, "binding").toString("base64url"),
      };
    },
    end(cookie, { source }) {
      const stored = find(cookie);
      if (stored !== undefined) endHere([stored], source, () => signOut(stored, source));
    },
    endAll: (userId, from) => endThese(userId, from, () => true),
    endOne: (userId, wanted, from) => void endThese(userId, from, ({ session }) => session === wanted),
    endWithin: (userId) => void removeAll.run(userId),
    list: (userId) =>
      openOf(userId).map(({ session, started_at, used_at, source, browser }) => ({
        session,
        startedAt: new Date(started_at),
        lastUsedAt: new Date(used_at),
        source,
        browser,
      })),
  };
}

const changedMeanwhile = "Your account was changed while you signed in, so you were not. Sign in again.";

function keyOf({ cookie }: Stored): string {
  return Buffer.from(cookie).toString("hex");
}

function digestOf(cookie: string): Buffer {
  return createHash("sha256").update(cookie).digest();
}

/** What may be known of a cookie where the cookie itself may not. */
export function derived(cookie: string, use: "session" | "binding"): Buffer {
  return createHmac("sha256", cookie).update(use).digest();
}
