import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { chmod, copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createMeshClient } from "@restante/mesh-client";
import { SettingsError } from "@restante/settings";
import { clientOptions, startTestServer, testMailboxes } from "@restante/testbed";
import { clientPart } from "../../src/config/client-file.ts";
import { readPart } from "../../src/config/read-part.ts";
import { serverPart } from "../../src/config/server-file.ts";
import { writeJks } from "../keystores/write-jks.ts";
import { environment, partsFolder, secretFile } from "./parts-folder.ts";

interface Shelf {
  readonly folder: string;
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  /** The PEM texts that `tls` in `client.yaml`, written so, comes to. */
  readonly read: (tls: string, variables?: Record<string, string>) => Record<"key" | "cert" | "ca", string>;
  /** Why it cannot be used, in lines without the folder's name. */
  readonly problems: (tls: string, variables?: Record<string, string>) => string;
}

async function shelf(t: TestContext): Promise<Shelf> {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const text = await readFile(file, "utf8");
  const written = /^tls:.*\n(?: .*\n)*/m;
  assert.match(text, written);
  const [key, cert, ca] = await Promise.all(
    ["client.key", "client.crt", "ca.crt"].map((name) => readFile(join(folder, "tls", name), "utf8")),
  );
  const read: Shelf["read"] = (tls, variables = {}) => {
    writeFileSync(file, text.replace(written, `tls: ${tls}\n`));
    const settings = readPart(clientPart, file, { environment: { ...environment, ...variables } });
    return { key: settings.text("/tls/key"), cert: settings.text("/tls/cert"), ca: settings.text("/tls/ca") };
  };
  return {
    folder,
    key: key!,
    cert: cert!,
    ca: ca!,
    read,
    problems(tls, variables) {
      try {
        read(tls, variables);
      } catch (error) {
        assert.ok(error instanceof SettingsError, String(error));
        return error.message.replaceAll(`${folder}/`, "");
      }
      return assert.fail(`it was taken: ${tls}`);
    },
  };
}

const same = (one: string, other: string): void => {
  assert.ok(createPrivateKey(one).equals(createPrivateKey(other)));
};
const fingerprints = (pems: string): string[] =>
  (pems.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem).fingerprint256);

test("PEM whose new lines a cloud's settings turned to spaces, or to \\n, is read, from files and from the environment", async (t) => {
  const { folder, key, cert, ca, read, problems } = await shelf(t);
  for (const turned of [
    (pem: string) => pem.replaceAll("\n", " "),
    (pem: string) => pem.replaceAll("\n", "\\n"),
    (pem: string) => pem.replaceAll("\n", "\r\n"),
    (pem: string) => pem.replaceAll("\n", ""),
    (pem: string) => `\uFEFFsubject=CN = client\n${pem}`,
  ]) {
    await writeFile(join(folder, "tls", "client.key"), turned(key));
    await writeFile(join(folder, "tls", "client.crt"), turned(cert) + turned(ca));
    const texts = read("{ key: tls/client.key, cert: tls/client.crt, ca: { env: MESH_CA } }", {
      MESH_CA: turned(ca) + turned(ca),
    });
    same(texts.key, key);
    assert.deepEqual(fingerprints(texts.cert), fingerprints(cert + ca));
    assert.deepEqual(fingerprints(texts.ca), fingerprints(ca + ca));
  }
  const inEnvironment = "{ key: { env: MESH_KEY }, cert: { env: MESH_CERT }, ca: tls/ca.crt }";
  same(read(inEnvironment, { MESH_KEY: key.replaceAll("\n", " "), MESH_CERT: cert }).key, key);
  assert.match(
    problems(inEnvironment, { MESH_KEY: key }),
    /\/tls\/cert .*names an environment variable that is not set/,
  );
  assert.match(
    problems("{ key: { environment: MESH_KEY }, cert: tls/client.crt, ca: tls/ca.crt }"),
    /\/tls\/key .*(is missing|must be|property)/,
  );
});

test("a chain with the root first is sent with the key's own certificate first", async (t) => {
  const { folder, cert, ca, read } = await shelf(t);
  await writeFile(join(folder, "tls", "client.crt"), ca + cert);
  const texts = read("{ key: tls/client.key, cert: tls/client.crt, ca: tls/ca.crt }");
  assert.deepEqual(fingerprints(texts.cert), fingerprints(cert + ca));
});

