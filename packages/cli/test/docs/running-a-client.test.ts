import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailboxId } from "@restante/mesh";
import { clientPart } from "../../src/config/client-file.ts";
import { rotationOf } from "../../src/config/client-service-properties.ts";
import { metricsOf } from "../../src/client/metrics.ts";
import { createTally } from "../../src/client/tally.ts";
import { codeBlocks, readPage } from "./pages.ts";

const page = "docs/running-a-client.md";

test("every metric has a row in docs/running-a-client.md with its labels, and every row is of a metric", () => {
  const mailboxId = parseMailboxId("Y99001OT001");
  const at = new Date();
  const text = metricsOf({
    startedAt: at,
    reloadedAt: at,
    expiries: new Map([[mailboxId, at]]),
    mailboxes: [
      {
        mailboxId,
        tally: {
          ...createTally(),
          waiting: 0,
          held: 0,
          unfetched: 0,
          lastSuccessAt: at,
          kept: { measuredAt: "", sent: { files: 0, bytes: 0 }, failed: { files: 0, bytes: 0 } },
        },
        tried: Promise.resolve(),
        state: () => ({ kind: "carrying" }),
        tellStatus: () => undefined,
        stillFor: () => undefined,
        end: async () => undefined,
      },
    ],
  });
  const labelsOf = (name: string): string[] => {
    const [, labels = ""] = new RegExp(`^${name}(?:\\{(.*)\\})? `, "m").exec(text) ?? [];
    return [...labels.matchAll(/(\w+)=/g)].map(([, label]) => label!);
  };
  const made = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => [name!, labelsOf(name!)] as const);
  const [, table = ""] = /^(\| metric .*\n(?:\|.*\n)*)/m.exec(readPage(page)) ?? [];
  const written = table
    .split("\n")
    .slice(2, -1)
    .flatMap((row) => {
      const [, names = "", labels = ""] = row.split("|");
      const words = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word!);
      return words(names).map((name) => [name, words(labels)] as const);
    });
  assert.deepEqual(new Map(written), new Map(made));
});

test("the unit of the guide is told of the process by what it runs, and the guide's defaults of the log are those of the settings", () => {
  const unit = codeBlocks(page).find(({ language }) => language === "ini");
  for (const line of ["Type=notify", "NotifyAccess=all", "ExecReload=/bin/kill -HUP $MAINPID", "Restart=on-failure"])
    assert.ok(unit?.code.split("\n").includes(line), line);
  assert.match(unit?.code ?? "", /^WatchdogSec=/m);
  for (const [name, value] of Object.entries(rotationOf({}))) {
    const written = new RegExp(`\`logRotation\\.${name}\` *\\| ([\\d,]+)`).exec(readPage(page))?.[1];
    assert.equal(Number(written?.replaceAll(",", "")), value, name);
  }
  assert.equal(clientPart.schema.json.properties?.["logLevel"]?.default, "info");
});
