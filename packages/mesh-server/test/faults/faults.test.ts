import assert from "node:assert/strict";
import { test } from "node:test";

import { ControlError, type Fault, type FaultEffect, type FaultPoint, pointsOf } from "@restante/control";
import type { MailboxId } from "@restante/mesh";
import { recordEvents, testMailboxes } from "@restante/testbed";

import { createFaults, type Faults } from "../../src/faults/faults.ts";

const sender = testMailboxes.sender as MailboxId;
const effects: readonly FaultEffect[] = [
  { do: "status", status: 503 },
  { do: "delay", for: "1s" },
  { do: "reset" },
  { do: "hang" },
  { do: "lose-answer" },
  { do: "truncate" },
  { do: "dribble", bytesPerSecond: 1 },
  { do: "deliver-twice" },
  { do: "mixed-case" },
  { do: "content-type", contentType: "text/html" },
  { do: "token-clock", by: "3h" },
  { do: "expire-certificate" },
  { do: "down" },
];
const requests = ["handshake", "send", "chunk", "list", "download", "acknowledge", "track", "lookup"] as const;
const everywhere: readonly FaultPoint[] = [...requests, "demographics", "any"];

/** Where each effect can be asked for, said a second time: from the words of `ControlFaults`. */
const possible: Readonly<Record<FaultEffect["do"], readonly FaultPoint[]>> = {
  status: [...requests, "any"],
  delay: everywhere,
  reset: [...requests, "any"],
  hang: [...requests, "any"],
  "lose-answer": [...requests, "any"],
  truncate: [...requests, "any"],
  dribble: [...requests, "any"],
  "deliver-twice": ["send", "list", "acknowledge", "any"],
  "mixed-case": [...requests, "any"],
  "content-type": [...requests, "any"],
  "token-clock": [...requests.filter((point) => point !== "lookup"), "any"],
  "expire-certificate": ["any"],
  down: ["demographics"],
};

function start({ canExpireCertificate = true } = {}): Faults {
  return createFaults({
    emit: () => undefined,
    canExpireCertificate,
    isMailbox: (id) => id.toUpperCase() === sender,
  });
}

async function refused(faults: Faults, fault: Fault, code: ControlError["code"], says?: RegExp): Promise<void> {
  await assert.rejects(faults.control.add(fault), (error) => {
    assert.ok(error instanceof ControlError);
    assert.equal(error.code, code);
    if (says !== undefined) assert.match(error.message, says);
    return true;
  });
}

function taken(faults: Faults, point: (typeof requests)[number] | "demographics", mailboxId?: MailboxId): string[] {
  return [...faults.at(point, mailboxId).keys()];
}

for (const effect of effects) {
  for (const at of everywhere) {
    if (possible[effect.do].includes(at)) {
      test(`${effect.do} at ${at} is done there`, async () => {
        const faults = start();
        await faults.control.add({ at, ...effect });
        const points = [...requests, "demographics"] as const;
        const met = points.filter((point) => taken(faults, point, sender).length > 0);
        const expected = points.filter((point) => {
          if (at === point) return true;
          return at === "any" && point !== "demographics" && possible[effect.do].includes(point);
        });
        assert.deepEqual(met, expected);
        assert.equal(faults.atConnection().size, effect.do === "expire-certificate" ? 1 : 0);
      });
    } else {
      test(`${effect.do} at ${at} is refused, with the points that it has`, async () => {
        await refused(start(), { at, ...effect }, "input-invalid", new RegExp(`"${pointsOf(effect.do)[0]}"`));
      });
    }
  }
}

test("a fault for a mailbox is refused where a request has none, and for one that there is not", async () => {
  const faults = start();
  const mailbox = sender;
  await refused(faults, { at: "lookup", mailbox, do: "reset" }, "input-invalid");
  await refused(faults, { at: "demographics", mailbox, do: "down" }, "input-invalid");
  await refused(faults, { at: "any", mailbox, do: "expire-certificate" }, "input-invalid");
  await refused(faults, { at: "any", mailbox: "NOBODY1", do: "reset" }, "mailbox-unknown");
  await refused(faults, { at: "any", do: "content-type", contentType: "text/Ł" }, "input-invalid");
  assert.deepEqual(await faults.control.list(), { faults: [] });
});

test("a fault for a mailbox is done to it however its id was written", async () => {
  const faults = start();
  await faults.control.add({ at: "list", mailbox: ` ${sender.toLowerCase()}\n`, do: "reset" });
  assert.equal(faults.at("list", sender).has("reset"), true);
});

test("no certificate expires where there is no HTTPS", async () => {
  await refused(
    start({ canExpireCertificate: false }),
    { at: "any", do: "expire-certificate" },
    "not-possible",
    /HTTPS/,
  );
});

