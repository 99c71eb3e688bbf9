import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { after, test } from "node:test";

import { systemClock } from "@restante/mesh";
import { atEnd, type Postgres, postgresMissing, startPostgres, startStandby, waitFor } from "@restante/testbed";
import { Client } from "pg";

import { examineStore } from "../../src/keeping/doctor.ts";
import { type Way, wayTo } from "../../src/keeping/urls.ts";
import { diagnose, ofConnection, ofParts, type Wanted } from "../../src/store/postgres/doctor.ts";
import { ofCommits } from "../../src/store/postgres/doctor-of-running.ts";
import type { Finding } from "../../src/store/postgres/finding.ts";
import type { Facts } from "../../src/store/postgres/facts.ts";
import { askToWrite, connect } from "../../src/store/postgres/database.ts";
import { openNode } from "../../src/store/postgres/nodes.ts";
import { partsNeeded } from "../../src/store/postgres/partitions.ts";
import { openPostgresStore } from "../../src/store/postgres/store.ts";
import { systemTime } from "../../src/time/machine-time.ts";
import { acceptance, newMessage, now } from "./samples.ts";

const skip = postgresMissing ?? false;
let postgres: Postgres;
if (postgresMissing === undefined) {
  postgres = await startPostgres({ after: (end: () => unknown) => after(() => end()) });
}

const keys = { accessKeyId: "key", secretAccessKey: "secret" };
/** But for PostgreSQL, those of a node; its S3 refuses at once, on this machine. */
const shared = {
  sharedKey: "key",
  mailboxes: [],
  workflows: [],
  bodies: "s3://bodies",
  s3: { endpoint: "http://127.0.0.1:1", ...keys },
};
const wanted: Wanted = {
  schemaVersion: 2,
  tables: ["message"],
  indexes: ["message_by_id"],
  connections: 10,
  now,
  way: "tls",
  digests: { match: "a", bodies: "b" },
};

const well = {
  server: {
    version: "18.4",
    versionNumber: 180_004,
    isStandby: false,
    encoding: "UTF8",
    tls: "TLSv1.3",
    isRemote: true,
  },
  schema: {
    version: 2,
    relations: ["message", "message_by_id"],
    invalidIndexes: [],
    unlogged: [],
  },
  parts: { attached: Array.from(partsNeeded(now).values()).flat() },
  lost: { unreadable: [], daysWithout: [] },
  move: { source: undefined },
  settings: {
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    synchronous_standby_names: "",
    default_transaction_isolation: "read committed",
    default_transaction_read_only: "off",
    statement_timeout: "0",
    max_connections: "100",
    superuser_reserved_connections: "3",
    autovacuum: "on",
    track_counts: "on",
    data_checksums: "on",
    log_statement: "ddl",
    log_min_duration_statement: "-1",
    log_min_duration_sample: "-1",
    log_transaction_sample_rate: "0",
    log_parameter_max_length: "-1",
    log_parameter_max_length_on_error: "0",
    "auto_explain.log_min_duration": "-1",
  },
  role: { name: "restante", rights: [], mayConnect: Infinity, lacks: [] },
  activity: {
    connections: 12,
    seesOthers: true,
    openTransactions: [],
    prepared: [],
    slots: [],
    standbys: 0,
    synchronousStandbys: 0,
    transactionAge: 1000,
    unarchived: undefined,
  },
  nodes: {
    salt: "salt",
    running: [{ name: "one", version: "0.1.0", apartMs: 3, digests: { match: "a", bodies: "b" } }],
  },
  clock: { apartMs: 40, doubtMs: 2 },
  unread: [],
} satisfies Facts;

const slot = { name: "old", isActive: false, bytes: 0, holdsRows: false, state: "reserved" };

type Ill = Partial<{ [Look in Exclude<keyof Facts, "nodes" | "unread">]: Partial<Facts[Look]> }>;

