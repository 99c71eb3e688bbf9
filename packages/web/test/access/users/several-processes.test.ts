import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type Program, runProgram, waitFor } from "@restante/testbed";
import { codeOf } from "../../../src/access/users/one-time-code.ts";
import { openUsers } from "./open-users.ts";
import { by, type OpenUsers } from "./users-in-folder.ts";

const beside = new URL("users-in-folder.ts", import.meta.url).href;

/** Another process that has the database of a folder open: `go()` waits until `start` is there. */
function another(t: TestContext, folder: string, program: string, word = "ready"): Promise<Program> {
  return runProgram(
    t,
    `import { existsSync, writeSync } from "node:fs";
     import { usersIn, by } from ${JSON.stringify(beside)};
     const folder = ${JSON.stringify(folder)};
     const say = (line) => writeSync(1, line + "\\n");
     const go = () => { say("ready"); while (!existsSync(folder + "/start")) wait(); };
     const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
     ${program}`,
    word,
  );
}

async function together(t: TestContext, folder: string, programs: readonly string[]): Promise<string[][]> {
  const running = await Promise.all(programs.map((program) => another(t, folder, program)));
  writeFileSync(join(folder, "start"), "");
  await waitFor(() => running.every(({ said }) => said().includes("over")));
  return running.map(({ said }) => said().trim().split("\n").slice(1, -1));
}

/** Each user has one row of having been added, and each such row its user. */
async function requireWhole({ users, audit }: OpenUsers): Promise<void> {
  const added = audit.find({ limit: 1000, act: "add-user" }).rows.map(({ subjects: [subject = ""] }) => subject);
  assert.deepEqual(
    added.toSorted(),
    users
      .list()
      .map(({ id }) => `user:${id}`)
      .toSorted(),
  );
  assert.deepEqual((await audit.verify()).problems, []);
}

test("kill -9 between a user's row and its commit leaves neither the user nor the row", async (t) => {
  const opened = await openUsers(t);
  await opened.users.add({ signInName: "before", name: "Before", roles: ["clinician"] }, by);
  const killed = await another(
    t,
    opened.folder,
    `const { users } = usersIn(folder, { record: (row) => { row(); say("written"); process.kill(process.pid, "SIGKILL"); for (;;); } });
     await users.add({ signInName: "amina", name: "Amina", roles: ["administrator"], password: "three blind dormice" }, by);`,
    "written",
  );
  await killed.kill();
  assert.deepEqual(
    opened.users.list().map(({ signInName }) => signInName),
    ["before"],
  );
  await requireWhole(opened);
});

test("kill -9 at any moment leaves each user with their row, and everybody who was said to be added", async (t) => {
  for (const after of [1, 7, 20]) {
    const opened = await openUsers(t);
    const adding = await another(
      t,
      opened.folder,
      `const { users } = usersIn(folder);
       for (let turn = 1; ; turn += 1) {
         await users.add({ signInName: "user-" + turn, name: "User", roles: ["clinician"] }, by);
         say("user-" + turn + ";");
       }`,
      `user-${after};`,
    );
    await adding.kill();
    const said = adding.said().match(/user-\d+(?=;)/g) ?? [];
    for (const name of said) assert.ok(opened.users.findByName(name), name);
    assert.ok(opened.users.list().length >= after);
    await requireWhole(opened);
  }
});

test("of two processes that add the same users at once each has some, and no user is there twice", async (t) => {
  const opened = await openUsers(t);
  const program = `
    const { users } = usersIn(folder);
    go();
    for (let turn = 1; turn <= 30; turn += 1) {
      try {
        await users.add({ signInName: "user-" + turn, name: "User", roles: ["clinician"] }, by);
        say("user-" + turn);
      } catch (error) {
        if (error.code !== "taken") throw error;
      }
    }
    say("over");`;
  const added = (await together(t, opened.folder, [program, program])).flat();
  assert.equal(added.length, 30);
  assert.deepEqual(
    added.toSorted(),
    opened.users.list().map(({ signInName }) => signInName),
  );
  await requireWhole(opened);
});

test("two processes that disable each other's administrators at once leave one", async (t) => {
  const opened = await openUsers(t);
  for (let turn = 1; turn <= 10; turn += 1) {
    await opened.users.add({ signInName: `user-${turn}`, name: "User", roles: ["administrator"] }, by);
  }
  const program = (order: string): string => `
    const { users } = usersIn(folder);
    go();
    for (const { id } of users.list()${order}) {
      try {
        users.change(id, { disabled: true }, by);
      } catch (error) {
        say(error.code);
      }
    }
    say("over");`;
  const said = (await together(t, opened.folder, [program(""), program(".toReversed()")])).flat();
  assert.deepEqual(new Set(said), new Set(["last-administrator"]));
  assert.equal(opened.users.list().filter(({ disabled }) => !disabled).length, 1);
});

test("of two processes that are shown the same code one takes it", async (t) => {
  const start = 60_000_000;
  const now = (): Date => new Date(start * 30_000);
  const opened = await openUsers(t, { now });
  const { id } = await opened.users.add({ signInName: "amina", name: "Amina", roles: ["clinician"] }, by);
  // Whose secret is known by now: what confirms it is found by trying what the next half minutes show.
  const { secret } = opened.users.beginSecondFactor(id);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = Array.from(secret, (letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  assert.equal(opened.users.confirmSecondFactor(id, codeOf(bytes, start), by), true);
  const codes = Array.from({ length: 30 }, (_, index) => codeOf(bytes, start + 1 + index));
  const program = `
    let step = ${start};
    const { users } = usersIn(folder, { now: () => new Date(step * 30000) });
    go();
    for (const code of ${JSON.stringify(codes)}) {
      step += 1;
      if (users.checkSecondFactor(${JSON.stringify(id)}, code)) say(String(step));
    }
    say("over");`;
  const taken = (await together(t, opened.folder, [program, program])).flat().map(Number);
  assert.equal(new Set(taken).size, taken.length);
  assert.ok(taken.includes(start + 30));
});
