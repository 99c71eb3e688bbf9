import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import { derivedKey } from "./derived-key.ts";
import { base32, newSecret, stepOfCode, uriOf } from "./one-time-code.ts";
import { opened, sealed } from "./sealed.ts";
import type { StoredUser } from "./stored-user.ts";
import type { By, Users } from "./user.ts";

/** To scan a code and type six digits. */
const begunForMs = 15 * 60_000;

interface Surroundings {
  readonly existing: (id: string) => StoredUser;
  readonly record: (act: "second-factor", id: string, by: By, state: string) => void;
  /** As a part of the transaction. */
  readonly endSessions: (id: string) => void;
  readonly now: () => Date;
  readonly secret: Uint8Array;
  /** What an authenticator shows beside the sign-in name. */
  readonly issuer: string;
}

type SecondFactors = Pick<
  Users,
  "beginSecondFactor" | "confirmSecondFactor" | "checkSecondFactor" | "removeSecondFactor"
>;

/** What shows that somebody has their telephone with them: codes of one time, made there and here of one secret. */
export function createSecondFactors(
  database: DatabaseSync,
  { existing, record, endSessions, now, secret, issuer }: Surroundings,
): SecondFactors {
  const key = derivedKey(secret, "second factors");
  const begin = database.prepare("UPDATE user SET second_factor_begun = ?, second_factor_begun_at = ? WHERE id = ?");
  const confirm = database.prepare(
    "UPDATE user SET second_factor = second_factor_begun, second_factor_step = ?, second_factor_begun = NULL, second_factor_begun_at = NULL WHERE id = ?",
  );
  const take = database.prepare("UPDATE user SET second_factor_step = ? WHERE id = ?");
  const remove = database.prepare(
    "UPDATE user SET second_factor = NULL, second_factor_step = NULL, second_factor_begun = NULL, second_factor_begun_at = NULL WHERE id = ?",
  );
  return {
    beginSecondFactor(id) {
      const { sign_in_name: signInName } = existing(id);
      const made = newSecret();
      begin.run(sealed(key, made, id), now().toISOString(), id);
      return { secret: base32(made), uri: uriOf(made, issuer, signInName) };
    },
    confirmSecondFactor(id, code, by) {
      return inTransaction(database, () => {
        const { second_factor_begun: begun, second_factor_begun_at: at } = existing(id);
        if (begun === null || at === null || Math.abs(now().getTime() - Date.parse(at)) > begunForMs) return false;
        const step = stepOfCode(opened(key, begun, id), code, now());
        if (step === undefined) return false;
        confirm.run(step, id);
        endSessions(id);
        record("second-factor", id, by, "state:on");
        return true;
      });
    },
    checkSecondFactor(id, code) {
      return inTransaction(database, () => {
        const { second_factor: factor, second_factor_step: last, disabled } = existing(id);
        if (factor === null || disabled !== 0) return false;
        const step = stepOfCode(opened(key, factor, id), code, now());
        // Nor one before the last: whoever looked over a shoulder has that too. A clock that was set back waits for its owner.
        if (step === undefined || step <= (last ?? 0)) return false;
        take.run(step, id);
        return true;
      });
    },
    removeSecondFactor(id, by) {
      inTransaction(database, () => {
        if (existing(id).second_factor === null) return;
        remove.run(id);
        record("second-factor", id, by, "state:off");
      });
    },
  };
}
