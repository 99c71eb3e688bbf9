// What a doctor (doctor.ts) looks at of a PostgreSQL, as it is read (read-facts.ts).

import type { Digests } from "./alike.ts";

export interface ServerFacts {
  readonly version: string;
  readonly versionNumber: number;
  readonly isStandby: boolean;
  readonly encoding: string;
  /** Of the connection; absent where it is not encrypted. */
  readonly tls: string | undefined;
  /** Over a network: neither a socket nor this machine. */
  readonly isRemote: boolean;
}

export interface SchemaFacts {
  /** Undefined: there is no table of it, or nothing in it. */
  readonly version: number | undefined;
  readonly relations: readonly string[];
  readonly invalidIndexes: readonly string[];
  /** Tables and parts of which nothing is left after a crash. */
  readonly unlogged: readonly string[];
}

export interface PartsFacts {
  /** The names of those that belong to a table. */
  readonly attached: readonly string[];
}

export interface LostFacts {
  /** Parts of which a file is gone, or cannot be read from its beginning. */
  readonly unreadable: readonly string[];
  /** Days without a part of messages, of which others are there, or ids are listed, or wait for routing. */
  readonly daysWithout: readonly string[];
}

export interface MoveFacts {
  /** Of one that is not finished: where it comes from. */
  readonly source: string | undefined;
}

/** Of a session as this role has it in this database. */
export type SettingFacts = Readonly<Record<string, string>>;

export interface RoleFacts {
  readonly name: string;
  readonly rights: readonly string[];
  readonly mayConnect: number;
  /** What it may not do, in words. */
  readonly lacks: readonly string[];
}

export interface ActivityFacts {
  readonly connections: number;
  /** Of other roles it is seen what their sessions do. */
  readonly seesOthers: boolean;
  /** Transactions that are open for 2 seconds, and prepared ones, with their ages in seconds. */
  readonly openTransactions: readonly { readonly pid: number; readonly program: string; readonly seconds: number }[];
  readonly prepared: readonly { readonly name: string; readonly seconds: number }[];
  readonly slots: readonly {
    readonly name: string;
    readonly isActive: boolean;
    readonly bytes: number;
    readonly holdsRows: boolean;
    readonly state: string;
  }[];
  readonly standbys: number;
  readonly synchronousStandbys: number;
  readonly transactionAge: number;
  /** What failed last to come into an archive of WAL, where nothing came since. */
  readonly unarchived: string | undefined;
}

export interface NodeFacts {
  readonly name: string;
  readonly version: string;
  /** PostgreSQL's clock less its own. */
  readonly apartMs: number;
  /** Of its settings. */
  readonly digests: Digests;
}

export interface NodesFacts {
  /** Of the digests. */
  readonly salt: string;
  /** That were seen within a minute: one that was seen later than now died before PostgreSQL's clock was put back. */
  readonly running: readonly NodeFacts[];
}

export interface ClockFacts {
  /** PostgreSQL's less this machine's. */
  readonly apartMs: number;
  /** By so much it may be wrong: the time of the question. */
  readonly doubtMs: number;
}

/** What one look finds, by what was looked at. */
export interface Looks {
  readonly schema: SchemaFacts;
  readonly parts: PartsFacts;
  readonly lost: LostFacts;
  readonly move: MoveFacts;
  readonly settings: SettingFacts;
  readonly role: RoleFacts;
  readonly activity: ActivityFacts;
  /** Null: there is no table of them. */
  readonly nodes: NodesFacts | null;
  readonly clock: ClockFacts;
}

/** Of each look what it found. Undefined: it failed, and is among the unread. */
export type Facts = { readonly [Look in keyof Looks]: Looks[Look] | undefined } & {
  readonly server: ServerFacts;
  readonly unread: readonly Unread[];
};

export interface Unread {
  readonly what: keyof Looks;
  /** PostgreSQL's. */
  readonly code: string;
}
