// The folders of a mailbox, and the directory client that works them.

import { copyFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ControlFile, writeControlFile } from "@restante/mesh";
import {
  createDirectoryClient,
  type DirectoryClient,
  type DirectoryClientOptions,
} from "@restante/mesh-client/directory";
import { clientOptions, testWorkflow } from "@restante/testbed";
import { createMeshClient } from "@restante/mesh-client";
import type { Economy } from "./economy.ts";

export interface Mailbox extends AsyncDisposable {
  readonly mailboxId: string;
  readonly root: string;
  readonly out: string;
  readonly directory: DirectoryClient;
  /** Puts a pair into OUT, as its owner does. */
  drop(name: string, to: string, data: Uint8Array): Promise<void>;
  /** The same of a file that is sent as it is, in chunks. */
  dropFile(name: string, to: string, file: string): Promise<void>;
}

export async function openMailbox(
  economy: Economy,
  mailboxId: string,
  folder: string,
  options: Partial<DirectoryClientOptions> = {},
): Promise<Mailbox> {
  const root = join(folder, mailboxId);
  const client = createMeshClient(await clientOptions(economy, mailboxId));
  const directory = await createDirectoryClient({ client, folder: root, settleMs: 0, ...options });
  const out = join(root, "OUT");

  async function dropControl(name: string, control: Partial<ControlFile>): Promise<void> {
    const all = { version: "1.0", addressType: "DTS", messageType: "Data", from: mailboxId, localId: name } as const;
    const text = writeControlFile({ ...all, workflowId: testWorkflow, subject: "A letter", ...control });
    await writeFile(join(out, `${name}.tmp`), text);
    await rename(join(out, `${name}.tmp`), join(out, `${name}.ctl`));
  }

  return {
    mailboxId,
    root,
    out,
    directory,
    async drop(name, to, data) {
      await writeFile(join(out, `${name}.dat`), data);
      await dropControl(name, { to });
    },
    async dropFile(name, to, file) {
      await copyFile(file, join(out, `${name}.dat`));
      await dropControl(name, { to, allowChunking: true, compress: false });
    },
    async [Symbol.asyncDispose]() {
      await directory[Symbol.asyncDispose]();
      await client[Symbol.asyncDispose]();
    },
  };
}
