import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DemographicsError } from "@restante/demographics";
import { standingTroubles } from "../src/troubles.ts";
import { ask, readable } from "../../web/test/http.ts";
import { testClock } from "./support/clock.ts";
import { demographicsOf } from "./support/demographics.ts";
import { deliver, openPractice } from "./support/economy.ts";
import { message, workflowId } from "./support/messages.ts";
import { receiver, sender } from "./support/organisations.ts";
import { openPages } from "../../worklist/test/open-pages.ts";

test("trouble is told since when it last worked, until it works again, the longest first", () => {
  const clock = testClock();
  const troubles = standingTroubles({ clock, emit: () => undefined, organisation: receiver });
  const trouble = { code: "x", reason: "As a test says." };
  const start = clock.now();
  troubles.worked("collecting", sender.mailboxId);
  clock.advance(1000);
  troubles.failed("matching", undefined, trouble);
  clock.advance(1000);
  troubles.failed("collecting", sender.mailboxId, trouble);
  troubles.failed("collecting", sender.mailboxId, { ...trouble, reason: "Another." });
  assert.deepEqual(
    troubles.list().map(({ part, since, reason }) => [part, since.getTime() - start.getTime(), reason]),
    [
      ["collecting", 0, "Another."],
      ["matching", 1000, "As a test says."],
    ],
  );
  troubles.worked("collecting", sender.mailboxId);
  troubles.worked("matching");
  assert.deepEqual(troubles.list(), []);
});

test("a pass that does not end is told after a quarter of an hour, and no more when it has", async () => {
  const clock = testClock();
  const troubles = standingTroubles({ clock, emit: () => undefined, organisation: receiver });
  const { promise, resolve } = Promise.withResolvers<void>();
  const since = clock.now();
  const pass = troubles.watch(() => promise);
  clock.advance(15 * 60 * 1000);
  assert.deepEqual(troubles.list(), []);
  clock.advance(1);
  assert.deepEqual(
    troubles.list().map((trouble) => [trouble.part, trouble.since]),
    [["stuck", since]],
  );
  resolve();
  await pass;
  assert.deepEqual(troubles.list(), []);
});

test("every page says while messages cannot be collected from their folder, and since when, and stops when they can", async (t) => {
  const to = await openPractice(t, receiver);
  await to.practice.cycle();
  const { worklist } = to.practice;
  const pages = await openPages(t, { worklist, organisation: receiver, clock: to.clock });
  assert.deepEqual(await worklist.troubles(), []);
  to.clock.advance(60_000);
  renameSync(join(to.folder, "IN"), join(to.folder, "away"));
  writeFileSync(join(to.folder, "IN"), "");
  await assert.rejects(to.practice.cycle());
  const told = new RegExp(`Messages for ${receiver.mailboxId} have not been collected since\\s11am: `);
  for (const path of ["/", "/reports", "/unmatched"])
    assert.match(readable((await ask(pages.url + path)).text), told, path);
  rmSync(join(to.folder, "IN"));
  renameSync(join(to.folder, "away"), join(to.folder, "IN"));
  await to.practice.cycle();
  assert.deepEqual(await worklist.troubles(), []);
  assert.doesNotMatch(readable((await ask(pages.url)).text), told);
});

test("that patients cannot be looked up is told, and whether that is all of them or some", async (t) => {
  const patients = demographicsOf();
  const find = patients.find.bind(patients);
  const to = await openPractice(t, receiver, { patients });
  const told = async (): Promise<unknown[]> =>
    (await to.practice.worklist.troubles()).map(({ part, reason, some }) => [part, reason, some === true]);
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  const unavailable = new DemographicsError("unavailable", "The register cannot be reached.");
  patients.find = async () => Promise.reject(unavailable);
  await assert.rejects(to.practice.cycle());
  assert.deepEqual(await told(), [["matching", unavailable.message, false]]);
  patients.find = async () => Promise.reject(Object.assign(new Error("odd"), { code: "ODD" }));
  await to.practice.cycle();
  assert.deepEqual(await told(), [["matching", "Unexpected failure (ODD).", true]]);
  patients.find = find;
  to.clock.advance(60_000);
  await to.practice.cycle();
  assert.deepEqual(await told(), []);
});
