// A MESH server in a process of its own that tells what it holds: its configuration comes as the first message of the
// parent, and goes back as where it listens; each message after that is a question. Its events are told to nobody.
import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer, type MeshServerConfig } from "@restante/mesh-server";
import { testDirectory } from "@restante/testbed";

/** In bytes, once all that is garbage in the main thread is gone, and with it the room that V8 kept for more of it. */
export interface Held {
  /** Of the whole process, the thread that writes included: what the operating system counts. */
  rss: number;
  /** Of the main thread: JavaScript's own heap, and what hangs on it outside. */
  heap: number;
}

/**
 * As V8 does it before it would give up. A collection of every day leaves up to 128 MB for the garbage of the next moment, as
 * much as the last moments were busy, which would say nothing of what is held.
 */
function collect(): void {
  if (globalThis.gc === undefined) throw new Error("--expose-gc is needed");
  globalThis.gc({ type: "major", execution: "sync", flavor: "last-resort" });
}

process.once("disconnect", () => process.exit());
process.once("message", (config: MeshServerConfig) => {
  void serve(config);
});

async function serve(config: MeshServerConfig): Promise<void> {
  const { url } = await createMeshServer(config, { demographics: embeddedDemographics(testDirectory()) });
  process.on("message", () => {
    collect();
    process.send?.(held());
  });
  process.send?.(url);
}

function held(): Held {
  const { rss, heapUsed, external } = process.memoryUsage();
  // `external` has the array buffers in it.
  return { rss, heap: heapUsed + external };
}
