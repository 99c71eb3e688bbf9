// A download to a file as a process of its own, to be killed: node download-process.ts OPTIONS, which are JSON. Writes what came
// of it, as JSON.
import type { MessageId } from "@restante/mesh";
import { createMeshClient, MeshClientError, type MeshClientOptions } from "@restante/mesh-client";

export interface DownloadProcessOptions {
  readonly client: MeshClientOptions;
  readonly messageId: MessageId;
  readonly path: string;
}

const { client, messageId, path } = JSON.parse(process.argv[2] ?? "") as DownloadProcessOptions;
await using mesh = createMeshClient(client);
const outcome = await mesh.downloadToFile(messageId, path).then(
  ({ keptChunks }) => ({ keptChunks }),
  (error: unknown) => {
    if (!(error instanceof MeshClientError)) throw error;
    const { code, retry, message } = error;
    return { code, retry, message };
  },
);
process.stdout.write(JSON.stringify(outcome));
