import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type DurableError, holdFolder, isFolderHeld } from "@restante/durable";
import { temporaryFolder, waitFor, type Program, runProgram } from "@restante/testbed";
import { filler, smallDisk } from "../../mesh-server/test/store/small-disk.ts";

/** Another process that holds the folder. What it says is what it said since. */
async function otherHolder(t: TestContext, folder: string): Promise<Program> {
  const program = `
    const { holdFolder } = await import("@restante/durable");
    holdFolder(${JSON.stringify(folder)}, "part", { onLost: (error) => console.log("lost " + error.code) });
    console.log("held");
    setInterval(() => undefined, 1000);`;
  const other = await runProgram(t, program, "held");
  return { ...other, said: () => other.said().replace("held\n", "") };
}

test("processes that take turns with a folder, all at once and again and again, each have theirs", async (t) => {
  const folder = await temporaryFolder(t);
  const program = `
    const { holdFolder } = await import("@restante/durable");
    for (let times = 0; times < 200; times += 1) {
      holdFolder(${JSON.stringify(folder)}, "part", { waitMs: 60_000 })[Symbol.dispose]();
    }
    console.log("done");`;
  const others = Array.from({ length: 4 }, () => runProgram(t, program, "done"));
  for (const other of await Promise.all(others)) assert.match(other.said(), /done/);
});

test("a folder in use is refused, naming the process; one whose process was killed with -9 is free at once", async (t) => {
  const folder = await temporaryFolder(t);
  const other = await otherHolder(t, folder);
  assert.throws(() => holdFolder(folder, "part", { remedy: "stop it first" }), {
    code: "held",
    message: `${folder}: it is in use by process ${other.pid}: stop it first`,
  });
  assert.ok(isFolderHeld(folder, "part"));
  assert.ok(!isFolderHeld(folder, "another part"));
  await other.kill();
  assert.ok(!isFolderHeld(folder, "part"));
  using held = holdFolder(folder, "part");
  assert.ok(held !== undefined);
  assert.throws(() => holdFolder(folder, "part"), { code: "held" }, "also in one process");
});

test(
  "a process that has ended holds nothing, though its parent never asked how it ended",
  { skip: process.platform !== "linux" },
  async (t) => {
    const folder = await temporaryFolder(t);
    // The shell becomes a program that knows nothing of its child, before that ends: it would ask.
    const parent = spawn("sh", ["-c", "sleep 1 & echo $!; exec sleep 600"], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => parent.kill("SIGKILL"));
    let output = "";
    parent.stdout.on("data", (piece: Buffer) => (output += piece.toString()));
    await waitFor(() => output.endsWith("\n"));
    const pid = Number(output);
    const fields = (): string[] => {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    };
    await waitFor(() => fields()[0] === "Z");
    holdFolder(folder, "part")[Symbol.dispose]();
    using own = holdFolder(folder, "own");
    assert.ok(own !== undefined);
    const ofThisMachine = readFileSync(join(folder, "own.pid"), "utf8");
    const ofTheEnded = ofThisMachine
      .replace(/^\d+/, String(pid))
      .replace(/^started .*$/m, `started ${fields()[19]}`)
      .replace(/^instance .*$/m, "instance another");
    writeFileSync(join(folder, "part.pid"), ofTheEnded);
    assert.ok(!isFolderHeld(folder, "part"));
    using held = holdFolder(folder, "part");
    assert.ok(held !== undefined);
  },
);

test("a lock file that is removed while it is held lets nobody else in, and comes back", async (t) => {
  const folder = await temporaryFolder(t);
  const other = await otherHolder(t, folder);
  rmSync(join(folder, "part.lock"));
  assert.throws(() => holdFolder(folder, "part"), { code: "held" });
  rmSync(join(folder, "part.lock"), { force: true });
  await waitFor(() => existsSync(join(folder, "part.lock")));
  assert.throws(() => holdFolder(folder, "part"), { code: "held" });
  assert.equal(other.said(), "");
});

test("if another took a folder of which lock and pid were removed, the first is told that it is lost", async (t) => {
  const folder = await temporaryFolder(t);
  const other = await otherHolder(t, folder);
  for (const name of ["part.lock", "part.pid"]) rmSync(join(folder, name));
  using held = holdFolder(folder, "part");
  assert.ok(held !== undefined);
  await waitFor(() => other.said() === "lost held\n");
});

for (const how of ["removed", "replaced"] as const) {
  test(`of a folder that is ${how} while it is held its holder is told, and it is not made anew`, async (t) => {
    const folder = join(await temporaryFolder(t), "held");
    const other = await otherHolder(t, folder);
    renameSync(folder, `${folder}.away`);
    if (how === "replaced") mkdirSync(folder);
    await waitFor(() => other.said() === "lost unusable\n");
    assert.deepEqual(existsSync(folder) ? readdirSync(folder) : undefined, how === "replaced" ? [] : undefined);
  });
}

test("what the pid file says of a process of another machine, or of one long gone, locks nobody out", async (t) => {
  const folder = await temporaryFolder(t);
  const pidFile = join(folder, "part.pid");
  {
    using held = holdFolder(folder, "part");
    assert.ok(held !== undefined);
    const [pid, ...words] = readFileSync(pidFile, "utf8").split("\n");
    assert.equal(pid, String(process.pid), "the first line is the pid");
    assert.deepEqual(
      words.map((word) => word.split(" ")[0]),
      ["host", "boot", "started", "instance", ""],
    );
  }
  assert.ok(!existsSync(pidFile));
  for (const text of ["", "rubbish", "1\n", `${process.pid}\nhost elsewhere\nboot x\nstarted 1\ninstance y\n`]) {
    writeFileSync(pidFile, text);
    using held = holdFolder(folder, "part");
    assert.ok(held !== undefined);
  }
});

