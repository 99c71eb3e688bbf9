// What bodies must keep, wherever they lie. The test of each kind calls this with a way to open them.

import assert from "node:assert/strict";
import { createHash, hash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test, type TestContext } from "node:test";

import type { BodyDamage } from "@restante/mesh";

import { type Bodies, BodyDamaged } from "../../src/bodies/bodies.ts";
import { MeshServerError } from "../../src/errors.ts";

export interface BodiesUnderTest {
  bodies: Bodies;
  /** Of what lies there, and of what was begun. */
  names: () => Promise<string[]>;
  get: (name: string) => Promise<Buffer>;
  /** Past the bodies, as a disk or a person would. */
  put: (name: string, bytes: Uint8Array) => Promise<void>;
  remove: (name: string) => Promise<void>;
}

export const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof MeshServerError && error.code === code;

export async function read(opened: Buffer | Readable): Promise<Buffer> {
  return Buffer.isBuffer(opened) ? opened : buffer(opened);
}

export function pieces(...sizes: number[]): Readable {
  return Readable.from(sizes.map((size, index) => Buffer.alloc(size, index + 1)));
}

export function testBodies(open: (t: TestContext, smallBytes: number) => Promise<BodiesUnderTest>): void {
  test("up to the limit a body comes back to be stored in its row, beyond it lies by its name", async (t) => {
    const { bodies, names } = await open(t, 10);

    const small = await bodies.receive(pieces(4, 6), "A-1", { maxBytes: 100 });
    assert.deepEqual([small.kind, small.size, await names()], ["inline", 10, []]);
    assert.deepEqual(await read(await bodies.open(small)), Buffer.concat([Buffer.alloc(4, 1), Buffer.alloc(6, 2)]));

    const large = await bodies.receive(pieces(4, 6, 1), "A-1", { maxBytes: 100 });
    assert.ok(large.kind === "file" && large.size === 11);
    assert.deepEqual(await names(), [large.fileName]);
    assert.equal((await read(await bodies.open(large))).length, 11);

    await bodies.discard(large);
    assert.deepEqual(await names(), []);
  });

  test("a small body has memory of its own, so that nothing else goes with it to the writer", async (t) => {
    const { bodies } = await open(t, 10);

    const small = await bodies.receive(pieces(4, 6), "A-1", { maxBytes: 100 });

    assert.equal(small.kind === "inline" && small.bytes.buffer.byteLength, 10);
  });

  test("a body that has come already, or will not come any more, is waited for by nobody", async (t) => {
    const { bodies } = await open(t, 10);
    const [over, gone, cut] = [pieces(4), pieces(4), pieces(4)];
    await buffer(over);
    gone.destroy();
    const receiving = bodies.receive(cut, "A-1", { maxBytes: 100 });
    cut.destroy();

    assert.equal((await bodies.receive(over, "A-1", { maxBytes: 100 })).size, 0);
    await assert.rejects(bodies.receive(gone, "A-1", { maxBytes: 100 }), hasCode("body-cut-short"));
    await assert.rejects(receiving, hasCode("body-cut-short"));
  });

  // Beyond 10 MB parts of it have been sent where it lies in parts.
  for (const size of [50, 12_000_000]) {
    test(`a body of ${size} that is too large, or shorter than it said, or breaks off, leaves nothing behind`, async (t) => {
      const { bodies, names } = await open(t, 10);
      const maxBytes = size * 2;
      const broken = Readable.from(
        (function* breaking() {
          yield Buffer.alloc(size);
          throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
        })(),
      );

      await assert.rejects(bodies.receive(pieces(size, size + 1), "A-1", { maxBytes }), hasCode("body-too-large"));
      await assert.rejects(
        bodies.receive(pieces(size), "A-1", { maxBytes, expectedBytes: size + 1 }),
        hasCode("body-cut-short"),
      );
      await assert.rejects(bodies.receive(broken, "A-1", { maxBytes }), hasCode("body-cut-short"));
      assert.deepEqual(await names(), []);
    });
  }

  test("a body received again under the same name does not touch the first", async (t) => {
    const { bodies } = await open(t, 0);

    const first = await bodies.receive(pieces(5), "A-1", { maxBytes: 100 });
    await bodies.receive(pieces(0, 7), "A-1", { maxBytes: 100 });

    assert.deepEqual(await read(await bodies.open(first)), Buffer.alloc(5, 1));
  });

  const damages: [BodyDamage, (it: BodiesUnderTest, name: string) => Promise<unknown>][] = [
    ["missing", (it, name) => it.remove(name)],
    ["shorter", async (it, name) => it.put(name, (await it.get(name)).subarray(0, 99_999))],
    ["longer", async (it, name) => it.put(name, Buffer.concat([await it.get(name), Buffer.from("x")]))],
    ["altered", async (it, name) => it.put(name, flipped(await it.get(name), 50_000))],
  ];

  for (const [damage, harm] of damages) {
    test(`a body that lies there ${damage} never reaches a reader whole, and says what is wrong`, async (t) => {
      const it = await open(t, 0);
      const body = await it.bodies.receive(pieces(60_000, 40_000), "A-1", { maxBytes: 100_000 });
      const large = await it.bodies.receive(pieces(600_000, 400_000), "A-2", { maxBytes: 1_000_000 });
      assert.ok(body.kind === "file" && large.kind === "file");
      assert.deepEqual(
        Buffer.from(body.sha256 ?? []),
        createHash("sha256")
          .update(await read(await it.bodies.open(body)))
          .digest(),
      );

      for (const each of [body, large]) {
        await harm(it, each.fileName);
        let got = 0;
        await assert.rejects(
          async () => {
            for await (const piece of (await it.bodies.open(each)) as AsyncIterable<Buffer>) got += piece.length;
          },
          (error) => error instanceof BodyDamaged && error.damage === damage,
        );
        assert.ok(got < each.size, `${got} bytes went out`);
      }

      const { sha256: _, ...older } = body;
      if (damage === "altered")
        assert.equal((await read(await it.bodies.open(older))).length, 100_000, "no digest then");
    });
  }

  test("a body in its row is checked too, before any of it is given", async (t) => {
    const { bodies } = await open(t, 100);
    const body = await bodies.receive(pieces(4, 6), "A-1", { maxBytes: 100 });
    assert.ok(body.kind === "inline");
    const altered = flipped(Buffer.from(body.bytes), 5);
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

  // Less than a part of S3, a part to the byte, two of them, and one byte more than that.
  for (const size of [5_000_000, 5 * 1024 ** 2, 10 * 1024 ** 2, 10 * 1024 ** 2 + 1]) {
    for (const isSaid of [true, false]) {
      test(`a body of ${size}, ${isSaid ? "said before" : "not known before"}, lies as it came, with its digest`, async (t) => {
        const it = await open(t, 10);
        const bytes = randomBytes(size);
        const cuts = [0, 1, 100_000, 2_100_000, 2_100_003, size];
        const uneven = cuts.slice(1).map((to, index) => bytes.subarray(cuts[index], to));
        const options = { maxBytes: size, ...(isSaid && { expectedBytes: size }) };

        const body = await it.bodies.receive(Readable.from(uneven), "A-1", options);

        assert.ok(body.kind === "file" && body.size === size);
        assert.equal(Buffer.from(body.sha256 ?? []).toString("hex"), hash("sha256", bytes));
        assert.ok((await it.get(body.fileName)).equals(bytes));
        assert.ok((await read(await it.bodies.open(body))).equals(bytes));
        assert.deepEqual(await it.names(), [body.fileName]);
      });
    }
  }

  test("what a request has read is let go of when it is taken, and what somebody else gives is theirs", async (t) => {
    const { bodies } = await open(t, 10);
    const bytes = randomBytes(5_000_000);
    const options = { maxBytes: bytes.length, expectedBytes: bytes.length };
    const came: Buffer[] = [];
    const server = createServer().listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const sending = request({
      port: (server.address() as AddressInfo).port,
      host: "127.0.0.1",
      method: "POST",
      agent: false,
    });
    sending.setHeader("content-length", bytes.length).end(bytes);
    const [received, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
    const receiving = bodies.receive(received, "A-1", options);
    received.on("data", (piece: Buffer) => came.push(piece));
    const body = await receiving;
    response.end();

    assert.ok(came.length > 0 && came.every((piece) => (piece.buffer as ArrayBuffer).detached));
    assert.equal(Buffer.from(body.sha256 ?? []).toString("hex"), hash("sha256", bytes));

    const given = Buffer.alloc(bytes.length, 7);
    await bodies.receive(Readable.from([given]), "A-2", options);
    assert.equal(given.byteLength, bytes.length);
  });
}

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
