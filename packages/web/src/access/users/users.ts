import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { Audit } from "../../audit/audit.ts";
import type { AuditAct } from "../../audit/entry.ts";
import { issuerName } from "../open-id/issuer-name.ts";
import { derivedKey } from "./derived-key.ts";
import { foldedName, parseName, parseRoles, parseSignInName } from "./names.ts";
import { base32 } from "./one-time-code.ts";
import { parseNewPassword, readPassword } from "./password-rules.ts";
import { createPasswords, type Derive } from "./passwords.ts";
import { createSecondFactors } from "./second-factors.ts";
import { type StoredUser, userFrom } from "./stored-user.ts";
import type { By, OpenIdIdentity, User, Users } from "./user.ts";
import { UsersError } from "./users-error.ts";

export interface UsersOptions {
  readonly audit: Pick<Audit, "recordWithin">;
  /** That of the audit: what is stored of passwords and second factors is of no use without it. */
  readonly secret: Uint8Array;
  /** Whose users they are: authenticators show it, and no password is made of it. */
  readonly organisation?: string;
  /** Signs a user out everywhere; called within a transaction, so it begins none. */
  readonly endSessions: (userId: string) => void;
  /** The machine's own clock, if absent. */
  readonly now?: () => Date;
  /** argon2id, if absent. */
  readonly derive?: Derive;
}

