import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { exampleFile } from "../../src/economy/examples.ts";
import { temporaryFolder } from "../support/at-end.ts";
import { runCommand } from "../support/processes.ts";

// Files that a person names on the command line, with something wrong in them.

test("problems of the patients' and organisations' files name the file that was given, the line and what was meant", async (t) => {
  const folder = await temporaryFolder(t);
  const patients = join(folder, "my-people.json");
  const organisations = join(folder, "my-places.json");
  const [people, places] = await Promise.all(
    ["patients.json", "organisations.json"].map((name) => readFile(exampleFile(name), "utf8")),
  );
  await writeFile(patients, people!.replace('"family":', '"familyName":'));
  await writeFile(organisations, places!.replace('"mailboxes":', '"mailboxs":'));
  const data = join(folder, "data");
  const command = runCommand(["up", "--data", data, "--patients", patients, "--organisations", organisations]);

  assert.equal(await command.ended, 1, command.output());
  assert.match(command.output(), /The patients and organisations have 4 problems:/);
  const line = (text: string, start: string): number => text.slice(0, text.indexOf(start)).split("\n").length;
  for (const [file, wrong, meant, at] of [
    [patients, "familyName", "family", line(people!, '"family":')],
    [organisations, "mailboxs", "mailboxes", line(places!, '"mailboxes":')],
  ] as const) {
    const told = command
      .output()
      .split("\n")
      .find((line) => line.includes(file) && line.includes(wrong));
    assert.ok(told?.includes(`(line ${at} column `), `${told} is not in line ${at}`);
    assert.ok(told?.includes(`has '${wrong}', which is not a property here; did you mean '${meant}'?`), told);
  }
});

test("a patients' file that is not UTF-8 is refused, since a wrong letter would make another patient", async (t) => {
  const folder = await temporaryFolder(t);
  const patients = join(folder, "latin1.json");
  await writeFile(patients, Buffer.from('{"patients": [{"family": "Zoë"}]}', "latin1"));
  const command = runCommand(["up", "--data", join(folder, "data"), "--patients", patients]);
  assert.equal(await command.ended, 1, command.output());
  assert.ok(command.output().includes(`${patients} is not text in UTF-8: save it as UTF-8`), command.output());
});

for (const command of ["send", "pair"]) {
  test(`'restante ${command}' refuses a text that the report cannot show, by file and field, before anything is made`, async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, "consultation.json");
    const json = JSON.parse(await readFile(exampleFile("consultation.json"), "utf8")) as {
      sections: { notes: unknown[] }[];
      attachments: unknown[];
    };
    json.sections[0]!.notes[0] = "spoken: \u4E2D";
    json.attachments = [];
    await writeFile(file, JSON.stringify(json, undefined, 2));
    const data = join(folder, "data");
    const run = runCommand([command, file, "--data", data]);
    assert.equal(await run.ended, 1, run.output());
    assert.ok(run.output().includes(file), run.output());
    assert.match(
      run.output(),
      /\/sections\/0\/notes\/0 \(line \d+ column \d+\) cannot be shown in the report: no font/,
    );
    assert.ok(!existsSync(data));
  });
}

for (const command of ["send", "pair"]) {
  test(`'restante ${command}' of a later version says under which id it is to be sent, before anything is made`, async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, "consultation.json");
    const first = await readFile(exampleFile("unroutable.json"), "utf8");
    await writeFile(file, first.replace('"version": 1', '"version": 2'));
    const data = join(folder, "data");
    const run = runCommand([command, file, "--data", data]);
    assert.equal(await run.ended, 1, run.output());
    assert.match(
      run.output(),
      /consultation\.json: version 2 replaces the version before it, .* send both with .*--keep-id/,
    );
    assert.ok(!existsSync(data));
  });
}

test(
  "--output writes through a link, and puts no file in the place of a pipe or a device",
  { skip: process.platform === "win32" },
  async (t) => {
    const folder = await temporaryFolder(t);
    const message = join(folder, "message.xml");
    await writeFile(message, "<Bundle/>");
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const refused = runCommand(["check", message, "--output", pipe]);
    assert.equal(await refused.ended, 1, refused.output());
    assert.match(refused.output(), /cannot write .*pipe: it is not a file/);
    assert.ok(lstatSync(pipe).isFIFO());

    const report = join(folder, "report.txt");
    await writeFile(report, "before");
    const link = join(folder, "link");
    await symlink(report, link);
    const written = runCommand(["check", message, "--output", link]);
    assert.equal(await written.ended, 2, written.output());
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.match(await readFile(report, "utf8"), /message\.xml/);
  },
);

test(
  "a pipe or a device in the place of a file is refused, not waited for",
  { skip: process.platform === "win32" },
  async (t) => {
    const folder = await temporaryFolder(t);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const dat = join(folder, "beside-a-pipe.dat");
    await writeFile(dat, "<Bundle/>");
    execFileSync("mkfifo", [join(folder, "beside-a-pipe.ctl")]);
    for (const [words, named] of [
      [["send", pipe], pipe],
      [["send", "/dev/zero"], "/dev/zero"],
      [["pair", pipe], pipe],
      [["respond", pipe], pipe],
      [["respond", dat], join(folder, "beside-a-pipe.ctl")],
      [["check", folder], join(folder, "beside-a-pipe.ctl")],
      [["up", "--data", join(folder, "data"), "--patients", pipe], pipe],
    ] as const) {
      const command = runCommand(words);
      assert.notEqual(await command.ended, 0, command.output());
      assert.ok(command.output().includes(named), command.output());
      assert.match(command.output(), /is not a file/, words.join(" "));
    }
  },
);
