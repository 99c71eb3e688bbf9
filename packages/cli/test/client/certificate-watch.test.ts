import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createLocalAuthority } from "@restante/authority";
import { parseMailboxId } from "@restante/mesh";
import { recordEvents, settableClock, waitFor } from "@restante/testbed";
import { watchCertificates } from "../../src/client/certificate-watch.ts";
import { certificatesOf } from "../../src/client/certificates.ts";
import { clientPart } from "../../src/config/client-file.ts";
import { readPart } from "../../src/config/read-part.ts";
import { narrate } from "../../src/terminal/narrate.ts";
import { environment, partsFolder } from "../config/parts-folder.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { runCommand } from "../support/processes.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOW = new Date("2026-11-29T12:00:00Z");

/** A certificate that has so many days left at a time. */
async function certificate(
  t: TestContext,
  daysLeft: number,
  now = NOW,
  kind: "client" | "server" = "client",
): Promise<{ key: string; cert: string; ca: string }> {
  const clock = { now: (): Date => new Date(now.getTime() - (397 - daysLeft) * DAY) };
  const authority = await createLocalAuthority(await temporaryFolder(t), { clock });
  const { key, cert } = await authority.issue({ commonName: "X26HC005.X26", kind, hosts: ["localhost"] });
  return { key, cert, ca: authority.caPem };
}

test("the end of a certificate is told with 60, 30 and 7 days left and when it is past, not at each look, and its renewal", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const clock = settableClock(NOW);
  const events = recordEvents();
  using watch = watchCertificates({ emit: events.emit, clock });
  const ending = await certificate(t, 62);
  watch.watch([ending]);
  for (let hours = 0; hours < 66 * 24; hours += 1) {
    clock.set(new Date(clock.now().getTime() + DAY / 24));
    t.mock.timers.tick(DAY / 24);
  }
  const told = events.of("certificate-expires");
  const firsts = [60, 30, 7, 0].map((days) => told.findIndex(({ daysLeft }) => daysLeft === days));
  assert.ok(!firsts.includes(-1));
  assert.equal(firsts[0], 0);
  // Every 6 hours, and at once where another stage begins.
  assert.ok(told.length > 200 && told.length < 64 * 4 + 20, String(told.length));
  assert.ok(
    told.every(
      ({ certificate, of, mailboxId }) => certificate === "X26HC005.X26" && of === "client" && mailboxId === undefined,
    ),
  );
  assert.ok(told.at(-1)!.daysLeft < 0);
  assert.deepEqual(events.of("certificate-renewed"), []);

  // As settings are read anew: another that ends soon is told at once, one that does not as renewed, and then nothing.
  const before = told.length;
  watch.watch([await certificate(t, 20, clock.now())]);
  assert.deepEqual(
    events
      .of("certificate-expires")
      .slice(before)
      .map(({ daysLeft }) => daysLeft),
    [20],
  );
  const renewed = await certificate(t, 300, clock.now());
  watch.watch([renewed]);
  watch.watch([renewed]);
  assert.equal(events.of("certificate-renewed").length, 1);
  assert.equal(events.of("certificate-expires").length, before + 1);
});

test("a certificate that mailboxes share is told once, and each mailbox's own by its id", async (t) => {
  const events = recordEvents();
  using watch = watchCertificates({ emit: events.emit, clock: settableClock(NOW) });
  const [shared, own] = await Promise.all([certificate(t, 10), certificate(t, 5)]);
  const mailboxId = parseMailboxId("X26HC005");
  watch.watch([shared, { mailboxId, ...own }]);
  watch.watch([shared, { mailboxId, ...own }]);
  assert.deepEqual(
    events.of("certificate-expires").map(({ mailboxId, daysLeft }) => [mailboxId, daysLeft]),
    [
      [undefined, 10],
      [mailboxId, 5],
    ],
  );

  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const of = (): (string | undefined)[] =>
    certificatesOf(readPart(clientPart, file, { environment })).map(({ mailboxId }) => mailboxId);
  assert.deepEqual(of(), [undefined]);
  const text = await readFile(file, "utf8");
  const other = "{ key: tls/client.key, cert: tls/client.crt, ca: tls/ca.crt }";
  await writeFile(
    file,
    text.replace(
      "mailboxes:\n",
      `mailboxes:\n  - { mailboxId: OTHER, password: { env: MESH_PASSWORD_Y99002OT001 }, folder: other, tls: ${other} }\n`,
    ),
  );
  assert.deepEqual(of(), [undefined, "OTHER"]);
});

