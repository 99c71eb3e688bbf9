import assert from "node:assert/strict";
import { test } from "node:test";

import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer } from "@restante/mesh-server";
import { temporaryFolder, testDirectory, testMailboxes } from "@restante/testbed";

import { createFaults } from "../../src/faults/faults.ts";
import { ask, startFaultyServer } from "./faulty-server.ts";

test("a production server does nothing wrong on request, even of who gives it faults", async (t) => {
  const other = await startFaultyServer(t);
  const faults = createFaults({ emit: () => undefined, canExpireCertificate: true });
  const services = { demographics: embeddedDemographics(testDirectory()), faults, aheadMs: () => 1e12 };
  const server = await createMeshServer({ ...other.config, dataFolder: await temporaryFolder(t) }, services);
  t.after(() => server.close());
  await faults.control.add({ at: "any", do: "status", status: 500 });
  await faults.control.add({ at: "any", do: "expire-certificate" });

  const path = `/messageexchange/${testMailboxes.pharmacy}/inbox`;
  const answer = await ask({ ...other, url: server.url }, "https", { mailboxId: testMailboxes.pharmacy, path });

  assert.equal(answer.status, 200);
  assert.deepEqual(
    (await faults.control.list()).faults.map(({ done }) => done),
    [0, 0],
  );
});
