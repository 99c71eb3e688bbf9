// Another party's client, as it is: NHS England's `mesh-client` for Python. Where there is no interpreter that has it, the
// tests are skipped: name one in RESTANTE_PYTHON (python3 -m venv FOLDER; FOLDER/bin/pip install mesh-client).

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { clientCommonName, localHosts } from "@restante/authority";
import { temporaryFolder, testAuthority } from "@restante/testbed";

import { startDevelopment, workflow } from "./control/development.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("nhs-python-client.py", import.meta.url));
const door = { host: "127.0.0.1", port: 0 };
const workflows = [workflow, "TEST_WORKFLOW2"].map((workflowId) => ({ workflowId, senders: ["*"], receivers: ["*"] }));

const python = process.env["RESTANTE_PYTHON"] ?? "python3";
const skip = await run(python, ["-c", "import mesh_client"]).then(
  () => false as const,
  () => `${python} does not have mesh-client: name one that does in RESTANTE_PYTHON`,
);

/** What the client made of a whole round of its verbs. */
async function useClient(t: TestContext, given: object): Promise<Record<string, unknown>> {
  const words = JSON.stringify({ sharedKey: "TestKey", ...given });
  const { stdout } = await run(python, ["-W", "ignore", script, words], { maxBuffer: 1024 * 1024 });
  const { version, ...results } = JSON.parse(stdout) as Record<string, unknown>;
  t.diagnostic(`mesh-client ${String(version)}`);
  return results;
}

const asItShould = {
  handshake: "hello",
  count: 1,
  listed: true,
  waiting: "accepted",
  text: "a letter",
  attributes: {
    sender: "X26ABC1",
    recipient: "X26ABC2",
    message_type: "DATA",
    workflow_id: "TEST_WORKFLOW",
    subject: "Café",
    filename: "letter.txt",
    local_id: "local 1",
    partner_id: "partner",
    checksum: "b10a8db164e0754105b7a99be72e3fe5",
    content_type: "text/plain",
    compressed: true,
    encrypted: false,
  },
  left: [],
  tracked: { status: "acknowledged", local_id: "local 1", recipient: "X26ABC2", workflow_id: "TEST_WORKFLOW" },
  chunks: "3",
  chunked: true,
  packed: true,
  chunksPacked: true,
  pages: true,
  filtered: true,
  emptied: 0,
  lookup: ["X26ABC1", "X26ABC2", "X26ABC3"],
  refused: "Unregistered to address",
  unknown: 404,
  anothers: 403,
  wrongPassword: 403,
};

test("NHS England's Python client works unchanged over plain HTTP", { skip }, async (t) => {
  const { server } = await startDevelopment(t, { plain: door, workflows });

  assert.deepEqual(await useClient(t, { url: server.plainUrl }), asItShould);
});

test("NHS England's Python client works unchanged over HTTPS with a client certificate", { skip }, async (t) => {
  const authority = await testAuthority();
  const own = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const { server } = await startDevelopment(t, { tls: { ...door, ...own, ca: authority.caPem }, workflows });
  const { cert, key } = await authority.issue({ commonName: clientCommonName("X26ABC1", "X26"), kind: "client" });
  const folder = await temporaryFolder(t);
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const ca = await write("ca.pem", authority.caPem);
  const files = [await write("client.pem", cert), await write("client-key.pem", key)];
  const url = server.tlsUrl?.replace("127.0.0.1", "localhost");

  assert.deepEqual(await useClient(t, { url, ca, cert: files }), asItShould);

  const both = await write("both.pem", `${key}\n${cert}`);
  assert.deepEqual(await useClient(t, { url: server.tlsUrl, ca, cert: [both] }), asItShould, "both in one file");
});

test("NHS England's Python client goes on where the server is busy for a moment", { skip }, async (t) => {
  const { server } = await startDevelopment(t, { plain: door, workflows });
  for (const at of ["handshake", "list", "download", "acknowledge", "track", "chunk"] as const) {
    await server.control.faults.next({ at, do: "status", status: 503 });
  }

  assert.deepEqual(await useClient(t, { url: server.plainUrl }), asItShould);
  assert.deepEqual((await server.control.faults.list()).faults, [], "each was met");
});
