import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { writeJson } from "@restante/itk3";
import { conforming, controlFile, departing, folderOf, patientDetails, refused, run, silent } from "./messages.ts";

for (const generation of [1, 2] as const) {
  test(`a message of generation ${generation} that conforms is said to conform and to be acceptable`, async (t) => {
    const folder = await folderOf(t, { "message.xml": conforming(generation).xml });
    const { status, out, errors } = await run([
      "check",
      join(folder, "message.xml"),
      "--generation",
      String(generation),
    ]);
    assert.equal(status, 0, out + errors);
    assert.match(out, /^ {2}Conforms: it breaks no requirement that must be met\.$/m);
    assert.match(out, /^ {2}Acceptable: .* 20013 \(Success\)\.$/m);
    assert.match(out, /^1 message: 1 conforming, 1 acceptable\. Errors in 0 places, warnings in 0 places\.$/m);
    assert.equal(errors, "", "no progress where nobody is looking");
  });
}

test("a file named twice is checked once, and why it cannot be read is not said twice", async (t) => {
  const folder = await folderOf(t, { "message.xml": "nothing" });
  const file = join(folder, "message.xml");
  const { out } = await run(["check", file, file]);
  assert.match(out, /^1 message: /m);
  assert.equal(out.match(/neither XML nor a JSON object/g)?.length, 1, out);
});

test("no report is written over what it is about, by whatever name", async (t) => {
  const { xml } = conforming();
  const folder = await folderOf(t, { "message.xml": xml, "message.ctl": controlFile(conforming()) });
  const [message, control, link] = ["message.xml", "message.ctl", "link"].map((name) => join(folder, name));
  await symlink(message!, link!);
  const before = await readFile(control!, "utf8");
  for (const output of [message!, control!, link!]) {
    for (const words of [
      ["check", folder],
      ["check", message!],
      ["respond", message!],
    ]) {
      const { status, errors } = await run([...words, "--output", output]);
      assert.equal(status, 2, errors);
      assert.match(errors, /--output names a file that is read: /);
    }
  }
  assert.equal(await readFile(message!, "utf8"), xml);
  assert.equal(await readFile(control!, "utf8"), before);
});

test("a folder without a message but reports is not a success", async (t) => {
  const report = controlFile(conforming(), { messageType: "Report", messageId: "20260105103000123456_ABCDEF" });
  const folder = await folderOf(t, { "report.dat": "", "report.ctl": report });
  const { status, errors } = await run(["check", folder]);
  assert.equal(status, 2);
  assert.match(errors, /No message was checked/);
});

test("a message in FHIR JSON is checked as one in XML", async (t) => {
  const folder = await folderOf(t, { "message.json": writeJson(conforming().bundle) });
  const { status, out } = await run(["check", folder]);
  assert.equal(status, 0, out);
  assert.match(out, /^1 message: 1 conforming, 1 acceptable\. Errors in 0 places, warnings in 0 places\.$/m);
});

test("a message that departs from a requirement is reported by number, place and response code, with status 1", async (t) => {
  const folder = await folderOf(t, { "message.xml": departing() });
  const { status, out } = await run(["check", join(folder, "message.xml")]);
  assert.equal(status, 1);
  assert.match(out, /Does not conform: it breaks 1 requirement that must be met\./);
  assert.match(out, /Acceptable:/);
  assert.match(
    out,
    /Errors: 1 requirement that must be met is not\n {4}GPCM-SD-CS-\d+ {2}code if refused for this: 20009\n/,
  );
  assert.match(out, /^ {8}\d+:\d+ +Bundle\.entry\[2\]\.resource\.entry\[0\]\.resource\.title$/m);
});

test("a message that nobody can be given is said to be refused, with the code and the reason", async (t) => {
  const folder = await folderOf(t, { "message.xml": refused() });
  const { status, out } = await run(["check", join(folder, "message.xml")], { COLUMNS: "200" });
  assert.equal(status, 1);
  assert.match(
    out.replaceAll(/\s+/g, " "),
    /refuses it with 20009 \(Payload validation failure\)\. The document has no Patient\./,
  );
});

