import assert from "node:assert/strict";
import { chmod, mkdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type JsonSchema, readSettings, type Schema, SettingsError, withDefaults } from "@restante/settings";
import { clientPart } from "../../src/config/client-file.ts";
import { practicePart } from "../../src/config/practice-file.ts";
import { printedConfig } from "../../src/config/print-config.ts";
import { readPart } from "../../src/config/read-part.ts";
import { serverPart } from "../../src/config/server-file.ts";
import { environment, partsFolder, secretFile } from "./parts-folder.ts";

function problemsOf(read: () => unknown, folder: string): string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim().replaceAll(`${folder}/`, ""));
  }
  return assert.fail("the settings were accepted");
}

test("the examples of settings are read, with secrets from files and the environment, paths from the file's folder", async (t) => {
  const folder = await partsFolder(t);
  const server = readPart(serverPart, join(folder, "server.yaml"), { environment });
  assert.equal(server.text("/sharedKey"), "the-shared-key");
  assert.equal(server.text("/mailboxes/0/password"), "password-1");
  assert.equal(server.text("/mailboxes/1/password"), "password-2");
  assert.match(server.text("/tls/key"), /^-----BEGIN PRIVATE KEY-----/);
  assert.equal(server.file.dataFolder, join(folder, "server-data"));
  assert.equal(server.file.log, join(folder, "restante-server.log"));

  const client = readPart(clientPart, join(folder, "client.yaml"), { environment });
  assert.equal(client.file.mailboxes[0]?.folder, join(folder, "mesh", "Y99001OT001"));
  assert.equal(client.text("/mailboxes/0/password"), "password-1");

  const practice = readPart(practicePart, join(folder, "practice.yaml"), { environment });
  assert.deepEqual(practice.file.pages, { host: "127.0.0.1", port: 8701, nhsLogo: false });
});

test("what --print-config prints is a file that says the same, with every default, and no secret in it", async (t) => {
  const folder = await partsFolder(t);
  await mkdir(join(folder, "elsewhere"));
  for (const part of [serverPart, clientPart, practicePart] as const) {
    const settings = readPart<object>(part, join(folder, `${part.name}.yaml`), { environment });
    const printed = printedConfig(part, settings);
    assert.doesNotMatch(printed, /the-shared-key|password-[12]|BEGIN/);
    const again = join(folder, "elsewhere", `${part.name}.yaml`);
    await writeFile(again, printed);
    assert.deepEqual(readPart<object>(part, again, { environment }).file, settings.file);
  }
  const server = printedConfig(serverPart, readPart(serverPart, join(folder, "server.yaml"), { environment }));
  assert.match(server, /^# yaml-language-server: \$schema=.*server\.schema\.json\n/);
  assert.match(server, /\ndeleteAfterDays: 30\n/);
  assert.match(server, /env: MESH_PASSWORD_Y99002OT001\n/);
});

test("every problem of a file and of what it names is told at once, each by line", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "server.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(
    file,
    text
      .replace("port: 8700", "port: 87000")
      .replace("sharedKey: { file: secrets/shared-key }", "sharedKey: the-shared-key")
      .replace("tls/server.crt", "tls/gone.crt")
      .replace("pointer: /Y99001OT001", "pointer: /Y99009OT001")
      .replace("collectWithinDays: 5", "colectWithinDays: 5"),
  );
  assert.deepEqual(
    problemsOf(() => readPart(serverPart, file, { environment: {} }), folder).map((line) =>
      line.replace(/ \(line \d+ column \d+\)/, " (line)"),
    ),
    [
      "server.yaml /port (line) must be a whole number from 0 to 65535",
      "server.yaml /sharedKey (line) must say where the secret is, { file: PATH } or { env: NAME }: it is never written here itself",
      "server.yaml /tls/cert (line) names tls/gone.crt, which cannot be read: there is no such file",
      "server.yaml /mailboxes/0/password (line) names nothing: secrets/passwords.json has no text at that pointer",
      "server.yaml /mailboxes/1/password (line) names an environment variable that is not set",
      "server.yaml (line) has 'colectWithinDays', which is not a property here; did you mean 'collectWithinDays'?",
    ],
  );
});

