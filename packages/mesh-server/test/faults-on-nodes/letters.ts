import { addressOf, testMailboxes, testPatients, testWorkflow } from "@restante/testbed";

import type { Random } from "../../fuzz/random.ts";

export const senders: readonly string[] = ["LANE1", "LANE2", "LANE3", "LANE4", "LANE5"];
/** Two are emptied by many, one by nobody, one is closed. */
export const inboxes = { busy: "BUSY", other: "OTHER", full: "FULL", closed: "CLOSED" } as const;
export const allMailboxes: readonly string[] = [...senders, ...Object.values(inboxes), testMailboxes.practice];

/** So many wait in a mailbox at most. */
export const MOST_WAITING = 40;
const SMALL = 300;
/** Beyond the size up to which a body is kept in its row. */
const LARGE = 100_000;

export interface Letter {
  readonly localId: string;
  readonly headers: { readonly to: string; readonly workflowId: string };
  /** Absent: it cannot be routed. */
  readonly to?: string;
  readonly isDirect: boolean;
  readonly chunks: number;
}

type Kind = "small" | "large" | "chunks" | "large chunks" | "routed" | "unroutable" | "full" | "closed";
const kinds: readonly Kind[] = [
  ...(["small", "small", "small", "small", "large", "large", "chunks", "large chunks"] as const),
  ...(["routed", "routed", "unroutable", "unroutable", "full", "full", "full", "full", "closed"] as const),
];

export function drawLetter(random: Random, sender: string, turn: number): Letter {
  const kind = random.pick(kinds);
  const size = kind === "large" || kind === "large chunks" ? LARGE : SMALL;
  const localId = `${sender}.${turn}.${size}`;
  const chunks = kind === "chunks" || kind === "large chunks" ? 2 + random.below(2) : 1;
  if (kind === "routed" || kind === "unroutable") {
    const headers = {
      to: addressOf(kind === "routed" ? testPatients.accented : testPatients.withoutPractice),
      workflowId: "GPFED_CONSULT_REPORT",
    };
    return { localId, headers, ...(kind === "routed" && { to: testMailboxes.practice }), isDirect: false, chunks };
  }
  const to = kind === "full" || kind === "closed" ? inboxes[kind] : random.pick([inboxes.busy, inboxes.other]);
  return { localId, headers: { to, workflowId: testWorkflow }, to, isDirect: true, chunks };
}

/** What is sent under a local id says so all through. Its chunks, one after the other, are all of the size that the id tells. */
export function chunkOf(localId: string): Buffer {
  return Buffer.alloc(Number(localId.split(".").at(-1)), `${localId} `);
}

export function isWhole(localId: string, body: Buffer): boolean {
  const chunk = chunkOf(localId);
  const chunks = body.length / chunk.length;
  return (
    Number.isInteger(chunks) && chunks > 0 && body.equals(Buffer.concat(Array.from({ length: chunks }, () => chunk)))
  );
}
