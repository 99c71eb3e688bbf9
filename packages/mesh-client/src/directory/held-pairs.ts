import { join } from "node:path";
import { findFolders } from "./folders.ts";
import { createOutFolder, type Sighting } from "./out-folder.ts";
import { readPairControl } from "./pair-control.ts";
import { openPair } from "./pair-files.ts";
import { shortName } from "./pair-name.ts";
import type { HeldRow } from "./status-file.ts";
import { parseMailboxId } from "@restante/mesh";

/**
 * All that is known of a pair that is held, for whoever decides about it. May name a patient: for a screen, never for a log.
 */
export interface HeldDetails {
  /** SHA-256 of the base name: how the journal knows it. */
  readonly key: string;
  /** How events name it. */
  readonly pair: string;
  readonly baseName: string;
  /** Paths of its files in OUT. */
  readonly files: readonly string[];
  /** Of the data. */
  readonly bytes: number;
  readonly to: string | undefined;
  readonly workflowId: string | undefined;
  readonly localId: string | undefined;
  /** `doubtful`: MESH is asked about it at each poll, and has not answered so that it could be told. */
  readonly state: "held" | "doubtful";
  /** Since when it is. */
  readonly since: Date;
  /** When its last attempt began. */
  readonly startedAt: Date | undefined;
  /** How many attempts may have reached MESH. */
  readonly attempts: number;
  /** Why it cannot be told whether it arrived; undefined of one that an older version has held. */
  readonly reason: string | undefined;
  /** Of an upload in chunks: the message that was begun. */
  readonly messageId: string | undefined;
}

/** Those of the rows of which the files are in OUT as they were, in the order of OUT. */
export async function describeHeld(
  folder: string,
  mailboxId: string,
  rows: readonly HeldRow[],
): Promise<HeldDetails[]> {
  const { out } = await findFolders(folder);
  const byKey = new Map(rows.map((row) => [row.pair, row]));
  const found: HeldDetails[] = [];
  for (const sighting of await createOutFolder(out, 0).look()) {
    const row = byKey.get(sighting.key);
    if (row === undefined || row.fingerprint !== sighting.fingerprint) continue;
    found.push(await describe(out, mailboxId, sighting, row));
  }
  return found;
}

async function describe(out: string, mailboxId: string, sighting: Sighting, row: HeldRow): Promise<HeldDetails> {
  await using opened = await openPair(out, sighting);
  const read =
    opened.state === "open" ? readPairControl(opened.controlBytes, parseMailboxId(mailboxId)) : { problem: undefined };
  const control = "control" in read ? read.control : read.problem?.control;
  const { key, base, data } = sighting;
  return {
    key,
    pair: shortName(key),
    baseName: base,
    files: [data, sighting.control].flatMap((file) => (file === undefined ? [] : [join(out, file.name)])),
    bytes: data?.bytes ?? 0,
    to: control?.to,
    workflowId: control?.workflowId,
    localId: control?.localId,
    state: row.state === "held" ? "held" : "doubtful",
    since: new Date(row.since),
    startedAt: row.startedAt === null ? undefined : new Date(row.startedAt),
    attempts: row.attempts,
    reason: row.reason ?? undefined,
    messageId: row.messageId ?? undefined,
  };
}
