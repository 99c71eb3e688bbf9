import assert from "node:assert/strict";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createMeshClient } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { atEnd } from "../support/at-end.ts";
import { runCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";
import { environment, partsFolder } from "./parts-folder.ts";

test("'restante client' leaves folders alone that a client on another machine has, takes them at once with --take-over, and only then", async (t) => {
  const home = await partsFolder(t);
  const file = join(home, "client.yaml");
  const folder = join(home, "mesh", "Y99001OT001");
  const none = { url: "https://127.0.0.1:9", password: "", sharedKey: "", tls: { ca: "", cert: "", key: "" } };
  await using client = createMeshClient({ ...none, mailboxId: "Y99001OT001" });
  await (await createDirectoryClient({ client, folder }))[Symbol.asyncDispose]();
  const of = "4711\nhost ward-7\nboot another\nstarted 1\ninstance another\nmachine another\nbeat 1\n";
  await writeFile(join(folder, ".restante", "client.lease"), of, { mode: 0o600 });

  const { status, complained } = await typed(["client", "--config", file]);
  assert.equal(status, 1);
  assert.match(complained, /in use by process 4711 on ward-7, which renewed its lease \d+ s ago .*--take-over/s);
  const running = runCommand(["client", "--config", file, "--take-over"], environment);
  atEnd(t, async () => running.end("SIGKILL"));
  await running.printed(/MESH client of Y99001OT001/);

  // That was said of this start: it does not take back what another machine takes later.
  const lease = join(folder, ".restante", "client.lease");
  await writeFile(`${lease}.other`, of, { mode: 0o600 });
  await rename(`${lease}.other`, lease);
  await writeFile(join(folder, "OUT", "letter.dat"), "a letter");
  await writeFile(join(folder, "OUT", "letter.ctl"), "no control file");
  assert.equal(await running.ended, 1, running.output());
  assert.match(running.standardError(), /in use by process 4711 on ward-7: this one has lost it, and stops/);
  assert.equal(await readFile(lease, "utf8"), of);
});
