import { type MailboxId, MeshError, parseMailboxId } from "@restante/mesh";
import { asRecord, asText, readJson } from "./answers.ts";
import { checkPathSegment, checkSignal, checkText } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";

export interface FoundMailbox {
  readonly mailboxId: MailboxId;
  readonly mailboxName: string;
}

/** MESH API, Look up MESH address: the mailboxes of an organisation that receive a workflow. None is an empty list. */
export async function lookup(
  connection: Connection,
  odsCode: string,
  workflowId: string,
  signal: AbortSignal | undefined,
): Promise<FoundMailbox[]> {
  checkPart("odsCode", odsCode);
  checkPart("workflowId", workflowId);
  return search(connection, { operation: "lookup", parts: ["endpointlookup", odsCode, workflowId] }, signal);
}

/** MESH API, Lookup by workflow: the mailboxes that receive a workflow. */
export async function workflowSearch(
  connection: Connection,
  workflowId: string,
  signal: AbortSignal | undefined,
): Promise<FoundMailbox[]> {
  checkPart("workflowId", workflowId);
  return search(connection, { operation: "workflowSearch", parts: ["workflowsearch", workflowId] }, signal);
}

function checkPart(field: string, value: unknown): void {
  checkText(field, value, { atLeast: 1, atMost: 300 });
  checkPathSegment(field, value);
}

async function search(
  connection: Connection,
  { operation, parts }: { readonly operation: "lookup" | "workflowSearch"; readonly parts: readonly string[] },
  signal: AbortSignal | undefined,
): Promise<FoundMailbox[]> {
  checkSignal(signal);
  const answer = await connection.request({
    operation,
    method: "GET",
    path: `/messageexchange/${parts.map((part) => encodeURIComponent(part)).join("/")}`,
    anonymous: true,
    repeatable: true,
    signal,
  });
  const results = asRecord(await readJson(answer))["results"];
  if (!Array.isArray(results)) {
    throw new MeshClientError("unexpected-answer", "The server's lookup answer has no results.");
  }
  return results.map((result) => {
    const fields = asRecord(result);
    return {
      mailboxId: readMailboxId(asText(fields["mailbox_id"]) ?? asText(fields["address"]) ?? ""),
      mailboxName: asText(fields["mailbox_name"]) ?? asText(fields["description"]) ?? "",
    };
  });
}

/** A lookup with a mailbox that nobody can send to is not answered: the others may not be the ones that are meant. */
function readMailboxId(text: string): MailboxId {
  try {
    return parseMailboxId(text);
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    throw new MeshClientError("unexpected-answer", "The server's lookup answer names a mailbox that cannot be one.");
  }
}