test("a server's address with the path that a client adds to it is refused, and said why", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/^url: (.*)$/m, "url: $1/messageexchange"));
  const [problem, ...others] = problemsOf(() => readPart(clientPart, file, { environment }), folder);
  assert.deepEqual(others, []);
  assert.match(problem ?? "", /\/url .* without \/messageexchange at its end, which is added$/);
});

test("a secret or a key that others may open is refused, with the command that closes it; a link is followed", async (t) => {
  if (process.platform === "win32") return;
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  for (const [name, pointer] of [
    ["secrets/shared-key", "/sharedKey"],
    ["tls/client.key", "/tls/key"],
  ] as const) {
    const open = join(folder, name);
    // The folder lets others pass, so the mode of the file was all that kept them out.
    await chmod(join(open, ".."), 0o755);
    await chmod(folder, 0o755);
    await chmod(open, 0o644);
    const [problem = "", ...others] = problemsOf(() => readPart(clientPart, file, { environment }), folder);
    assert.deepEqual(others, []);
    assert.ok(problem.includes(`${pointer} (line `), problem);
    assert.match(problem, /other users of this machine may open it \(mode 0644\): chmod 600/);
    await chmod(open, 0o600);
  }
  const target = await secretFile(folder, "behind-a-link", "the-shared-key");
  await rm(join(folder, "secrets", "shared-key"));
  await symlink(target, join(folder, "secrets", "shared-key"));
  assert.equal(readPart(clientPart, file, { environment }).text("/sharedKey"), "the-shared-key");
});

test("a secret in a place that is none is refused: both, neither, a pointer into the environment, an empty file", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const text = await readFile(file, "utf8");
  await secretFile(folder, "empty", "\n");
  for (const [written, words] of [
    ["{}", 'must have either "file" or "env"'],
    ["{ file: a, env: b }", 'must have either "file" or "env"'],
    ["{ env: MESH_KEY, pointer: /a }", 'must have "file" with "pointer"'],
    ["{ env: not a name }", "must be the name of an environment variable"],
    ["{ file: secrets/shared-key, pointer: a }", "must be a JSON Pointer"],
    ["{ file: secrets/empty }", "names nothing: secrets/empty has no text in it"],
    ["{ file: secrets }", "names secrets, which is not a file"],
  ] as const) {
    await writeFile(file, text.replace("sharedKey: { file: secrets/shared-key }", `sharedKey: ${written}`));
    const problems = problemsOf(() => readPart(clientPart, file, { environment: { MESH_KEY: "x" } }), folder);
    assert.ok(
      problems.some((problem) => problem.includes(words)),
      `${written}: ${problems.join("\n")}`,
    );
  }
});

test("a key that is not its certificate's, and files that are no PEM, are refused before anything connects", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const other = await readFile(join(folder, "tls", "server.key"), "utf8");
  for (const [name, content, words] of [
    ["client.key", other, /\/tls \(line \d+ column 1\) cannot be used: the key is not the certificate's/],
    ["client.key", "no key", /\/tls\/key \(line \d+ .*names tls\/client\.key, in which is no private key as PEM/],
    ["client.key", other.replace(/[A-Za-z0-9+/]{20}/, ""), /\/tls\/key .*whose private key is damaged/],
    ["client.crt", "no certificate", /\/tls\/cert .*names tls\/client\.crt, in which is no certificate as PEM/],
    ["ca.crt", other, /\/tls\/ca .*names tls\/ca\.crt, in which is no certificate as PEM/],
  ] as const) {
    const before = await readFile(join(folder, "tls", name));
    await writeFile(join(folder, "tls", name), content, { mode: 0o600 });
    const problems = problemsOf(() => readPart(clientPart, file, { environment }), folder);
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0]!, words);
    assert.doesNotMatch(problems[0]!, /BEGIN|no key/);
    await writeFile(join(folder, "tls", name), before);
  }
});

test("pages for another computer are refused, saying why", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "practice.yaml");
  await writeFile(file, `${await readFile(file, "utf8")}  host: 0.0.0.0\n`);
  assert.deepEqual(
    problemsOf(() => readPart(practicePart, file, { environment }), folder).map((line) => line.replace(/\(.*?\) /, "")),
    [
      "practice.yaml /pages/host must be 127.0.0.1, ::1 or localhost where there is no signIn: whoever reaches the pages may then do everything",
    ],
  );
});

