import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readMessage, readResponse } from "@restante/itk3";
import { newMessageId, parseMailboxId, readControlFile, writeControlFile } from "@restante/mesh";
import { consultationPair, readConsultation } from "@restante/practice";
import { waitFor } from "@restante/testbed";
import { openEconomy, organisationOf } from "../../src/economy/economy.ts";
import { exampleFile } from "../../src/economy/examples.ts";
import { atEnd } from "../support/at-end.ts";
import { patience } from "../support/bad-input.ts";
import { runCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";
import { environment, partsFolder } from "./parts-folder.ts";

test("a practice refuses the kinds of document that its file names with 20010, and a kind that is none is refused by line", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "practice.yaml");
  const settings = (await readFile(file, "utf8")).replaceAll("Y99001", "Y99002").replace("port: 8701", "port: 0");
  await writeFile(file, `${settings}pollIntervalMs: 100\ndoesNotTake: [letters]\n`);
  const refused = await typed(["practice", "--config", file]);
  assert.equal(refused.status, 1);
  assert.match(refused.complained, /\/doesNotTake\/0 \(line \d+ column \d+\) must be .*online-consultation/);

  await writeFile(file, `${settings}pollIntervalMs: 100\ndoesNotTake: [consultation-summary]\n`);
  const mailbox = join(folder, "mesh", "Y99002OT001");
  for (const name of ["IN", "OUT", "SENT", "FAILED", "TEMP"]) await mkdir(join(mailbox, name), { recursive: true });
  const mailboxId = parseMailboxId("Y99001OT001");
  const { directory } = await openEconomy({ data: join(folder, "names"), portBase: 9000 });
  const organisation = organisationOf({ organisations: directory.organisations, patients: [] }, "Y99001");
  const letter = await readConsultation(exampleFile("consultation.json"));
  const { data, control } = await consultationPair(letter, { organisation, mailboxId });
  const messageId = newMessageId(new Date());
  await writeFile(join(mailbox, "IN", "letter.dat"), data);
  const sent = {
    ...readControlFile(Buffer.from(control)),
    from: mailboxId,
    to: parseMailboxId("Y99002OT001"),
    messageId,
  };
  await writeFile(join(mailbox, "IN", "letter.ctl"), writeControlFile(sent));

  const running = runCommand(["practice", "--config", file], environment);
  atEnd(t, async () => running.end("SIGKILL"));
  const answer = await waitFor(
    async () => {
      const name = readdirSync(join(mailbox, "OUT")).find((one) => one.endsWith(".ctl"));
      return name === undefined ? undefined : readFile(join(mailbox, "OUT", name.replace(/ctl$/, "dat")));
    },
    { ...patience, what: "an answer" },
  );
  const { message } = readMessage(answer);
  assert.equal(message && readResponse(message)?.code, "20010");
  await running.printed(/raised of a message that was refused because its kind is not taken here/);
});
