import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openAccess } from "@restante/web";
import { partsFolder, writePages } from "../config/parts-folder.ts";
import { noInput, typed } from "../support/typed.ts";

test("a token is added, printed once and alone, listed and revoked, each with its row in the audit", async (t) => {
  const home = await partsFolder(t);
  const config = await writePages(home, "  port: 8701\n");
  const type = (...words: string[]): ReturnType<typeof typed> =>
    typed(["token", ...words, "--config", config], undefined, 200, noInput);
  assert.match((await type("list")).printed, /^There is no token yet/);

  const added = await type("add", "records", "--role", "clinician", "--days", "20");
  assert.equal(added.status, 0);
  // Nothing else is there, so that it can be put into a file.
  assert.match(added.printed, /^restante_[a-z2-7]{12}_[\w-]{43}\n$/);
  assert.match(added.complained, /^Added records: clinician, until \d{4}-\d\d-\d\d\. The token is shown this once/);
  const { printed: other } = await type("add", "letters", "--role", "read-only", "--role", "auditor");

  const secret = added.printed.trimEnd();
  const listed = await type("list");
  assert.match(listed.printed, /^letters +read-only, auditor +until \d{4}-\d\d-\d\d +never used\n/);
  assert.match(listed.printed, /\nrecords +clinician +ends soon: \d{4}-\d\d-\d\d +never used\n$/);
  const { formatVersion, tokens } = JSON.parse((await type("list", "--json")).printed);
  assert.deepEqual([formatVersion, tokens.map(({ name }: { name: string }) => name)], [1, ["letters", "records"]]);
  for (const one of [secret, other.trimEnd()]) assert.ok(!JSON.stringify([listed, tokens]).includes(one.slice(-43)));

  using access = await openAccess({ folder: join(home, "practice-data") });
  assert.equal(access.tokens.check(secret).good, true);
  assert.equal((await type("revoke", "records")).printed, "records is revoked, and good for nothing from now on\n");
  assert.equal(access.tokens.check(secret).good, false);
  assert.match((await type("list")).printed, /records +clinician +revoked \d{4}-\d\d-\d\d +used \d{4}-\d\d-\d\d/);
  assert.deepEqual(
    access.audit.find({ limit: 10 }).rows.map(({ actor, source, act, subjects }) => [actor, source, act, subjects[0]]),
    [
      ["this-computer", "command", "revoke-token", "token:records"],
      ["this-computer", "command", "add-token", "token:letters"],
      ["this-computer", "command", "add-token", "token:records"],
    ],
  );

  for (const [words, told] of [
    [["add", "records", "--role", "clinician"], /There is|there is a token records already, or was/],
    [["add", "Two words", "--role", "clinician"], /the name of a token is 1 to 40 small letters/],
    [["add", "x"], /--role is missing: say what the program may do/],
    [["add", "x", "--role", "clinician", "--days", "0"], /--days/],
    [["revoke", "nobody"], /there is no token nobody: restante token list/],
  ] as const) {
    const { status, printed, complained } = await type(...words);
    assert.deepEqual([status, printed], [2, ""], words.join(" "));
    assert.match(complained, told);
  }
});