test("a mailbox without a certificate, a mailbox or a folder that is there twice are refused", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const text = await readFile(file, "utf8");
  const mailbox = text.slice(text.indexOf("  - mailboxId"), text.indexOf("\n# MESH asks"));
  await writeFile(file, text.replace(/tls:\n( {2}.*\n){3}/, "").replace(mailbox, mailbox + mailbox));
  assert.deepEqual(
    problemsOf(() => readPart(clientPart, file, { environment }), folder).map((line) =>
      line.replaceAll(/ \(line \d+ column \d+\)/g, ""),
    ),
    [
      "client.yaml /mailboxes/0/tls is missing: it must be here, or at the top for all",
      "client.yaml /mailboxes/1/mailboxId is the same as client.yaml /mailboxes/0/mailboxId",
      "client.yaml /mailboxes/1/tls is missing: it must be here, or at the top for all",
      "client.yaml /mailboxes/1/folder is the same as client.yaml /mailboxes/0/folder",
    ],
  );
});

test("a path that a shell would have changed, or that can be none, is refused before a folder of that name is made", async (t) => {
  const folder = await partsFolder(t);
  const edits: [typeof serverPart | typeof clientPart, string, string, string][] = [
    [serverPart, "dataFolder: server-data", "dataFolder: ~/data", "/dataFolder must be a path as it is"],
    [serverPart, "dataFolder: server-data", "dataFolder: $HOME/data", "/dataFolder must be a path as it is"],
    [serverPart, "dataFolder: server-data", 'dataFolder: "a\\0b"', "/dataFolder must be a path, without line breaks"],
    [serverPart, "key: tls/server.key", 'key: "a\\nb"', "/tls/key must be a path, without line breaks"],
    [serverPart, "file: secrets/shared-key", "file: ~/shared-key", "/sharedKey/file must be a path as it is"],
    [serverPart, "patients: patients.json", "patients: ~/p.json", "/directory/patients must be a path as it is"],
    [clientPart, "folder: mesh/", "folder: ~/mesh/", "/mailboxes/0/folder must be a path as it is"],
  ];
  for (const [part, from, to, words] of edits) {
    const file = join(folder, `${part.name}.yaml`);
    const text = await readFile(file, "utf8");
    assert.ok(text.includes(from), from);
    await writeFile(
      file,
      text.replace(from, () => to),
    );
    const [problem = "", ...others] = problemsOf(() => readPart<object>(part, file, { environment }), folder);
    assert.deepEqual(others, []);
    assert.ok(problem.replace(/\(.*?\) /, "").includes(`.yaml ${words}`), problem);
    await writeFile(file, text);
  }
});

test("a secret with a space or a line too many, or in another encoding, is refused here and not by every request's answer", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const read = (): string => readPart(clientPart, file, { environment }).text("/sharedKey");
  for (const right of ["the key", "the key\n", "the key\r\n", "\uFEFFthe key\r\n"]) {
    await secretFile(folder, "shared-key", right);
    assert.equal(read(), "the key");
  }
  for (const wrong of [" the key", "the key ", "the key \n", "the key\n\n", "the\nkey", "the\tkey"]) {
    await secretFile(folder, "shared-key", wrong);
    const [problem = "", ...others] = problemsOf(read, folder);
    assert.deepEqual(others, []);
    assert.match(problem, /\/sharedKey \(line \d+ column 1\) names a secret with a space or a line break/);
  }
  await writeFile(join(folder, "secrets", "shared-key"), Buffer.from("\uFEFFthe key", "utf16le"));
  assert.match(problemsOf(read, folder).join(), /shared-key, which is not text in UTF-8: save it as UTF-8/);

  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("{ file: secrets/shared-key }", "{ env: MESH_KEY }"));
  for (const [value, words] of [
    ["", "that is not set"],
    ["the key\n", "with a space or a line break"],
  ] as const) {
    const problems = problemsOf(() => readPart(clientPart, file, { environment: { MESH_KEY: value } }), folder);
    assert.ok(problems.join().includes(words), problems.join());
  }
});

