import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createPlainServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { freePortBase, runCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";

async function answering(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test("restante ready --wait ends with 0 once a server that starts later is ready, over HTTP and over HTTPS", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  const base = await freePortBase();
  const plain = runCommand(["ready", "--wait", `http://127.0.0.1:${base}/messageexchange`]);
  const server = runCommand(["server", "--dev", "--tls", "--port", String(base), "--data", data]);
  atEnd(t, async () => server.end("SIGKILL"));
  assert.equal(await plain.ended, 0, plain.output());
  assert.equal(plain.standardOutput(), `http://127.0.0.1:${base} is ready\n`);
  await server.printed(/Ready/);

  const url = `https://localhost:${base + 1}`;
  const ca = join(data, "authority", "ca.crt");
  const trusted = await typed(["ready", "--wait", url, "--cacert", ca]);
  assert.equal(trusted.status, 0, trusted.complained);
  const strange = await typed(["ready", "--wait", url]);
  assert.equal(strange.status, 1);
  assert.match(strange.complained, /its certificate is not trusted .*: name who issued it with --cacert/);
  const mixed = await typed(["ready", "--timeout", "0", "--wait", `https://localhost:${base}`, "--cacert", ca]);
  assert.match(mixed.complained, /it does not speak HTTPS there/);
});

test("restante ready shows a client's certificate to a server that cuts others off", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  const base = await freePortBase();
  const words = ["server", "--dev", "--tls", "--strict-tls", "--port", String(base), "--data", data];
  const server = runCommand(words);
  atEnd(t, async () => server.end("SIGKILL"));
  await server.printed(/Ready/);
  const [ca, cert, key] = ["ca.crt", "client-mesh.crt", "client-mesh.key"].map((name) => join(data, "authority", name));
  const asked = ["ready", "--wait", `https://localhost:${base + 1}`, "--cacert", ca!];
  const trusted = await typed([...asked, "--cert", cert!, "--key", key!]);
  assert.equal(trusted.status, 0, trusted.complained);
  const cut = await typed(asked);
  assert.equal(cut.status, 1);
  assert.match(cut.complained, /it asks for a client's certificate that it trusts .*: --cert and --key/);
});

test("restante ready says why a server is not ready, and ends with 1 when the time is up", async (t) => {
  const port = await freePortBase();
  const nobody = await typed(["ready", "--wait", `http://127.0.0.1:${port}`, "--timeout", "1"]);
  assert.equal(nobody.status, 1);
  assert.match(nobody.complained, /is not ready after 1 s: nothing listens there/);

  const failing = await answering(t, (_request, answer) => {
    answer.writeHead(503).end(JSON.stringify({ status: "not ready", failing: ["disk", "store"] }));
  });
  assert.match(
    (await typed(["ready", "--timeout", "0", "--wait", failing])).complained,
    /is not ready: it says so itself \(disk, store\)/,
  );
  const other = await answering(t, (_request, answer) => {
    answer.writeHead(404).end("nothing here");
  });
  assert.match(
    (await typed(["ready", "--timeout", "0", "--wait", other])).complained,
    /it answers 404: no server of Restante/,
  );
  const silent = await answering(t, () => undefined);
  assert.match((await typed(["ready", "--wait", silent, "--timeout", "1"])).complained, /it does not answer/);
  const cut = createPlainServer((socket) => socket.resetAndDestroy()).listen(0, "127.0.0.1");
  atEnd(t, async () => cut.close());
  await once(cut, "listening");
  const at = `http://127.0.0.1:${(cut.address() as { port: number }).port}`;
  assert.match((await typed(["ready", "--timeout", "0", "--wait", at])).complained, /it cut the connection/);
});

test("restante ready says why a server is not ready where the machine stood still until the time was up", async (t) => {
  const timers: NodeJS.Timeout[] = [];
  const failing = await answering(t, (_request, answer) => {
    answer.writeHead(503).end(JSON.stringify({ failing: ["store"] }));
    // In the pause before the next question.
    timers.push(setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000), 20));
  });
  const { status, complained } = await typed(["ready", "--wait", failing, "--timeout", "1"]);
  for (const timer of timers) clearTimeout(timer);
  assert.equal(status, 1);
  assert.match(complained, /is not ready after 1 s: (?:it says so itself \(store\)|it does not answer)/);
});

test("restante ready refuses what is no address of a server, and options of https for http", async () => {
  for (const [words, says] of [
    [["--wait", "127.0.0.1:8700"], /--wait takes an address that begins with http:\/\/ or https:\/\//],
    [["--wait", "ftp://localhost"], /--wait takes an address/],
    [["--wait", "http://localhost", "--cacert", "ca.crt"], /--cacert, --cert and --key are of https/],
    [["--wait", "https://localhost", "--cert", "client.crt"], /--cert and --key go together/],
    [[], /which server\? --wait http/],
    [["--wait", "http://localhost", "--timeout", "-1"], /--timeout/],
  ] as const) {
    const { status, complained } = await typed(["ready", ...words]);
    assert.equal(status, 2, words.join(" "));
    assert.match(complained, says);
  }
});
