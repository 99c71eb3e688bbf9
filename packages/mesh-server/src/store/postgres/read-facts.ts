// What a doctor (doctor.ts) reads of a PostgreSQL, each by a statement of its own, none for longer than a few seconds. What may not
// be seen of others, or is not there, is absent: what is looked at shows that. What another transaction has locked, or fails otherwise,
// is unread, and the rest is read all the same. Nothing is written.

import { DatabaseError } from "pg";

import type { Digests } from "./alike.ts";
import { connect, type Row } from "./database.ts";
import type {
  ServerFacts,
  SchemaFacts,
  PartsFacts,
  LostFacts,
  MoveFacts,
  SettingFacts,
  RoleFacts,
  ActivityFacts,
  NodesFacts,
  ClockFacts,
  Facts,
  Unread,
  Looks,
} from "./facts.ts";
import { LEASE_MS } from "./leases.ts";
import { NOW } from "./node-time.ts";
import { createParts } from "./parts.ts";
import { OUR_SCHEMA } from "./schema.ts";

const STATEMENT_MS = 5000;
/** A node that was there within this time runs. It says so more often. */
const THERE_MS = 60_000;

/** Tables, and what belongs to them, as relations of this schema. */
export interface Expected {
  readonly tables: readonly string[];
}

type Ask = (sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** @throws what keeps it from being connected to, or from answering at all */
export async function readFacts(url: string, { tables }: Expected): Promise<Facts> {
  const database = connect(url, 1);
  const unread: Unread[] = [];

  async function look<Name extends keyof Looks>(
    what: Name,
    found: Promise<Looks[Name]>,
  ): Promise<Looks[Name] | undefined> {
    try {
      return await found;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      unread.push({ what, code: error.code ?? "" });
      return undefined;
    }
  }

  try {
    const ask: Ask = (sql, values) => database.ask(sql, values, STATEMENT_MS);
    return {
      server: await readServer(ask),
      schema: await look("schema", readSchema(ask)),
      parts: await look("parts", readParts(ask)),
      lost: await look("lost", readLost(ask)),
      move: await look("move", readMove(ask)),
      settings: await look("settings", readSettings(ask)),
      role: await look("role", readRole(ask, tables)),
      nodes: await look("nodes", readNodes(ask)),
      // Whatever has locked one of those is open for long enough by now to be seen.
      activity: await look("activity", readActivity(ask)),
      clock: await look("clock", readClock(ask)),
      unread,
    };
  } finally {
    await database.close();
  }
}

/** There is no such table. */
const NOT_THERE: readonly string[] = ["42P01"];
/** It may not be asked, or PostgreSQL is older than what is asked: there is no such function, column, setting or table. */
const NOT_TOLD: readonly string[] = ["42501", "42883", "42703", "42704", ...NOT_THERE];

async function orNothing(asked: Promise<readonly Row[]>, codes: readonly string[] = NOT_TOLD): Promise<readonly Row[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DatabaseError && codes.includes(error.code ?? "")) return [];
    throw error;
  }
}

