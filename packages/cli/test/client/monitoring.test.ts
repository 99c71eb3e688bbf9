import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { parseMailboxId } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import type { Condition } from "../../src/client/condition.ts";
import type { Mailbox } from "../../src/client/mailbox.ts";
import { metricsOf } from "../../src/client/metrics.ts";
import { type MonitoringOptions, openMonitoring } from "../../src/client/monitoring.ts";
import { createTally } from "../../src/client/tally.ts";

const mailboxId = parseMailboxId("Y99001OT001");
const at = new Date("2026-01-02T03:04:05Z");

function conditionOf(tally: Partial<Mailbox["tally"]>): Condition {
  const mailbox: Mailbox = {
    mailboxId,
    tally: { ...createTally(), ...tally },
    tried: Promise.resolve(),
    state: () => ({ kind: "carrying" }),
    tellStatus: () => undefined,
    stillFor: () => undefined,
    end: async () => undefined,
  };
  return { startedAt: at, mailboxes: [mailbox], reloadedAt: at, expiries: new Map([[mailboxId, at]]) };
}

async function monitored(t: TestContext, options: Partial<MonitoringOptions> = {}): Promise<URL> {
  const condition = (): Condition => conditionOf({ waiting: 0 });
  const monitoring = await openMonitoring({ host: "127.0.0.1", port: 0, allowHosts: [], condition, ...options });
  t.after(async () => monitoring[Symbol.asyncDispose]());
  return new URL(monitoring.url);
}

async function asked(
  { port }: URL,
  { path = "/livez", method = "GET", host = "localhost" }: { path?: string; method?: string; host?: string } = {},
): Promise<{ status: number | undefined; text: string; headers: Record<string, unknown> }> {
  const asking = request({ host: "127.0.0.1", port, path, method, headers: { host } });
  asking.end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  const text = Buffer.concat((await answer.toArray()) as Buffer[]).toString();
  return { status: answer.statusCode, text, headers: answer.headers };
}

