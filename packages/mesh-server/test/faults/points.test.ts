import assert from "node:assert/strict";
import { test } from "node:test";

import { testMailboxes, testWorkflow } from "@restante/testbed";

import { ask, startFaultyServer } from "./faulty-server.ts";

const { sender } = testMailboxes;

/** What belongs to no mailbox's work, and is answered right whatever goes wrong. */
const spared = new Set(["/health", "/messageexchange/_ping", "/livez", "/readyz", "/openapi.json"]);

test("a fault at any meets every operation that the server describes, but its description and who watches it", async (t) => {
  const server = await startFaultyServer(t);
  const described = await ask(server, "https", { mailboxId: sender, path: "/openapi.json" });
  const { paths } = described.json as { paths: Record<string, Record<string, unknown>> };
  await server.faults.control.add({ at: "any", do: "status", status: 418 });
  let asked = 0;

  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods).filter((name) => ["get", "put", "post", "head"].includes(name))) {
      const filled = path.replaceAll(/\{[^}]*\}/g, (name) => (/mailbox/i.test(name) ? sender : testWorkflow));
      const { status } = await ask(server, "https", { mailboxId: sender, method: method.toUpperCase(), path: filled });
      assert.equal(status === 418, !spared.has(path), `${method} ${path}`);
      asked += 1;
    }
  }
  assert.ok(asked > 20);
  assert.equal(
    server.events.of("fault-done").length,
    asked - [...spared].flatMap((path) => Object.keys(paths[path] ?? {})).length,
  );
});
