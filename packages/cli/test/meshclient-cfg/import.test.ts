import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { clientPart } from "../../src/config/client-file.ts";
import { readPart } from "../../src/config/read-part.ts";
import { readCfg, readCfgPart } from "../../src/meshclient-cfg/read-cfg.ts";
import { temporaryFolder } from "../support/at-end.ts";
import { typed } from "../support/typed.ts";
import { cfgFolder } from "./cfg-folder.ts";
import { clientElements, configElements } from "../../src/meshclient-cfg/elements.ts";

const secrets = ["keystore-£-password", "shared-sesame", "pass&word", "second-password", "proxy-sesame"];
const clients = [{}, { ClientIdentity: "X26HC002", ClientAuthentication: "second-password", InterfaceRoot: "data/2" }];

async function withProxy(folder: string): Promise<void> {
  await mkdir(join(folder, "proxy"));
  const proxy = "http.proxyHost=proxy.example\nhttp.proxyPort=3128\nproxyUser=me\nproxyPassword=proxy-sesame\n";
  await writeFile(join(folder, "proxy", "proxy.ini"), proxy);
}

const quiet = { print: () => undefined };

test("a meshclient.cfg that is read as it is and one that is imported are the same settings, secrets and keys included", async (t) => {
  const { folder, cfg } = await cfgFolder(t, {}, clients);
  await withProxy(folder);
  const into = join(folder, "new", "restante");
  const { status, printed, complained } = await typed(["client", "import", cfg, "--into", into]);
  assert.equal(complained, "");
  assert.equal(status, 0);

  const asItIs = readCfgPart(cfg, quiet);
  const imported = readPart(clientPart, join(into, "client.yaml"));
  // Where a secret is, and the copy of the keystore, are what an import changes.
  const plain = (file: object): unknown =>
    JSON.parse(
      JSON.stringify(file, (name, value: unknown) =>
        name === "keystore" || (typeof value === "object" && value !== null && "file" in value) ? "" : value,
      ),
    );
  assert.deepEqual(plain(imported.file), plain(asItIs.file));
  for (const pointer of [
    "/sharedKey",
    "/proxy/password",
    "/mailboxes/0/password",
    "/mailboxes/1/password",
    "/tls/key",
    "/tls/cert",
    "/tls/ca",
  ]) {
    assert.equal(imported.text(pointer), asItIs.text(pointer), pointer);
    assert.notEqual(imported.text(pointer), "");
  }

  const names = readdirSync(join(into, "secrets"));
  assert.deepEqual(names.toSorted(), [
    "keystore-password",
    "mesh.keystore",
    "password-X26HC001",
    "password-X26HC002",
    "proxy-password",
    "shared-key",
  ]);
  if (process.platform !== "win32") {
    const modes = [...names.map((name) => join("secrets", name)), "client.yaml"];
    for (const name of modes) assert.equal(statSync(join(into, name)).mode % 0o1000, 0o600, name);
    assert.equal(statSync(join(into, "secrets")).mode % 0o1000, 0o700);
  }
  const yaml = readFileSync(join(into, "client.yaml"), "utf8");
  for (const secret of secrets) {
    assert.ok(!printed.includes(secret), "no secret is on the terminal");
    assert.ok(!yaml.includes(secret), "nor in client.yaml");
  }
});

test("an import says of every element what becomes of it, by its line", async (t) => {
  const { folder, cfg } = await cfgFolder(t);
  const { printed } = await typed(["client", "import", cfg, "--into", join(folder, "new")], undefined, 10_000);
  const lines = printed.split("\n");
  for (const [index, { name, here }] of configElements.entries()) {
    const words = name === "ProxyPath" ? "no proxy: there is no proxy.ini there" : here.replaceAll("`", "");
    assert.match(lines[index] ?? "", new RegExp(`^${name} +line ${index + 3}  +`));
    assert.ok(lines[index]?.endsWith(words), lines[index]);
  }
  for (const [index, { name, fate }] of clientElements.entries()) {
    const line = lines[configElements.length + index] ?? "";
    assert.match(line, new RegExp(`^Client/${name} +line ${configElements.length + index + 4}  +`));
    const words = { taken: "taken: ", replaced: "replaced by ", "without meaning here": "without meaning here: " };
    assert.ok(line.includes(`  ${words[fate]}`), line);
  }
  assert.match(printed, /client\.yaml is made, and its secrets and the keystore are in .*secrets, for you alone\./);
});

