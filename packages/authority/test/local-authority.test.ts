import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";

import {
  clientCommonName,
  createLocalAuthority,
  issueExpired,
  LocalAuthorityError,
  localHosts,
} from "@restante/authority";

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "restante-authority-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "authority");
}

test("both ends trust each other by the authority alone, at every local address", async (t) => {
  const authority = await createLocalAuthority(await newFolder(t));
  const server = createServer(
    {
      ...(await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" })),
      ca: authority.caPem,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket: TLSSocket) => socket.end(String(socket.getPeerCertificate().subject.CN)),
  );
  server.listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const client = await authority.issue({ commonName: clientCommonName("X26HC005", "X26"), kind: "client" });
  const { port } = server.address() as AddressInfo;

  const socket = connect({ ...client, port, host: "127.0.0.1", ca: authority.caPem });
  const [text] = await once(socket, "data");

  assert.equal(String(text), "X26HC005.X26.api.mesh-client.nhs.uk");
});

test("a server certificate names 127.0.0.1, ::1 and localhost, and nothing else", async (t) => {
  const authority = await createLocalAuthority(await newFolder(t));

  const { cert } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });

  const read = new X509Certificate(cert);
  assert.equal(read.checkIP("127.0.0.1"), "127.0.0.1");
  assert.equal(read.checkIP("::1"), "::1");
  assert.equal(read.checkHost("localhost"), "localhost");
  assert.equal(read.checkHost("example.com"), undefined);
  assert.deepEqual(read.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
});

test("the authority and what it issued are the same after a restart", async (t) => {
  const folder = await newFolder(t);
  const first = await createLocalAuthority(folder);
  const issued = await first.issue({ commonName: "A", kind: "client" });

  const second = await createLocalAuthority(folder);

  assert.equal(second.caPem, first.caPem);
  assert.deepEqual(await second.issue({ commonName: "A", kind: "client" }), issued);
});

test("a certificate with less than 30 days left is replaced", async (t) => {
  const folder = await newFolder(t);
  const issued = await (await createLocalAuthority(folder)).issue({ commonName: "A", kind: "client" });
  const later = new Date(Date.now() + 380 * 24 * 60 * 60 * 1000);

  const authority = await createLocalAuthority(folder, { clock: { now: () => later } });

  assert.notEqual((await authority.issue({ commonName: "A", kind: "client" })).cert, issued.cert);
});

test("one whose time is over is of the same authority, and is issued where there is one alone", async (t) => {
  const folder = await newFolder(t);
  await assert.rejects(issueExpired(folder, { commonName: "old", kind: "client" }), { code: "authority-lost" });
  const { caPem } = await createLocalAuthority(folder);

  const issued = await issueExpired(folder, { commonName: "old", kind: "client" });

  const certificate = new X509Certificate(issued.cert);
  assert.ok(certificate.verify(new X509Certificate(caPem).publicKey));
  assert.ok(new Date(certificate.validTo) < new Date());
  assert.deepEqual(await issueExpired(folder, { commonName: "old", kind: "client" }), issued);
});

test("private keys are 0600 in a folder of 0700, and no temporary file stays", async (t) => {
  const folder = await newFolder(t);
  const authority = await createLocalAuthority(folder);
  await authority.issue({ commonName: "A", kind: "client" });

  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  const files = (await readdir(folder)).sort();
  assert.deepEqual(files, ["ca.crt", "ca.key", "client-A.crt", "client-A.key", "issuing.lock"]);
  for (const name of files.filter((file) => file.endsWith(".key"))) {
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
  }
});

test("asked for the same certificate many times at once, it gives one, and that one is on disk", async (t) => {
  const folder = await newFolder(t);
  const authority = await createLocalAuthority(folder);

  const issued = await Promise.all(
    Array.from({ length: 5 }, () => authority.issue({ commonName: "A", kind: "client" })),
  );

  const [first] = issued;
  for (const each of issued) assert.deepEqual(each, first);
  assert.deepEqual(await (await createLocalAuthority(folder)).issue({ commonName: "A", kind: "client" }), first);
});

test("made many times at once, it is one authority, and that one is on disk", async (t) => {
  const folder = await newFolder(t);
  const made = await Promise.all(Array.from({ length: 5 }, () => createLocalAuthority(folder)));
  const { caPem } = await createLocalAuthority(folder);
  for (const authority of made) assert.equal(authority.caPem, caPem);
});

test("processes that ask for the same certificates at the same time are given the same, whole, of one authority", async (t) => {
  const folder = await newFolder(t);
  const names = Array.from({ length: 20 }, (_, index) => `MAILBOX${index}`);
  const program = `
    import { createLocalAuthority } from "@restante/authority";
    const authority = await createLocalAuthority(${JSON.stringify(folder)});
    const issued = [{ cert: authority.caPem }];
    for (const commonName of ${JSON.stringify(names)}) issued.push(await authority.issue({ commonName, kind: "client" }));
    console.log(JSON.stringify(issued));
  `;
  const ask = async (): Promise<{ cert: string; key: string }[]> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program],
      { cwd: import.meta.dirname },
    );
    return JSON.parse(stdout) as { cert: string; key: string }[];
  };
  const [first, ...others] = await Promise.all([ask(), ask(), ask(), ask()]);
  assert.equal(first.length, names.length + 1);
  for (const { cert, key } of first.slice(1))
    assert.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)));
  for (const other of others) assert.deepEqual(other, first);
});

test("a certificate whose key is another's is replaced", async (t) => {
  const folder = await newFolder(t);
  const authority = await createLocalAuthority(folder);
  const first = await authority.issue({ commonName: "A", kind: "client" });
  const other = await authority.issue({ commonName: "B", kind: "client" });
  await writeFile(join(folder, "client-A.key"), other.key);

  const second = await authority.issue({ commonName: "A", kind: "client" });

  assert.notEqual(second.cert, first.cert);
  assert.ok(new X509Certificate(second.cert).checkPrivateKey(createPrivateKey(second.key)));
});

test("a common name that is not a plain file name is refused", async (t) => {
  const authority = await createLocalAuthority(await newFolder(t));

  await assert.rejects(
    authority.issue({ commonName: "../ca", kind: "client" }),
    (error) => error instanceof LocalAuthorityError && error.code === "common-name-invalid",
  );
});

test("an authority of which a file is missing is not made anew unless it may be, and how that is done is told", async (t) => {
  const folder = await newFolder(t);
  const { caPem } = await createLocalAuthority(folder);
  await rm(join(folder, "ca.key"));
  await assert.rejects(createLocalAuthority(folder, { mayMake: false, howToMake: "with a word" }), {
    code: "authority-lost",
    message:
      `${join(folder, "ca.key")} or ca.crt beside it is missing: put both back from a backup, or make a new authority, ` +
      "which clients of your own must then trust, with a word",
  });
  assert.notEqual((await createLocalAuthority(folder)).caPem, caPem);
});

test("an authority whose key is spoilt says so", async (t) => {
  const folder = await newFolder(t);
  await createLocalAuthority(folder);
  await writeFile(join(folder, "ca.key"), "not a key");

  await assert.rejects(
    createLocalAuthority(folder),
    (error) => error instanceof LocalAuthorityError && error.code === "authority-unreadable",
  );
});
