import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { Audit } from "../../audit/audit.ts";
import { isSameBytes } from "../../same-bytes.ts";
import { type Role, roles } from "../rights.ts";
import { base32 } from "../users/one-time-code.ts";
import { UsersError } from "../users/users-error.ts";
import type { Token, Tokens } from "./token.ts";

/** So many days at most: nobody knows any more who has one that is older. */
export const mostDays = 3650;

interface Stored {
  id: string;
  name: string;
  roles: string;
  digest: Uint8Array;
  added_at: string;
  ends_at: string;
  revoked_at: string | null;
  used_at: string | null;
}

const dayMs = 86_400_000;
/** A use is written down so often at most. */
const noteEveryMs = 3_600_000;
/** As an audit names it: no letters that look alike, nor what must be written otherwise in an address. */
const nameForm = /^[a-z0-9][a-z0-9._-]{0,39}$/;
const secretForm = /^restante_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/;

/** @param database of schema.ts, and of the audit's tables */
export function createTokens(
  database: DatabaseSync,
  audit: Pick<Audit, "recordWithin">,
  now: () => Date = () => new Date(),
): Tokens {
  const byId = database.prepare("SELECT * FROM token WHERE id = ?");
  const byName = database.prepare("SELECT * FROM token WHERE name = ?");
  const all = database.prepare("SELECT * FROM token ORDER BY name");
  const insert = database.prepare(
    "INSERT INTO token (id, name, roles, digest, added_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const setRevoked = database.prepare("UPDATE token SET revoked_at = ? WHERE name = ?");
  const setUsed = database.prepare("UPDATE token SET used_at = ? WHERE id = ?");
  const find = (name: string): Token | undefined => {
    const stored = byName.get(name) as Stored | undefined;
    return stored && tokenFrom(stored);
  };

  function noteUse({ id, used_at }: Stored): void {
    const time = now();
    if (used_at !== null && Math.abs(time.getTime() - Date.parse(used_at)) < noteEveryMs) return;
    try {
      setUsed.run(time.toISOString(), id);
    } catch {
      // What is asked for has to be written down too, and is told where it cannot be.
    }
  }

  return {
    add({ name, roles: given, days }, by) {
      if (!nameForm.test(name)) {
        throw new UsersError(
          "name-refused",
          "The name of a token is 1 to 40 small letters, digits and . _ -, and begins with a letter or a digit.",
        );
      }
      const held = parseRoles(given);
      if (!Number.isInteger(days) || days < 1 || days > mostDays) {
        throw new UsersError("days-refused", `A token is good for 1 to ${mostDays.toLocaleString("en-GB")} days.`);
      }
      const id = base32(randomBytes(8)).slice(0, 12).toLowerCase();
      const secret = `restante_${id}_${randomBytes(32).toString("base64url")}`;
      const at = now();
      return inTransaction(database, () => {
        if (find(name) !== undefined) {
          throw new UsersError(
            "taken",
            `There is a token ${name} already, or was: the audit knows it by that. Choose another name.`,
          );
        }
        const ends = new Date(at.getTime() + days * dayMs);
        insert.run(id, name, JSON.stringify(held), digestOf(secret), at.toISOString(), ends.toISOString());
        audit.recordWithin({
          ...by,
          act: "add-token",
          outcome: "done",
          subjects: [`token:${name}`, ...held.map((role) => `role:${role}`)],
        });
        return { token: { id, name, roles: held, addedAt: at, endsAt: ends }, secret };
      });
    },
    list: () => (all.all() as unknown as Stored[]).map(tokenFrom),
    find,
    revoke(name, by) {
      return inTransaction(database, () => {
        const token = find(name);
        if (token === undefined) throw new UsersError("no-such-token", "There is no such token.");
        if (token.revokedAt !== undefined) return token;
        const revokedAt = now();
        setRevoked.run(revokedAt.toISOString(), name);
        audit.recordWithin({ ...by, act: "revoke-token", outcome: "done", subjects: [`token:${name}`] });
        return { ...token, revokedAt };
      });
    },
    check(secret) {
      const [, id = ""] = secretForm.exec(secret) ?? [];
      const stored = byId.get(id) as Stored | undefined;
      // The same work whether there is such a token or not.
      const isIts = isSameBytes(stored?.digest ?? nobodys, digestOf(secret));
      if (stored === undefined) return { good: false, why: "wrong" };
      const token = tokenFrom(stored);
      if (!isIts) return { good: false, why: "wrong", token };
      if (token.revokedAt !== undefined) return { good: false, why: "revoked", token };
      if (token.endsAt <= now()) return { good: false, why: "ended", token };
      noteUse(stored);
      return { good: true, token };
    },
  };
}

/** No text has it that anybody knows. */
const nobodys = randomBytes(32);

function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

function parseRoles(given: readonly Role[]): readonly Role[] {
  const held = roles.filter((role) => given.includes(role));
  if (held.length > 0 && given.every((role) => roles.includes(role))) return held;
  throw new UsersError("roles-refused", `A token has one role at least, of these: ${roles.join(", ")}.`);
}

function tokenFrom({ id, name, roles: held, added_at, ends_at, revoked_at, used_at }: Stored): Token {
  return {
    id,
    name,
    roles: JSON.parse(held) as Role[],
    addedAt: new Date(added_at),
    endsAt: new Date(ends_at),
    ...(revoked_at !== null && { revokedAt: new Date(revoked_at) }),
    ...(used_at !== null && { lastUsedAt: new Date(used_at) }),
  };
}
