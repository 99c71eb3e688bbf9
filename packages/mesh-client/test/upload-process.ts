// An upload as a process of its own, to be killed: node upload-process.ts OPTIONS, which are JSON. Keeps its state in a file,
// and writes a line for each that it has kept.
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "@restante/durable";
import { createMeshClient, type MeshClientOptions, type UploadMessage, type UploadState } from "@restante/mesh-client";

export interface UploadProcessOptions {
  readonly client: MeshClientOptions;
  readonly message: UploadMessage;
  readonly stateFile: string;
  readonly chunkBytes: number;
}

const { client, message, stateFile, chunkBytes } = JSON.parse(process.argv[2] ?? "") as UploadProcessOptions;
const kept = await readFile(stateFile, "utf8").catch(() => undefined);
await using mesh = createMeshClient(client);
await mesh.upload(message, {
  chunkBytes,
  parallel: 2,
  state: kept === undefined ? undefined : (JSON.parse(kept) as UploadState),
  onState: async (state) => {
    await writeWhole(dirname(stateFile), "state.json", JSON.stringify(state));
    process.stdout.write("kept\n");
  },
});