/** What is not well, and what is said of it. */
const ills: readonly [Ill, Finding["state"], string, RegExp][] = [
  [{ server: { tls: undefined } }, "warn", "connection", /what stands before it.*not encrypted: have it use TLS/],
  [{ server: { versionNumber: 130_012, version: "13.12" } }, "fault", "version", /13\.12 is too old: 14/],
  [{ server: { isStandby: true } }, "fault", "primary", /standby.*name the primary/],
  [{ server: { encoding: "SQL_ASCII" } }, "fault", "encoding", /SQL_ASCII.*UTF8/],
  [{ schema: { version: undefined, relations: [] } }, "warn", "schema", /the first node that starts makes them/],
  [{ schema: { version: undefined } }, "fault", "schema", /schema_version does not say of which version/],
  [{ schema: { version: 1 } }, "warn", "schema", /brings it to 2/],
  [{ schema: { version: 3 } }, "fault", "schema", /version 3, and this program knows 2/],
  [{ schema: { relations: ["message"] } }, "fault", "schema", /missing: message_by_id: put the database back/],
  [{ schema: { invalidIndexes: ["message_by_id"] } }, "fault", "indexes", /REINDEX INDEX message_by_id/],
  [{ move: { source: "old:/data" } }, "fault", "move", /old:\/data.*restante migrate-store again/],
  [{ schema: { unlogged: ["message_20260304"] } }, "fault", "unlogged", /ALTER TABLE message_20260304 SET LOGGED/],
  [{ parts: { attached: [] } }, "warn", "parts", /\(message, message_state, chunk, token\): nodes that run make them/],
  [
    { lost: { unreadable: ["chunk_20260301"] } },
    "fault",
    "files of parts",
    /^chunk_20260301: .* REINDEX TABLE chunk_20260301, and where that fails too: A day that PostgreSQL has lost, in docs/,
  ],
  [{ lost: { daysWithout: ["20260301"] } }, "fault", "files of parts", /^of 20260301 .* what points to them is left/],
  [{ settings: { fsync: "off" } }, "fault", "disk", /fsync is off.*turn it on/],
  [{ settings: { full_page_writes: "off" } }, "fault", "disk", /full_page_writes is off/],
  [{ settings: { zero_damaged_pages: "on" } }, "fault", "disk", /zero_damaged_pages is on/],
  [
    { settings: { synchronous_standby_names: "two" } },
    "fault",
    "commits",
    /asks for 1 .*none is seen: each commit waits/,
  ],
  [{ settings: { synchronous_commit: "remote_apply" } }, "warn", "commits", /remote_apply/],
  [{ activity: { standbys: 1 } }, "warn", "commits", /not synchronous.*synchronous_standby_names/],
  [{ settings: { default_transaction_isolation: "serializable" } }, "warn", "transactions", /serializable/],
  [{ settings: { default_transaction_read_only: "on" } }, "fault", "transactions", /turn it off/],
  [{ settings: { statement_timeout: "500" } }, "warn", "transactions", /statement_timeout is 500 ms/],
  [{ settings: { max_connections: "12" } }, "fault", "connections", /10 of 9 connections: lower storeConnections/],
  [{ role: { mayConnect: 5 } }, "fault", "connections", /10 of 5/],
  [{ settings: { autovacuum: "off" } }, "fault", "vacuum", /turn both on/],
  [{ activity: { transactionAge: 1.5e9 } }, "fault", "vacuum", /1500 million/],
  [{ settings: { data_checksums: "off" } }, "warn", "checksums", /pg_checksums --enable/],
  [{ settings: { log_statement: "mod" } }, "warn", "log", /ALTER ROLE restante SET log_parameter_max_length = 0; then/],
  [{ settings: { log_min_duration_statement: "0" } }, "warn", "log", /log_parameter_max_length = 0/],
  [{ settings: { log_min_duration_sample: "100" } }, "warn", "log", /log_parameter_max_length = 0/],
  [{ settings: { log_transaction_sample_rate: "0.1" } }, "warn", "log", /log_parameter_max_length = 0/],
  [{ settings: { log_parameter_max_length_on_error: "-1" } }, "warn", "log", /log_parameter_max_length_on_error = 0/],
  [{ settings: { "auto_explain.log_min_duration": "0" } }, "warn", "log", /SET auto_explain.log_min_duration = -1/],
  [{ activity: { seesOthers: false } }, "warn", "open transactions", /may not see.*GRANT pg_monitor/],
  [
    { activity: { openTransactions: [{ pid: 42, program: "psql", seconds: 7200 }] } },
    "warn",
    "open transactions",
    /process 42 \(psql\) for 120 minutes/,
  ],
  [
    { activity: { prepared: [{ name: "x1", seconds: 7200 }] } },
    "warn",
    "prepared transactions",
    /x1.*ROLLBACK PREPARED/,
  ],
  [{ activity: { slots: [{ ...slot, bytes: 5 * 1024 ** 3 }] } }, "warn", "replication slots", /old.*5\.0 GiB.*drop/],
  [{ activity: { slots: [{ ...slot, state: "lost" }] } }, "warn", "replication slots", /old has lost/],
  [
    { activity: { unarchived: "0000000200000003" } },
    "warn",
    "archive",
    /fails \(0000000200000003\): all WAL since is kept/,
  ],
  [{ role: { rights: ["rolsuper"] } }, "warn", "role", /SUPERUSER/],
  [{ role: { lacks: ["does not own message"] } }, "fault", "role", /does not own message/],
  [{ clock: { apartMs: -5000 } }, "warn", "clock", /5\.0 s before PostgreSQL's.*NTP/],
  [{ clock: { apartMs: 90_000 } }, "warn", "clock", /90\.0 s behind/],
  [{ clock: { apartMs: 3_700_000 } }, "fault", "clock", /3700\.0 s behind.*nothing by time alone/],
];

test("of a PostgreSQL with which all is well nothing is said but that", () => {
  const findings = diagnose(well, wanted);
  assert.deepEqual(
    findings.filter(({ state }) => state !== "ok"),
    [],
  );
  assert.ok(findings.length > 15);
});

for (const [ill, state, check, says] of ills) {
  test(`${JSON.stringify(ill)}: ${state} of ${check}`, () => {
    const [name] = Object.keys(ill) as [keyof Ill];
    const facts = { ...well, [name]: { ...well[name], ...ill[name] } } as Facts;

    const found = diagnose(facts, wanted).filter((finding) => finding.state !== "ok");

    assert.deepEqual(
      found.map((finding) => [finding.check, finding.state]),
      [[check, state]],
    );
    assert.match(found[0]!.words, says);
  });
}

test("of a connection over a network in clear is warned, by the address, whatever PostgreSQL sees of it", () => {
  for (const [address, way] of [
    ["postgres://r@db.example/r?sslmode=disable", "clear"],
    ["postgres://r@db.example/r?sslmode=verify-full", "tls"],
    ["postgres://r@localhost/r", "here"],
    ["postgres://r@db/r?host=/run/postgresql", "here"],
    ["http://minio.example:9000", "clear"],
    ["http://127.0.0.1:9000", "here"],
    ["https://minio.example", "tls"],
  ]) {
    assert.equal(wayTo(address!), way, address);
  }
  for (const tls of [undefined, "TLSv1.3"]) {
    for (const isRemote of [true, false]) {
      const of = (way: Way): Finding => ofConnection({ ...well.server, tls, isRemote }, { way });
      assert.match(of("clear").words, /^it is over a network and not encrypted: add \?sslmode=verify-full/);
      const isClearBehind = tls === undefined && isRemote;
      for (const way of ["tls", "here"] as const) assert.equal(of(way).state, isClearBehind ? "warn" : "ok");
    }
  }
});

test(
  "that no node runs is a warning, also where one was seen later than now; what one does other than by these settings is said of it",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    await (await openPostgresStore({ url, node: "one" }))[Symbol.asyncDispose]();
    const settings = { ...shared, store: url };
    const of = async (check: string, asked = settings): Promise<Finding | undefined> =>
      (await examineStore(asked, systemClock)).find((finding) => finding.check === check);
    // Later than now: of a database that came to a machine whose clock is behind.
    const database = connect(url, 1);
    await askToWrite(
      database,
      "INSERT INTO node SELECT 'id', 'dead', '0.1.0', now, now, 0, '[]', '{}' FROM (SELECT (extract(epoch FROM now()) + 3600) * 1000 AS now)",
    );
    await database.close();
    assert.deepEqual([(await of("nodes"))?.state, await of("settings of nodes")], ["warn", undefined]);

    const node = await openNode({
      database: connect(url, 1),
      name: "one",
      settings,
      machine: systemTime,
      clock: systemClock,
      emit: () => undefined,
    });
    atEnd(t, () => node.close());

    assert.deepEqual([(await of("nodes"))?.state, (await of("settings of nodes"))?.state], ["ok", "ok"]);
    const other = (await of("settings of nodes", { ...settings, sharedKey: "another" }))!;
    assert.equal(other.state, "warn");
    assert.match(other.words, /not as these are: sharedKey, mailboxes\/\*\/password \(one\)/);
  },
);

