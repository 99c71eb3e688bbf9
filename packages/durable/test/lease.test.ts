import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { DurableError, Lease, LeaseTimes } from "@restante/durable";
import { temporaryFolder, waitFor, type Program, runProgram } from "@restante/testbed";
import { filler, smallDisk } from "../../mesh-server/test/store/small-disk.ts";
import { leaseText, readLeaseNow } from "../src/lease-file.ts";
import { type LeaseOptions, takeLease } from "../src/lease.ts";
import { currentTenant, type Tenant } from "../src/machine.ts";

// Another machine is a process, or a lease, that says so. It has no part in the lock of the operating system, as on a disk
// where that does not reach other machines.

const MINUTE = 60_000;
/** What lasts minutes is here within a second; what a test is about is put to what it is. */
const quick: LeaseTimes = {
  renewMs: 40,
  staleMs: 300,
  freeMs: 600,
  confirmMs: 100,
  settleMs: 30,
  answerMs: 30_000,
};

let machines = 0;
function elsewhere(changes: Partial<Tenant> = {}): Tenant {
  machines += 1;
  return {
    pid: 4711,
    host: `ward-${machines}`,
    boot: `boot-${machines}`,
    started: "1",
    instance: "",
    machine: `machine-${machines}`,
    ...changes,
  };
}

async function take(t: TestContext, folder: string, options: LeaseOptions = {}): Promise<Lease> {
  const lease = await takeLease(folder, "part", { times: quick, ...options });
  t.after(() => lease[Symbol.dispose]());
  return lease;
}

/** As another machine left it so long ago. */
function leave(folder: string, tenant: Tenant, ageMs: number, name = "part.lease"): void {
  const file = join(folder, name);
  writeFileSync(file, leaseText({ ...tenant, instance: "of-another" }, 1));
  const at = new Date(statSync(file).mtimeMs - ageMs);
  utimesSync(file, at, at);
}

async function refusal(taking: Promise<unknown>): Promise<DurableError> {
  return taking.then(
    () => assert.fail("it was taken"),
    (error: unknown) => error as DurableError,
  );
}

const ofRoot = (folder: string): string[] => readdirSync(folder).toSorted();

test("a folder of another machine is refused while its lease is younger than 5 minutes by the disk's own clock, and taken after it", async (t) => {
  const folder = await temporaryFolder(t);
  // Whatever this machine takes the time to be.
  t.mock.method(Date, "now", () => 0);
  const times = { confirmMs: 10, settleMs: 10 };
  const other = elsewhere();
  leave(folder, other, 4.5 * MINUTE);
  const { code, message } = await refusal(take(t, folder, { times, remedy: "stop it there" }));
  assert.equal(code, "held");
  assert.match(
    message,
    new RegExp(
      `: it is in use by process 4711 on ${other.host}, which renewed its lease 27\\d s ago by the clock of this disk: stop it there$`,
    ),
  );
  assert.ok(readFileSync(join(folder, "part.lease"), "utf8").includes(other.host), "and left as it was");

  leave(folder, other, 5.5 * MINUTE);
  const lease = await take(t, folder, { times });
  await lease.check();
  lease.checkNow();
  assert.deepEqual(ofRoot(folder), ["part.lease"], "nothing is left of the taking");
  lease[Symbol.dispose]();
  assert.deepEqual(ofRoot(folder), []);
});

test("a person may take a folder over at once, and its holder stops before its next step", async (t) => {
  const folder = await temporaryFolder(t);
  const lost: DurableError[] = [];
  const first = await take(t, folder, { tenant: elsewhere(), onLost: (error) => lost.push(error) });
  await first.check();
  const second = await take(t, folder, { takeOver: true });
  await assert.rejects(first.check(), { code: "held" });
  assert.throws(() => first.checkNow(), { code: "held" });
  assert.equal(lost.length, 1, "it is told once");
  first[Symbol.dispose]();
  await second.check();
});

test("of candidates that take a folder at the same moment one has it, and the others are refused", async (t) => {
  for (let round = 0; round < 12; round += 1) {
    const folder = await temporaryFolder(t);
    if (round % 3 > 0) leave(folder, elsewhere(), 6 * MINUTE);
    const times = { ...quick, freeMs: 5 * MINUTE, confirmMs: round % 2 === 0 ? 10 : 0 };
    const candidates = Array.from({ length: 5 }, async () =>
      take(t, folder, { tenant: elsewhere(), times, takeOver: round % 3 === 2 }),
    );
    const outcomes = await Promise.allSettled(candidates);
    const takers = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") assert.equal((outcome.reason as DurableError).code, "held");
    }
    // By a person's word one may be taken over by the next.
    const still = await Promise.allSettled(takers.map(async (lease) => lease.check()));
    assert.equal(still.filter(({ status }) => status === "fulfilled").length, 1, `round ${round}`);
    if (round % 3 < 2) assert.equal(takers.length, 1);
  }
});

