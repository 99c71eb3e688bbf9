import assert from "node:assert/strict";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readControlFile } from "@restante/mesh";
import { pairName } from "@restante/mesh-client/directory";
import { waitFor } from "@restante/testbed";
import {
  addressOf,
  inFolder,
  patience,
  registered,
  SENDER,
  startUp,
  toPractice,
  unmatchedReports,
} from "../support/bad-input.ts";
import { assertNoPatientDetail } from "../support/no-patient-detail.ts";
import { controlText, drop, folderOf, namesIn, withPractice } from "../support/data-folder.ts";
import { tasksOf } from "../support/worklists.ts";

const unroutable = [
  { code: "EPL-151", why: "has no practice", nhsNumber: "9912601890", born: "06051985", surname: "Adeyemi-Clarke" },
  {
    code: "EPL-152",
    why: "has a number with a wrong check digit",
    nhsNumber: "9912601891",
    born: "06051985",
    surname: "Adeyemi",
  },
  { code: "EPL-153", why: "is not known", nhsNumber: "9912366719", born: "03031990", surname: "Ashdown" },
  { code: "EPL-154", why: "was born on another day", ...registered, born: "10011955" },
];

test("pairs in OUT that are not as they should be, with everything running", { timeout: 180_000 }, async (t) => {
  const { economy, up } = await startUp(t);
  const path = (folder: "OUT" | "FAILED" | "SENT", name: string): string =>
    join(folderOf(economy.folder, SENDER, folder), name);
  const out = (name: string): string => path("OUT", name);
  const tasks = (): Promise<string[]> =>
    withPractice(economy, "Y99002", async (practice) => (await tasksOf(practice)).map(({ subject }) => subject));
  const arrived = (subject: string): Promise<unknown> =>
    waitFor(async () => (await tasks()).includes(subject), { ...patience, what: `the task ${subject}` });
  /** The line that says a pair waits stands once, however many polls have passed. */
  const waits = (name: string): RegExp => new RegExp(`client +pair ${pairName(name)} waits: (.*)`, "g");

  const noData = {
    "no .dat": async () => undefined,
    "a folder in the place of the .dat": (name: string) => mkdir(out(name)),
    "a link that leads nowhere in the place of the .dat": (name: string) => symlink("nowhere", out(name)),
  };
  for (const [what, make] of Object.entries(noData)) {
    const name = what.replaceAll(/\W/g, "-");
    await t.test(`${what}: the .ctl waits in OUT, and goes once its data is there`, async () => {
      await make(`${name}.dat`);
      await writeFile(out(`${name}.ctl`), controlText(toPractice({ subject: what })));
      await up.printed(waits(name));
      assert.equal((await namesIn(economy.folder, SENDER, "FAILED")).length, 0);
      await rm(out(`${name}.dat`), { recursive: true, force: true });
      await writeFile(out(`${name}.dat`), "the data");
      await arrived(what);
      assert.equal(up.output().match(waits(name))?.length, 1, "it is told once");
      assert.equal(await readFile(path("SENT", `${name}.dat`), "utf8"), "the data");
    });
  }

  await t.test("a .dat without a .ctl waits in OUT, and goes once its control file is there", async () => {
    await writeFile(out("no-control.dat"), "the data");
    await up.printed(waits("no-control"));
    await writeFile(out("no-control.ctl"), controlText(toPractice({ subject: "no control" })));
    await arrived("no control");
  });

  await t.test("a control file that is not XML: the pair is in FAILED as it was, and a person is told", async () => {
    const before = await tasks();
    await writeFile(out("not-xml.dat"), "the data");
    await writeFile(out("not-xml.ctl"), "To: the practice of Mr Núñez");
    await up.printed(new RegExp(`pair ${pairName("not-xml")} moved to FAILED: 06`));
    assert.equal(await readFile(path("FAILED", "not-xml.ctl"), "utf8"), "To: the practice of Mr Núñez");
    assert.equal(await readFile(path("FAILED", "not-xml.dat"), "utf8"), "the data");
    const [report] = await unmatchedReports(economy, 1);
    assert.equal(report?.code, "06");
    assert.match(report?.text ?? "", /Control file/);
    assert.deepEqual(await tasks(), before);
    assert.doesNotMatch(up.output(), /Núñez/);
  });

  await t.test(
    "a workflow that nobody knows: the pair is in FAILED as it was, with MESH's answer in a report",
    async () => {
      const control = toPractice({ workflowId: "UNHEARD_OF", to: "Y99002OT001" });
      await drop(economy.folder, { name: "workflow", control, body: "the data" });
      await up.printed(new RegExp(`pair ${pairName("workflow")} moved to FAILED: 17`));
      const kept = readControlFile(await readFile(path("FAILED", "workflow.ctl")));
      assert.deepEqual(
        { ...kept, status: undefined },
        { ...readControlFile(Buffer.from(controlText(control))), status: undefined },
      );
      assert.equal(await readFile(path("FAILED", "workflow.dat"), "utf8"), "the data");
      const [report] = await unmatchedReports(economy, 2);
      assert.equal(report?.code, "17");
    },
  );

  for (const [index, { code, why, ...patient }] of unroutable.entries()) {
    await t.test(`a patient who ${why}: MESH accepts the pair and returns ${code}, and a person is told`, async () => {
      const before = await tasks();
      await drop(economy.folder, { name: code, control: toPractice({ to: addressOf(patient) }), body: "the data" });
      await inFolder(economy, "SENT", [`${code}.dat`, `${code}.ctl`]);
      const [report] = await unmatchedReports(economy, 3 + index);
      assert.equal(report?.code, code);
      assert.equal(await readFile(path("SENT", `${code}.dat`), "utf8"), "the data");
      assert.deepEqual(await tasks(), before);
    });
  }

  await t.test("all that belongs to nothing the sender's system sent is on its page, and nothing waits", async () => {
    const page = await (await fetch(`http://127.0.0.1:${economy.portBase + 1}/unmatched`)).text();
    assert.equal((await unmatchedReports(economy, 6)).length, 6);
    for (const code of ["06", "17", ...unroutable.map(({ code }) => code)])
      assert.ok(page.includes(`MESH report ${code}<`), code);
    for (const folder of ["OUT", "IN", "TEMP"] as const) {
      assert.deepEqual(await namesIn(economy.folder, SENDER, folder), [], folder);
    }
  });

  await t.test("none of it told a patient's name or number to the terminal, the log or a file name", async () => {
    assertNoPatientDetail(economy.folder, { up: up.output() }, ["Consultation report"]);
  });
});