test("a user and a password in an address are refused, which settings that are shown would tell", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const text = await readFile(file, "utf8");
  for (const [url, isRight] of [
    ["https://someone:hunter2@127.0.0.1:8700", false],
    ["https://127.0.0.1:8700/?key=hunter2", false],
    ["http://127.0.0.1:8700", false],
    ["https://127.0.0.1:8700/behind/a/proxy", true],
  ] as const) {
    await writeFile(file, text.replace("https://127.0.0.1:8700", url));
    if (isRight) assert.equal(readPart(clientPart, file, { environment }).file.url, url);
    else assert.match(problemsOf(() => readPart(clientPart, file, { environment }), folder).join(), /\/url .*must be/);
  }
});

test("a folder that is there twice is refused, however it is written", async (t) => {
  const folder = await partsFolder(t);
  const client = join(folder, "client.yaml");
  await writeFile(
    client,
    (await readFile(client, "utf8")).replace(
      "\n# MESH asks",
      "  - mailboxId: Y99002OT001\n    password: { env: MESH_PASSWORD_Y99002OT001 }\n    folder: ./mesh//Y99001OT001/\n\n# MESH asks",
    ),
  );
  assert.match(
    problemsOf(() => readPart(clientPart, client, { environment }), folder).join("\n"),
    /^client\.yaml \/mailboxes\/1\/folder .* is the same as client\.yaml \/mailboxes\/0\/folder \(line \d+ column \d+\)$/,
  );
  const practice = join(folder, "practice.yaml");
  await writeFile(
    practice,
    (await readFile(practice, "utf8")).replace(
      "\n# A practice looks",
      "  - { kind: directory, mailboxId: Y99001OT002, folder: ./mesh/Y99001OT001 }\n\n# A practice looks",
    ),
  );
  assert.match(
    problemsOf(() => readPart(practicePart, practice, { environment }), folder).join("\n"),
    /^practice\.yaml \/transports\/1\/folder .* is the same as practice\.yaml \/transports\/0\/folder /,
  );
});

test("a log in the place of a file that is read is refused: its lines would be written behind the settings or a key", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "server.yaml");
  const text = await readFile(file, "utf8");
  for (const log of ["server.yaml", "./tls/server.key", "secrets/shared-key", "patients.json"]) {
    await writeFile(file, `${text}log: ${log}\n`);
    assert.match(
      problemsOf(() => readPart(serverPart, file, { environment }), folder).join("\n"),
      /^server\.yaml \/log \(line \d+ column 1\) must be a file of its own: this one is read, not written$/,
    );
  }
});

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What YAML, in one version or another, takes for something else than a text; and what is hard to write. */
const awkward = [
  "NO",
  "on",
  "12E45",
  "0123",
  "0o17",
  "1_000",
  "2024-01-01",
  "12:30:45",
  "null",
  "~x",
  "-",
  "? x",
  "a: b",
];
const awkwarder = [
  "a #b",
  "#b",
  "'",
  '"',
  "\\",
  "{x}",
  "[x]",
  "*a",
  "&a",
  "!t",
  "|",
  ">",
  "%d",
  "@m",
  "`",
  "é\u{1F600}",
];
const awkwardest = [
  " x ",
  "x\ty",
  "x\ny",
  "x\n\n y\n",
  "x\u0085y",
  "x\u2028y",
  "\uFEFFx",
  "=",
  "<<",
  ".nan",
  "0x1F",
  "---",
  "...",
];
const texts = [...awkward, ...awkwarder, ...awkwardest, "x".repeat(3000)];

