import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@restante/testkit";
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

test(
  "a log on a full disk fails nothing that it tells of",
  { skip: existsSync(full) ? false : `there is no ${full} here` },
  () => {
    using log = openLog(full);
    for (let events = 0; events < 3; events += 1) log.record({ event: "server-stopped" });
  },
);
