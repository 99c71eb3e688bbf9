import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";

import type { BodyDamage } from "@restante/mesh";
import { temporaryFolder, waitFor } from "@restante/testbed";

import { BodyDamaged } from "../../src/bodies/bodies.ts";
import { openFileBodies } from "../../src/bodies/files.ts";
import { MeshServerError } from "../../src/errors.ts";

const hasCode = (code: string) => (error: unknown) => error instanceof MeshServerError && error.code === code;

async function read(opened: Buffer | Readable): Promise<Buffer> {
  return Buffer.isBuffer(opened) ? opened : buffer(opened);
}

function pieces(...sizes: number[]): Readable {
  return Readable.from(sizes.map((size, index) => Buffer.alloc(size, index + 1)));
}

test("up to the limit a body comes back to be stored in its row, beyond it lies in a file", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 10);

  const small = await bodies.receive(pieces(4, 6), "a", { maxBytes: 100 });
  assert.deepEqual([small.kind, small.size, await readdir(folder)], ["inline", 10, []]);
  assert.deepEqual(await read(await bodies.open(small)), Buffer.concat([Buffer.alloc(4, 1), Buffer.alloc(6, 2)]));

  const large = await bodies.receive(pieces(4, 6, 1), "a", { maxBytes: 100 });
  assert.deepEqual([large.kind, large.size], ["file", 11]);
  assert.equal((await readdir(folder)).length, 1);
  assert.equal((await read(await bodies.open(large))).length, 11);

  await bodies.discard(large);
  assert.deepEqual(await readdir(folder), []);
});

test("a small body has memory of its own, so that nothing else goes with it to the writer", async (t) => {
  const bodies = await openFileBodies(await temporaryFolder(t), 10);

  const small = await bodies.receive(pieces(4, 6), "a", { maxBytes: 100 });

  assert.equal(small.kind === "inline" && small.bytes.buffer.byteLength, 10);
});

test("a body that has come already, or will not come any more, is waited for by nobody", async (t) => {
  const bodies = await openFileBodies(await temporaryFolder(t), 10);
  const [over, gone, cut] = [pieces(4), pieces(4), pieces(4)];
  await buffer(over);
  gone.destroy();
  const receiving = bodies.receive(cut, "a", { maxBytes: 100 });
  cut.destroy();

  assert.equal((await bodies.receive(over, "a", { maxBytes: 100 })).size, 0);
  await assert.rejects(bodies.receive(gone, "a", { maxBytes: 100 }), hasCode("body-cut-short"));
  await assert.rejects(receiving, hasCode("body-cut-short"));
});

test("a body that is too large, or shorter than it said, or breaks off, leaves nothing behind", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 10);
  const broken = Readable.from(
    (function* breaking() {
      yield Buffer.alloc(50);
      throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    })(),
  );

  await assert.rejects(bodies.receive(pieces(50, 51), "a", { maxBytes: 100 }), hasCode("body-too-large"));
  await assert.rejects(
    bodies.receive(pieces(50), "a", { maxBytes: 100, expectedBytes: 51 }),
    hasCode("body-cut-short"),
  );
  await assert.rejects(bodies.receive(broken, "a", { maxBytes: 100 }), hasCode("body-cut-short"));
  assert.deepEqual(await readdir(folder), []);
});

test("a body received again under the same name does not touch the first", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);

  const first = await bodies.receive(pieces(5), "a", { maxBytes: 100 });
  await bodies.receive(pieces(0, 7), "a", { maxBytes: 100 });

  assert.deepEqual(await read(await bodies.open(first)), Buffer.alloc(5, 1));
});

