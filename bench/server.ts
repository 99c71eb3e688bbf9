// Small messages accepted by a MESH server in a process of its own, over HTTPS with mutual TLS, as a ratio to files
// written and synced one for each message: what a server that keeps every message in a file of its own could do at
// best, with no HTTP, no TLS and no checks. As many at a time in both, on the same disk, in turns.
import { randomBytes } from "node:crypto";
import { mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServerProcess, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { ratio, table, takeTurns } from "./measure.ts";

const body = randomBytes(1000);
const atATime = [1, 16, 64];
const messages = 600;
const rounds = 5;
/** Of Linux statfs: a disk that is memory, where syncing costs nothing and the figures say nothing. */
const memoryFileSystem = 0x01021994;

const closing = new AsyncDisposableStack();
const t = { after: (close: () => unknown) => closing.defer(async () => void (await close())) };
try {
  if ((await statfs(tmpdir())).type === memoryFileSystem) {
    console.log(`  ${tmpdir()} is in memory: set TMPDIR to a folder on a disk for figures that mean something.`);
  }
  const server = await startServerProcess(t);
  const client = await testClient(server, testMailboxes.sender);
  closing.use(client);
  const folder = await mkdtemp(join(tmpdir(), "restante-bench-"));
  closing.defer(() => rm(folder, { recursive: true, force: true }));

  let files = 0;
  const writeFile = async (): Promise<void> => {
    files += 1;
    await using file = await open(join(folder, String(files)), "wx");
    await file.writeFile(body);
    await file.sync();
  };
  const send = async (): Promise<void> => {
    await client.send({ to: testMailboxes.practice, workflowId: testWorkflow, body });
  };

  const rows: string[][] = [];
  for (const workers of atATime) {
    const { file, server } = await takeTurns({ file: times(writeFile, workers), server: times(send, workers) }, rounds);
    rows.push([String(workers), ratio(file, server).toFixed(2)]);
  }
  console.log(table(["at a time", "messages accepted / files synced"], rows));
} finally {
  await closing.disposeAsync();
}

/** The work done `messages` times, by so many workers. */
function times(work: () => Promise<void>, workers: number): () => Promise<void> {
  return async () => {
    let left = messages;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await work();
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
  };
}