/** @param database of schema.ts, and of the audit's tables */
export function createUsers(database: DatabaseSync, options: UsersOptions): Users {
  const { audit, secret, organisation, endSessions, now = () => new Date(), derive } = options;
  const passwords = createPasswords(derivedKey(secret, "passwords"), derive);
  const statement = {
    find: database.prepare("SELECT * FROM user WHERE id = ?"),
    findByName: database.prepare("SELECT * FROM user WHERE sign_in_name = ?"),
    findByOpenId: database.prepare("SELECT * FROM user WHERE open_id_issuer = ? AND open_id_subject = ?"),
    list: database.prepare("SELECT * FROM user ORDER BY sign_in_name"),
    add: database.prepare(
      "INSERT INTO user (id, sign_in_name, name, roles, added_at, open_id_issuer, open_id_subject, password) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    change: database.prepare(
      "UPDATE user SET name = ?, roles = ?, disabled = ?, open_id_issuer = ?, open_id_subject = ? WHERE id = ?",
    ),
    setPassword: database.prepare("UPDATE user SET password = ? WHERE id = ?"),
    // Unless another has been set meanwhile.
    storeAnew: database.prepare("UPDATE user SET password = ? WHERE id = ? AND password = ?"),
    otherAdministrator: database.prepare(
      "SELECT 1 FROM user WHERE disabled = 0 AND id <> ? AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = 'administrator')",
    ),
  };
  const storedAt = (id: string): StoredUser | undefined => statement.find.get(id) as StoredUser | undefined;
  const storedAs = (folded: string): StoredUser | undefined =>
    statement.findByName.get(folded) as StoredUser | undefined;
  const asUser = (stored: StoredUser | undefined): User | undefined => stored && userFrom(stored);
  const findByOpenId = (issuer: string, subject: string): User | undefined =>
    asUser(statement.findByOpenId.get(issuerName(issuer), subject) as StoredUser | undefined);

  function existing(id: string): StoredUser {
    const stored = storedAt(id);
    if (stored === undefined) throw new UsersError("no-such-user", "There is no such user.");
    return stored;
  }

  function record(act: AuditAct, id: string, by: By, ...others: readonly string[]): void {
    audit.recordWithin({ ...by, act, outcome: "done", subjects: [`user:${id}`, ...others] });
  }

  function refuseTaken(openId: OpenIdIdentity | undefined, id: string): void {
    const other = openId && findByOpenId(openId.issuer, openId.subject);
    if (other === undefined || other.id === id) return;
    throw new UsersError("taken", `This identity of the sign-in service is that of ${other.signInName} already.`);
  }

  function newPassword(typed: string, { signInName, name }: Pick<User, "signInName" | "name">): string {
    return parseNewPassword(typed, [signInName, name, ...(organisation === undefined ? [] : [organisation])]);
  }

  return {
    find: (id) => asUser(storedAt(id)),
    findByName: (signInName) => asUser(storedAs(foldedName(signInName))),
    findByOpenId,
    list: () => (statement.list.all() as unknown as StoredUser[]).map(userFrom),

    async add({ password, ...given }, by) {
      const openId = given.openId && known(given.openId);
      const [signInName, name, roles] = [
        parseSignInName(given.signInName),
        parseName(given.name),
        parseRoles(given.roles),
      ];
      const toStore =
        password === undefined ? null : await passwords.toStore(newPassword(password, { signInName, name }));
      const id = newId();
      return inTransaction(database, () => {
        if (storedAs(signInName) !== undefined) {
          throw new UsersError("taken", `There is a user ${signInName} already.`);
        }
        refuseTaken(openId, id);
        const { issuer = null, subject = null } = openId ?? {};
        const said = JSON.stringify(roles);
        statement.add.run(id, signInName, name, said, now().toISOString(), issuer, subject, toStore);
        record("add-user", id, by, ...rolesAsSubjects(roles));
        return userFrom(existing(id));
      });
    },

    change(id, changes, by) {
      return inTransaction(database, () => {
        const before = userFrom(existing(id));
        const after: User = {
          ...before,
          ...changes,
          ...(changes.name !== undefined && { name: parseName(changes.name) }),
          // All of them are taken away where an issuer gave them, and does so no more.
          ...(changes.roles !== undefined && { roles: changes.roles.length === 0 ? [] : parseRoles(changes.roles) }),
          ...(changes.openId !== undefined && { openId: known(changes.openId) }),
        };
        if (JSON.stringify(after) === JSON.stringify(before)) return before;
        const isLast = isAdministrator(before) && !isAdministrator(after);
        if (isLast && statement.otherAdministrator.get(id) === undefined) {
          throw new UsersError(
            "last-administrator",
            `${before.signInName} is the last administrator: make somebody else one first.`,
          );
        }
        refuseTaken(changes.openId, id);
        const { name, roles, disabled, openId: { issuer = null, subject = null } = {} } = after;
        statement.change.run(name, JSON.stringify(roles), Number(disabled), issuer, subject, id);
        if (disabled) endSessions(id);
        record("change-user", id, by, ...rolesAsSubjects(roles), `state:${disabled ? "disabled" : "enabled"}`);
        return after;
      });
    },

    async setPassword(id, password, by, over) {
      const toStore = await passwords.toStore(newPassword(password, userFrom(existing(id))));
      return inTransaction(database, () => {
        const before = existing(id).password;
        if (over !== undefined && (before === null || markOf(before) !== over)) {
          throw new UsersError(
            "changed-meanwhile",
            "You have been given another password meanwhile: sign in with that.",
          );
        }
        statement.setPassword.run(toStore, id);
        endSessions(id);
        record("change-password", id, by);
        return markOf(toStore);
      });
    },

    async checkPassword(signInName, typed) {
      const stored = storedAs(foldedName(signInName));
      const password = readPassword(typed);
      // Of what can be nobody's password the same work is done too, and what is found out is not taken.
      const { isRight, storeAnew } = await passwords.check(password ?? "", stored?.password ?? undefined);
      if (!isRight || password === undefined || stored === undefined) return undefined;
      // While it was checked, they may have been disabled, or their password changed.
      const now = storedAt(stored.id);
      if (now === undefined || now.disabled !== 0 || now.password === null || now.password !== stored.password) {
        return undefined;
      }
      const isStoredAnew =
        storeAnew !== undefined && statement.storeAnew.run(storeAnew, now.id, now.password).changes > 0;
      return { ...userFrom(now), passwordMark: markOf(isStoredAnew ? storeAnew : now.password) };
    },

    passwordMark(id) {
      const { password } = existing(id);
      return password === null ? undefined : markOf(password);
    },

    ...createSecondFactors(database, {
      existing,
      record,
      endSessions,
      now,
      secret,
      issuer: organisation ?? "Restante",
    }),
  };
}

function markOf(storedPassword: string): string {
  return createHash("sha256").update(storedPassword).digest("base64url");
}

/** 60 bits: no two of a system's users are alike. */
function newId(): string {
  return `u-${base32(randomBytes(8)).slice(0, 12).toLowerCase()}`;
}

function known({ issuer, subject }: OpenIdIdentity): OpenIdIdentity {
  return { issuer: issuerName(issuer), subject };
}

function isAdministrator({ disabled, roles }: User): boolean {
  return !disabled && roles.includes("administrator");
}

function rolesAsSubjects(roles: readonly string[]): string[] {
  return roles.map((role) => `role:${role}`);
}
