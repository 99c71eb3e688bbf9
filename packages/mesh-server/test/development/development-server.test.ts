import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer, MeshServerError } from "@restante/mesh-server";
import { createDevelopmentServer, type DevelopmentServerConfig, isMarked } from "@restante/mesh-server/development";
import { temporaryFolder, testAuthority, testDirectory, testRequest } from "@restante/testbed";
import { localHosts } from "@restante/authority";

import { mailboxToken } from "../control/development.ts";

const services = { demographics: embeddedDemographics(testDirectory()) };
const plain = { host: "127.0.0.1", port: 0 };

async function config(t: Parameters<typeof temporaryFolder>[0]): Promise<DevelopmentServerConfig> {
  return {
    dataFolder: await temporaryFolder(t),
    sharedKey: "TestKey",
    mailboxes: ["X26ABC1", "X26ABC2"].map((mailboxId) => ({
      mailboxId,
      name: mailboxId,
      odsCode: "X26",
      password: "password",
    })),
    workflows: [{ workflowId: "TEST_WORKFLOW", senders: ["X26ABC1"], receivers: ["X26ABC2"] }],
    reserveBytes: 65_536,
    plain,
  };
}

async function send(url: string, workflowId: string, from: string = "X26ABC1"): Promise<Response> {
  return fetch(`${url}/messageexchange/${from}/outbox`, {
    method: "POST",
    headers: { authorization: mailboxToken(from), "mex-to": "X26ABC2", "mex-workflowid": workflowId },
    body: "letter",
  });
}

test("a server for development takes messages over plain HTTP and over HTTPS alike, into one store", async (t) => {
  const authority = await testAuthority();
  const { cert, key } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const settings = { ...(await config(t)), tls: { ...plain, cert, key, ca: authority.caPem } };
  await using server = await createDevelopmentServer(settings, services);

  assert.equal((await send(server.plainUrl!, "TEST_WORKFLOW")).status, 202);

  const reachable = { url: server.tlsUrl!, config: { ...settings, ...plain }, authority, clock: undefined };
  const inbox = await testRequest(reachable, "X26ABC2", { path: "/messageexchange/X26ABC2/inbox" });
  assert.equal((inbox.json as { messages: string[] }).messages.length, 1);
});

test("any workflow is taken in development, and with enforceWorkflows only those of the settings", async (t) => {
  const settings = await config(t);
  {
    await using server = await createDevelopmentServer(settings, services);
    assert.equal((await send(server.plainUrl!, "ANY_OTHER")).status, 202);
    assert.equal((await send(server.plainUrl!, "TEST_WORKFLOW", "X26ABC2")).status, 202);
  }
  await using server = await createDevelopmentServer({ ...settings, enforceWorkflows: true }, services);
  assert.equal((await send(server.plainUrl!, "ANY_OTHER")).status, 417);
  assert.equal((await send(server.plainUrl!, "TEST_WORKFLOW")).status, 202);
});

test("a folder made for development is marked, and production refuses it", async (t) => {
  const settings = await config(t);
  await (await createDevelopmentServer(settings, services)).close();
  assert.equal(await isMarked(settings.dataFolder), true);

  const authority = await testAuthority();
  const { cert, key } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const { plain: _, ...rest } = settings;
  const production = { ...rest, host: "127.0.0.1", port: 0, tls: { cert, key, ca: authority.caPem } };
  await assert.rejects(
    createMeshServer(production, services),
    (error) => error instanceof MeshServerError && error.code === "folder-for-development",
  );

  const own = { ...production, dataFolder: await temporaryFolder(t) };
  await (await createMeshServer(own, services)).close();
  await assert.rejects(
    createDevelopmentServer({ ...settings, dataFolder: own.dataFolder }, services),
    (error) => error instanceof MeshServerError && error.code === "folder-not-marked",
  );
  assert.equal(await isMarked(own.dataFolder), false);
});

test("a folder that holds anything else is not made into one for development", async (t) => {
  const settings = await config(t);
  await writeFile(join(settings.dataFolder, "letters.txt"), "mine");
  await assert.rejects(createDevelopmentServer(settings, services), /holds 'letters.txt'/);
});

test("a server for development that would listen nowhere is refused", async (t) => {
  const { plain: _, ...settings } = await config(t);
  await assert.rejects(
    createDevelopmentServer(settings, services),
    (error) =>
      error instanceof MeshServerError && error.code === "config-invalid" && /plain or tls/.test(error.message),
  );
});
