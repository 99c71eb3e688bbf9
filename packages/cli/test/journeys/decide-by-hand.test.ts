import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { freePortBase, runCommand } from "../support/processes.ts";

test("with --decide-by-hand the first start says where a person is to answer, and does not wait for it", async (t) => {
  const data = await temporaryFolder(t);
  const running = runCommand(["up", "--data", data, "--port-base", String(await freePortBase()), "--decide-by-hand"]);
  atEnd(t, () => running.end("SIGKILL"));
  await running.printed(/^Running\./m);
  const [, organisation, page = ""] =
    /Its business answer waits for a person at (.+): choose one on (http:\S+)/.exec(running.output()) ?? [];
  assert.equal(organisation, "Quayside Pharmacy", running.output());
  assert.doesNotMatch(running.output(), /Not finished/);
  assert.match(await (await fetch(page)).text(), /What will you answer the sender\?/);
});
