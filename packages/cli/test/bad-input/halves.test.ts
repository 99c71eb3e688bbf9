import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { inFolder, newEconomy, SENDER, start, tlsOf, toPractice, unmatchedReports } from "../support/bad-input.ts";
import { closingInReverse } from "../support/at-end.ts";
import { controlText, folderOf, meshClientOf } from "../support/data-folder.ts";

// How long half a pair waits is a setting of the library alone (`restante` keeps 10 minutes and 24 hours), so the
// client is the library's here; the server and the organisation's system are processes.
test("half a pair that nobody completes is in FAILED as it was, and a person is told which half was missing", async (t) => {
  const closing = closingInReverse(t);
  const economy = await newEconomy(closing);
  await start(closing, economy, ["server"], /MESH server of/);
  await start(closing, economy, ["practice", "--organisation", "Y99001"], /Worklist of/);
  const tls = await tlsOf(economy, SENDER);
  await using client = meshClientOf(economy.folder, `https://127.0.0.1:${economy.portBase}`, SENDER, { tls });
  await using directory = await createDirectoryClient({
    client,
    folder: join(economy.folder, "mesh", SENDER),
    settleMs: 0,
    missingPairAfterMs: 1,
  });
  const out = folderOf(economy.folder, SENDER, "OUT");
  await writeFile(join(out, "alone.ctl"), controlText(toPractice()));
  await mkdir(join(out, "folder.dat"));
  await writeFile(join(out, "folder.ctl"), controlText(toPractice()));
  await writeFile(join(out, "orphan.dat"), "the data");

  const { failed, sent, waiting } = await directory.pollOnce();

  assert.deepEqual({ failed, sent, waiting }, { failed: 3, sent: 0, waiting: 0 });
  await inFolder(economy, "FAILED", ["alone.ctl", "folder.ctl", "folder.dat", "orphan.dat"]);
  const reports = await unmatchedReports(economy, 3);
  assert.deepEqual(reports.map(({ code = "" }) => code).toSorted(), ["01", "02", "02"]);
});
