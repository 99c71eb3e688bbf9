import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { createControlClient, readControlFolder } from "@restante/control";
import { testPatients } from "@restante/testbed";

import { inbox, recipient, startDevelopment, workflow } from "../development.ts";

test("after kill -9 all that control answered is there, and what it left behind is in nobody's way", async (t) => {
  const first = await startDevelopment(t, { control: { port: 0, socket: true } });
  await first.server.close();
  const { dataFolder } = first.config;
  const child = fork(new URL("server-process.ts", import.meta.url), {
    execArgv: ["--conditions=@restante/source"],
  });
  t.after(() => child.kill("SIGKILL"));
  child.send(first.config);
  await once(child, "message");
  const there = createControlClient(await readControlFolder(dataFolder));
  const large = Buffer.alloc(200_000, "large");
  const sent = [
    await there.messages.inject({ mailbox: recipient, workflowId: workflow, body: large.toString("base64") }),
    await there.messages.report({ mailbox: recipient, workflowId: workflow, code: "99", description: "Of ours" }),
  ].map(({ messageId }) => messageId);
  const moved = await there.demographics.move({ nhsNumber: testPatients.registered.nhsNumber });
  const { faultId } = await there.faults.add({ at: "track", do: "hang", times: 3 });
  const waiting = there.messages.wait({ code: "12", within: "10m" }).catch((error: { code: string }) => error.code);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(await waiting, "unreachable");
  const left = await readdir(dataFolder);
  assert.ok(left.includes("control.sock") && left.includes("control.json"), left.join());

  const again = await startDevelopment(t, first.config);

  assert.deepEqual(await inbox(again, recipient), sent);
  const { control } = again.server;
  assert.deepEqual(Buffer.from((await control.messages.peek({ messageId: sent[0]! })).body, "base64"), large);
  assert.deepEqual(await control.demographics.read(), { moved: [moved] });
  assert.deepEqual(
    (await control.faults.list()).faults.map((fault) => fault.faultId),
    [faultId],
  );
  const place = JSON.parse(await readFile(join(dataFolder, "control.json"), "utf8")) as Record<string, unknown>;
  assert.deepEqual([place["url"], place["pid"]], [again.server.controlUrl, process.pid]);
  const socket = createControlClient({ socket: again.server.controlSocket!, token: again.server.controlToken! });
  assert.equal((await socket.messages.list()).messages.length, 2);
});
