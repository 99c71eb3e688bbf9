// Moves a store in a process of its own, which can be killed: `move-process.ts FOLDER URL BODIES`.

import { moveStore } from "../../src/move/move-store.ts";
import { openNewBodies } from "./new-bodies.ts";

const [folder = "", url = "", bodies = ""] = process.argv.slice(2);
await moveStore({
  folder,
  to: { url, node: "one", name: "the new store" },
  bodies: await openNewBodies(bodies),
  tell: ({ step }) => process.stdout.write(`${step}\n`),
  signal: new AbortController().signal,
});
process.stdout.write("moved\n");