test("a fault stands until it is used up or cleared, and counts how often it was done", async () => {
  const faults = start();
  const { faultId } = await faults.control.add({ at: "list", do: "reset" });
  const twice = await faults.control.add({ at: "send", times: 2, do: "reset" });
  const once = await faults.control.next({ at: "track", do: "reset" });
  assert.deepEqual([once.times, twice.done], [1, 0]);

  for (let round = 0; round < 3; round += 1) {
    for (const point of ["list", "send", "track"] as const) taken(faults, point);
  }

  assert.deepEqual((await faults.control.list()).faults, [{ at: "list", do: "reset", faultId, done: 3 }]);
  assert.deepEqual(await faults.control.clear({ faultId }), { cleared: 1 });
  await assert.rejects(faults.control.clear({ faultId }), { code: "fault-unknown" });
  assert.deepEqual(taken(faults, "list"), []);
  assert.deepEqual(await faults.control.clear(), { cleared: 0 });
});

test("of several that fit each does its own, of two of a kind the older, and none that another makes pointless", async () => {
  const events = recordEvents();
  const faults = createFaults({ emit: events.emit, canExpireCertificate: true });
  const add = async (effect: FaultEffect, at: FaultPoint = "send"): Promise<string> =>
    (await faults.control.add({ at, ...effect })).faultId;
  const older = await add({ do: "delay", for: "1s" }, "any");
  await add({ do: "delay", for: "2s" });
  await add({ do: "mixed-case" });
  await add({ do: "truncate" });
  await add({ do: "deliver-twice" });
  assert.deepEqual(taken(faults, "send"), ["delay", "mixed-case", "truncate", "deliver-twice"]);
  assert.equal(faults.at("send").get("delay")?.faultId, older);

  await add({ do: "lose-answer" });
  assert.deepEqual(taken(faults, "send"), ["delay", "deliver-twice", "lose-answer"]);
  await add({ do: "status", status: 500 });
  assert.deepEqual(taken(faults, "send"), ["delay", "mixed-case", "truncate", "status"]);
  await add({ do: "reset" });
  assert.deepEqual(taken(faults, "send"), ["delay", "reset"]);
  await add({ do: "hang" });
  assert.deepEqual(taken(faults, "send"), ["delay", "hang"]);

  const told = events.of("fault-done").length;
  const counted = (await faults.control.list()).faults.reduce((sum, { done }) => sum + done, 0);
  assert.equal(counted, told, "what is counted is what is told");
});

test("a fault with a probability is drawn from its seed, so that a run can be had again", async () => {
  const run = async (seed?: number): Promise<string> => {
    const faults = start();
    await faults.control.add({ at: "list", probability: 0.3, ...(seed !== undefined && { seed }), do: "reset" });
    return Array.from({ length: 200 }, () => (taken(faults, "list").length > 0 ? "x" : ".")).join("");
  };
  const first = await run();

  assert.equal(await run(), first);
  assert.equal(await run(1), first);
  assert.notEqual(await run(2), first);
  const count = first.replaceAll(".", "").length;
  assert.ok(count > 30 && count < 90, `${count} of 200`);
});

test("a delay is drawn between its bounds, the same for the same seed", async () => {
  const run = async (): Promise<number[]> => {
    const faults = start();
    await faults.control.add({ at: "list", do: "delay", for: "1s", to: "2s" });
    return Array.from({ length: 50 }, () => faults.at("list").get("delay")?.delayMs ?? -1);
  };
  const delays = await run();

  assert.deepEqual(await run(), delays);
  assert.ok(delays.every((delay) => delay >= 1000 && delay <= 2000));
  assert.ok(new Set(delays).size > 25);
});

test("what stands is saved and loaded as JSON, and goes on from where it was", async () => {
  const faults = start();
  await faults.control.add({ at: "list", probability: 0.5, times: 40, do: "reset" });
  const hidden = await faults.control.next({ at: "send", mailbox: sender.toLowerCase(), do: "hang" });
  for (let round = 0; round < 20; round += 1) taken(faults, "list");
  const saved: unknown = JSON.parse(JSON.stringify(faults.part.save()));
  const standing = await faults.control.list();
  const goOn = (of: Faults): string[] => Array.from({ length: 50 }, () => taken(of, "list").join());
  const expected = goOn(faults);

  const other = start();
  const { faultId } = await other.control.add({ at: "track", do: "reset" });
  other.part.load(saved);

  assert.deepEqual(await other.control.list(), standing);
  assert.deepEqual(goOn(other), expected);
  assert.deepEqual(taken(other, "send", sender), ["hang"]);
  assert.ok(![faultId, hidden.faultId].includes((await other.control.add({ at: "track", do: "reset" })).faultId));
  other.part.load(undefined);
  assert.deepEqual(await other.control.list(), { faults: [] });
});

test("what was taken before a snapshot was loaded leaves what stands since alone", async () => {
  const faults = start();
  await faults.control.next({ at: "list", do: "hang" });
  const saved: unknown = JSON.parse(JSON.stringify(faults.part.save()));
  const before = faults.at("list").get("hang");

  faults.part.load(saved);
  assert.equal(before?.cleared.aborted, true);
  before?.letGo();

  assert.deepEqual(taken(faults, "list"), ["hang"]);
});

test("no more than a thousand stand", async () => {
  const faults = start();
  for (let count = 0; count < 1000; count += 1) await faults.control.add({ at: "list", do: "reset" });

  await refused(faults, { at: "list", do: "reset" }, "not-possible");
});