test("that bodies go over a network in clear is a warning", async () => {
  const of = async (endpoint: string): Promise<Finding | undefined> => {
    const places = { ...shared, store: "postgres://restante@127.0.0.1:1/none", s3: { endpoint, ...keys } };
    return (await examineStore(places, systemClock)).find(({ check }) => check === "way to bodies");
  };
  // Not this machine's by what it says, and yet no other's.
  assert.equal((await of("http://0.0.0.0:1"))?.state, "warn");
  assert.equal(await of("https://0.0.0.0:1"), undefined);
  assert.equal(await of("http://127.0.0.1:1"), undefined);
});

for (const [table, names] of partsNeeded(now)) {
  test(`that a part of ${table} is not made yet is told, and one that is no part of it is a fault`, () => {
    for (const name of names) {
      const parts = { attached: well.parts.attached.filter((part) => part !== name) };
      const missing = ofParts(well.schema, parts, wanted);
      assert.deepEqual([missing.state, missing.words.includes(`(${table})`)], ["warn", true]);
      const apart = ofParts({ ...well.schema, relations: [...well.schema.relations, name] }, parts, wanted);
      assert.equal(apart.state, "fault");
      assert.match(apart.words, new RegExp(`${name} belongs to no table.*of ${table} again`));
    }
  });
}

