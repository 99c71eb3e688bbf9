import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseMailboxId, readControlFile } from "@restante/mesh";
import { consultationPair, readConsultation } from "@restante/practice";
import { waitFor } from "@restante/testbed";
import { openEconomy, organisationOf } from "../../src/economy/economy.ts";
import { exampleFile } from "../../src/economy/examples.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { patience } from "../support/bad-input.ts";
import { freePortBase, type RunningCommand, runCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";
import { environment, partsFolder } from "./parts-folder.ts";

const ready = { server: /MESH server of/, client: /MESH client of/, practice: /Worklist of/ } as const;
const parts = ["server", "client", "practice"] as const;

/** A part at work, from a file of settings, until the test ends. */
async function started(t: TestContext, part: (typeof parts)[number], file: string): Promise<RunningCommand> {
  const running = runCommand([part, "--config", file], environment);
  atEnd(t, async () => running.end("SIGKILL"));
  await running.printed(ready[part]);
  return running;
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(file, "utf8");
  const after = change(before);
  assert.notEqual(after, before, file);
  await writeFile(file, after);
}

for (const part of parts) {
  test(`'restante ${part}' refuses settings that it cannot use, in words, by line, and before anything is made`, async (t) => {
    const folder = await partsFolder(t);
    const file = join(folder, `${part}.yaml`);
    const right = await readFile(file, "utf8");
    const before = readdirSync(folder).toSorted();
    const refused = async (): Promise<string> => {
      const { status, complained, printed } = await typed([part, "--config", file]);
      assert.equal(status, 1, complained);
      assert.equal(printed, "");
      return complained;
    };
    process.env["MESH_PASSWORD_Y99002OT001"] = environment["MESH_PASSWORD_Y99002OT001"]!;
    atEnd(t, () => delete process.env["MESH_PASSWORD_Y99002OT001"]);

    await writeFile(file, `${right}surprise: 1\n`);
    assert.match(await refused(), /have a problem:\n {2}.*\.yaml \(line \d+ column 1\) has a property that is none of/);
    await writeFile(file, right.replace("\n", "\n\tbad: 1\n"));
    assert.match(await refused(), /\.yaml \(line \d+ column \d+\) is not YAML: /);
    await writeFile(file, "");
    assert.match(await refused(), /\.yaml is empty/);

    await writeFile(
      file,
      right.replace("patients: patients.json", "patients: gone.json").replace("ca.crt", "gone.crt"),
    );
    assert.match(await refused(), /gone\.(json|crt)/);
    if (part !== "practice" && process.platform !== "win32") {
      await writeFile(file, right);
      await chmod(folder, 0o755);
      await chmod(join(folder, "secrets"), 0o755);
      await chmod(join(folder, "secrets", "shared-key"), 0o640);
      assert.match(await refused(), /\/sharedKey \(line \d+ column 1\).*other users of this machine may open it/);
      await chmod(join(folder, "secrets", "shared-key"), 0o600);
      await writeFile(file, right.replace("secrets/shared-key", "secrets/gone"));
      assert.match(await refused(), /\/sharedKey \(line \d+ column 1\) names .*gone, which cannot be read/);
    }
    const { complained, status } = await typed([part, "--config", join(folder, "gone.yaml")]);
    assert.equal(status, 1);
    assert.match(complained, /gone\.yaml cannot be read: there is no such file/);
    assert.deepEqual(readdirSync(folder).toSorted(), before);
  });

  test(`'restante ${part}' refuses a data folder's options beside --config: one of the two says where everything is`, async (t) => {
    const folder = await partsFolder(t);
    const options = [
      ["--data", folder],
      ["--port-base", "9000"],
      ["--patients", "x"],
      ["--organisations", "x"],
      ["--new-authority"],
      ...(part === "server" ? [] : [["--organisation", "Y99001"]]),
    ];
    for (const option of options) {
      const { status, complained } = await typed([part, "--config", join(folder, `${part}.yaml`), ...option]);
      assert.equal(status, 2);
      assert.match(
        complained,
        new RegExp(`${option[0]} is of a data folder, and --config names a file instead of one`),
      );
    }
  });
}

test("a practice's strictness is that of its file, or of --strictness before it; one that is none is refused by line, or by option", async (t) => {
  process.env["MESH_PASSWORD_Y99002OT001"] = environment["MESH_PASSWORD_Y99002OT001"]!;
  atEnd(t, () => delete process.env["MESH_PASSWORD_Y99002OT001"]);
  const file = join(await partsFolder(t), "practice.yaml");
  const data = await temporaryFolder(t);
  await openEconomy({ data, portBase: await freePortBase() });
  const strictness = async (...words: string[]): Promise<string | undefined> => {
    const { printed, complained, status } = await typed(["practice", ...words, "--print-config"]);
    assert.equal(status, 0, complained);
    return /^strictness: (.*)$/m.exec(printed)?.[1];
  };
  assert.equal(await strictness("--config", file), "deliver");
  assert.equal(await strictness("--config", file, "--strictness", "refuse"), "refuse");
  assert.equal(await strictness("--data", data, "--organisation", "Y99001"), "deliver");
  assert.equal(await strictness("--data", data, "--organisation", "Y99001", "--strictness", "refuse"), "refuse");
  await edit(file, (text) => `${text}strictness: refuse\n`);
  assert.equal(await strictness("--config", file), "refuse");
  assert.equal(await strictness("--config", file, "--strictness", "deliver"), "deliver");
  await edit(file, (text) => text.replace("strictness: refuse", "strictness: Refuse"));
  const refused = await typed(["practice", "--config", file]);
  assert.equal(refused.status, 1);
  assert.match(refused.complained, /\/strictness \(line \d+ column 1\) must be .*deliver.*refuse/);
  for (const command of ["practice", "up"]) {
    const mistyped = await typed([command, "--data", data, "--strictness", "strict"]);
    assert.equal(mistyped.status, 2);
    assert.match(mistyped.complained, /--strictness .*deliver.*refuse/);
  }
});

test("what the register does not settle is answered as the file says, or --doubtful before it; of who has no register it says nothing", async (t) => {
  const data = await temporaryFolder(t);
  await openEconomy({ data, portBase: await freePortBase() });
  const doubtful = async (organisation: string, ...words: string[]): Promise<string | undefined> => {
    const asked = ["practice", "--data", data, "--organisation", organisation, ...words, "--print-config"];
    const { printed, complained, status } = await typed(asked);
    assert.equal(status, 0, complained);
    return /^ +doubtful: (.*)$/m.exec(printed)?.[1];
  };
  assert.equal(await doubtful("Y99002"), "answer");
  assert.equal(await doubtful("Y99002", "--doubtful", "queue"), "queue");
  assert.equal(await doubtful("FX999", "--doubtful", "queue"), undefined);
  const mistyped = await typed(["up", "--data", data, "--doubtful", "wait"]);
  assert.equal(mistyped.status, 2);
  assert.match(mistyped.complained, /--doubtful .*answer.*queue/);
});

test("an organisation without a register answers by itself in an economy, and by a person with --decide-by-hand", async (t) => {
  const data = await temporaryFolder(t);
  await openEconomy({ data, portBase: await freePortBase() });
  const answering = async (organisation: string, ...words: string[]): Promise<string | undefined> => {
    const asked = ["practice", "--data", data, "--organisation", organisation, ...words, "--print-config"];
    const { printed, complained, status } = await typed(asked);
    assert.equal(status, 0, complained);
    return /^businessResponse:\n((?: +\w+: .*\n)+)/m.exec(printed)?.[1]?.replaceAll(/\s+/g, " ").trim();
  };
  assert.equal(await answering("FX999"), 'kind: onDecision automatic: "30016"');
  assert.equal(await answering("FX999", "--decide-by-hand"), "kind: onDecision");
  assert.equal(await answering("Y99002", "--decide-by-hand"), await answering("Y99002"));
});

test("pages that another computer could reach are refused, saying why; a port in use and a strange address by the setting", async (t) => {
  const folder = await partsFolder(t);
  const practice = join(folder, "practice.yaml");
  await edit(practice, (text) => `${text}  host: 192.0.2.1\n`);
  const refusal = await typed(["practice", "--config", practice]);
  assert.match(refusal.complained, /\/pages\/host \(line \d+ column 3\) must be .* no signIn/);
  assert.equal(refusal.status, 1);

  const occupant = createServer().listen(0, "127.0.0.1");
  atEnd(t, async () => occupant.close());
  await once(occupant, "listening");
  const { port } = occupant.address() as { port: number };
  const server = join(folder, "server.yaml");
  await edit(server, (text) => text.replace("port: 8700", `port: ${port}`));
  await edit(practice, (text) => text.replace("  host: 192.0.2.1\n", "").replace("port: 8701", `port: ${port}`));
  for (const [part, file, whose] of [
    ["server", server, "the MESH server"],
    ["practice", practice, "the worklist of Y99001"],
  ] as const) {
    await mkdir(join(folder, "mesh", "Y99001OT001"), { recursive: true });
    const command = runCommand([part, "--config", file], environment);
    assert.equal(await command.ended, 1, command.output());
    assert.ok(
      command.output().includes(`port ${port}, for ${whose}, is in use: choose another in ${file}`),
      command.output(),
    );
  }
  await edit(server, (text) => text.replace("host: 127.0.0.1", "host: 192.0.2.1"));
  const command = runCommand(["server", "--config", server], environment);
  assert.equal(await command.ended, 1, command.output());
  assert.match(command.output(), /192\.0\.2\.1, for the MESH server, is no address of this machine: name one in/);
});

test("a data folder in use is refused by the pid of its user and the setting that names it", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "server.yaml");
  await edit(file, (text) => text.replace("port: 8700", "port: 0"));
  const first = await started(t, "server", file);
  const second = runCommand(["server", "--config", file], environment);
  assert.equal(await second.ended, 1);
  assert.match(
    second.output(),
    new RegExp(`in use by process ${first.pid}: stop it first, or name another dataFolder`),
  );
});

