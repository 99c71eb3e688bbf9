// @peculiar/x509 resolves its parts by metadata that this import makes possible: it must come first.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";

import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { temporaryFolder } from "../support/at-end.ts";
import { typed } from "../support/typed.ts";

const NAME = "X26HC005.X26.api.mesh-client.nhs.uk";

test("'restante client csr' makes a key for its owner alone and a request of the NHS's common name, and says what to do next", async (t) => {
  const folder = join(await temporaryFolder(t), "production");
  const { status, printed, complained } = await typed(["client", "csr", "x26hc005", "x26", "--into", folder]);
  assert.equal(status, 0, complained);
  assert.deepEqual((await readdir(folder)).toSorted(), [`${NAME}.csr`, `${NAME}.key`]);
  const key = await readFile(join(folder, `${NAME}.key`), "utf8");
  if (process.platform !== "win32") assert.equal((await stat(join(folder, `${NAME}.key`))).mode & 0o777, 0o600);
  const request = new Pkcs10CertificateRequest(await readFile(join(folder, `${NAME}.csr`), "utf8"));
  // Every other field is empty, and no extension asks for anything.
  assert.equal(request.subject, `CN=${NAME}`);
  assert.deepEqual([request.extensions.length, request.attributes.length], [0, 0]);
  assert.ok(await request.verify());
  const privateKey = createPrivateKey(key);
  assert.equal(privateKey.asymmetricKeyType, "rsa");
  assert.equal(privateKey.asymmetricKeyDetails?.modulusLength, 2048);
  const ofRequest = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: "der", type: "spki" });
  assert.ok(createPublicKey(key).equals(ofRequest));

  assert.ok(printed.includes(NAME));
  assert.match(printed, /What to do next:\n1\. Send .*\.csr to the NHS, and never the key/);
  assert.match(printed, /itoc\.supportdesk@nhs\.net/);
  assert.doesNotMatch(printed + complained, /BEGIN/);
});

test("'restante client csr' never overwrites a key, and leaves none behind when it cannot write the request", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, `${NAME}.key`), "a key that a certificate was asked for with");
  const again = await typed(["client", "csr", "X26HC005", "X26", "--into", folder]);
  assert.equal(again.status, 1);
  assert.match(
    again.complained,
    /\.key is there already, and is not overwritten: no request lies beside it\. Remove it if/,
  );
  await writeFile(join(folder, `${NAME}.csr`), "its request");
  const third = await typed(["client", "csr", "X26HC005", "X26", "--into", folder]);
  assert.match(third.complained, /: a certificate may have been asked for with it\. Name another folder with --into/);
  assert.match(await readFile(join(folder, `${NAME}.key`), "utf8"), /^a key that/);
  assert.equal(await readFile(join(folder, `${NAME}.csr`), "utf8"), "its request");
  assert.equal((await readdir(folder)).length, 2);

  const other = join(folder, "other");
  await mkdir(join(other, `${NAME}.csr`), { recursive: true });
  const unwritten = await typed(["client", "csr", "X26HC005", "X26", "--into", other]);
  assert.equal(unwritten.status, 1);
  assert.match(unwritten.complained, /cannot write into .*other: /);
  assert.deepEqual(await readdir(other), [`${NAME}.csr`]);
});

test("a name that cannot be one is refused before a key is made", async (t) => {
  const folder = await temporaryFolder(t);
  for (const [mailbox, code, words] of [
    ["X26 HC005", "X26", /A mailbox id is/],
    ["X26HC005", "X-26", /An ODS code is/],
    ["X".repeat(40), "X26", /longer than the 64 characters of a common name/],
  ] as const) {
    const { status, complained } = await typed(["client", "csr", mailbox, code, "--into", folder]);
    assert.equal(status, 2, "it was typed wrong");
    assert.match(complained, words);
  }
  assert.deepEqual(await readdir(folder), []);
});