test("monitoring has three paths, to be read; any other, and any other method, is refused", async (t) => {
  const url = await monitored(t);
  const livez = await asked(url);
  assert.deepEqual([livez.status, livez.text], [200, "alive\n"]);
  assert.equal((await asked(url, { path: "/readyz?verbose" })).text, "ready: 1 mailbox is carried\n");
  const metrics = await asked(url, { path: "/metrics" });
  assert.equal(metrics.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(metrics.headers["access-control-allow-origin"], undefined);
  assert.equal((await asked(url, { method: "HEAD", path: "/metrics" })).text, "");
  for (const path of ["/", "/metrics/", "/livez2", "/../livez", "/v1", "/admin"]) {
    assert.equal((await asked(url, { path })).status, 404, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) assert.equal((await asked(url, { method })).status, 405);
});

test("a Host that is neither loopback nor allowed is refused; listening beyond loopback, an address is taken, and no other name", async (t) => {
  const url = await monitored(t, { allowHosts: ["mesh.example", "other.example:9464"] });
  const names = [
    "localhost",
    "127.0.0.1:9464",
    "[::1]",
    "LOCALHOST:1",
    "mesh.example:9464",
    "other.example",
    "mesh.example.",
  ];
  for (const host of names) assert.equal((await asked(url, { host })).status, 200, host);
  for (const host of ["evil.example", "192.0.2.1", "localhost.evil.example", "mesh.example@evil", "127.evil.example"]) {
    assert.equal((await asked(url, { host })).status, 421, host);
  }
  const open = await monitored(t, { host: "0.0.0.0" });
  for (const host of ["192.0.2.1:9464", "[2001:db8::1]:9464"])
    assert.equal((await asked(open, { host })).status, 200, host);
  assert.equal((await asked(open, { host: "evil.example" })).status, 421);
});

test("what is too large or no HTTP is cut off, and so many connections are served and no more; the end waits for none of them", async () => {
  const condition = (): Condition => conditionOf({});
  const monitoring = await openMonitoring({ host: "127.0.0.1", port: 0, allowHosts: [], condition });
  const { port } = new URL(monitoring.url);
  const open = async (text: string): Promise<{ ended: Promise<string> }> => {
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", () => undefined);
    socket.write(text);
    return {
      ended: socket.toArray().then(
        (parts) => Buffer.concat(parts as Buffer[]).toString(),
        () => "",
      ),
    };
  };
  assert.match(
    await (
      await open(`GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`)
    ).ended,
    /^HTTP\/1.1 431/,
  );
  assert.match(await (await open("hello\r\n\r\n")).ended, /^HTTP\/1.1 400/);
  const many = await Promise.all(Array.from({ length: 40 }, async () => open("")));
  // Those beyond the limit are cut at once.
  await Promise.any(many.map(async ({ ended }) => ended));
  await monitoring[Symbol.asyncDispose]();
  await Promise.all(many.map(async ({ ended }) => ended));
});

test("who sends a request letter by letter, on all the connections there are, keeps nobody else out for long", async (t) => {
  const { port } = await monitored(t);
  let open = 0;
  for (let count = 0; count < 32; count += 1) {
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", () => undefined);
    const letters = setInterval(() => socket.write("x"), 100);
    open += 1;
    socket.once("close", () => {
      clearInterval(letters);
      open -= 1;
    });
    t.after(() => socket.destroy());
    socket.write("GET /livez HTTP/1.1\r\nX: ");
  }
  await waitFor(() => open === 0, { timeoutMs: 20_000, what: "their end" });
  assert.equal((await asked(new URL(`http://127.0.0.1:${port}`))).status, 200);
});

test("metrics are told as Prometheus reads them, each with its help and type, and a series of trouble for every place", () => {
  const kept = {
    measuredAt: at.toISOString(),
    sent: { files: 4, bytes: 1234 },
    failed: { files: 0, bytes: 0 },
  };
  const text = metricsOf(
    conditionOf({
      sent: 3,
      waiting: 2,
      held: 1,
      unfetched: 3,
      lastSuccessAt: at,
      troubles: new Map([["IN", "the disk is full"]]),
      kept,
    }),
  );
  const lines = text.split("\n").slice(0, -1);
  let name = "";
  for (const line of lines) {
    const [, of, rest] = /^# (?:HELP|TYPE) (\w+) (.*)$/.exec(line) ?? [];
    if (of !== undefined) {
      name = of;
      assert.ok(rest !== "");
      continue;
    }
    assert.match(line, new RegExp(`^${name}(?:\\{\\w+="[^"]*"(?:,\\w+="[^"]*")*\\})? [\\d.e+-]+$`));
  }
  const label = `{mailbox="${mailboxId}"}`;
  for (const line of [
    "# TYPE restante_client_pairs_sent_total counter",
    `restante_client_pairs_sent_total${label} 3`,
    `restante_client_pairs_waiting${label} 2`,
    `restante_client_pairs_held${label} 1`,
    `restante_client_messages_unfetched${label} 3`,
    `restante_client_sent_bytes${label} 1234`,
    `restante_client_failed_bytes${label} 0`,
    `restante_client_last_successful_poll_timestamp_seconds${label} ${at.getTime() / 1000}`,
    `restante_client_certificate_expiry_timestamp_seconds${label} ${at.getTime() / 1000}`,
    `restante_client_trouble{mailbox="${mailboxId}",place="IN"} 1`,
    `restante_client_trouble{mailbox="${mailboxId}",place="server"} 0`,
    "restante_client_log_failing 0",
  ])
    assert.ok(lines.includes(line), `${line}\n\n${text}`);
  assert.doesNotMatch(text, /disk is full/);
  const unknown = metricsOf(conditionOf({}));
  assert.doesNotMatch(unknown, /last_successful_poll|pairs_held|_bytes\{/, "what is not known yet has no value");
});

test("/readyz names the place of each trouble, and names it once", async (t) => {
  const troubles = new Map([
    ["OUT", "OUT: it is no folder."],
    ["server", "The server answered 500."],
  ]);
  const url = await monitored(t, { condition: () => conditionOf({ troubles }) });
  // Also while the first poll still goes on.
  assert.deepEqual((await asked(url, { path: "/readyz" })).text.split("\n"), [
    `${mailboxId}: OUT: it is no folder.`,
    `${mailboxId}: the server: The server answered 500.`,
    "",
  ]);
});
