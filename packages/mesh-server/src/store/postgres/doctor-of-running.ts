// How a PostgreSQL runs, as a doctor looks at it (doctor.ts): what is set, and what holds it back.

import type { ActivityFacts, NodesFacts, RoleFacts, SettingFacts, Unread } from "./facts.ts";
import { fault, type Finding, ok, warn, worst } from "./finding.ts";

/** PostgreSQL's code. */
export const LOCKED = "55P03";
const MINUTE = 60;
const GIB = 1024 ** 3;
/** Of 2,100 million, beyond which PostgreSQL takes nothing. */
const MOST_AGE = 1_000_000_000;

export function ofDisk(settings: SettingFacts): Finding {
  const off = ["fsync", "full_page_writes"].filter((name) => settings[name] === "off");
  const on = ["zero_damaged_pages", "ignore_checksum_failure"].filter((name) => settings[name] === "on");
  return worst(
    "disk",
    [
      ...off.map((name) => `${name} is off: what was accepted may be lost with the power: turn it on`),
      ...on.map((name) => `${name} is on: damage is passed over without a word: turn it off`),
    ],
    [],
    "fsync and full_page_writes are on",
  );
}

/** Each transaction of ours sets synchronous_commit to on, whatever a role or a database has. */
export function ofCommits(settings: SettingFacts, { standbys, synchronousStandbys }: ActivityFacts): Finding {
  const asked = synchronousAsked(settings["synchronous_standby_names"] ?? "");
  const isSynchronous = asked > 0;
  const commit = settings["synchronous_commit"] ?? "on";
  if (synchronousStandbys < asked) {
    const seen = synchronousStandbys === 0 ? "none" : String(synchronousStandbys);
    return fault(
      "commits",
      `synchronous_standby_names asks for ${asked} of the standbys it names, and ${seen} is seen: each commit waits until they come (or this role may not see them: GRANT pg_monitor)`,
    );
  }
  return worst(
    "commits",
    [],
    [
      ...(!isSynchronous && standbys > 0
        ? [
            "its standbys are not synchronous: what was accepted last is lost in a failover: set synchronous_standby_names",
          ]
        : []),
      ...(commit === "remote_apply"
        ? [
            "synchronous_commit is remote_apply, and a node commits with on: it waits for the disk of a standby, not for what that shows",
          ]
        : []),
    ],
    isSynchronous ? `on disk here and on ${synchronousStandbys} of its standbys` : "on disk here; there is no standby",
  );
}