test("each commit waits for as many standbys as are asked for, and that fewer are there is a fault", () => {
  for (const [names, asked] of [
    ["one", 1],
    ["one, two", 1],
    ["FIRST 2 (one, two)", 2],
    ["any 2 (one, two, three)", 2],
    [" 3(one,two,three)", 3],
  ] as const) {
    for (const seen of [0, 1, 2, 3]) {
      const settings = { ...well.settings, synchronous_standby_names: names };
      const { state } = ofCommits(settings, { ...well.activity, standbys: 3, synchronousStandbys: seen });
      assert.equal(state, seen < asked ? "fault" : "ok", `${names}: ${seen} are there`);
    }
  }
});

test("a standby is told as one, and a primary that waits for more than are there", { skip }, async (t) => {
  const primary = await startPostgres(t);
  const url = await primary.createDatabase();
  await (await openPostgresStore({ url, node: "one" }))[Symbol.asyncDispose]();
  const standby = await startStandby(t, primary);
  const of = async (check: string, store: string): Promise<Finding | undefined> =>
    (await examineStore({ ...shared, store }, systemClock)).find((finding) => finding.check === check);
  assert.equal((await of("commits", url))?.words, "on disk here and on 1 of its standbys");

  const [row] = await primary.ask("SHOW synchronous_standby_names");
  const one = String(row!["synchronous_standby_names"]);
  await primary.ask(`ALTER SYSTEM SET synchronous_standby_names = 'ANY 2 (${one}, other)'`);
  await primary.ask("SELECT pg_reload_conf()");
  await waitFor(async () => (await of("commits", url))?.state === "fault", {
    what: "the setting to be read",
    timeoutMs: 60_000,
  });
  assert.match((await of("commits", url))!.words, /asks for 2 of the standbys it names, and 1 is seen/);

  const atStandby = url.replace(encodeURIComponent(primary.folder), encodeURIComponent(standby.postgres.folder));
  assert.match((await of("primary", atStandby))!.words, /it is a standby.*name the primary/);
  await assert.rejects(openPostgresStore({ url: atStandby, node: "one" }), {
    code: "store-unreachable",
    message: /it only reads: it is a standby/,
  });
});

