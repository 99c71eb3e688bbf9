import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readMessage } from "@restante/itk3";
import { writeRoutingAddress } from "@restante/mesh";
import { inFolder, SENDER, startUp, unmatchedReports } from "../support/bad-input.ts";
import { drop, withPractice } from "../support/data-folder.ts";
import { assertNoPatientDetail } from "../support/no-patient-detail.ts";
import { tasksOf } from "../support/worklists.ts";

const examples = fileURLToPath(new URL("../../../../../shared/reference/itk3/examples", import.meta.url));
const skip = existsSync(examples) ? false : `the published examples are not here: ${examples}`;

// With fresh ids and one of our patients, and sent to a mailbox as they are: packages/practice/test/journeys.
test(
  "the published examples exactly as they are, addressed by their patients, come back with EPL-152",
  { skip },
  async (t) => {
    const { economy, up } = await startUp(t);
    const names = ["consultation_report", "oc_consultation_report"];
    const surnames: string[] = [];
    for (const name of names) {
      const xml = readFileSync(join(examples, `${name}.xml`));
      const patient = readMessage(xml).message?.patient;
      const surname = patient?.name?.[0]?.family ?? assert.fail("no surname");
      surnames.push(surname);
      const to = writeRoutingAddress({
        nhsNumber: patient?.identifier?.[0]?.value ?? assert.fail("no NHS number"),
        dateOfBirth: patient?.birthDate ?? assert.fail("no date of birth"),
        surname,
        order: "DDMMYYYY",
      });
      await drop(economy.folder, { name, control: { from: SENDER, to, localId: "Y99001" }, body: xml });
    }

    const reports = await unmatchedReports(economy, names.length);

    assert.deepEqual(
      reports.map(({ code }) => code),
      ["EPL-152", "EPL-152"],
    );
    await inFolder(
      economy,
      "SENT",
      names.flatMap((name) => [`${name}.dat`, `${name}.ctl`]),
    );
    for (const odsCode of ["Y99002", "FX999"]) {
      assert.deepEqual(await withPractice(economy, odsCode, tasksOf), []);
    }
    assertNoPatientDetail(economy.folder, { up: up.output() }, surnames);
  },
);