/** A value that the schema takes, with every property that may be absent there or not. */
function anyValue(schema: JsonSchema, upTo: (below: number) => number): unknown {
  if (schema.oneOf !== undefined && schema.discriminator !== undefined) {
    return anyValue(schema.oneOf[upTo(schema.oneOf.length)]!, upTo);
  }
  if (schema.enum !== undefined) return schema.enum[upTo(schema.enum.length)];
  const { type, format, minimum = 0, maximum = 10, properties = {}, required = [], items = {} } = schema;
  const [kind = "string"] = [type ?? []].flat();
  switch (kind) {
    case "object": {
      const alternatives = schema.oneOf?.flatMap((kind) => kind.required ?? []) ?? [];
      const one = alternatives[upTo(alternatives.length)];
      // A property that is there only with another one.
      const needed = (name: string): readonly string[] => schema.dependentRequired?.[name] ?? [];
      const mayBeThere = (name: string): boolean =>
        alternatives.includes(name)
          ? name === one
          : !needed(name).some((other) => alternatives.includes(other) && other !== one);
      const chosen = Object.keys(properties).filter(
        (name) => mayBeThere(name) && (name === one || required.includes(name) || upTo(2) === 0),
      );
      const there = new Set([...chosen, ...chosen.flatMap(needed)]);
      const named = Object.entries(properties).filter(([name]) => there.has(name));
      return Object.fromEntries(named.map(([name, property]) => [name, anyValue(property, upTo)]));
    }
    case "array":
      return Array.from({ length: 1 + upTo(3) }, () => anyValue(items, upTo));
    case "integer":
      return [minimum, maximum, minimum + upTo(Math.min(maximum - minimum, 1_000_000))][upTo(3)];
    case "boolean":
      return upTo(2) === 0;
    default:
      return format === undefined ? texts[upTo(texts.length)] : ofFormat[format]![upTo(ofFormat[format]!.length)];
  }
}

const ofFormat: Readonly<Record<string, readonly string[]>> = {
  "mailbox-id": ["Y99001OT001", "0123", "12E45", "NO"],
  "ods-code": ["Y99001", "0123", "12E45", "1E5"],
  "https-url": ["https://127.0.0.1:8700", "https://[::1]:1/a: b"],
  "http-proxy-url": ["http://127.0.0.1:3128", "http://proxy.example:8080/"],
  "json-pointer": ["/a", "/a~1b/0", "/ #x", "/:"],
  "environment-variable": ["NO", "MESH_KEY"],
  "address-of-this-machine": ["127.0.0.1", "::1", "0.0.0.0"],
  "https-address": ["https://worklist.example", "https://[::1]:8443/"],
  "address-or-range": ["10.0.0.1", "2001:db8::/32"],
  issuer: ["https://issuer.example/realms/health", "https://issuer.example:443"],
  scope: ["openid", "openid profile: #x"],
  "team-name": ["Reception", "GPs: #1"],
  "time-of-day": ["08:00", "23:59", "24:00"],
  day: ["2026-12-25", "2028-02-29"],
  host: ["smtp.example.org", "127.0.0.1", "::1", "0123", "NO"],
  "email-address": ["worklist@example.org", "#1@NO", "a:b@0123"],
  "postgres-url": ["postgres://restante@db.example:5432/restante?sslmode=verify-full", "postgresql://NO@localhost/NO"],
  "s3-url": ["s3://bodies", "s3://bodies/a/b/"],
  "http-url": ["https://s3.example:3900", "http://127.0.0.1:1/"],
  "webhook-address": ["https://records.example/hook?a=b:%20c", "http://127.0.0.1:1/"],
};

test("whatever settings say, the file that is printed of them says the same, and again when it is printed itself", () => {
  for (const part of [serverPart, clientPart, practicePart] as const) {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { rules: _, ...schema } = part.schema as Schema<object>;
      const file = withDefaults({ ...schema, rules: [] }, anyValue(schema.json, numbers(seed)) as object);
      const printed = printedConfig<object>(part, {
        file,
        text: String,
        texts: new Map(),
        directory: () => assert.fail(),
      });
      const again = readSettings({ name: "printed.yaml", text: printed }, { ...schema, rules: [] }).value;
      assert.deepEqual(again, file, `${part.name}, seed ${seed}:\n${printed}`);
      assert.deepEqual(withDefaults({ ...schema, rules: [] }, again), file);
    }
  }
});

test("a file that is larger than can be read is told as that, without being read", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "server.yaml");
  await truncate(file, 3_000_000_000);
  assert.throws(() => readPart(serverPart, file, { environment }), { message: `${file} is larger than 500 MB` });
});
