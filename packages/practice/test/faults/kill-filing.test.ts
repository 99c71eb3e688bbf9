import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { thisComputer } from "../../src/actor.ts";
import { PracticeError } from "../../src/errors.ts";
import { createFiling } from "../../src/filing/filing.ts";
import { stopSaving } from "../../src/queries/filing.ts";
import { openDatabase } from "../../src/store/database.ts";
import { versionOf } from "../../src/store/versions.ts";
import { deliver, openPractice, temporaryFolder } from "../support/economy.ts";
import { filingContext } from "../support/filing-context.ts";
import { createFreezer } from "../support/freeze-at-step.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

/** What happens between the end and the next start: nothing; the record system takes what it finds; a person stops the saving. */
const meanwhiles = ["nothing", "taken", "stopped"] as const;
type Meanwhile = (typeof meanwhiles)[number];

test("killed at a step of the saving, a document ends in one folder, whole, though it is taken at once", async (t) => {
  const home = await oneAsked(t);
  // Some boundaries: the next test has all of them.
  for (let stopAt = 6, boundary = ""; boundary !== "ended"; stopAt += 7) {
    boundary = await endedAt(join(home, String(stopAt)), "taken", async (dataFolder, folder) =>
      killedAt(dataFolder, folder, stopAt),
    );
  }
});

test("ended at every step of the saving, a document is in one folder, whole, also where it is taken at once, and stopped in none", async (t) => {
  const home = await oneAsked(t);
  await using freezer = await createFreezer();
  const seen = new Set<string>();
  for (const meanwhile of meanwhiles) {
    for (let stopAt = 1, boundary = ""; boundary !== "ended"; stopAt += 1) {
      boundary = await endedAt(join(home, `${meanwhile}-${stopAt}`), meanwhile, async (dataFolder, folder) => {
        const database = await openDatabase(dataFolder);
        const end = await freezer.until(stopAt, async () => saveAll(dataFolder, folder, database));
        database.close();
        return end;
      });
      seen.add(boundary);
    }
  }
  const steps = ["mkdir", "rm", "sync", "rename", "commit"].flatMap((step) => [`before ${step}`, `after ${step}`]);
  assert.deepEqual([...seen].toSorted(), [...steps, "ended"].toSorted());
});

/** A practice of which a document waits to be saved, in `asked` of the folder. */
async function oneAsked(t: TestContext): Promise<string> {
  const home = temporaryFolder(t);
  mkdirSync(join(home, "records"));
  const to = await openPractice(t, receiver, {
    filing: { folder: join(home, "records") },
    dataFolder: join(home, "asked"),
  });
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  const { worklist } = to.practice;
  const version = (await worklist.task(1, thisComputer))?.version ?? 1;
  await worklist.saveToFolder(1, { actor: thisComputer, version });
  await to.practice[Symbol.asyncDispose]();
  return home;
}

async function saveAll(
  dataFolder: string,
  folder: string,
  database: Awaited<ReturnType<typeof openDatabase>>,
): Promise<void> {
  const filing = createFiling(filingContext(database, dataFolder), folder, () => undefined);
  filing.turn();
  await filing.idle();
}

/** The boundary. Then it is started once more, and what has become of the document is held against the promise. */
async function endedAt(
  root: string,
  meanwhile: Meanwhile,
  begin: (dataFolder: string, folder: string) => Promise<string>,
): Promise<string> {
  const [dataFolder, folder] = [join(root, "practice"), join(root, "records")];
  cpSync(join(root, "..", "asked"), dataFolder, { recursive: true });
  mkdirSync(folder);
  const boundary = await begin(dataFolder, folder);
  let came: string[] = [];
  const look = (): void => {
    for (const name of namesIn(folder)) {
      requireWhole(join(folder, name), name);
      came.push(name);
      if (meanwhile === "taken") rmSync(join(folder, name), { recursive: true });
    }
  };
  look();
  const database = await openDatabase(dataFolder);
  const context = { ...filingContext(database, dataFolder), filing: { folder } };
  const by = { actor: thisComputer, version: versionOf(database, { kind: "task", id: 1 }) };
  const isStopped = meanwhile === "stopped" && isDone(() => stopSaving(context, 1, by));
  await saveAll(dataFolder, folder, database);
  if (meanwhile !== "taken") came = [];
  look();
  const row = database.prepare("SELECT step, folder FROM filing").get();
  database.close();
  const about = `${boundary}, ${root}`;
  assert.deepEqual(came, isStopped ? [] : [row?.["folder"]], about);
  assert.equal(row?.["step"], isStopped ? "stopped" : "saved", about);
  const hidden = join(folder, `.restante-${receiver.odsCode}`);
  assert.deepEqual(existsSync(hidden) ? readdirSync(hidden) : [], [], about);
  rmSync(root, { recursive: true });
  return boundary;
}

/** False: it is too late, and says so. */
function isDone(stop: () => unknown): boolean {
  try {
    stop();
    return true;
  } catch (error) {
    assert.ok(error instanceof PracticeError && ["saving-now", "not-being-saved"].includes(error.code), String(error));
    return false;
  }
}

async function killedAt(dataFolder: string, folder: string, stopAt: number): Promise<string> {
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      "--conditions=@restante/source",
      "--disable-warning=ExperimentalWarning",
      `--import=${path("../../../mesh-client/fuzz/stop-at-step.ts")}`,
      path("../support/filing-process.ts"),
      dataFolder,
      folder,
    ],
    { env: { RESTANTE_STOP_AT: String(stopAt) }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(child, "close");
  return child.signalCode === "SIGKILL" ? said.trim() : "ended";
}

/** As a record system sees the folder. */
function namesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith("."));
}

function requireWhole(folder: string, name: string): void {
  const said = JSON.parse(readFileSync(join(folder, "metadata.json"), "utf8")) as {
    folder: string;
    files: { name: string; sha256: string }[];
  };
  assert.equal(said.folder, name);
  const names = [...said.files.map((file) => file.name), "metadata.json"];
  assert.deepEqual(readdirSync(folder).toSorted(), names.toSorted());
  for (const file of said.files) {
    assert.equal(
      createHash("sha256")
        .update(readFileSync(join(folder, file.name)))
        .digest("hex"),
      file.sha256,
    );
  }
}