test("after a start of the same machine its folder is taken at once; a machine or a container that is only called the same waits", async (t) => {
  const folder = await temporaryFolder(t);
  const self = elsewhere();
  // So that one that waited would be noticed.
  const times = { confirmMs: 10 * MINUTE, settleMs: 10 * MINUTE };
  const takenFrom = async (before: Tenant, now: Tenant): Promise<boolean> => {
    leave(folder, before, 1000);
    const taking = takeLease(folder, "part", { tenant: now, times });
    return taking.then(
      (lease) => {
        lease[Symbol.dispose]();
        return true;
      },
      () => false,
    );
  };
  assert.ok(await takenFrom({ ...self, boot: "before" }, self), "it was started again");
  assert.ok(await takenFrom({ ...self, host: "another-container" }, self), "one kernel: its lock has decided");
  assert.ok(await takenFrom(self, self), "killed");
  const [nothing, windows] = [{ boot: "" }, { boot: "", machine: "" }];
  assert.ok(await takenFrom({ ...self, ...windows }, { ...self, ...windows }), "where the platform tells no more");
  assert.ok(!(await takenFrom({ ...self, ...elsewhere(), host: self.host }, self)), "called the same");
  assert.ok(!(await takenFrom({ ...self, boot: "b", machine: "" }, { ...self, machine: "" })), "in containers");
  assert.ok(!(await takenFrom({ ...self, ...nothing, machine: "another" }, { ...self, ...nothing })));
});

/** Another machine that makes a step a millisecond, each after a check, and says so. */
async function steppingProcess(t: TestContext, folder: string): Promise<Program> {
  const lease = new URL("../src/lease.ts", import.meta.url).href;
  const program = `
    const { takeLease } = await import(${JSON.stringify(lease)});
    const lease = await takeLease(${JSON.stringify(folder)}, "part", {
      tenant: ${JSON.stringify(elsewhere())}, times: ${JSON.stringify(quick)}, onLost: () => console.log("lost"),
    });
    try {
      for (;;) {
        await lease.check();
        console.log("step");
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } catch (error) {
      console.log("stopped " + error.code);
    }`;
  return runProgram(t, program, "step");
}

/** Pauses a process, and waits for its lease to be older than a candidate waits for. */
async function pause(folder: string, pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  const age = (): number => Date.now() - statSync(join(folder, "part.lease")).mtimeMs;
  await waitFor(() => age() > quick.freeMs);
}

test("a holder that is paused for long, and woken when another has the folder, makes no step more", async (t) => {
  const folder = await temporaryFolder(t);
  const holder = await steppingProcess(t, folder);
  await pause(folder, holder.pid);
  const lease = await take(t, folder);
  const before = holder.said();
  process.kill(holder.pid, "SIGCONT");
  await waitFor(() => holder.said().includes("stopped"));
  // What it had under way when it was paused may end, as one step.
  assert.match(holder.said().slice(before.length), /^(step\n)?lost\nstopped held\n$/);
  await lease.check();
});

test("one that nobody took meanwhile goes on with what is its own, having renewed it first", async (t) => {
  const folder = await temporaryFolder(t);
  const holder = await steppingProcess(t, folder);
  await pause(folder, holder.pid);
  const { length } = holder.said();
  process.kill(holder.pid, "SIGCONT");
  await waitFor(() => holder.said().slice(length).split("step\n").length > 3);
  const { code } = await refusal(take(t, folder, { times: { ...quick, freeMs: 5 * MINUTE } }));
  assert.equal(code, "held");
  assert.doesNotMatch(holder.said(), /lost|stopped/);
});

test("a holder that has not renewed for too long begins no step before it could", async (t) => {
  const folder = await temporaryFolder(t);
  const lease = await take(t, folder, { times: { ...quick, renewMs: 10 * MINUTE, staleMs: 0 } });
  await lease.check();
  // Somebody has it in hand.
  leave(folder, elsewhere(), 0, "part.taking");
  await assert.rejects(lease.check(), { code: "held" });
  await assert.rejects(lease.check(), { code: "held" });
  rmSync(join(folder, "part.taking"));
  await lease.check();
});

test("what a last holder writes late into its lease is seen by nobody", async (t) => {
  const folder = await temporaryFolder(t);
  const tenant = elsewhere();
  await take(t, folder, { tenant, times: { ...quick, renewMs: 10 * MINUTE } });
  const late = openSync(join(folder, "part.lease"), "r+");
  const lease = await take(t, folder, { takeOver: true });
  writeSync(late, leaseText(tenant, 99), 0);
  closeSync(late);
  await lease.check();
});

