// A directory client that is asked to decide about a held pair, and kills itself before its n-th change of a disk after it has
// started: node held-process.ts OPTIONS, which are JSON. Ends with status 0 once it has answered.
import { syncBuiltinESMExports } from "node:module";
import promises from "node:fs/promises";
import { createMeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";

export interface HeldProcessOptions {
  readonly client: MeshClientOptions;
  readonly folder: string;
  readonly killAt: number;
}

const { client, folder, killAt } = JSON.parse(process.argv[2] ?? "") as HeldProcessOptions;
let changes = Number.NEGATIVE_INFINITY;
for (const name of ["rename", "unlink", "rm", "open", "writeFile"] as const) {
  const real = promises[name] as (...values: unknown[]) => Promise<unknown>;
  Object.assign(promises, {
    [name]: async (...values: unknown[]): Promise<unknown> => {
      changes += 1;
      if (changes === killAt) process.kill(process.pid, "SIGKILL");
      return real(...values);
    },
  });
}
syncBuiltinESMExports();

const directory = await createDirectoryClient({
  client: createMeshClient(client),
  folder,
  settleMs: 0,
  reports: { collect: false },
});
changes = 0;
await directory.pollOnce();
process.stdout.write(`${changes}\n`);
process.exit(0);