test("what respond does not answer, check does not say is answered, and both give the same reason", async (t) => {
  const message = conforming();
  const folder = await folderOf(t, {
    "silent.xml": silent(message.xml),
    "silent-refused.xml": silent(refused()),
    "ack.dat": message.xml,
    "ack.ctl": controlFile(message, { workflowId: "GPFED_CONSULT_REPORT_ACK" }),
  });
  for (const name of ["silent.xml", "silent-refused.xml", "ack.dat"]) {
    const { out } = await run(["check", join(folder, name)]);
    const answer = await run(["respond", join(folder, name)]);
    assert.equal(answer.status, 1);
    const [, reason] = /is not answered: (.*)\n$/.exec(answer.errors) ?? [];
    assert.ok(reason !== undefined && out.replaceAll(/\s+/g, " ").includes(`It is not answered: ${reason}.`), out);
    assert.doesNotMatch(out, /A receiver answers|refuses it with/);
  }
});

test("the report says what is asked beside what was found, and which requirements the message was held against", async (t) => {
  const folder = await folderOf(t, { "message.xml": departing() });
  const file = join(folder, "message.xml");
  const { out } = await run(["check", file]);
  assert.match(out, /asked Composition\.title must be Consultation report/);
  assert.match(out, /found Composition\.title is not that of the document\./);
  assert.match(
    out,
    /Held against the requirements of GP Connect Messaging 1\.x, consultation summary \(generation and use case\s+told from the message: use case from text, LocalExtension, type\)/,
  );
  const named = await run(["check", file, "--generation", "2", "--use-case", "generic"]);
  assert.match(named.out, /Held against the requirements of Send Document 2, generic document\.$/m);
});

test("a file that is no message is unreadable, with status 2 and the response code", async (t) => {
  const folder = await folderOf(t, {
    "message.xml": conforming().xml.slice(0, 2000),
    "conforming.xml": conforming().xml,
  });
  const { status, out } = await run(["check", folder]);
  assert.equal(status, 2);
  assert.match(out, /cannot be read as an ITK3 message/);
  assert.match(out, /10009 \(Unreadable message received\)/);
  assert.match(out, /2 messages: 1 conforming, 1 unreadable, 1 acceptable, 1 not acceptable\./);
});

test("a message over the size limit is refused as a receiver refuses it, and --max-size moves the limit", async (t) => {
  const { xml } = conforming(1, `%PDF-1.7 ${"report ".repeat(20_000)}`);
  const folder = await folderOf(t, { "message.xml": xml });
  const small = await run(["check", join(folder, "message.xml"), "--max-size", "0.1"]);
  assert.equal(small.status, 2);
  assert.match(small.out, /20015 \(Message too large\)/);
  const enough = await run(["check", join(folder, "message.xml"), "--max-size", "1"]);
  assert.equal(enough.status, 0, enough.out);
});

test("a message is held against the control file that lies beside it", async (t) => {
  const message = conforming();
  const folder = await folderOf(t, {
    "good.dat": message.xml,
    "good.ctl": controlFile(message),
    "wrong.dat": message.xml,
    "wrong.ctl": controlFile(message, { workflowId: "GPCONNECT_SEND_DOCUMENT" }),
  });
  const good = await run(["check", join(folder, "good.dat"), "--generation", "1"]);
  assert.equal(good.status, 0, good.out);
  assert.match(good.out, /good\.dat {2}with .*good\.ctl$/m);
  const wrong = await run(["check", join(folder, "wrong.dat"), "--generation", "1"]);
  assert.equal(wrong.status, 1);
  assert.match(wrong.out, /GPCM-SD-CS-061.*\n +asked .*workflow[^]*\n +found .*workflow.*\n +envelope\.workflowId$/m);
  const named = await run(["check", join(folder, "good.dat"), "--generation", "1", "--ctl", join(folder, "wrong.ctl")]);
  assert.equal(named.status, 1);
  assert.match(named.out, /GPCM-SD-CS-061/);
});