test(
  "of a folder that is held from another machine or another container it is told where, and not a number alone",
  { skip: process.platform !== "linux" && "no other platform tells a boot id" },
  async (t) => {
    const folder = await temporaryFolder(t);
    const { pid } = await otherHolder(t, folder);
    const pidFile = join(folder, "part.pid");
    const written = readFileSync(pidFile, "utf8");
    assert.match(
      written,
      new RegExp(`^${pid}\\nhost ${hostname()}\\nboot [0-9a-f-]{36}\\nstarted \\d+\\ninstance [0-9a-f-]{36}\\n$`),
    );
    // The lock is held all the while; what its holder wrote is as it would be from elsewhere.
    const told = (...changes: readonly (readonly [RegExp, string])[]): string => {
      writeFileSync(
        pidFile,
        changes.reduce((text, [line, put]) => text.replace(line, put), written),
      );
      assert.ok(isFolderHeld(folder, "part"));
      try {
        holdFolder(folder, "part", { waitMs: 0, remedy: "stop it first" })[Symbol.dispose]();
      } catch (error) {
        assert.equal((error as DurableError).code, "held");
        return (error as DurableError).message;
      }
      throw new Error("it was held twice");
    };
    const inUse = `${folder}: it is in use by process ${pid}`;
    const otherHost = [/^host .*$/m, "host ward-7"] as const;
    const otherBoot = [/^boot .*$/m, "boot 00000000-0000-4000-8000-000000000000"] as const;
    assert.equal(told(), `${inUse}: stop it first`);
    assert.equal(told(otherHost, otherBoot), `${inUse} on ward-7: stop it first`);
    assert.equal(told(otherHost), `${inUse} in another container of this machine, ward-7: stop it first`);
    assert.equal(
      told(otherBoot),
      `${inUse} on another machine that is called ${hostname()} too, or on this one before it was last started: stop it first`,
    );
    assert.equal(
      told([/^started .*$/m, "started 1"]),
      `${inUse} that cannot be seen from here (in another container?): stop it first`,
    );
  },
);

test("a damaged lock file, a file in the folder's place and a folder that may not be written are told as such, not as in use", async (t) => {
  const folder = await temporaryFolder(t);
  const refusal = (place: string): DurableError => {
    try {
      holdFolder(place, "part")[Symbol.dispose]();
    } catch (error) {
      return error as DurableError;
    }
    throw new Error("it was held");
  };
  writeFileSync(join(folder, "part.lock"), "this is not a lock file ".repeat(100));
  const damaged = refusal(folder);
  assert.equal(damaged.code, "damaged");
  assert.match(damaged.message, /part\.lock: the lock file is damaged: remove it/);

  writeFileSync(join(folder, "file"), "");
  assert.equal(refusal(join(folder, "file")).code, "unusable");
  assert.match(refusal(join(folder, "file")).message, /file: it is no folder/);

  const closed = join(folder, "closed");
  holdFolder(closed, "other")[Symbol.dispose]();
  chmodSync(closed, 0o500);
  // Root may write everywhere.
  if (process.getuid?.() !== 0) assert.equal(refusal(closed).code, "not-permitted");
  chmodSync(closed, 0o700);
  if (existsSync("/proc"))
    assert.match(
      refusal("/proc/restante").message,
      /^\/proc\/restante: this folder cannot be made: there is no such folder/,
    );
});

test("a second try of the holder's own process is refused, and takes nothing from the first", async (t) => {
  const folder = await temporaryFolder(t);
  const program = `
    const { holdFolder, isFolderHeld } = await import("@restante/durable");
    holdFolder(${JSON.stringify(folder)}, "part");
    isFolderHeld(${JSON.stringify(folder)}, "part");
    try { holdFolder(${JSON.stringify(folder)}, "part", { waitMs: 0 }); } catch { console.log("held"); }
    // So that the lock alone can tell that it is held.
    (await import("node:fs")).rmSync(${JSON.stringify(join(folder, "part.pid"))});
    console.log("tried");
    setInterval(() => undefined, 1000);`;
  const other = await runProgram(t, program, "tried");
  assert.equal(other.said(), "held\ntried\n");
  assert.throws(() => holdFolder(folder, "part", { waitMs: 0 }), { code: "held" });
});

test("a folder that is moved away while it is held is not made again in its place, and nobody else gets it where it is now", async (t) => {
  const folder = join(await temporaryFolder(t), "folder");
  const other = await otherHolder(t, folder);
  renameSync(folder, `${folder}.moved`);
  assert.throws(() => holdFolder(`${folder}.moved`, "part", { waitMs: 2500 }), { code: "held" });
  assert.ok(!existsSync(folder), "the holder has looked twice meanwhile");
  renameSync(`${folder}.moved`, folder);
  assert.throws(() => holdFolder(folder, "part", { waitMs: 0 }), { code: "held" });
  await waitFor(() => other.said() === "lost unusable\n");
});

test("a folder on a full disk can be held, by one, and says by whom once there is room", async (t) => {
  const disk = smallDisk(t, 1);
  if (disk === undefined) return;
  const other = filler(t, disk);
  other.pause();
  // An empty file needs none.
  const holder = await otherHolder(t, disk);
  assert.ok(!existsSync(join(disk, "part.lock-journal")));
  assert.throws(() => holdFolder(disk, "part", { waitMs: 0 }), { code: "held" });
  other.stop();
  await waitFor(() => readFileSync(join(disk, "part.pid"), "utf8").startsWith(`${holder.pid}\n`));
});
