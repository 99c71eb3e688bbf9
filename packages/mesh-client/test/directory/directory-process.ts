// A directory client as a process of its own, to be killed: node directory-process.ts OPTIONS, which are JSON.
// Writes a line when it has started, and one for each pair sent and message saved or acknowledged.
import { createMeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";

export interface DirectoryProcessOptions {
  readonly client: MeshClientOptions;
  readonly folder: string;
  readonly commit?: "single" | "two-chunk";
}

const { client, folder, commit } = JSON.parse(process.argv[2] ?? "") as DirectoryProcessOptions;
const directory = await createDirectoryClient({
  client: createMeshClient(client),
  folder,
  commit,
  settleMs: 0,
  pollIntervalMs: 10,
  answerWaitMs: 1000,
  reports: { collect: false },
  emit: ({ event }) => {
    if (["pair-sent", "message-saved", "message-cleared"].includes(event)) process.stdout.write(`${event}\n`);
  },
});
process.stdout.write("started\n");
directory.start();