test("what a control file leaves out is found", async (t) => {
  const message = conforming();
  const control = controlFile(message)
    .replace(/<LocalId>.*<\/LocalId>/, "")
    .replace(/<From_DTS>.*<\/From_DTS>/, "");
  const folder = await folderOf(t, { "a.dat": message.xml, "a.ctl": control });
  const { status, out } = await run(["check", folder]);
  assert.equal(status, 1);
  assert.match(out, /GPCM-SD-CS-063[^]*envelope\.from/);
  assert.match(out, /GPCM-SD-CS-079[^]*envelope\.localId/);
  assert.match(out, /Errors in 2 places, warnings in 0 places/);
});

test("what MESH delivered is not blamed for the mailbox that MESH wrote over the address", async (t) => {
  const message = conforming();
  const delivered = controlFile(message, { to: "Y99002OT001", messageId: "20260105103000123456_ABCDEF" });
  const folder = await folderOf(t, { "a.dat": message.xml, "a.ctl": delivered });
  const { status, out } = await run(["check", folder]);
  assert.equal(status, 0, out);
});

test("a control file that cannot be read is a finding, and the message is checked all the same", async (t) => {
  const folder = await folderOf(t, { "a.dat": departing(), "a.ctl": "<DTSControl>\n<Version>1.0</DTSControl>" });
  const { status, out } = await run(["check", folder]);
  assert.equal(status, 1);
  assert.match(out, /MESH:control-file-malformed/);
  assert.match(out, /^ {8}line 2 +envelope$/m);
  assert.match(out, /GPCM-SD-CS-/);
});

test("a folder is checked to its depth, in the order of names, without files being written and MESH reports", async (t) => {
  const { xml } = conforming();
  const message = conforming();
  const folder = await folderOf(t, {
    "b.dat": xml,
    "a.XML": xml,
    "notes.txt": "not a message",
    ".c.dat": "half a file",
    "report.dat": "",
    "report.ctl": controlFile(message, { messageType: "Report", messageId: "20260105103000123456_ABCDEF" }),
  });
  await mkdir(join(folder, "a-folder", "deeper"), { recursive: true });
  await writeFile(join(folder, "a-folder", "deeper", "z.xml"), departing());
  const { status, out } = await run(["check", folder]);
  assert.equal(status, 1, out);
  const files = out.split("\n").filter((line) => line.startsWith(folder));
  assert.deepEqual(
    files.map((line) => line.slice(folder.length + 1).split("  ")[0]),
    ["a-folder/deeper/z.xml", "a.XML", "b.dat", "report.dat"].toSorted((a, b) => (a < b ? -1 : 1)),
  );
  assert.match(out, /Passed over: its control file is a MESH report/);
  assert.match(out, /3 messages: 2 conforming, 1 not conforming, 3 acceptable, 1 passed over\./);
});

test("no format repeats anything of the patient", async (t) => {
  const message = conforming();
  const wrong = controlFile(message, {
    subject: "About Marigold Ashworthy",
    to: "GPPROVIDER_9000000009_03021981_Ashworthy",
  });
  const folder = await folderOf(t, {
    "a.dat": departing(),
    "a.ctl": wrong,
    "b.xml": message.xml.replace('<family value="Ashworthy"/>', "<family>Ashworthy</family>"),
    "c.xml": message.xml.replace('<birthDate value="1980-02-03"/>', '<birthDate value="1980-02-03x"/><Marigold/>'),
    "d.xml": message.xml.replace("<Patient>", "<Patient Ashworthy=1>"),
  });
  for (const format of ["text", "json", "sarif", "html"]) {
    const { status, out } = await run(["check", folder, "--format", format]);
    assert.equal(status, 2, out);
    for (const detail of patientDetails) assert.ok(!out.includes(detail), `${detail} in ${format}`);
  }
});

