import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseOdsCode } from "@restante/mesh";
import { temporaryFolder } from "@restante/testbed";
import { openLog } from "../src/log.ts";

const full = "/dev/full";

test("an event is one line of the log", async (t) => {
  const file = join(await temporaryFolder(t), "restante.log");
  {
    using log = openLog(file);
    log.record({ event: "server-stopped" });
  }
  const lines = readFileSync(file, "utf8").trim().split("\n");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { event: string }).event),
    ["server-stopped"],
  );
});

test("the level of each line is its severity, also where the event is about a level of acknowledgement", async (t) => {
  const file = join(await temporaryFolder(t), "restante.log");
  {
    using log = openLog(file);
    const odsCode = parseOdsCode("Y90001");
    log.record({ event: "response-received", odsCode, requestHeaderId: "r", level: "infrastructure", code: "20013" });
  }
  const line = readFileSync(file, "utf8");
  assert.equal(line.match(/"level":/g)?.length, 1, line);
  const { level, acknowledgement } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual([level, acknowledgement], [30, "infrastructure"]);
});

test(
  "a log on a full disk fails nothing that it tells of",
  { skip: existsSync(full) ? false : `there is no ${full} here` },
  () => {
    using log = openLog(full);
    for (let events = 0; events < 3; events += 1) log.record({ event: "server-stopped" });
  },
);

test(
  "a log that is a pipe is refused: a part would wait for ever for somebody who reads it",
  { skip: process.platform === "win32" ? "there are no such pipes here" : false },
  async (t) => {
    const file = join(await temporaryFolder(t), "restante.log");
    execFileSync("mkfifo", [file]);
    assert.throws(() => openLog(file), {
      code: "folder-unusable",
      message: `${file}, the log, is a pipe: name a file`,
    });
  },
);