test("an import writes over nothing, and takes back what it wrote where it cannot go on", async (t) => {
  const { folder, cfg } = await cfgFolder(t);
  const into = join(folder, "new");
  for (const there of ["client.yaml", "secrets/shared-key"]) {
    await mkdir(join(into, "secrets"), { recursive: true });
    await writeFile(join(into, there), "mine");
    const { status, printed, complained } = await typed(["client", "import", cfg, "--into", into]);
    assert.deepEqual([status, printed], [1, ""]);
    assert.match(complained, /is there already, and nothing is written over it: name another folder with --into/);
    assert.equal(await readFile(join(into, there), "utf8"), "mine");
    const [left] = [readdirSync(into), readdirSync(join(into, "secrets"))].map((names) => names.length);
    assert.equal(left, there === "client.yaml" ? 2 : 1);
    await rm(into, { recursive: true });
  }
  // What is in the way is seen when it is written.
  await mkdir(join(into, "secrets"), { recursive: true });
  await symlink("nowhere", join(into, "client.yaml"));
  assert.equal((await typed(["client", "import", cfg, "--into", into])).status, 1);
  assert.deepEqual(readdirSync(join(into, "secrets")), []);
});

test("an import writes nothing where the file, or what it names, is wrong, and names the element and its line", async (t) => {
  const { folder, cfg } = await cfgFolder(t);
  const right = await readFile(cfg, "latin1");
  const into = join(folder, "new");
  const refused = async (from: string, to: string): Promise<string> => {
    assert.ok(right.includes(from), from);
    await writeFile(cfg, right.replace(from, to), "latin1");
    const { status, printed, complained } = await typed(["client", "import", cfg, "--into", into]);
    assert.deepEqual([status, printed], [1, ""]);
    return complained;
  };
  assert.match(
    await refused("£", "$"),
    /meshclient\.cfg \/KeyStorePassword \(line 6 column 3\) is not the password of /,
  );
  assert.match(await refused("mesh.keystore", "gone"), /\/KeyStorePath \(line 5 column 3\) names .*gone, which cannot/);
  assert.match(await refused("https://127", "http://127"), /\/PrimaryURL \(line 3 column 3\) must be an address that/);
  assert.match(
    await refused("X26HC001</C", "X26 HC/001</C"),
    /\/Client\/ClientIdentity \(line 18 column 5\) must be a/,
  );
  assert.match(await refused(">log<", ">~/log<"), /\/LogPath \(line 4 column 3\) must be a path as it is/);
  assert.match(await refused("15</PollP", "1.5</PollP"), /\/PollPeriod \(line 10 column 3\) must be a whole number/);
  assert.ok(!existsSync(into));
});

test("two Clients of one mailbox, or with one folder, are told by both their lines", async (t) => {
  const { cfg } = await cfgFolder(t, {}, [{}, { ClientIdentity: "x26hc001" }]);
  const { complained } = await typed(["client", "--meshclient-cfg", cfg], undefined, 10_000);
  assert.match(
    complained,
    /\/Client\[2\]\/ClientIdentity \(line 30 column 5\) is the same as Client\[1\]\/ClientIdentity \(line 18\)/,
  );
  assert.match(
    complained,
    /\/Client\[2\]\/InterfaceRoot \(line 33 column 5\) is the same as Client\[1\]\/InterfaceRoot \(line 21\)/,
  );
});

test("a Client whose folder is in the IN of another's, or in any other folder of it, is told by both their lines", async (t) => {
  const { cfg } = await cfgFolder(t, {}, [
    { InterfaceRoot: "data/1" },
    { ClientIdentity: "X26HC002", InterfaceRoot: "data/1/in/2" },
    { ClientIdentity: "X26HC003", InterfaceRoot: "data/1/X26HC003" },
  ]);
  const { complained } = await typed(["client", "--meshclient-cfg", cfg], undefined, 10_000);
  assert.match(
    complained,
    /\/Client\[2\]\/InterfaceRoot \(line 33 column 5\) must not be within the folders of another mailbox, as of Client\[1\]\/InterfaceRoot \(line 21\)/,
  );
  assert.doesNotMatch(complained, /Client\[3\]/);
});

