// The tables of docs/java-client.md about control files, against the files that two directory clients write.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { clientStatuses, controlElements } from "@restante/mesh";
import { startTestServer, testMailboxes, testWorkflow } from "@restante/testbed";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const page = readFileSync(new URL("../../../../docs/java-client.md", import.meta.url), "utf8");

/** The cells of the rows of the table below a heading. */
function tableBelow(heading: string): string[][] {
  const [, rest = ""] = page.split(`\n## ${heading}\n`);
  const rows = rest
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) =>
    row
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
}

/** The elements of a file in their order, by their names; a record's as one text. */
function elementsOf(file: string): Map<string, string> {
  const record = /^ {4}<(?:Event|Status|StatusCode)>(.*)<\/\w+>$/gm;
  const status = [...file.matchAll(record)].map(([, text]) => text).join(" ");
  const elements = [...file.matchAll(/^ {2}<(\w+)>(.*)<\/\w+>$/gm)].map(([, name = "", text = ""]) => [name, text]);
  return new Map([...elements, ["StatusRecord", status]] as [string, string][]);
}

/** Every element that a system may write into OUT, in no order, and those that are passed over. */
const dropped: Readonly<Record<string, string>> = {
  WorkflowId: testWorkflow,
  To_DTS: practice,
  From_DTS: sender,
  StatusRecord:
    "<DateTime>20200101000000</DateTime><Event>SEND</Event><Status>ERROR</Status><StatusCode>14</StatusCode>",
  AllowChunking: "Y",
  IsCompressed: "Y",
  DataChecksum: "sum-1",
  ProcessId: "process",
  Encrypted: "Y",
  Compress: "Y",
  PartnerId: "partner",
  DTSId: "20200101000000000000_ABCDEF",
  LocalId: "L1",
  Subject: "Łódź",
  To_ESMTP: "to@example.nhs.uk",
  From_ESMTP: "from@example.nhs.uk",
  MessageType: "Data",
  AddressType: "ALL",
  Version: "1.0",
};

test("the page about the Java client says of each element what it is in SENT, in a report and in IN", async (t) => {
  const server = await startTestServer(t);
  const from = await startDirectory(t, server, sender, { reports: { collect: true } });
  const to = await startDirectory(t, server, practice);
  const lines = Object.entries(dropped).map(([name, text]) => `<${name}>${text}</${name}>\n`);
  // What gzip makes smaller.
  await writeFile(from.path("out", "A.dat"), "a letter ".repeat(1000));
  await writeFile(from.path("out", "A.tmp"), `<DTSControl>\n${lines.join("")}</DTSControl>\n`);
  await rename(from.path("out", "A.tmp"), from.path("out", "A.ctl"));
  await from.directory.pollOnce();
  await to.directory.pollOnce();

  const textOf = async (folder: typeof from, name: "in" | "sent"): Promise<string> => {
    const control = (await folder.names(name)).find((file) => file.endsWith(".ctl")) ?? "none";
    return (await folder.read(name, control)).toString();
  };
  const files = [await textOf(from, "sent"), await textOf(from, "in"), await textOf(to, "in")];
  const id = elementsOf(files[0]!).get("DTSId");
  const rows = tableBelow("Control file, element by element");
  const names = rows.map(([name = ""]) => name.replaceAll("`", ""));
  assert.deepEqual(names, [...controlElements.map(({ name }) => name), "StatusRecord"]);
  for (const [column, file] of files.entries()) {
    const found = elementsOf(file);
    assert.deepEqual(
      [...found.keys()],
      names.filter((name) => found.has(name)),
      "the order",
    );
    for (const [index, name] of names.entries()) {
      const said = rows[index]![column + 2]!;
      const cell = said === "below" ? "`COLLECT SUCCESS 00`" : said;
      const meant: Readonly<Record<string, string | undefined>> = {
        "as in OUT": dropped[name],
        "the message id": id,
        absent: undefined,
      };
      const expected = cell in meant ? meant[cell] : /^`([^`]*)`/.exec(cell)?.[1];
      assert.equal(found.get(name), expected, `${name} in column ${column + 2}: ${said}`);
    }
  }
});

test("the page about the Java client has each status record that the client writes, in its words", () => {
  const rows = tableBelow("Report by report");
  const said = new Set(rows.map(([status, words]) => `${status} ${words?.split(",")[0]}`));
  for (const { event, success, code, description } of Object.values(clientStatuses)) {
    assert.ok(said.has(`\`${event} ${success ? "SUCCESS" : "ERROR"} ${code}\` \`${description}\``), description);
  }
});
