import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type ClientTls, MeshClientError } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { strangeAuthority } from "@restante/testbed";
import { clientCommonName } from "@restante/authority";
import { inFolder, newEconomy, SENDER, start, tlsOf, toPractice } from "../support/bad-input.ts";
import { closingInReverse } from "../support/at-end.ts";
import { controlFilesIn, drop, meshClientOf, namesIn } from "../support/data-folder.ts";

test("with a wrong mailbox password nothing is sent or lost, both sides say so, and the right one sends it", async (t) => {
  const closing = closingInReverse(t);
  const economy = await newEconomy(closing);
  const server = await start(closing, economy, ["server"], /MESH server of/);
  const secrets = join(economy.folder, "secrets.json");
  const right = await readFile(secrets, "utf8");
  const password = economy.secrets.passwords[SENDER]!;
  await writeFile(secrets, right.replace(password, "another"));
  const client = await start(closing, economy, ["client", "--organisation", "Y99001"], /MESH client of/);
  await drop(economy.folder, { name: "kept", control: toPractice(), body: "the data" });

  await client.printed(/Y99001OT001 client +cannot poll: .*/);
  await server.printed(/refused Y99001OT001: 403/);
  await client.printed(/pair \w{8} waits \(unauthorised\)/);
  assert.deepEqual(await namesIn(economy.folder, SENDER, "OUT"), ["kept.ctl", "kept.dat"]);
  const [report, ...others] = await controlFilesIn(economy.folder, SENDER, "IN");
  assert.deepEqual(others, [], "told once, however often it is tried");
  assert.deepEqual([report?.messageType, report?.status?.success], ["Report", false]);
  assert.doesNotMatch(client.output() + server.output(), new RegExp(`another|${password}`));

  await client.end("SIGTERM");
  await writeFile(secrets, right);
  await start(closing, economy, ["client", "--organisation", "Y99001"], /MESH client of/);
  await inFolder(economy, "SENT", ["kept.ctl", "kept.dat"]);
});

const strangers: Readonly<Record<string, { code: string; tls: (own: ClientTls) => Promise<ClientTls> }>> = {
  "a client certificate of another authority": {
    // The server lets the handshake through and then says 403: docs/decisions/024-client-certificates.md.
    code: "unauthorised",
    tls: async ({ ca }) => ({
      ca,
      ...(await (await strangeAuthority()).issue({ commonName: clientCommonName(SENDER, "Y99001"), kind: "client" })),
    }),
  },
  "a server certificate of another authority": {
    code: "server-certificate",
    tls: async (own) => ({ ...own, ca: (await strangeAuthority()).caPem }),
  },
};

for (const [what, { code, tls }] of Object.entries(strangers)) {
  test(`with ${what} nothing is sent or lost, and with a trusted one it goes`, async (t) => {
    const closing = closingInReverse(t);
    const economy = await newEconomy(closing);
    const server = await start(closing, economy, ["server"], /MESH server of/);
    const url = `https://127.0.0.1:${economy.portBase}`;
    const trusted = await tlsOf(economy, SENDER);
    const folder = join(economy.folder, "mesh", SENDER);
    {
      await using client = meshClientOf(economy.folder, url, SENDER, { tls: await tls(trusted) });
      await using directory = await createDirectoryClient({ client, folder, settleMs: 0 });
      await drop(economy.folder, { name: "kept", control: toPractice(), body: "the data" });
      const { sent, waiting, error } = await directory.pollOnce();
      assert.deepEqual([sent, waiting, error?.code], [0, 1, code]);
    }
    assert.deepEqual(await namesIn(economy.folder, SENDER, "OUT"), ["kept.ctl", "kept.dat"]);
    assert.equal((await controlFilesIn(economy.folder, SENDER, "IN")).length, 1, "a report says why");
    if (code === "unauthorised") await server.printed(/refused .*403.*certificate/);
    assert.doesNotMatch(server.output(), /accepted from/);

    await start(closing, economy, ["client", "--organisation", "Y99001"], /MESH client of/);
    await inFolder(economy, "SENT", ["kept.ctl", "kept.dat"]);
  });
}

test("with --strict-tls a client without a trusted certificate is cut off in the handshake, and the server says so", async (t) => {
  const closing = closingInReverse(t);
  const economy = await newEconomy(closing);
  const server = await start(closing, economy, ["server", "--strict-tls"], /MESH server of/);
  const { ca } = await tlsOf(economy, SENDER);
  const stranger = await (await strangeAuthority()).issue({ commonName: "stranger", kind: "client" });
  const url = `https://127.0.0.1:${economy.portBase}`;
  await using client = meshClientOf(economy.folder, url, SENDER, { tls: { ca, ...stranger } });

  await assert.rejects(client.handshake(), (error) => error instanceof MeshClientError && error.status === undefined);

  await server.printed(/refused a request: 403 client-certificate/);
});
