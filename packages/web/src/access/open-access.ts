import { existsSync } from "node:fs";
import { join } from "node:path";
import { asDurableError, DurableError, makeFolders, openDatabase } from "@restante/durable";
import { type Audit, createAudit } from "../audit/audit.ts";
import { auditKey } from "../audit/audit-key.ts";
import { auditRemoval, auditTables } from "../audit/schema.ts";
import { type Attempts, createAttempts } from "./sessions/attempts.ts";
import { createDevices, type Devices } from "./sessions/devices.ts";
import { sessionBrowsers, sessionTables, sessionWays } from "./sessions/schema.ts";
import { createSessions, type Sessions, type SessionTimes } from "./sessions/sessions.ts";
import { tokenTables } from "./tokens/schema.ts";
import type { Tokens } from "./tokens/token.ts";
import { createTokens } from "./tokens/tokens.ts";
import { derivedKey } from "./users/derived-key.ts";
import { userTables } from "./users/schema.ts";
import { isSameSecret } from "./users/secret-proof.ts";
import type { Users } from "./users/user.ts";
import { createUsers } from "./users/users.ts";

export interface AccessOptions {
  /** Where `access.sqlite` is, or is made. */
  readonly folder: string;
  /** The secret of the audit; absent: `audit.key` beside the database. */
  readonly auditKeyFile?: string;
  /** The name of whose users they are: authenticators show it, and no password is made of it. */
  readonly organisation?: string;
  /** How long a person stays signed in. */
  readonly times?: SessionTimes;
  /** The machine's own clock, if absent. */
  readonly now?: () => Date;
  /** Refused where there is none: who looks at an audit must not begin one. */
  readonly mustExist?: true;
}

/** Who may come in, and what they saw and did. */
export interface Access extends Disposable {
  readonly audit: Audit;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly devices: Devices;
  readonly tokens: Tokens;
}

const migrations: readonly string[] = [
  auditTables,
  userTables,
  sessionTables,
  sessionBrowsers,
  sessionWays,
  auditRemoval,
  tokenTables,
];

/**
 * Opens the database of who may come in and who did what, making it first. Several processes may have it open.
 *
 * The database and the secret of its audit belong together: where one of them was there before and is gone, the other is refused,
 * since what was written down is lost, or cannot be seen to be whole.
 *
 * @throws {DurableError} `damaged`, `too-new`, `not-private`, `disk-full`, `not-permitted`, `unusable`
 */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { folder, auditKeyFile, organisation, times, now, mustExist } = options;
  const file = join(folder, "access.sqlite");
  const keyFile = auditKeyFile ?? join(folder, "audit.key");
  const missing = (found: string): DurableError =>
    lost(file, `it is ${found}, but the secret of its audit is there (${keyFile})`);
  if (mustExist === true && !existsSync(file)) {
    // To say that there never was one would be what somebody wants who took it away.
    if (existsSync(keyFile)) throw missing("missing");
    throw new DurableError(
      "unusable",
      file,
      "there is no audit here: it begins when pages are first served, so if they were it is gone",
      {
        retry: "never",
      },
    );
  }
  try {
    makeFolders(folder);
  } catch (error) {
    throw asDurableError(error, folder);
  }
  const database = openDatabase(file, {
    migrations,
    // Rows that are removed are overwritten.
    pragmas: "PRAGMA secure_delete = ON",
    beforeMaking(found) {
      if (existsSync(keyFile)) throw missing(found);
    },
  });
  try {
    // The database first: killed in between, it is there without a row, and the secret is made at the next start.
    if (!existsSync(keyFile) && database.prepare("SELECT 1 FROM audit LIMIT 1").get() !== undefined) {
      throw lost(keyFile, `the secret of the audit in ${file} is missing`);
    }
    const secret = await auditKey(keyFile);
    if (!isSameSecret(database, secret)) throw lost(keyFile, `it is not the one under which ${file} was written`);
    const audit = createAudit(database, secret, now);
    const users = createUsers(database, {
      audit,
      secret,
      endSessions: (userId) => sessions.endWithin(userId),
      ...(organisation !== undefined && { organisation }),
      ...(now !== undefined && { now }),
    });
    const sessions = createSessions(database, users, audit, times, now);
    return {
      audit,
      users,
      sessions,
      attempts: createAttempts(database, derivedKey(secret, "attempts"), now),
      devices: createDevices(derivedKey(secret, "devices")),
      tokens: createTokens(database, audit, now),
      [Symbol.dispose]() {
        if (database.isOpen) database.close();
      },
    };
  } catch (error) {
    database.close();
    throw isOfTables(error) ? changed(file, error) : asDurableError(error, keyFile);
  }
}

/** Of what is asked of the database here nothing is wrong by itself: SQLite's "error" is a table that is gone, or another. */
function isOfTables(error: unknown): boolean {
  return Error.isError(error) && "errcode" in error && error.errcode === 1;
}

function changed(path: string, cause: unknown): DurableError {
  return new DurableError(
    "damaged",
    path,
    "its tables are not as they were made: somebody changed them: put back a copy",
    {
      retry: "never",
      cause,
    },
  );
}

function lost(path: string, what: string): DurableError {
  return new DurableError("damaged", path, `${what}: put back a copy of it, or move both away to begin a new audit`, {
    retry: "never",
  });
}
