import { join } from "node:path";
import { openDatabase } from "@restante/durable";
import { createAudit, type Audit } from "../../../src/audit/audit.ts";
import { auditRemoval, auditTables } from "../../../src/audit/schema.ts";
import type { Derive } from "../../../src/access/users/passwords.ts";
import { userTables } from "../../../src/access/users/schema.ts";
import { createUsers, type UsersOptions } from "../../../src/access/users/users.ts";
import type { AuditRow, By, Users } from "../../../src/index.ts";

export const by: By = { actor: "this-computer", source: "command" };

export const phrase = "three blind dormice";

/** Any work that tells one password, salt and cost from another: for tests in which the real work is not what matters. */
export const cheap: Derive = async ({ password, salt, memory, passes }) =>
  Buffer.from(
    await crypto.subtle.digest("SHA-256", Buffer.from(JSON.stringify([password, [...salt], memory, passes]))),
  );

export interface OpenUsers extends Disposable {
  readonly users: Users;
  readonly audit: Audit;
  readonly folder: string;
  /** What the audit has, oldest first, without the ids of users. */
  readonly rows: () => string[];
}

export interface OpenOptions extends Partial<UsersOptions> {
  /** Stands before the writing of each row. */
  record?: (row: () => AuditRow) => AuditRow;
}

/** In a real database, with a clock and a work of their own where these are given. */
export function usersIn(folder: string, { record = (row) => row(), ...options }: OpenOptions = {}): OpenUsers {
  const database = openDatabase(join(folder, "access.sqlite"), { migrations: [auditTables, userTables, auditRemoval] });
  const secret = Buffer.alloc(32, 7);
  const audit = createAudit(database, secret);
  const users = createUsers(database, {
    audit: { recordWithin: (entry) => record(() => audit.recordWithin(entry)) },
    secret,
    endSessions: () => undefined,
    derive: cheap,
    ...options,
  });
  const rows = (): string[] =>
    audit
      .find({ limit: 1000 })
      .rows.map(({ act, outcome, actor, source, subjects }) =>
        [act, outcome, actor, source, ...subjects.slice(1)].join(" "),
      )
      .toReversed();
  return { users, audit, folder, rows, [Symbol.dispose]: () => database.close() };
}
