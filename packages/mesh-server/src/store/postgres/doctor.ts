// What of a PostgreSQL keeps a store on it from what it promises, or will: each check is a function of what was read of it (facts.ts), and
// says in a line what is so and what is to be done.

import type { Way } from "../../keeping/urls.ts";
import { differences, type Digests } from "./alike.ts";
import type {
  ClockFacts,
  Facts,
  LostFacts,
  MoveFacts,
  NodesFacts,
  PartsFacts,
  RoleFacts,
  SchemaFacts,
  ServerFacts,
  Unread,
} from "./facts.ts";
import {
  LOCKED,
  ofArchive,
  ofChecksums,
  ofCommits,
  ofConnections,
  ofDisk,
  ofLog,
  ofTransactions,
  ofVacuum,
  ofWhatHolds,
} from "./doctor-of-running.ts";
import { fault, type Finding, ok, warn, worst } from "./finding.ts";
import { MOST_APART_MS } from "./node-time.ts";
import { partsNeeded } from "./partitions.ts";

/** What this program needs and makes. */
export interface Wanted {
  readonly schemaVersion: number;
  readonly tables: readonly string[];
  readonly indexes: readonly string[];
  /** Of each node. */
  readonly connections: number;
  readonly now: Date;
  /** To where the address leads: to PostgreSQL, or to what stands before it. */
  readonly way: Way;
  /** Of its settings. Absent: there is no salt for them yet. */
  readonly digests?: Digests;
}

const OLDEST = 140_000;

export function diagnose(facts: Facts, wanted: Wanted): Finding[] {
  const { server, schema, parts, lost, move, settings, role, activity, nodes, clock, unread } = facts;
  return [
    ...ofServer(server, wanted),
    ...unread.map(ofUnread),
    ...given(ofSchema, schema, wanted),
    ...given(ofMove, move),
    ...given(ofParts, schema, parts, wanted),
    ...given(ofLost, lost),
    ...given(ofDisk, settings),
    ...given(ofCommits, settings, activity),
    ...given(ofTransactions, settings),
    ...given(ofConnections, settings, role, activity, nodes, wanted),
    ...given(ofVacuum, settings, activity),
    ...given(ofChecksums, settings),
    ...given(ofLog, settings, role),
    ...given(ofArchive, activity),
    ...given(ofWhatHolds, activity, unread),
    ...given(ofRole, role),
    ...given(ofClock, clock),
    ...given(ofNodes, nodes, wanted),
  ];
}

/** Nothing, if some of what it looks at is unread: that is told by itself. */
function given<Looks extends readonly unknown[]>(
  check: (...looks: Looks) => Finding | readonly Finding[],
  ...found: { readonly [Index in keyof Looks]: Looks[Index] | undefined }
): Finding[] {
  return found.includes(undefined) ? [] : [check(...(found as unknown as Looks))].flat();
}

const whyUnread: Readonly<Record<string, string>> = {
  "42501": "this role may not: it should own the tables of its database",
  "57014": "it takes longer than 5 seconds",
  [LOCKED]: "another transaction has locked it, and a node would wait too: see open transactions",
};

/** Where many checks are made of one look. */
const unreadChecks: Partial<Record<Unread["what"], string>> = {
  settings: "settings of PostgreSQL",
  activity: "activity of PostgreSQL",
  lost: "files of parts",
};

function ofUnread({ what, code }: Unread): Finding {
  return fault(unreadChecks[what] ?? what, `it cannot be read: ${whyUnread[code] ?? `PostgreSQL says ${code}`}`);
}

export function ofServer(server: ServerFacts, wanted: Wanted): Finding[] {
  const { version, versionNumber, isStandby, encoding } = server;
  return [
    ofConnection(server, wanted),
    versionNumber < OLDEST
      ? fault("version", `PostgreSQL ${version} is too old: 14 or later is needed`)
      : ok("version", `PostgreSQL ${version}`),
    isStandby
      ? fault("primary", "it is a standby, on which nothing can be written: name the primary in store")
      : ok("primary", "it takes writes"),
    encoding === "UTF8"
      ? ok("encoding", encoding)
      : fault("encoding", `the database is in ${encoding}: make it anew with ENCODING 'UTF8'`),
  ];
}

/** PostgreSQL sees the connection that reaches it, which a pooler may have made. */
export function ofConnection({ tls, isRemote }: ServerFacts, { way }: Pick<Wanted, "way">): Finding {
  if (way === "clear") {
    return warn(
      "connection",
      "it is over a network and not encrypted: add ?sslmode=verify-full&sslrootcert=/FILE to store",
    );
  }
  if (tls === undefined && isRemote) {
    return warn("connection", "what stands before it reaches it over a network, not encrypted: have it use TLS");
  }
  if (tls !== undefined) return ok("connection", tls);
  return ok("connection", way === "tls" ? "by TLS to what stands before it" : "on this machine, not encrypted");
}

