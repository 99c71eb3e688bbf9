import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AuditEntry } from "../../src/index.ts";
import { createAudit } from "../../src/audit/audit.ts";
import { auditKey } from "../../src/audit/audit-key.ts";

/** Writes many rows into the audit of a folder, without waiting for the disk at each. */
export async function fillAudit(folder: string, entries: Iterable<AuditEntry>): Promise<void> {
  const database = new DatabaseSync(join(folder, "access.sqlite"));
  try {
    database.exec("PRAGMA synchronous = OFF");
    const audit = createAudit(database, await auditKey(join(folder, "audit.key")));
    for (const entry of entries) audit.record(entry);
  } finally {
    database.close();
  }
}
