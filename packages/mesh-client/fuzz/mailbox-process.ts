// Directory clients as a process of their own, to be killed: node mailbox-process.ts WORK, which is JSON. With `polls` it
// ends after so many of each; else it polls until it is killed, and writes a line when it has started.
import { createMeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { createDirectoryClient, type DirectoryClientOptions } from "@restante/mesh-client/directory";

export interface MailboxWork {
  readonly mailboxes: readonly { readonly client: MeshClientOptions; readonly folder: string }[];
  readonly settings?: MailboxSettings;
  readonly polls?: number;
}

/** Those that can be written as JSON. */
export type MailboxSettings = Partial<
  Pick<
    DirectoryClientOptions,
    "commit" | "maxRequestBytes" | "chunkBytes" | "reports" | "answerWaitMs" | "onAmbiguous" | "keepSent"
  >
>;

const { mailboxes, settings, polls } = JSON.parse(process.argv[2] ?? "") as MailboxWork;
await Promise.all(
  mailboxes.map(async ({ client: options, folder }) => {
    const client = createMeshClient(options);
    const directory = await createDirectoryClient({ client, folder, settleMs: 0, pollIntervalMs: 10, ...settings });
    if (polls === undefined) {
      directory.start();
      return;
    }
    for (let poll = 0; poll < polls; poll += 1) await directory.pollOnce();
    await directory[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
  }),
);
if (polls === undefined) process.stdout.write("started\n");
