// Moves a store in a process of its own, which can be killed: `move-process.ts FOLDER URL BODIES`.

import { openFileBodies } from "../../src/bodies/files.ts";
import { moveStore } from "../../src/move/move-store.ts";

const [folder = "", url = "", bodies = ""] = process.argv.slice(2);
await moveStore({
  folder,
  to: { url, node: "one", name: "the new store" },
  bodies: await openFileBodies(bodies, 1000),
  tell: ({ step }) => process.stdout.write(`${step}\n`),
  signal: new AbortController().signal,
});
process.stdout.write("moved\n");