test("'restante client --config' tells of a certificate that ends soon in its log and on the terminal, at its start, and in no file of a mailbox", async (t) => {
  const folder = await partsFolder(t);
  const { key, cert, ca } = await certificate(t, 5, new Date());
  for (const [name, pem] of [
    ["client.key", key],
    ["client.crt", cert],
    ["ca.crt", ca],
  ] as const) {
    await writeFile(join(folder, "tls", name), pem, { mode: 0o600 });
  }
  const running = runCommand(["client", "--config", join(folder, "client.yaml")], environment);
  atEnd(t, async () => running.end("SIGKILL"));
  await running.printed(/MESH client of/);
  await running.printed(/MESH clients.* its certificate X26HC005\.X26 expires in 5 days/);
  const lines = await waitFor(async () => {
    const log = await readFile(join(folder, "restante-client.log"), "utf8");
    const found = log.split("\n").filter((line) => line.includes("certificate-expires"));
    return found.length > 0 ? found : undefined;
  });
  assert.equal(lines.length, 1);
  const { level, daysLeft, of, certificate: name, times } = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual(
    { level, daysLeft, of, name, times },
    { level: 40, daysLeft: 5, of: "client", name: "X26HC005.X26", times: 1 },
  );
  assert.deepEqual(await filesOf(join(folder, "mesh", "Y99001OT001")), []);
});

test("'restante server --config' tells of its own certificate that ends soon in its log and on the terminal, at its start", async (t) => {
  const folder = await partsFolder(t);
  const { key, cert } = await certificate(t, 5, new Date(), "server");
  await writeFile(join(folder, "tls", "server.key"), key, { mode: 0o600 });
  await writeFile(join(folder, "tls", "server.crt"), cert);
  const file = join(folder, "server.yaml");
  await writeFile(file, (await readFile(file, "utf8")).replace(/^port: .*$/m, "port: 0"));
  const running = runCommand(["server", "--config", file], environment);
  atEnd(t, async () => running.end("SIGKILL"));
  await running.printed(/MESH server +its certificate X26HC005\.X26 expires in 5 days/);
  const line = await waitFor(async () => {
    const log = await readFile(join(folder, "restante-server.log"), "utf8");
    return log.split("\n").find((each) => each.includes("certificate-expires"));
  });
  const { level, daysLeft, of } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual({ level, daysLeft, of }, { level: 40, daysLeft: 5, of: "server" });
});

/** Whatever programs that watch a mailbox's folders could take for a message. */
async function filesOf(mailbox: string): Promise<string[]> {
  const found = await readdir(mailbox, { recursive: true, withFileTypes: true });
  const isTheirs = ({ parentPath }: { parentPath: string }): boolean => !parentPath.includes(".restante");
  return found.filter((entry) => entry.isFile() && isTheirs(entry)).map(({ name }) => name);
}

test("the terminal says whose certificate it is, and what to read", () => {
  const about = { certificate: "NHS Root", expiresAt: NOW, times: 1, since: NOW };
  assert.equal(
    narrate({ event: "certificate-expires", of: "trusted", daysLeft: 1, ...about })?.what,
    "the certificate by which it trusts the server, NHS Root expires in 1 day (2026-11-29): see docs/certificates.md",
  );
  const ofClients = narrate({ event: "certificate-expires", of: "clients", daysLeft: 0, ...about });
  assert.match(
    `${ofClients?.who}: ${ofClients?.what}`,
    /^MESH server: the certificate by which it trusts its clients, NHS Root has/,
  );
  const mailboxId = parseMailboxId("X26HC005");
  const expired = narrate({ event: "certificate-expires", of: "client", daysLeft: -3, mailboxId, ...about });
  assert.deepEqual(
    [expired?.who, expired?.what],
    ["MESH client X26HC005", "its certificate NHS Root has expired (2026-11-29): see docs/certificates.md"],
  );
  assert.match(narrate({ event: "certificate-renewed", of: "client", ...about })?.what ?? "", /good until 2026-11-29/);
});
