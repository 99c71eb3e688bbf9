import assert from "node:assert/strict";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { mkdir, readdir, rename, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { lookAtMove, type MoveStep, moveStore } from "../../src/move/move-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { storeOptions } from "../store/store-options.ts";
import { ask, bench, openBoth, planOf, refusal, skip } from "./bench.ts";
import { type Made, mailboxIds, makeOldFolder } from "./old-folder.ts";
import { assertSameReads } from "./same-reads.ts";

test(
  "a folder whose bodies cannot be read is not closed, nor is anything begun, unless a person says without how many",
  { skip },
  async (t) => {
    const found = await bench(t, (folder) => makeOldFolder(folder));
    const [bodies, away] = [join(found.folder, "bodies"), join(found.folder, "away")];
    // A disk that is not mounted.
    await rename(bodies, away);
    await mkdir(bodies);
    for (const act of [lookAtMove, moveStore]) {
      await assert.rejects(
        act(found.options),
        refusal("move-refused", /7 bodies cannot be read \(chunk \d of message \w+ is missing.*--without-bodies 7/),
      );
    }
    assert.equal((await ask(found.url, "SELECT to_regclass('move') AS made"))[0]?.["made"], null);
    await (await openSqliteStore(found.folder, storeOptions))[Symbol.asyncDispose]();

    await rm(bodies, { recursive: true });
    await rename(away, bodies);
    const [one, two] = (await readdir(bodies)).map((name) => join(bodies, name));
    for (const file of [one!, two!]) await rm(file);
    // No file.
    await mkdir(two!);
    for (const withoutBodies of [undefined, 1]) {
      await assert.rejects(
        moveStore({ ...found.options, withoutBodies }),
        refusal("move-refused", /2 bodies cannot be read/),
      );
    }
    assert.equal((await planOf({ ...found.options, withoutBodies: 2 })).unread, 2);

    assert.equal(await moveStore({ ...found.options, withoutBodies: 2 }), "moved");

    const damages = found.verified().damaged.map(({ damage }) => damage);
    assert.deepEqual(damages.toSorted(), ["missing", "unreadable"]);
  },
);

test(
  "what a run was told to go without is tried again by the next, and holds for that run alone",
  { skip },
  async (t) => {
    const found = await bench(t, (folder) => makeOldFolder(folder));
    const [bodies, away] = [join(found.folder, "bodies"), join(found.folder, "away")];
    const [one, two] = await readdir(bodies);
    await mkdir(away);
    for (const name of [one!, two!]) await rename(join(bodies, name), join(away, name));
    const stopped = new AbortController();
    const tell = ({ step }: MoveStep): void => {
      if (step === "verifying") stopped.abort();
    };
    await assert.rejects(moveStore({ ...found.options, withoutBodies: 2, tell, signal: stopped.signal }), {
      name: "AbortError",
    });

    await rename(join(away, one!), join(bodies, one!));
    for (const act of [lookAtMove, moveStore]) {
      await assert.rejects(act(found.options), refusal("move-refused", /1 body cannot be read.*--without-bodies 1/));
    }
    await rename(join(away, two!), join(bodies, two!));
    assert.equal((await planOf(found.options)).unread, 0);
    assert.equal(await moveStore(found.options), "moved");
    assert.deepEqual(found.verified().damaged, []);
    assert.deepEqual(found.verified().differences, []);
  },
);

test(
  "bodies that cannot be read only while they are copied keep the folder open, and the same command has them when they are back",
  { skip },
  async (t) => {
    let made: Made | undefined;
    const found = await bench(t, async (folder) => (made = await makeOldFolder(folder)));
    const [bodies, away] = [join(found.folder, "bodies"), join(found.folder, "away")];
    const names = await readdir(bodies);
    let isAway: Promise<unknown> | undefined;
    const { receive } = found.options.bodies;
    const losing = {
      ...found.options.bodies,
      receive: async (...words: Parameters<typeof receive>) => {
        await (isAway ??= rename(bodies, away).then(() => mkdir(bodies)));
        return receive(...words);
      },
    };
    // Some are open by then: those are read.
    const refused = refusal("move-refused", /\d bod(y|ies) cannot be read .*type the same command again/);
    await assert.rejects(moveStore({ ...found.options, bodies: losing }), refused);
    await assert.rejects(moveStore(found.options), refused);
    await (await openSqliteStore(found.folder, storeOptions))[Symbol.asyncDispose]();

    await rm(bodies, { recursive: true });
    await rename(away, bodies);
    const [{ body } = {}] = await ask(found.url, "SELECT message_id || '-' || chunk AS body FROM moved_damage LIMIT 1");
    const short = names.find((name) => name.startsWith(`${String(body)}.`))!;
    for (const folder of [found.folder, found.copy]) await truncate(join(folder, "bodies", short), 1100);
    const steps: MoveStep[] = [];
    assert.equal(await moveStore({ ...found.options, tell: (step) => steps.push(step) }), "moved");

    assert.ok(
      steps.every((step) => step.step !== "copying" || step.copied.part === "unread"),
      "nothing else is copied again",
    );
    const verified = steps.findLast((step) => step.step === "verified")!.verified;
    assert.deepEqual(verified.differences, []);
    assert.deepEqual(
      verified.damaged.map(({ damage }) => damage),
      ["shorter"],
    );
    const [was, is] = await openBoth(t, found);
    await assertSameReads(was, is, { mailboxIds, tokens: made!.tokens });
  },
);

test(
  "who ends a move while it tries again what could not be read waits for no more than what is at work",
  { skip },
  async (t) => {
    const found = await bench(t, (folder) => makeOldFolder(folder));
    const [bodies, away] = [join(found.folder, "bodies"), join(found.folder, "away")];
    const losing = ({ step }: MoveStep): void => {
      if (step !== "copying" || existsSync(away)) return;
      renameSync(bodies, away);
      mkdirSync(bodies);
    };
    await assert.rejects(
      moveStore({ ...found.options, tell: losing }),
      refusal("move-refused", /7 bodies cannot be read/),
    );
    await rm(bodies, { recursive: true });
    await rename(away, bodies);
    const ending = new AbortController();
    const { receive } = found.options.bodies;
    let received = 0;
    const ended = {
      ...found.options.bodies,
      receive: async (...words: Parameters<typeof receive>) => {
        received += 1;
        ending.abort();
        return receive(...words);
      },
    };

    await assert.rejects(moveStore({ ...found.options, bodies: ended, signal: ending.signal }), { name: "AbortError" });

    assert.ok(received <= 4, `${received} of 7 were put`);
    assert.equal(await moveStore(found.options), "moved");
    assert.deepEqual(found.verified().damaged, []);
  },
);