export function ofSchema({ version, relations, invalidIndexes, unlogged }: SchemaFacts, wanted: Wanted): Finding[] {
  const there = new Set(relations);
  if (version === undefined) {
    return [
      wanted.tables.some((name) => there.has(name))
        ? fault(
            "schema",
            "there are tables, and schema_version does not say of which version: no node starts on them: put the database back from a backup",
          )
        : warn("schema", "there are no tables yet: the first node that starts makes them"),
    ];
  }
  if (version > wanted.schemaVersion) {
    return [
      fault(
        "schema",
        `it is of version ${version}, and this program knows ${wanted.schemaVersion}: use a program as new as the one that wrote it`,
      ),
    ];
  }
  const isOld = version < wanted.schemaVersion;
  // Those of a later version come with it.
  const missing = isOld ? [] : [...wanted.tables, ...wanted.indexes].filter((name) => !there.has(name));
  return [
    isOld
      ? warn(
          "schema",
          `it is of version ${version}: the first node of this version that starts brings it to ${wanted.schemaVersion}`,
        )
      : worst(
          "schema",
          missing.length === 0 ? [] : [`missing: ${missing.join(", ")}: put the database back from a backup`],
          [],
          `version ${version}, nothing missing`,
        ),
    ...(invalidIndexes.length === 0
      ? []
      : [fault("indexes", `not valid: ${invalidIndexes.map((name) => `REINDEX INDEX ${name}`).join("; ")}`)]),
    ...(unlogged.length === 0
      ? []
      : [
          fault(
            "unlogged",
            `PostgreSQL empties them after a crash: ${unlogged.map((name) => `ALTER TABLE ${name} SET LOGGED`).join("; ")}`,
          ),
        ]),
  ];
}

export function ofMove({ source }: MoveFacts): Finding[] {
  if (source === undefined) return [];
  return [fault("move", `the move of ${source} into it is not finished: run restante migrate-store again`)];
}

/** Those that are needed next. Days before may have none: what is empty is dropped. */
export function ofParts({ version, relations }: SchemaFacts, parts: PartsFacts, { now }: Wanted): Finding {
  if (version === undefined) return ok("parts", "none yet");
  const [there, attached] = [new Set(relations), new Set(parts.attached)];
  const needed = partsNeeded(now);
  const missing = Array.from(needed).filter(([, names]) =>
    names.some((name) => !attached.has(name) && !there.has(name)),
  );
  const apart = Array.from(needed).flatMap(([table, names]) =>
    names
      .filter((name) => there.has(name) && !attached.has(name))
      .map((name) => `${name} belongs to no table: what is of its time is refused: make it a part of ${table} again`),
  );
  return worst(
    "parts",
    apart,
    missing.length === 0
      ? []
      : [
          `of today and tomorrow not all are made yet (${missing.map(([table]) => table).join(", ")}): nodes that run make them ahead, or the first message of the day does`,
        ],
    "those of today and tomorrow are made",
  );
}

const LOST_DAY = "A day that PostgreSQL has lost, in docs/many-nodes.md";

export function ofLost({ unreadable, daysWithout }: LostFacts): Finding {
  return worst(
    "files of parts",
    [
      ...unreadable.map(
        (part) =>
          `${part}: PostgreSQL has lost a file of it, or cannot read it: what is of its time fails: REINDEX TABLE ${part}, and where that fails too: ${LOST_DAY}`,
      ),
      ...daysWithout.map(
        (day) => `of ${day} there are no messages any more, and what points to them is left: ${LOST_DAY}`,
      ),
    ],
    [],
    "each can be opened",
  );
}

const tooMany: Readonly<Record<string, string>> = {
  rolsuper: "SUPERUSER",
  rolcreaterole: "CREATEROLE",
  rolcreatedb: "CREATEDB",
  rolreplication: "REPLICATION",
  rolbypassrls: "BYPASSRLS",
};

export function ofRole({ name, rights, lacks }: RoleFacts): Finding {
  const spare = rights.map((right) => tooMany[right] ?? right);
  return worst(
    "role",
    lacks.length === 0
      ? []
      : [`${name} ${lacks.slice(0, 5).join(", ")}: it should own the tables of its database, and their schema`],
    spare.length === 0
      ? []
      : [`${name} is ${spare.join(", ")}: a server needs none of it: name a role without, which owns the tables`],
    `${name} may do what it needs, and no more`,
  );
}

export function ofClock({ apartMs, doubtMs }: ClockFacts): Finding {
  const apart = Math.max(0, Math.abs(apartMs) - doubtMs);
  return byClock("clock", apart, `this machine's clock is ${inWords(apartMs)} PostgreSQL's`);
}

export function ofNodes(nodes: NodesFacts | null, { digests = {} }: Pick<Wanted, "digests">): Finding[] {
  if (nodes === null) return [];
  const { running } = nodes;
  if (running.length === 0) return [warn("nodes", "none runs, or none was seen for a minute")];
  const versions = new Set(running.map(({ version }) => version));
  const others = differences(digests, running);
  return [
    versions.size > 1
      ? warn(
          "nodes",
          `they are of versions ${Array.from(versions).toSorted().join(" and ")}: for the time of an upgrade alone`,
        )
      : ok("nodes", `${running.length} run: ${running.map(({ name }) => name).join(", ")}`),
    others.length === 0
      ? ok("settings of nodes", "as these are, where they must be alike")
      : warn(
          "settings of nodes",
          `not as these are: ${others.map(({ setting, nodes: names }) => `${setting} (${names.join(", ")})`).join("; ")}: for the time of a change alone`,
        ),
    ...running.map(({ name, apartMs }) =>
      byClock(`clock of ${name}`, Math.abs(apartMs), `it is ${inWords(apartMs)} PostgreSQL's`),
    ),
  ];
}

function byClock(check: string, apart: number, words: string): Finding {
  const remedy = "let both follow the same time (NTP)";
  if (apart > MOST_APART_MS)
    return fault(check, `${words}, so that a node there does nothing by time alone: ${remedy}`);
  return apart > 2000 ? warn(check, `${words}: ${remedy}`) : ok(check, apart < 100 ? "with PostgreSQL's" : words);
}

/** PostgreSQL's less its own. */
function inWords(apartMs: number): string {
  return `${(Math.abs(apartMs) / 1000).toFixed(1)} s ${apartMs > 0 ? "behind" : "before"}`;
}
