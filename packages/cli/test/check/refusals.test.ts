import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { conforming, controlFile, folderOf, refused, run, silent } from "./messages.ts";

/** What is refused: the words (`@` stands for the folder), the exit status, and what the one line says. */
const refusals: readonly { words: string[]; status: number; says: RegExp }[] = [
  { words: ["check"], status: 2, says: /FILE is missing.*restante check --help/ },
  { words: ["check", "@/nowhere.xml"], status: 2, says: /nowhere\.xml cannot be read: there is no such file/ },
  {
    words: ["check", "@/message.xml", "@/nowhere.xml"],
    status: 2,
    says: /nowhere\.xml cannot be read: there is no such file/,
  },
  { words: ["check", "/dev/null"], status: 2, says: /\/dev\/null is neither a file nor a folder/ },
  { words: ["check", "@/empty"], status: 2, says: /no \.xml, \.dat or \.json file in .*empty/ },
  {
    words: ["check", "@/message.xml", "--format", "pdf"],
    status: 2,
    says: /--format is one of text, json, sarif, html, not 'pdf'/,
  },
  { words: ["check", "@/message.xml", "--generation", "3"], status: 2, says: /--generation is 1 or 2, not '3'/ },
  {
    words: ["check", "@/message.xml", "--use-case", "letter"],
    status: 2,
    says: /--use-case is one of consultation-summary, .*, not 'letter'/,
  },
  {
    words: ["check", "@/message.xml", "--max-size", "0"],
    status: 2,
    says: /--max-size is a number of MB up to 100, not '0'/,
  },
  { words: ["check", "@/message.xml", "--max-size", "many"], status: 2, says: /--max-size is a number/ },
  {
    words: ["check", "@/message.xml", "@/message.xml", "--ctl", "@/ack.ctl"],
    status: 2,
    says: /--ctl goes with one FILE/,
  },
  { words: ["check", "@/empty", "--ctl", "@/ack.ctl"], status: 2, says: /empty is a folder: name one file/ },
  {
    words: ["check", "@/message.xml", "--ctl", "@/nowhere.ctl"],
    status: 2,
    says: /nowhere\.ctl cannot be read: there is no such file/,
  },
  { words: ["check", "@/ack.ctl"], status: 2, says: /ack\.ctl is a control file: name the message/ },
  {
    words: ["check", "@/message.xml", "--output", "@/nowhere/report"],
    status: 1,
    says: /cannot write .*report: there is no such folder/,
  },
  { words: ["respond"], status: 2, says: /FILE is missing/ },
  { words: ["respond", "@/message.xml", "@/message.xml"], status: 2, says: /one word too many/ },
  { words: ["respond", "@/nowhere.xml"], status: 2, says: /nowhere\.xml cannot be read: there is no such file/ },
  { words: ["respond", "@/empty"], status: 2, says: /empty is a folder: name one file/ },
  {
    words: ["respond", "@/message.xml", "--mailbox", "Y99002OT001"],
    status: 2,
    says: /--mailbox and --ods go together/,
  },
  { words: ["respond", "@/message.xml", "--mailbox", "Y99002 OT001", "--ods", "Y99002"], status: 2, says: /mailbox/i },
  {
    words: ["respond", "@/message.xml", "--output", "@/nowhere/answer.xml"],
    status: 1,
    says: /cannot write .*answer\.xml: there is no such folder/,
  },
  { words: ["respond", "@/ack.ctl"], status: 2, says: /ack\.ctl is a control file: name the message/ },
  {
    words: ["respond", "@/message.xml", "--ctl", "@/nowhere.ctl"],
    status: 2,
    says: /nowhere\.ctl cannot be read: there is no such file/,
  },
  { words: ["respond", "@/message.xml", "--ctl", "@/empty"], status: 2, says: /empty is a folder/ },
  { words: ["respond", "@/broken.dat"], status: 2, says: /broken\.ctl: Control file/ },
  { words: ["respond", "@/ack.dat"], status: 1, says: /ack\.dat is not answered: .* workflow of acknowledgements/ },
  { words: ["respond", "@/report.dat"], status: 1, says: /report\.dat is not answered: .* MESH report/ },
  { words: ["respond", "@/silent.xml"], status: 1, says: /silent\.xml is not answered: .*InfAckRequested/ },
];

test("what cannot be done is refused in one clear line, and nothing is printed", async (t) => {
  const message = conforming();
  const folder = await folderOf(t, {
    "message.xml": message.xml,
    "broken.dat": message.xml,
    "broken.ctl": "<DTSControl>",
    "ack.dat": "unreadable",
    "ack.ctl": controlFile(message, { workflowId: "GPFED_CONSULT_REPORT_ACK" }),
    "report.dat": "",
    "report.ctl": controlFile(message, { messageType: "Report" }),
    "silent.xml": silent(message.xml),
    "refused.xml": refused(),
  });
  const empty = await folderOf(t);
  for (const { words, status, says } of refusals) {
    await t.test(words.join(" "), async () => {
      const real = words.map((word) => word.replace(/^@\/empty$/, empty).replace(/^@/, folder));
      const ended = await run(real);
      assert.equal(ended.status, status, ended.errors);
      assert.match(ended.errors.replace(empty, "empty"), says);
      assert.equal(ended.errors.trim().split("\n").length, 1, ended.errors);
      assert.equal(ended.out, "");
    });
  }
  assert.notEqual(silent(message.xml), message.xml, join(folder, "silent.xml"));
});
