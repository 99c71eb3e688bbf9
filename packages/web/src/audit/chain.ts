import { createHmac } from "node:crypto";
import type { AuditRow } from "./entry.ts";

/** Before the first row. */
export const beginning: Uint8Array = new Uint8Array(32);

/**
 * What a row is sealed with: HMAC-SHA256 under the secret, over the seal of the row before and all that this one says. Whoever
 * has the database and not the secret can change, take out or put in no row without every seal behind it being wrong; only the
 * end can be cut off, and what was there is in the log, where the last seal is written each hour.
 */
export function seal(key: Uint8Array, before: Uint8Array, row: AuditRow): Buffer {
  const { sequence, at, actor, session, source, act, outcome, subjects } = row;
  const said = JSON.stringify([sequence, at.toISOString(), actor, session ?? null, source, act, outcome, subjects]);
  return createHmac("sha256", key).update(before).update(said).digest();
}