test("a lease that looks old because the disk's clock was set, and is renewed, is not taken; nor is one of the future", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "part.lease");
  const holder = await take(t, folder, { tenant: elsewhere(), times: { ...quick, renewMs: 150 } });
  const set = (ms: number): void => utimesSync(file, new Date(Date.now() + ms), new Date(Date.now() + ms));
  const times = { confirmMs: 500 };
  set(-10 * MINUTE);
  assert.equal((await refusal(take(t, folder, { times }))).code, "held");
  await holder.check();
  holder[Symbol.dispose]();

  leave(folder, elsewhere(), -10 * MINUTE);
  const { code, message } = await refusal(take(t, folder, { times }));
  assert.equal(code, "held");
  assert.match(message, /whose lease is dated (600|599) s ahead of the clock of this disk$/);
});

test("what a candidate that was killed has left keeps the next out for a minute, and one of the same machine not at all", async (t) => {
  const folder = await temporaryFolder(t);
  const taken = async (): Promise<boolean> => {
    leave(folder, elsewhere(), 6 * MINUTE);
    return take(t, folder, { times: { confirmMs: 1, settleMs: 1 } }).then(
      (lease) => {
        lease[Symbol.dispose]();
        return true;
      },
      () => false,
    );
  };
  leave(folder, elsewhere(), 30_000, "part.taking");
  assert.ok(!(await taken()));
  leave(folder, elsewhere(), 90_000, "part.taking");
  assert.ok(await taken());
  leave(folder, currentTenant(), 0, "part.taking");
  assert.ok(await taken());
  assert.deepEqual(ofRoot(folder), []);
});

test("a lease is never there without saying whose it is, so that whoever is killed as it takes a folder keeps nobody out", async (t) => {
  const folder = await temporaryFolder(t);
  let isOver = false;
  const seen = new Set<string>();
  const looking = (async () => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- the taking below ends it
    while (!isOver) {
      for (const name of ["part.lease", "part.taking"]) {
        const found = readLeaseNow(join(folder, name));
        if (found !== undefined) seen.add(found.text.split("\n")[0]!);
      }
      await new Promise(setImmediate);
    }
  })();
  try {
    for (let taken = 0; taken < 200; taken += 1) {
      const lease = await takeLease(folder, "part", { times: quick });
      lease[Symbol.dispose]();
      if (taken % 2 === 0) leave(folder, currentTenant(), 0);
    }
  } finally {
    isOver = true;
  }
  await looking;
  assert.deepEqual(Array.from(seen), [String(process.pid)]);
});

test("files of a moment that kills have left are removed by the next holder, once they are a minute old or a second name of the lease", async (t) => {
  const folder = await temporaryFolder(t);
  leave(folder, currentTenant(), 0);
  linkSync(join(folder, "part.lease"), join(folder, "part.begun.linked"));
  for (const [name, ageMs] of [
    ["part.begun.old", 2 * MINUTE],
    ["part.clock.old", 2 * MINUTE],
    ["part.clock.young", 30_000],
    ["other.clock.old", 2 * MINUTE],
  ] as const) {
    leave(folder, currentTenant(), ageMs, name);
  }
  await take(t, folder);
  assert.deepEqual(ofRoot(folder), ["other.clock.old", "part.clock.young", "part.lease"]);
});

test("a lease that a person removed is made anew by its holder; one whose folder was replaced is not", async (t) => {
  const folder = join(await temporaryFolder(t), "held");
  mkdirSync(folder);
  const lease = await take(t, folder);
  rmSync(join(folder, "part.lease"));
  await lease.check();
  assert.equal((await refusal(take(t, folder, { tenant: elsewhere() }))).code, "held");
  renameSync(folder, `${folder}.away`);
  mkdirSync(folder);
  await assert.rejects(lease.check(), { code: "unusable" });
  assert.deepEqual(ofRoot(folder), []);
});

test("a disk that does not answer is told as such, and no step begins", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "part.lease");
  const lease = await take(t, folder, {
    times: { ...quick, renewMs: 10 * MINUTE, staleMs: 10 * MINUTE, answerMs: 50 },
  });
  const kept = readFileSync(file);
  rmSync(file);
  // To open one waits for whoever writes it.
  execFileSync("mkfifo", [file]);
  const [first, second] = [refusal(lease.check()), refusal(lease.check())];
  assert.match((await first).message, /its disk does not answer$/);
  assert.equal((await second).code, "unusable");
  // It answers again.
  const writer = openSync(file, "r+");
  rmSync(file);
  writeFileSync(file, kept);
  closeSync(writer);
  await lease.check().catch(async () => lease.check());
});

test("a folder on a full disk can be held, and whose it is is written once there is room", async (t) => {
  const disk = smallDisk(t, 1);
  if (disk === undefined) return;
  const other = filler(t, disk);
  other.pause();
  const lease = await take(t, disk);
  await lease.check();
  lease.checkNow();
  assert.equal((await refusal(take(t, disk, { tenant: elsewhere() }))).code, "held");
  other.stop();
  await waitFor(() => readFileSync(join(disk, "part.lease"), "utf8").startsWith(`${process.pid}\n`));
  await lease.check();
  lease[Symbol.dispose]();
  assert.ok(!existsSync(join(disk, "part.lease")));
});