test("where each of thousands of Clients is wrong, each is told by its own element", async (t) => {
  const same =
    "<Client><ClientIdentity>X26HC009</ClientIdentity><ClientAuthentication>x</ClientAuthentication><InterfaceRoot>data/9</InterfaceRoot></Client>";
  const { cfg } = await cfgFolder(t);
  const text = await readFile(cfg, "latin1");
  await writeFile(cfg, text.replace("  <Client>", `${`${same}\n`.repeat(5000)}  <Client>`), "latin1");
  const { problems } = readCfg(cfg).settings;
  assert.equal(problems.length, 2 * 4999);
  assert.deepEqual(
    problems.slice(-2).map(({ pointer }) => pointer),
    ["/Client[5000]/ClientIdentity", "/Client[5000]/InterfaceRoot"],
  );
});

test("a meshclient.cfg that others may open is not run by, and is imported with a word about it", async (t) => {
  if (process.platform === "win32") return t.skip("Windows has no such modes");
  const { folder, cfg } = await cfgFolder(t);
  await chmod(folder, 0o755);
  await chmod(cfg, 0o644);
  const run = await typed(["client", "--meshclient-cfg", cfg]);
  assert.equal(run.status, 1);
  assert.match(run.complained, /other users of this machine may open it \(mode 0644\): chmod 600/);
  const imported = await typed(["client", "import", cfg, "--into", join(folder, "new")]);
  assert.equal(imported.status, 0);
  assert.match(imported.printed, /Other users of this machine may open .*meshclient\.cfg.*: chmod 600/);
});

test("--meshclient-cfg stands alone: what says otherwise where the settings are is refused", async (t) => {
  const folder = await temporaryFolder(t);
  const cfg = join(folder, "meshclient.cfg");
  for (const [words, refusal] of [
    [["--config", "client.yaml"], /--config and --meshclient-cfg both name the settings: leave one of them out/],
    [["--data", folder], /--data is of a data folder, and --meshclient-cfg names a file instead of one/],
    [["--print-config"], /--print-config has no place for the secrets of --meshclient-cfg: restante client import/],
  ] as const) {
    const { status, complained } = await typed(["client", "--meshclient-cfg", cfg, ...words]);
    assert.equal(status, 2);
    assert.match(complained, refusal);
  }
  const gone = await typed(["client", "--meshclient-cfg", cfg]);
  assert.equal(gone.status, 1);
  assert.match(gone.complained, /meshclient\.cfg cannot be read: there is no such file/);
});

test("a client that runs by a meshclient.cfg is looked at, and its held pairs decided about, by that file alone", async (t) => {
  const { folder, cfg } = await cfgFolder(t);
  await mkdir(join(folder, "log"));
  const looked = await typed(["client", "status", "--meshclient-cfg", cfg, "--json"]);
  assert.deepEqual([looked.status, looked.complained], [1, ""]);
  const { mailboxes } = JSON.parse(looked.printed) as { mailboxes: { mailboxId: string; certificate?: object }[] };
  assert.equal(mailboxes.length, 1);
  assert.ok(mailboxes[0]?.certificate !== undefined, "its keystore is read");
  for (const words of [["list"], ["show", "A"], ["release", "A"], ["discard", "A"]]) {
    const { complained } = await typed(["client", "held", ...words, "--meshclient-cfg", cfg]);
    assert.match(complained, /no client has worked on .* yet/, words.join(" "));
  }
  const both = await typed(["client", "status", "--meshclient-cfg", cfg, "--config", cfg]);
  assert.equal(both.status, 2);
});

test("a meshclient.cfg that is named where a client.yaml should be is said to be one", async (t) => {
  const cfg = join(await temporaryFolder(t), "meshclient.cfg");
  await writeFile(cfg, "<MESHConfig>\n</MESHConfig>\n");
  for (const words of [[], ["--print-config"]]) {
    const { status, complained } = await typed(["client", "--config", cfg, ...words]);
    assert.equal(status, 2);
    assert.match(
      complained,
      /meshclient\.cfg is XML, and --config names a client\.yaml: --meshclient-cfg names a meshclient\.cfg/,
    );
  }
});

test("of an IN that others may open an import says that what comes into it will be for its owner alone", async (t) => {
  if (process.platform === "win32") return t.skip("Windows has no such modes");
  const { folder, cfg } = await cfgFolder(t, {}, clients);
  const inbox = join(folder, "data", "2", "in");
  await mkdir(inbox, { recursive: true });
  await chmod(inbox, 0o755);
  const { status, printed } = await typed(["client", "import", cfg, "--into", join(folder, "new")]);
  assert.equal(status, 0);
  const said = printed
    .replaceAll(/\s+/g, " ")
    .match(/Other users of this machine may open \S+\/in\. [^.]*group in client\.yaml/g);
  assert.equal(said?.length, 1);
});
