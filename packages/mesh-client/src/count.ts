import { asRecord, readJson } from "./answers.ts";
import { checkSignal } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";

export interface InboxCount {
  readonly count: number;
  /** False if the server counted only a part. Told in version 1 alone. */
  readonly allResultsIncluded?: boolean;
}

/** MESH API, Check an inbox count: how many messages wait to be downloaded. Deprecated there: `list` needs no count. */
export async function count(connection: Connection, signal: AbortSignal | undefined): Promise<InboxCount> {
  checkSignal(signal);
  const answer = await connection.request({
    operation: "count",
    method: "GET",
    path: `${connection.mailboxPath}/count`,
    repeatable: true,
    signal,
  });
  const { count: found, allResultsIncluded } = asRecord(await readJson(answer));
  if (typeof found !== "number" || !Number.isSafeInteger(found) || found < 0) {
    throw new MeshClientError("unexpected-answer", "The server's count is no number of messages.");
  }
  return { count: found, ...(typeof allResultsIncluded === "boolean" ? { allResultsIncluded } : {}) };
}