test("the sweep puts what no row names into quarantine, deletes what was never finished and leaves what is not ours", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  const named = await bodies.receive(pieces(5), "NAMED-1", { maxBytes: 100 });
  const unnamed = await bodies.receive(pieces(5), "UNNAMED-1", { maxBytes: 100 });
  await writeFile(join(folder, ".HALF-1.00000000"), "half");
  await writeFile(join(folder, "notes.txt"), "a stray file");
  await writeFile(join(folder, ".hidden"), "a stray file");
  await mkdir(join(folder, "lost+found"));
  // A folder that only looks like a body.
  await mkdir(join(folder, "UNNAMED-2.00000000"));
  assert.ok(named.kind === "file" && unnamed.kind === "file");

  const isNamed = (fileName: string): Promise<boolean> => Promise.resolve(fileName === named.fileName);
  const found = await bodies.sweep(isNamed, new Date("2026-03-02T23:59:59Z"));

  assert.deepEqual(found, { named: 1, added: 1, quarantined: 1, strange: 4 });
  assert.deepEqual(
    (await readdir(folder)).toSorted(),
    [".hidden", named.fileName, "UNNAMED-2.00000000", "lost+found", "notes.txt", "quarantine"].toSorted(),
  );
  assert.deepEqual(await readdir(join(bodies.quarantineFolder, "2026-03-02")), [unnamed.fileName]);
  for (const private_ of [bodies.quarantineFolder, join(bodies.quarantineFolder, "2026-03-02")]) {
    assert.equal((await stat(private_)).mode % 0o1000, 0o700);
  }
  const again = await bodies.sweep(isNamed, new Date("2026-03-03T00:00:00Z"));
  assert.deepEqual(again, { named: 1, added: 0, quarantined: 1, strange: 4 });
});

test("quarantine is emptied by the day a body went in, of what is ours alone", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  for (const day of ["2026-03-01", "2026-03-02", "2026-03-03"]) {
    await bodies.receive(pieces(5), "UNNAMED-1", { maxBytes: 100 });
    await bodies.sweep(() => Promise.resolve(false), new Date(day));
  }
  await writeFile(join(bodies.quarantineFolder, "2026-03-01", "kept by a person.txt"), "");

  assert.equal(await bodies.emptyQuarantine(new Date("2026-03-03T12:00:00Z")), 2);

  assert.deepEqual((await readdir(bodies.quarantineFolder)).toSorted(), ["2026-03-01", "2026-03-03"]);
  assert.deepEqual(await readdir(join(bodies.quarantineFolder, "2026-03-01")), ["kept by a person.txt"]);
  assert.equal(await bodies.emptyQuarantine(new Date("2026-03-03T12:00:00Z")), 0);
});

const damages: [BodyDamage, (path: string) => Promise<unknown>][] = [
  ["missing", (path) => rm(path)],
  ["shorter", (path) => truncate(path, 99_999)],
  ["longer", (path) => appendFile(path, "x")],
  ["altered", (path) => flipByte(path, 50_000)],
  ["unreadable", async (path) => (await rm(path), mkdir(path))],
  // Nobody ever writes into it: it is not waited for.
  ["unreadable", async (path) => (await rm(path), execFileSync("mkfifo", [path]))],
];

for (const [index, [damage, harm]] of damages.entries()) {
  test(`a body in a file that is ${damage} (${index}) never reaches a reader whole, and says what is wrong`, async (t) => {
    const folder = await temporaryFolder(t);
    const bodies = await openFileBodies(folder, 0);
    const body = await bodies.receive(pieces(60_000, 40_000), "A-1", { maxBytes: 100_000 });
    assert.ok(body.kind === "file");
    assert.deepEqual(
      body.sha256,
      createHash("sha256")
        .update(await read(await bodies.open(body)))
        .digest(),
    );
    await harm(join(folder, body.fileName));

    let got = 0;
    await assert.rejects(
      async () => {
        for await (const piece of (await bodies.open(body)) as AsyncIterable<Buffer>) got += piece.length;
      },
      (error) => error instanceof BodyDamaged && error.damage === damage,
    );

    assert.ok(got < 100_000, `${got} bytes went out`);
    const { sha256: _, ...older } = body;
    if (damage === "altered") assert.equal((await read(await bodies.open(older))).length, 100_000, "of before digests");
  });
}

test("a body that is cut while it is being read is not taken for whole", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  const body = await bodies.receive(pieces(200_000, 200_000), "A-1", { maxBytes: 400_000 });
  assert.ok(body.kind === "file");
  const opened = await bodies.open(body);
  await truncate(join(folder, body.fileName), 100_000);
  await assert.rejects(read(opened), (error) => error instanceof BodyDamaged && error.damage === "shorter");
});