test("an encrypted key is read with its password, as PKCS #8 and as OpenSSL wrote before it; a wrong one is told as that", async (t) => {
  const { folder, key, read, problems } = await shelf(t);
  await secretFile(folder, "right", "pa££ word\n");
  await secretFile(folder, "wrong", "another");
  const file = join(folder, "tls", "client.key");
  const settings = (password: string): string =>
    `{ key: tls/client.key, keyPassword: { file: secrets/${password} }, cert: tls/client.crt, ca: tls/ca.crt }`;
  for (const encrypted of [
    { type: "pkcs8", cipher: "aes-256-cbc" },
    { type: "sec1", cipher: "aes-128-cbc" },
    { type: "sec1", cipher: "des-ede3-cbc" },
  ] as const) {
    const pem = createPrivateKey(key)
      .export({ ...encrypted, format: "pem", passphrase: "pa££ word" })
      .toString();
    assert.match(pem, encrypted.type === "pkcs8" ? /BEGIN ENCRYPTED PRIVATE KEY/ : /Proc-Type: 4,ENCRYPTED/);
    for (const written of [pem, pem.replaceAll("\n", " ")]) {
      await writeFile(file, written);
      same(read(settings("right")).key, key);
    }
    // One of 256 wrong passwords looks right until the key is read: what is told then names both.
    assert.match(
      problems(settings("wrong")),
      /\/tls\/keyPassword .*is not the password of tls\/client\.key|another password/,
    );
    assert.match(
      problems("{ key: tls/client.key, cert: tls/client.crt, ca: tls/ca.crt }"),
      /\/tls\/keyPassword .*is missing: tls\/client\.key is encrypted/,
    );
    assert.doesNotMatch(problems(settings("wrong")), /another$|pa££/);
  }
  // A cipher that OpenSSL 3 has put away.
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsa = privateKey.export({ type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "x" }).toString();
  await writeFile(file, rsa.replace(/DEK-Info: .*/, "DEK-Info: RC2-40-CBC,0011223344556677"));
  assert.match(problems(settings("right")), /\/tls\/key .*OpenSSL 3 does not read any more.*openssl pkcs8 -topk8/);
});