test("--print-config starts nothing and makes nothing, and prints what would be used, options included", async (t) => {
  const folder = await partsFolder(t);
  const before = readdirSync(folder);
  const file = join(folder, "server.yaml");
  process.env["MESH_PASSWORD_Y99002OT001"] = "password-2";
  atEnd(t, () => delete process.env["MESH_PASSWORD_Y99002OT001"]);
  const { status, printed, complained } = await typed(["server", "--config", file, "--strict-tls", "--print-config"]);
  assert.equal(status, 0, complained);
  assert.match(printed, /\n {2}strict: true\n/);
  assert.match(printed, new RegExp(`\\ndataFolder: ${folder}/server-data\\n`));
  assert.doesNotMatch(printed, /password-[12]|the-shared-key|BEGIN/);
  assert.deepEqual(readdirSync(folder), before);

  const data = join(folder, "data");
  const nothing = await typed(["server", "--data", data, "--print-config"]);
  assert.equal(nothing.status, 1);
  assert.match(nothing.complained, /holds no economy/);
  assert.ok(!existsSync(data));
});

test("the parts of a data folder are started from files that say so, and are the same from those files by hand", async (t) => {
  const data = await temporaryFolder(t);
  const economy = await openEconomy({ data, portBase: await freePortBase() });
  const words = ["server", "--data", data];
  const running = runCommand(words);
  atEnd(t, async () => running.end("SIGKILL"));
  const [, url] = await running.printed(/MESH server of .* at (\S+)/);
  assert.equal(await running.end("SIGINT"), 0);

  const file = join(data, "config", "server.yaml");
  const text = await readFile(file, "utf8");
  assert.match(text, /^# yaml-language-server: \$schema=.*server\.schema\.json\n#\n# Made by restante at each start/);
  if (process.platform !== "win32") assert.equal(statSync(file).mode % 0o1000, 0o600);
  const { passwords, sharedKey } = economy.secrets;
  for (const secret of [sharedKey, ...Object.values(passwords)]) assert.ok(!text.includes(secret));

  // On a full disk a server must still start: what has not changed is not written again.
  const { ino } = statSync(file);
  const printed = await typed([...words, "--print-config"]);
  assert.equal(statSync(file).ino, ino);
  assert.equal(printed.status, 0, printed.complained);
  assert.equal(printed.printed, (await typed(["server", "--config", file, "--print-config"])).printed);
  const byHand = runCommand(["server", "--config", file]);
  atEnd(t, async () => byHand.end("SIGKILL"));
  await byHand.printed(new RegExp(`MESH server of .* at ${url}`));

  // A start that is refused leaves the file of the one that is at work.
  const second = runCommand([...words, "--port-base", String(await freePortBase())]);
  assert.equal(await second.ended, 1, second.output());
  assert.match(second.output(), /in use by process/);
  assert.equal(await readFile(file, "utf8"), text);
});

test("server, clients and a practice, each from a file somebody wrote and on another address, carry a letter and its answers, though the practice refuses what does not conform", async (t) => {
  // Of the whole of 127.0.0.0/8 macOS has only 127.0.0.1.
  const host = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";
  const folder = await partsFolder(t, [host]);
  const at = (name: string): string => join(folder, name);
  await edit(at("server.yaml"), (text) =>
    text.replace("host: 127.0.0.1", `host: ${host}`).replace("port: 8700", "port: 0"),
  );
  const server = await started(t, "server", at("server.yaml"));
  const [, url = ""] = await server.printed(/ at (\S+)/);
  assert.ok(url.startsWith(`https://${host}:`), url);

  const fast = (text: string): string =>
    text.replace("https://127.0.0.1:8700", url).replace(/pollIntervalMs: .*/, "pollIntervalMs: 100");
  await edit(at("client.yaml"), fast);
  const other = (await readFile(at("client.yaml"), "utf8")).replaceAll("Y99001OT001", "Y99002OT001");
  await writeFile(at("client-of-practice.yaml"), `${other}settleMs: 0\n`);
  await edit(
    at("practice.yaml"),
    (text) =>
      `${text.replaceAll("Y99001", "Y99002").replace("port: 8701", "port: 0")}pollIntervalMs: 100\nstrictness: refuse\n`,
  );
  await started(t, "client", at("client.yaml"));
  await started(t, "client", at("client-of-practice.yaml"));
  const practice = await started(t, "practice", at("practice.yaml"));

  const mailboxId = parseMailboxId("Y99001OT001");
  const economy = { organisations: (await openEconomy({ data: at("names"), portBase: 9000 })).directory.organisations };
  const organisation = organisationOf({ ...economy, patients: [] }, "Y99001");
  const letter = await readConsultation(exampleFile("consultation.json"));
  const { data, control } = await consultationPair(letter, { organisation, mailboxId });
  const out = at(join("mesh", mailboxId, "OUT"));
  await writeFile(join(out, "letter.dat"), data);
  await writeFile(join(out, "letter.ctl"), control);

  const inbox = at(join("mesh", mailboxId, "IN"));
  const answers = await waitFor(
    async () => {
      const names = readdirSync(inbox).filter((name) => name.endsWith(".ctl"));
      const read = await Promise.all(names.map(async (name) => readControlFile(await readFile(join(inbox, name)))));
      const acknowledgements = read.filter(({ workflowId }) => workflowId === "GPFED_CONSULT_REPORT_ACK");
      return acknowledgements.length >= 2 && acknowledgements;
    },
    { ...patience, timeoutMs: 60_000, what: "both acknowledgements" },
  );
  for (const { from, localId } of answers) assert.deepEqual([from, localId], ["Y99002OT001", "Y99002"]);
  for (const part of parts) {
    const log = await readFile(at(`restante-${part}.log`), "utf8");
    assert.match(log, /"event":/);
  }
  assert.match(practice.output(), /Worklist of Rowan Street Surgery \(Y99002\) at http:\/\/127\.0\.0\.1:\d+/);
});

test("a client whose folder is taken away stops and says so; the others go on, and with the last the process ends", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  await edit(file, (text) =>
    text
      .replace("pollIntervalMs: 300000", "pollIntervalMs: 100")
      .replace(
        "\n# MESH asks",
        "  - mailboxId: Y99002OT001\n    password: { env: MESH_PASSWORD_Y99002OT001 }\n    folder: disk/Y99002OT001\n\n# MESH asks",
      ),
  );
  const client = await started(t, "client", file);
  await rename(join(folder, "disk"), join(folder, "disk-away"));
  await client.printed(/Y99002OT001 client .*stops: /);
  // It still carries the other's.
  await writeFile(join(folder, "mesh", "Y99001OT001", "OUT", "letter.dat"), "a letter");
  await writeFile(join(folder, "mesh", "Y99001OT001", "OUT", "letter.ctl"), "no control file");
  await client.printed(/Y99001OT001 client .*moved to FAILED/);
  await rename(join(folder, "mesh"), join(folder, "mesh-away"));
  await client.printed(/Y99001OT001 client .*stops: /);
  assert.equal(await client.ended, 1, client.output());
  assert.match(client.standardError(), /restante: .*removed or replaced while it was in use/);
});