/** How many standbys each commit waits for: `FIRST 2 (one, two)`, `ANY 2 (...)`, `2 (...)`; of a list alone for one. */
function synchronousAsked(names: string): number {
  if (names.trim() === "") return 0;
  const [, many = "1"] = /^\s*(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(/i.exec(names) ?? [];
  return Number(many);
}

export function ofTransactions(settings: SettingFacts): Finding {
  const isolation = settings["default_transaction_isolation"] ?? "read committed";
  const within = (name: string, atLeastMs: number): string[] => {
    const set = Number(settings[name] ?? 0);
    return set > 0 && set < atLeastMs
      ? [`${name} is ${set} ms, shorter than a large group may take: set it to ${atLeastMs} or 0`]
      : [];
  };
  return worst(
    "transactions",
    settings["default_transaction_read_only"] === "on"
      ? ["default_transaction_read_only is on: nothing can be written: turn it off for this role and database"]
      : [],
    [
      ...(isolation === "read committed" || isolation === "read uncommitted"
        ? []
        : [
            `default_transaction_isolation is ${isolation}: reads may fail for what others write: set read committed for this role`,
          ]),
      ...within("statement_timeout", 20_000),
      ...within("transaction_timeout", 60_000),
    ],
    `${isolation}, no time-out that is too short`,
  );
}

export function ofConnections(
  settings: SettingFacts,
  role: RoleFacts,
  activity: ActivityFacts,
  nodes: NodesFacts | null,
  { connections }: { readonly connections: number },
): Finding {
  const number = (name: string): number => Number(settings[name] ?? 0);
  const reserved = number("superuser_reserved_connections") + number("reserved_connections");
  const room = Math.min(number("max_connections") - reserved, role.mayConnect);
  const count = Math.max(1, nodes?.running.length ?? 0);
  const words = `${count} ${count === 1 ? "node" : "nodes"} may take ${count * connections} of ${room} connections`;
  if (connections > room) return fault("connections", `${words}: lower storeConnections, or raise max_connections`);
  if (count * connections > room)
    return warn("connections", `${words}: lower storeConnections, or raise max_connections`);
  const open = activity.connections;
  return ok("connections", `${words}; ${open} ${open === 1 ? "is" : "are"} open`);
}

export function ofVacuum(settings: SettingFacts, { transactionAge }: ActivityFacts): Finding {
  return worst(
    "vacuum",
    [
      ...(settings["autovacuum"] === "off" || settings["track_counts"] === "off"
        ? ["autovacuum or track_counts is off: tables grow, and become slow: turn both on"]
        : []),
      ...(transactionAge > MOST_AGE
        ? [
            `the oldest row is ${Math.round(transactionAge / 1e6)} million transactions old, and PostgreSQL stops at 2,100: VACUUM the database, and see what holds it back`,
          ]
        : []),
    ],
    [],
    "autovacuum is on, and keeps up",
  );
}

export function ofChecksums(settings: SettingFacts): Finding {
  return settings["data_checksums"] === "off"
    ? warn(
        "checksums",
        "data_checksums is off: damage on the disk is not noticed: pg_checksums --enable, while PostgreSQL is stopped",
      )
    : ok("checksums", "data_checksums is on");
}

/** Whether PostgreSQL writes values into its log: of messages, in which patients' details are. */
export function ofLog(settings: SettingFacts, { name }: Pick<RoleFacts, "name">): Finding {
  const isOn = (setting: string): boolean => Number(settings[setting] ?? -1) >= 0;
  const logsStatements =
    ["mod", "all"].includes(settings["log_statement"] ?? "none") ||
    isOn("log_min_duration_statement") ||
    isOn("log_min_duration_sample") ||
    Number(settings["log_transaction_sample_rate"] ?? 0) > 0;
  const toSet = [
    ...(logsStatements && settings["log_parameter_max_length"] !== "0" ? ["log_parameter_max_length = 0"] : []),
    ...((settings["log_parameter_max_length_on_error"] ?? "0") === "0"
      ? []
      : ["log_parameter_max_length_on_error = 0"]),
    // A plan shows values whatever is said of parameters.
    ...(isOn("auto_explain.log_min_duration") ? ["auto_explain.log_min_duration = -1"] : []),
  ];
  return toSet.length === 0
    ? ok("log", "it has no values of statements")
    : warn(
        "log",
        `PostgreSQL writes values of statements into its log, and patients' details with them: as a superuser, ${toSet.map((setting) => `ALTER ROLE ${name} SET ${setting}`).join("; ")}; then restart the nodes`,
      );
}

/** What waits for an archive is kept. */
export function ofArchive({ unarchived }: ActivityFacts): Finding {
  return unarchived === undefined
    ? ok("archive", "no WAL waits for it")
    : warn(
        "archive",
        `archive_command, or its library, fails (${unarchived}): all WAL since is kept, until the disk is full, and is in no backup: PostgreSQL's log says why; of a copy that needs none, set archive_mode to off`,
      );
}

/** What keeps rows that are gone from being cleared away, or WAL from being removed; or has locked what is unread. */
export function ofWhatHolds(
  { seesOthers, openTransactions, prepared, slots }: ActivityFacts,
  unread: readonly Unread[],
): Finding[] {
  const isLocked = unread.some(({ code }) => code === LOCKED);
  const long = openTransactions.filter(({ seconds }) => isLocked || seconds > 10 * MINUTE);
  const lost = slots.filter(({ state }) => state === "lost" || state === "unreserved");
  const holding = slots.filter(({ isActive, bytes, holdsRows }) => !isActive && (bytes > GIB || holdsRows));
  return [
    long.length === 0
      ? seesOthers
        ? ok("open transactions", "none for long")
        : warn("open transactions", "this role may not see those of others: as a superuser, GRANT pg_monitor to it")
      : warn(
          "open transactions",
          `they hold back what clears tables${isLocked ? ", or what could not be read" : ""}: ${long.map(({ pid, program, seconds }) => `process ${pid} (${program === "" ? "no name" : program}) for ${ageOf(seconds)}`).join(", ")}: end them, or SELECT pg_terminate_backend(PROCESS)`,
        ),
    prepared.every(({ seconds }) => seconds <= 10 * MINUTE)
      ? ok("prepared transactions", "none for long")
      : warn(
          "prepared transactions",
          `they hold back what clears tables: ${prepared.map(({ name }) => name).join(", ")}: COMMIT PREPARED or ROLLBACK PREPARED, whose program is not Restante`,
        ),
    lost.length + holding.length === 0
      ? ok("replication slots", "none that holds much")
      : warn(
          "replication slots",
          [
            ...holding.map(
              ({ name, bytes }) =>
                `${name} is used by nobody and holds ${(bytes / GIB).toFixed(1)} GiB of WAL, and rows`,
            ),
            ...lost.map(({ name }) => `${name} has lost what it needs`),
          ].join("; ") + ": start what reads them, or SELECT pg_drop_replication_slot(NAME), before the disk is full",
        ),
  ];
}

function ageOf(seconds: number): string {
  return seconds < 2 * MINUTE ? `${seconds} seconds` : `${Math.round(seconds / MINUTE)} minutes`;
}