test("a keystore gives key, certificate and whom to trust; which key, its password and its kind are told by setting", async (t) => {
  const { folder, key, cert, ca, read, problems } = await shelf(t);
  const other = {
    key: await readFile(join(folder, "tls", "server.key"), "utf8"),
    cert: await readFile(join(folder, "tls", "server.crt"), "utf8"),
  };
  const put = async (name: string, bytes: Buffer): Promise<void> =>
    writeFile(join(folder, "tls", name), bytes, { mode: 0o600 });
  await put("one.jks", writeJks("pa££word", { mesh: { key, cert } }, { root: ca }));
  await put("two.keystore", writeJks("pa££word", { mesh: { key, cert: cert + ca }, other }));
  const named = { key, cert };
  await put("names.jks", writeJks("pa££word", { mesh: named, Mesh: named, "\u001B[31m\nother": named }));
  await put("trust.jks", writeJks("changeit", {}, { root: ca }));
  await put("empty.jks", writeJks("changeit", {}));
  await secretFile(folder, "password", "pa££word");
  await secretFile(folder, "trust", "changeit");
  const store = (name: string, more = ""): string =>
    `{ keystore: tls/${name}, keystorePassword: { file: secrets/password }${more} }`;

  const one = read(store("one.jks"));
  same(one.key, key);
  assert.deepEqual([one.cert, one.ca].map(fingerprints), [fingerprints(cert), fingerprints(ca)]);
  const trust = ", ca: tls/trust.jks, caPassword: { file: secrets/trust }";
  const two = read(store("two.keystore", `, alias: MESH${trust}`));
  same(two.key, key);
  assert.deepEqual([two.cert, two.ca].map(fingerprints), [fingerprints(cert + ca), fingerprints(ca)]);
  assert.deepEqual(fingerprints(read(store("one.jks", ", ca: tls/ca.crt")).ca), fingerprints(ca));

  for (const [tls, words] of [
    [
      store("two.keystore", trust),
      /\/tls\/alias .*is missing: tls\/two\.keystore has several keys \(mesh, other\): name the one that is meant/,
    ],
    [
      store("two.keystore", `, alias: third${trust}`),
      /\/tls\/alias .*is of no key in tls\/two\.keystore; it has: mesh, other/,
    ],
    [store("names.jks", `, alias: "mesh"${trust}`), /\/tls\/alias .*is of several keys in tls\/names\.jks: only one/],
    [
      store("names.jks", `, alias: third${trust}`),
      /\/tls\/alias .*is of no key in tls\/names\.jks; it has: mesh, Mesh, \?\[31m\?other$/,
    ],
    [
      store("two.keystore", ", alias: mesh"),
      /\/tls\/ca .*is missing: tls\/two\.keystore has no certificate that it trusts/,
    ],
    [store("trust.jks"), /\/tls\/keystorePassword .*is not the password of tls\/trust\.jks/],
    [store("one.jks", ", ca: tls/trust.jks"), /\/tls\/caPassword .*is missing: tls\/trust\.jks is a keystore/],
    [
      store("one.jks", ", ca: tls/trust.jks, caPassword: { file: secrets/password }"),
      /\/tls\/caPassword .*is not the password of tls\/trust\.jks/,
    ],
    [
      store("one.jks", ", ca: tls/empty.jks, caPassword: { file: secrets/trust }"),
      /\/tls\/ca .*tls\/empty\.jks, a keystore without a certificate that it trusts/,
    ],
    [
      "{ keystore: tls/empty.jks, keystorePassword: { file: secrets/trust }, ca: tls/ca.crt }",
      /\/tls\/keystore .*tls\/empty\.jks, a keystore without a private key and its certificate: name the one with/,
    ],
    [store("ca.crt", ", ca: tls/ca.crt"), /\/tls\/keystore .*tls\/ca\.crt, which is no keystore: JKS .* and PKCS #12/],
    [
      "{ key: tls/one.jks, cert: tls/client.crt, ca: tls/ca.crt }",
      /\/tls\/key .*tls\/one\.jks, which is a keystore: name it as keystore, in the place of key and cert/,
    ],
    ["{ keystore: tls/one.jks }", /\/tls .*must have "keystorePassword" with "keystore"/],
    ["{ key: tls/client.key, ca: tls/ca.crt }", /\/tls .*must have "cert" with "key"/],
    [`{ key: tls/client.key, keystore: tls/one.jks }`, /\/tls .*must have either "key" or "keystore"/],
  ] as const) {
    assert.match(problems(tls), words);
  }
  if (process.platform === "win32") return;
  for (const [path, mode] of [
    ["", 0o755],
    ["tls", 0o755],
    ["tls/one.jks", 0o644],
  ] as const)
    await chmod(join(folder, path), mode);
  assert.match(problems(store("one.jks")), /\/tls\/keystore .*other users of this machine may open it/);
});

test("a server, which has no settings for passwords, asks for PEM that is not encrypted", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "server.yaml");
  const refused = (words: RegExp): void => {
    assert.throws(() => readPart(serverPart, file, { environment }), words);
  };
  const key = await readFile(join(folder, "tls", "server.key"), "utf8");
  const encrypted = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const;
  await writeFile(join(folder, "tls", "server.key"), createPrivateKey(key).export(encrypted));
  refused(/\/tls\/key .*server\.key, which is encrypted: it must not be/);
  await writeFile(join(folder, "tls", "server.key"), writeJks("x", {}));
  refused(/\/tls\/key .*server\.key, which is a keystore: PEM is needed/);
  await writeFile(join(folder, "tls", "server.key"), key);
  await writeFile(join(folder, "tls", "ca.crt"), writeJks("x", {}));
  refused(/\/tls\/ca .*ca\.crt, which is a keystore: PEM is needed/);
});

test("with a keystore of each kind a client is known to a MESH server", async (t) => {
  const { folder, read } = await shelf(t);
  const server = await startTestServer(t);
  const { sender: mailboxId } = testMailboxes;
  const options = await clientOptions(server, mailboxId);
  const { key, cert } = options.tls!;
  await secretFile(folder, "password", "pa££word");
  await secretFile(folder, "java", "pass-word-1");
  await writeFile(
    join(folder, "tls", "own.jks"),
    writeJks("pa££word", { mesh: { key, cert } }, { ca: server.authority.caPem }),
    {
      mode: 0o600,
    },
  );
  for (const [name, password] of [
    ["windows-old.pfx", "password"],
    ["java17.p12", "java"],
  ] as const) {
    await copyFile(new URL(`../keystores/files/${name}`, import.meta.url), join(folder, "tls", name));
    await chmod(join(folder, "tls", name), 0o600);
    // Of an authority that no server of ours trusts: that it can be used at all is shown by the server's refusal.
    const tls = read(`{ keystore: tls/${name}, keystorePassword: { file: secrets/${password} }, ca: tls/ca.crt }`);
    await using client = createMeshClient({ ...options, tls: { ...tls, ca: server.authority.caPem } });
    await assert.rejects(client.handshake(), { code: "unauthorised", status: 403 });
  }
  const tls = read("{ keystore: tls/own.jks, keystorePassword: { file: secrets/password } }");
  await using client = createMeshClient({ ...options, tls });
  await client.handshake();
});