async function readServer(ask: Ask): Promise<ServerFacts> {
  const [row = {}] = await ask(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::integer AS number,
       pg_is_in_recovery() AS is_standby, current_setting('server_encoding') AS encoding,
       inet_server_addr() IS NOT NULL AND inet_server_addr() IS DISTINCT FROM inet_client_addr() AS is_remote`,
  );
  const [tls] = await orNothing(ask("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl"));
  return {
    version: String(row["version"]),
    versionNumber: row["number"] as number,
    isStandby: row["is_standby"] === true,
    encoding: String(row["encoding"]),
    tls: tls?.["version"] as string | undefined,
    isRemote: row["is_remote"] === true,
  };
}

async function readSchema(ask: Ask): Promise<SchemaFacts> {
  const relations = await ask(
    `SELECT relname AS name, coalesce(NOT indisvalid, false) AS is_invalid, relkind IN ('r', 'p') AND relpersistence = 'u' AS is_unlogged
     FROM pg_class LEFT JOIN pg_index ON indexrelid = pg_class.oid
     WHERE relnamespace = ${OUR_SCHEMA} AND relkind IN ('r', 'p', 'i', 'I')`,
  );
  const [version] = await orNothing(ask("SELECT version FROM schema_version"), NOT_THERE);
  return {
    version: version?.["version"] as number | undefined,
    relations: relations.map(({ name }) => String(name)),
    invalidIndexes: relations.flatMap(({ name, is_invalid: isInvalid }) => (isInvalid === true ? [String(name)] : [])),
    unlogged: relations.filter((relation) => relation["is_unlogged"] === true).map(({ name }) => String(name)),
  };
}

async function readParts(ask: Ask): Promise<PartsFacts> {
  const parts = await ask(
    `SELECT part.relname AS name FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
     WHERE part.relnamespace = ${OUR_SCHEMA} AND part.relkind = 'r'`,
  );
  return { attached: parts.map(({ name }) => String(name)) };
}

async function readLost(ask: Ask): Promise<LostFacts> {
  const [made] = await ask("SELECT to_regclass('message') IS NOT NULL AND to_regclass('token') IS NOT NULL AS made");
  if (made?.["made"] !== true) return { unreadable: [], daysWithout: [] };
  const parts = createParts({ ask });
  await parts.lookAtAll();
  // Of a very long list it may take too long.
  const days = await orNothing(
    ask(
      `SELECT day FROM (SELECT left(message_id, 8) AS day FROM listed UNION SELECT left(message_id, 8) FROM routing
         UNION SELECT right(inhrelid::regclass::text, 8) FROM pg_inherits WHERE inhparent IN ('message_state'::regclass, 'chunk'::regclass)) AS days
       WHERE to_regclass('message_' || day) IS NULL ORDER BY day`,
    ),
    ["57014"],
  );
  return { unreadable: parts.unreadable(), daysWithout: days.map(({ day }) => String(day)) };
}

async function readMove(ask: Ask): Promise<MoveFacts> {
  const [move] = await orNothing(ask("SELECT source FROM move WHERE opened_at IS NULL"), NOT_THERE);
  return { source: move?.["source"] as string | undefined };
}

const settingNames = [
  "fsync",
  "full_page_writes",
  "synchronous_commit",
  "synchronous_standby_names",
  "default_transaction_isolation",
  "default_transaction_read_only",
  "statement_timeout",
  "transaction_timeout",
  "max_connections",
  "superuser_reserved_connections",
  "reserved_connections",
  "autovacuum",
  "track_counts",
  "data_checksums",
  "zero_damaged_pages",
  "ignore_checksum_failure",
  "log_statement",
  "log_min_duration_statement",
  "log_min_duration_sample",
  "log_transaction_sample_rate",
  "log_parameter_max_length",
  "log_parameter_max_length_on_error",
  // Where it is loaded.
  "auto_explain.log_min_duration",
];

/** As a session of this role begins, whatever this one has set. Times are in milliseconds. */
async function readSettings(ask: Ask): Promise<SettingFacts> {
  const rows = await ask("SELECT name, reset_val AS setting FROM pg_settings WHERE name = ANY($1::text[])", [
    settingNames,
  ]);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting])) as SettingFacts;
}

async function readRole(ask: Ask, tables: readonly string[]): Promise<RoleFacts> {
  const [row = {}] = await ask(
    `SELECT rolname AS name, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolconnlimit,
       (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS datconnlimit,
       has_schema_privilege(current_schema(), 'CREATE') AS may_create
     FROM pg_roles WHERE rolname = current_user`,
  );
  const lacking = await ask(
    `SELECT relname AS name, pg_has_role(relowner, 'USAGE') AS is_owner,
       has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')
         AND has_table_privilege(oid, 'DELETE') AS may_write
     FROM pg_class WHERE relnamespace = ${OUR_SCHEMA} AND relname = ANY($1::text[])`,
    [tables],
  );
  const limits = [row["rolconnlimit"], row["datconnlimit"]].map((limit) =>
    limit === -1 || limit === null || limit === undefined ? Infinity : (limit as number),
  );
  return {
    name: String(row["name"]),
    rights: ["rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls"].filter(
      (right) => row[right] === true,
    ),
    mayConnect: Math.min(...limits),
    lacks: [
      ...(row["may_create"] === true ? [] : ["may make no tables in its schema"]),
      ...lacking
        .filter((table) => table["may_write"] !== true)
        .map(({ name }) => `may not read and write ${String(name)}`),
      ...lacking.filter((table) => table["is_owner"] !== true).map(({ name }) => `does not own ${String(name)}`),
    ],
  };
}

async function readActivity(ask: Ask): Promise<ActivityFacts> {
  const [connections] = await ask(
    `SELECT count(*)::integer AS count, pg_has_role('pg_read_all_stats', 'USAGE') AS sees_others
     FROM pg_stat_activity WHERE backend_type = 'client backend'`,
  );
  const open = await ask(
    `SELECT pid, coalesce(application_name, '') AS program, extract(epoch FROM now() - xact_start)::integer AS seconds
     FROM pg_stat_activity WHERE xact_start < now() - interval '2 seconds' AND backend_type = 'client backend'
     ORDER BY xact_start LIMIT 10`,
  );
  const prepared = await ask(
    `SELECT gid, extract(epoch FROM now() - prepared)::integer AS seconds FROM pg_prepared_xacts ORDER BY prepared LIMIT 10`,
  );
  const slots = await orNothing(
    ask(
      `SELECT slot_name, active, coalesce(wal_status, '') AS state, xmin IS NOT NULL OR catalog_xmin IS NOT NULL AS holds_rows,
         coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 AS bytes
       FROM pg_replication_slots WHERE NOT pg_is_in_recovery()`,
    ),
  );
  const [standbys] = await orNothing(
    ask(
      `SELECT count(*)::integer AS all, count(*) FILTER (WHERE sync_state IN ('sync', 'quorum'))::integer AS synchronous
       FROM pg_stat_replication`,
    ),
  );
  const [age] = await ask(
    "SELECT age(datfrozenxid)::float8 AS age FROM pg_database WHERE datname = current_database()",
  );
  const [archiver] = await orNothing(
    ask(
      `SELECT last_failed_wal FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off'
         AND last_failed_time > coalesce(last_archived_time, '-infinity')`,
    ),
  );
  return {
    connections: connections?.["count"] as number,
    seesOthers: connections?.["sees_others"] === true,
    openTransactions: open.map((row) => ({
      pid: row["pid"] as number,
      program: String(row["program"]),
      seconds: row["seconds"] as number,
    })),
    prepared: prepared.map((row) => ({ name: String(row["gid"]), seconds: row["seconds"] as number })),
    slots: slots.map((row) => ({
      name: String(row["slot_name"]),
      isActive: row["active"] === true,
      bytes: row["bytes"] as number,
      holdsRows: row["holds_rows"] === true,
      state: String(row["state"]),
    })),
    standbys: (standbys?.["all"] ?? 0) as number,
    synchronousStandbys: (standbys?.["synchronous"] ?? 0) as number,
    transactionAge: age?.["age"] as number,
    unarchived: archiver?.["last_failed_wal"] as string | undefined,
  };
}

async function readNodes(ask: Ask): Promise<NodesFacts | null> {
  const [salt] = await orNothing(ask("SELECT salt FROM digest_salt"), NOT_THERE);
  if (salt === undefined) return null;
  const rows = await ask(
    `SELECT name, version, apart::float8 AS apart, settings FROM node
     WHERE seen_at BETWEEN ${NOW} - ${THERE_MS} AND ${NOW} + ${LEASE_MS} ORDER BY name`,
  );
  return {
    salt: String(salt["salt"]),
    running: rows.map((row) => ({
      name: String(row["name"]),
      version: String(row["version"]),
      apartMs: -(row["apart"] as number),
      digests: row["settings"] as Digests,
    })),
  };
}

/** The shortest of three questions says most. */
async function readClock(ask: Ask): Promise<ClockFacts> {
  const looks: ClockFacts[] = [];
  for (let look = 0; look < 3; look += 1) {
    const before = Date.now();
    const [row] = await ask("SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now");
    const after = Date.now();
    looks.push({ apartMs: Math.round((row?.["now"] as number) - (before + after) / 2), doubtMs: (after - before) / 2 });
  }
  return looks.toSorted((a, b) => a.doubtMs - b.doubtMs)[0]!;
}
