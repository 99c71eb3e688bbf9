import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { startServer } from "@restante/testkit";
import { kinds, started } from "./kinds.ts";

for (const [kind, options] of kinds.filter(([, { tls }]) => tls === true)) {
  test(`its certificates are the same at the next start, and in files for other clients, ${kind}`, async (t) => {
    const cacheFolder = join(await temporaryFolder(t), "a", "cache");
    const first = await startServer({ ...options, cacheFolder });
    const { ca, cert, key, files } = first.tls!;
    await first.close();
    const second = await started(t, { ...options, cacheFolder });
    assert.deepEqual(second.tls, { ca, cert, key, files });
    const read = (file: string): string => readFileSync(file, "utf8");
    assert.deepEqual([read(files.ca), read(files.cert), read(files.key)], [ca, cert, key]);
    assert.equal(statSync(files.key).mode & 0o777, 0o600);
    await second
      .client("X26ABC1", { tls: { ca: read(files.ca), cert: read(files.cert), key: read(files.key) } })
      .handshake();
  });

  test(`a certificate that has expired is shown where it is asked for, ${kind}`, async (t) => {
    const server = await started(t, options);
    await server.faults.next({ at: "any", do: "expire-certificate" });
    const once = { retries: { attempts: 1 } };
    await assert.rejects(server.client("X26ABC1", once).handshake(), { code: "server-certificate" });
    await server.client("X26ABC1", once).handshake();
  });

  test(`a request without a certificate is refused, ${kind}`, async (t) => {
    const server = await started(t, options);
    const { Agent, fetch } = await import("undici");
    const dispatcher = new Agent({ connect: { ca: server.tls!.ca } });
    t.after(() => dispatcher.close());
    assert.equal((await fetch(`${server.url}/messageexchange/X26ABC1`, { dispatcher })).status, 403);
  });
}

test("plain HTTP has no certificates, and makes none", async (t) => {
  const cacheFolder = join(await temporaryFolder(t), "cache");
  const server = await started(t, { cacheFolder });
  assert.equal(server.tls, undefined);
  assert.throws(() => statSync(cacheFolder));
});
