import { join } from "node:path";
import { exists, findHolder } from "@restante/durable";
import type { Emit, HeldVerdict } from "@restante/mesh";
import { createMeshClient, MeshClientError } from "@restante/mesh-client";
import {
  askToDecide,
  createDirectoryClient,
  describeHeld,
  type HeldDetails,
  type HeldOutcome,
  readStatus,
} from "@restante/mesh-client/directory";
import { carryingOf } from "../config/carrying-properties.ts";
import type { ClientFile, ClientMailbox } from "../config/client-file.ts";
import { CliError } from "../errors.ts";

/** The held pairs of one mailbox, and who takes what is decided about them: its client, or this process where none runs. */
export interface HeldSource {
  readonly mailboxId: string;
  readonly pairs: readonly HeldDetails[];
  /** The outcome of each, in their order. Throws why nothing was done. */
  readonly decide: (verdict: HeldVerdict, pairs: readonly string[], by: string) => Promise<readonly HeldOutcome[]>;
}

export async function openHeld(
  file: ClientFile,
  mailbox: ClientMailbox,
  { closing, emit, signal }: { closing: AsyncDisposableStack; emit: Emit; signal: AbortSignal },
): Promise<HeldSource> {
  const { mailboxId, folder } = mailbox;
  const hidden = join(folder, ".restante");
  // A client would make what is not there: whoever mistyped a folder is to hear of it.
  if (!(await exists(hidden))) {
    throw new CliError("folder-unusable", `no client has worked on ${folder} yet: is that the mailbox's folder?`);
  }
  if ((await findHolder(hidden, "client")) === undefined) {
    const alone = await openAlone(file, mailbox, { closing, emit });
    if (alone !== undefined) return alone;
  }
  const found = await readStatus(folder);
  if (found.is !== "read" || found.status.lastPoll === undefined) {
    throw new CliError(
      "not-answered",
      `${mailboxId}: its client runs, and has not said yet what it holds: try again after its next poll`,
    );
  }
  return {
    mailboxId,
    pairs: await describeHeld(folder, mailboxId, [...found.status.held, ...found.status.doubtful]),
    async decide(verdict, pairs, by) {
      const answer = await askToDecide(folder, { verdict, pairs, by }, { signal });
      switch (answer.is) {
        case "answered":
          return answer.outcomes;
        case "refused":
          throw new CliError("not-answered", `${mailboxId}: its client did nothing: ${answer.reason}`);
        case "not-taken":
          throw new CliError(
            "not-answered",
            `${mailboxId}: its client is busy with a poll, or does not answer; nothing was decided. Try again; restante client status says since when`,
          );
        case "taken":
          throw new CliError(
            "not-answered",
            `${mailboxId}: its client is at it, and has not answered yet: restante client held list says what became of it`,
          );
      }
    },
  };
}

/** Undefined if a client was started meanwhile. */
async function openAlone(
  file: ClientFile,
  mailbox: ClientMailbox,
  { closing, emit }: { closing: AsyncDisposableStack; emit: Emit },
): Promise<HeldSource | undefined> {
  const { mailboxId, folder } = mailbox;
  // No server is asked: what this client may prove is of no account.
  const client = closing.use(
    createMeshClient({
      url: file.url,
      mailboxId,
      password: "",
      sharedKey: "",
      tls: { key: "", cert: "", ca: "" },
    }),
  );
  try {
    const directory = closing.use(
      await createDirectoryClient({ ...carryingOf(file, mailbox), client, folder, emit, onlyDecides: true }),
    );
    return {
      mailboxId,
      pairs: await directory.describeHeld(),
      decide: async (verdict, pairs, by) => directory.decide({ verdict, pairs, by }),
    };
  } catch (error) {
    if (error instanceof MeshClientError && error.code === "folder-in-use") return undefined;
    throw error;
  }
}