test("--output writes the whole report under its name, and nothing where the check cannot be made", async (t) => {
  const folder = await folderOf(t, { "message.xml": departing() });
  const there = await folderOf(t);
  const report = join(there, "report.json");
  const done = await run(["check", join(folder, "message.xml"), "--format", "json", "--output", report]);
  assert.deepEqual([done.status, done.out], [1, ""]);
  assert.match(
    done.errors,
    /^1 message: 0 conforming, 1 not conforming, 1 acceptable\. .*\nReport in .*report\.json\.\n$/,
  );
  assert.equal((JSON.parse(await readFile(report, "utf8")) as { format: string }).format, "restante-check");
  const empty = await run(["check", there.replace(/$/, ""), "--format", "text", "--output", join(there, "again.txt")]);
  assert.equal(empty.status, 2, "the report itself is no message");
  const nothing = await run(["check", await folderOf(t), "--output", join(there, "none.txt")]);
  assert.equal(nothing.status, 2);
  assert.deepEqual((await readdir(there)).toSorted(), ["again.txt", "report.json"]);
});

test("memory does not grow with the number of messages", async (t) => {
  const { xml } = conforming(1, `%PDF-1.7 ${"report ".repeat(200_000)}`);
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}.xml`, xml]));
  const folder = await folderOf(t, files);
  const { status, out, errors } = await run(["check", folder, "--format", "html"], {
    NODE_OPTIONS: "--max-old-space-size=40",
  });
  assert.equal(status, 0, errors);
  assert.equal(out.match(/<section id="file-/g)?.length, 30);
});

test("with --strictness refuse what breaks a requirement is not acceptable, and it is said with which code it is refused; what is found is the same", async (t) => {
  const folder = await folderOf(t, {
    "1.xml": conforming().xml,
    "2.xml": departing(),
    "3.xml": silent(conforming().xml),
    "4.xml": refused(),
  });
  const codes: (string | undefined)[][] = [];
  const found: unknown[] = [];
  for (const strictness of [[], ["--strictness", "deliver"], ["--strictness", "refuse"]]) {
    const { status, out, errors } = await run(["check", folder, "--format", "json", ...strictness]);
    assert.equal(status, 1, errors);
    const { files } = JSON.parse(out) as {
      files: {
        acceptable: boolean;
        refusedWith?: { code: string; because: string };
        findings: unknown;
        verdict: string;
      }[];
    };
    codes.push(files.map(({ refusedWith }) => refusedWith && `${refusedWith.code} ${refusedWith.because}`));
    found.push(files.map(({ findings }) => findings));
    assert.deepEqual(
      files.map(({ acceptable }) => acceptable),
      files.map(({ refusedWith }) => refusedWith === undefined),
    );
    const [, letter, quiet] = files;
    const isStrict = strictness.includes("refuse");
    assert.equal(
      /a receiver refuses it with 20009 \(.*\)\. The message .*GPCM-SD-041/s.test(letter?.verdict ?? ""),
      isStrict,
    );
    assert.equal(/It is not answered/.test(quiet?.verdict ?? ""), !isStrict);
  }
  const asBefore = [undefined, undefined, undefined, "20009 not-acceptable"];
  assert.deepEqual(codes, [
    asBefore,
    asBefore,
    [undefined, "20009 strictness", "10008 strictness", "20009 not-acceptable"],
  ]);
  assert.deepEqual(found[1], found[0]);
  assert.deepEqual(found[2], found[0]);
});

test("a strictness that is none is refused with those that there are", async (t) => {
  const folder = await folderOf(t, { "message.xml": departing() });
  for (const command of ["check", "respond"]) {
    const { status, errors } = await run([command, join(folder, "message.xml"), "--strictness", "strict"]);
    assert.equal(status, 2);
    assert.match(errors, /--strictness .*deliver.*refuse/);
    // It has no settings to speak of.
    assert.match((await run([command, "--help"])).out.replace(/\s+/g, " "), /\(deliver, refuse; default: deliver\)/);
  }
});