test("the file of a body that nobody reads, or not to its end, is closed", async (t) => {
  const descriptors = "/proc/self/fd";
  if (!existsSync(descriptors)) return t.skip("this system has no /proc");
  const bodies = await openFileBodies(await temporaryFolder(t), 0);
  const body = await bodies.receive(pieces(600_000), "A-1", { maxBytes: 600_000 });
  const never = (await bodies.open(body)) as Readable;
  const half = (await bodies.open(body)) as Readable;
  const whole = (await bodies.open(body)) as Readable;
  assert.ok(body.kind === "file" && (await openOf(body.fileName)) === 3);
  await once(half, "readable");
  half.destroy();
  never.destroy();
  await buffer(whole);
  await waitFor(async () => (await openOf(body.fileName)) === 0, { what: "the file to be closed" });

  async function openOf(fileName: string): Promise<number> {
    const numbers = await readdir(descriptors);
    const targets = await Promise.all(numbers.map((number) => readlink(join(descriptors, number)).catch(() => "")));
    return targets.filter((target) => target.endsWith(fileName)).length;
  }
});

test("a body in its row is checked too, before any of it is given", async (t) => {
  const bodies = await openFileBodies(await temporaryFolder(t), 100);
  const body = await bodies.receive(pieces(4, 6), "A-1", { maxBytes: 100 });
  assert.ok(body.kind === "inline");
  const altered = Buffer.from(body.bytes);
  altered[5] = 9;
  for (const [bytes, damage] of [
    [altered, "altered"],
    [altered.subarray(0, 9), "shorter"],
  ] as const) {
    await assert.rejects(
      bodies.open({ ...body, bytes }),
      (error) => error instanceof BodyDamaged && error.damage === damage,
    );
  }
});

test("a file that cannot be deleted fails nobody, and is told", async (t) => {
  const folder = await temporaryFolder(t);
  const told: string[] = [];
  const bodies = await openFileBodies(folder, 0, {
    onTrouble: (reason) => told.push(reason),
    onWorking: () => told.push("works"),
  });
  const body = await bodies.receive(pieces(5), "A-1", { maxBytes: 100 });
  assert.ok(body.kind === "file");
  await rm(join(folder, body.fileName));
  await mkdir(join(folder, body.fileName));
  await bodies.discard(body);
  await rmdir(join(folder, body.fileName));
  await bodies.discard(body);
  assert.match(told.splice(1, 1)[0] ?? "", /restante-test-\w+: (it is a folder|permission denied)/);
  assert.deepEqual(told, ["works"], "once for the body that was received");
});

async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) + 1;
  await writeFile(path, bytes);
}

test("a folder of bodies that is gone refuses a body as safe to send again, and says which folder and why", async (t) => {
  const folder = join(await temporaryFolder(t), "bodies");
  const told: string[] = [];
  const bodies = await openFileBodies(folder, 0, { onTrouble: (reason) => told.push(reason) });
  await rmdir(folder);
  await assert.rejects(
    bodies.receive(pieces(5), "A-1", { maxBytes: 100 }),
    (error) => error instanceof MeshServerError && error.code === "bodies-unusable" && error.retry === "safe",
  );
  assert.deepEqual(told, [`${folder}: there is no such file`]);
});

test("a folder that has come into the place of that of the bodies gets none, until the first is back", async (t) => {
  const folder = join(await temporaryFolder(t), "bodies");
  const told: string[] = [];
  const bodies = await openFileBodies(folder, 0, { onTrouble: (reason) => told.push(reason) });
  await rename(folder, `${folder}.away`);
  await mkdir(folder);
  await assert.rejects(bodies.receive(pieces(5), "A-1", { maxBytes: 100 }), hasCode("bodies-unusable"));
  assert.deepEqual(await readdir(folder), []);
  assert.deepEqual(told, [`${folder}: it was replaced while the server ran: put it back, or start the server again`]);
  await rmdir(folder);
  await rename(`${folder}.away`, folder);
  assert.equal((await bodies.receive(pieces(5), "A-1", { maxBytes: 100 })).size, 5);
});