test("nodes take so many connections together; one whose clock is wrong, another version and other settings are told", () => {
  const running = Array.from({ length: 12 }, (_, index) => ({
    name: `n${index}`,
    version: index === 3 ? "0.2.0" : "0.1.0",
    apartMs: index === 5 ? -7_200_000 : 0,
    // One of a later version has another, of which nothing is known here.
    digests: { match: index > 9 ? "other" : "a", bodies: index === 11 ? "other" : "b", later: "c" },
  }));

  const found = diagnose({ ...well, nodes: { salt: "salt", running } }, wanted).filter(({ state }) => state !== "ok");

  assert.deepEqual(
    found.map(({ check, state }) => `${check} ${state}`),
    ["connections warn", "nodes warn", "settings of nodes warn", "clock of n5 fault"],
  );
  assert.match(found[2]!.words, /not as these are: match \(n10, n11\); bodies \(n11\): for the time of a change/);
  assert.match(found[0]!.words, /12 nodes may take 120 of 97 connections/);
  const one = diagnose({ ...well, activity: { ...well.activity, connections: 1 } }, wanted);
  assert.match(one.find(({ check }) => check === "connections")!.words, /; 1 is open$/);
});

test("what cannot be read of PostgreSQL is told in an operator's words, and hides nothing else", () => {
  const facts: Facts = {
    ...well,
    activity: undefined,
    settings: undefined,
    unread: [
      { what: "settings", code: "57014" },
      { what: "activity", code: "42501" },
    ],
  };

  const found = diagnose(facts, wanted);

  assert.deepEqual(
    found.flatMap(({ check, state, words }) => (state === "fault" ? [`${check}: ${words}`] : [])),
    [
      "settings of PostgreSQL: it cannot be read: it takes longer than 5 seconds",
      "activity of PostgreSQL: it cannot be read: this role may not: it should own the tables of its database",
    ],
  );
  assert.ok(found.some(({ check }) => check === "schema"));
});

test(
  "what is locked by another is a fault of its own, told with who may hold it, and hides nothing else",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    await (await openPostgresStore({ url, node: "one" }))[Symbol.asyncDispose]();
    const holder = new Client({ connectionString: url, application_name: "holder" });
    await holder.connect();
    atEnd(t, () => holder.end());
    await holder.query("BEGIN; LOCK TABLE move, node");

    const findings = await examineStore({ ...shared, store: url }, systemClock);

    const found = new Map(findings.map((finding) => [finding.check, finding]));
    for (const check of ["move", "nodes"]) {
      assert.equal(found.get(check)?.state, "fault");
      assert.match(found.get(check)!.words, /another transaction has locked it/);
    }
    assert.match(found.get("open transactions")!.words, /process \d+ \(holder\) for \d+ seconds.*pg_terminate_backend/);
    for (const check of ["connection", "schema", "commits", "role", "clock"]) assert.ok(found.has(check), check);
  },
);

test("of a real one, each check is made by a role that is no superuser and owns its tables", { skip }, async () => {
  const url = await postgres.createDatabase();
  const settings = { ...shared, store: url };
  const of = async (check: string, asked = settings): Promise<Finding | undefined> =>
    (await examineStore(asked, systemClock)).find((finding) => finding.check === check);
  const sql = async (text: string): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  assert.equal((await of("schema"))?.state, "warn", "no tables yet");
  const role = `owner_${Date.now()}`;
  await sql(`CREATE ROLE ${role} LOGIN; ALTER SCHEMA public OWNER TO ${role}`);
  const asOwner = url.replace("restante@", `${role}@`);
  {
    await using store = await openPostgresStore({ url: asOwner, node: "one" });
    await store.accept(acceptance(newMessage()));
    await store.keepParts(now);
  }

  const ofOwner = { ...settings, store: asOwner };
  assert.match((await of("open transactions", ofOwner))!.words, /may not see those of others/);
  await sql(`GRANT pg_monitor TO ${role}`);

  const findings = await examineStore(ofOwner, { now: () => now });

  assert.deepEqual(
    findings.filter(({ state, check }) => state !== "ok" && check !== "bodies" && check !== "nodes"),
    [],
  );
  const checks = new Set(findings.map(({ check }) => check));
  for (const check of ["connection", "schema", "disk", "commits", "vacuum", "checksums", "role", "clock", "bodies"]) {
    assert.ok(checks.has(check), check);
  }
  assert.match((await of("role"))!.words, /SUPERUSER/);
  const other = `other_${Date.now()}`;
  await sql(`CREATE ROLE ${other} LOGIN`);
  const asOther = await of("role", { ...settings, store: url.replace("restante@", `${other}@`) });
  assert.match(asOther!.words, /may make no tables.*may not read and write/);

  await sql(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${other}; REVOKE ALL ON schema_version FROM ${other}`,
  );
  const unreadable = (await of("schema", { ...settings, store: url.replace("restante@", `${other}@`) }))!;
  assert.equal(unreadable.state, "fault");
  assert.match(unreadable.words, /it cannot be read: this role may not/);

  await sql("DROP INDEX message_by_local_id");
  assert.match((await of("schema"))!.words, /missing: message_by_local_id/);
  const day = partsNeeded(new Date()).get("chunk")![0]!;
  await sql(`CREATE UNLOGGED TABLE ${day} (LIKE chunk)`);
  assert.match((await of("unlogged"))!.words, new RegExp(`ALTER TABLE ${day} SET LOGGED`));
  assert.match((await of("parts"))!.words, new RegExp(`${day} belongs to no table`));
  await sql("DELETE FROM schema_version");
  assert.equal((await of("schema"))!.state, "fault");
  await sql(`ALTER ROLE ${role} SET default_transaction_isolation = 'repeatable read'`);
  assert.match((await of("transactions", ofOwner))!.words, /repeatable read/);
  await sql(`ALTER ROLE ${role} SET log_statement = 'all'`);
  const log = (await of("log", ofOwner))!;
  assert.equal(log.state, "warn");
  await sql(/ALTER ROLE [^;]+/.exec(log.words)![0]);
  assert.equal((await of("log", ofOwner))?.state, "ok");
});

test("what cannot be reached, or never answers, is a fault in words, and ends", { skip }, async (t) => {
  const silent = createServer(() => undefined);
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  atEnd(t, () => silent.close());
  const { port } = silent.address() as { port: number };
  const url = await postgres.createDatabase();
  for (const [store, says] of [
    ["postgres://restante@127.0.0.1:1/none", /nothing listens there; nothing else of PostgreSQL was checked$/],
    [url.replace(/\/test_\w+/, "/nowhere"), /there is no database of this name/],
    [`postgres://restante@127.0.0.1:${port}/none`, /it does not answer/],
  ] as const) {
    const [finding] = await examineStore({ ...shared, store }, systemClock);
    assert.equal(finding?.state, "fault");
    assert.match(finding.words, says);
  }
});
