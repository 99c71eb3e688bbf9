import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type BuiltMessage, readMessage, readResponse, type ResponseContent, type Strictness } from "@restante/itk3";
import { newMessageId } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import { createPractice } from "../../src/practice.ts";
import { openDatabase } from "../../src/store/database.ts";
import type { Task } from "../../src/worklist.ts";
import { consultation } from "../support/consultations.ts";
import { carry, deliver, type DirectoryPractice, markSent, openPractice, pairsIn } from "../support/economy.ts";
import { killablePractice } from "../support/killable.ts";
import { message, response, withoutAcknowledgement, workflowId } from "../support/messages.ts";
import { pharmacy, receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;
const refuse = { strictness: "refuse" } as const;

/** In the envelope that it was built with: Subject and LocalId are held against it too. */
function send(to: DirectoryPractice, { envelope }: BuiltMessage, xml: string, messageId?: string): string {
  const { subject, localId } = envelope;
  return deliver(to, xml, { from, workflowId, subject, localId, ...(messageId !== undefined && { messageId }) });
}

/** It goes to a person by decision 010, and breaks a requirement that must be met. */
function nonconforming(xml: string): string {
  const changed = xml.replace(/<title value="Consultation report"\/>(?=\s*<confid)/, '<title value="Letter"/>');
  assert.notEqual(changed, xml);
  return changed;
}

function answers({ folder }: DirectoryPractice): ResponseContent[] {
  return pairsIn(join(folder, "OUT")).map(({ data }) => responseIn(data));
}

function responseIn(data: Uint8Array): ResponseContent {
  const { message } = readMessage(data);
  const content = message && readResponse(message);
  assert.ok(content);
  return content;
}

function codes(practice: DirectoryPractice): string[] {
  return answers(practice)
    .map(({ code }) => code)
    .toSorted();
}

async function tasks({ practice: { worklist } }: DirectoryPractice): Promise<Task[]> {
  const found = await person(worklist).tasks();
  const whole = await Promise.all(found.map(async ({ taskId }) => person(worklist).task(taskId)));
  return whole.filter((task) => task !== undefined).toSorted((one, other) => one.taskId - other.taskId);
}

async function reopenWith(to: DirectoryPractice, strictness: Strictness): Promise<void> {
  to.options.strictness = strictness;
  await to.reopen();
}

for (const size of ["short", "long"] as const) {
  test(
    `a ${size} message that breaks a requirement is refused by the strictness that was chosen: answered once, kept whole, and nothing made of it`,
    { tags: ["GPCM-SD-041"] },
    async (t) => {
      let lookedUp = 0;
      const patients = { find: async () => ((lookedUp += 1), undefined) };
      const to = await openPractice(t, receiver, { ...refuse, patients });
      const attachments = [
        { title: "Scan", contentType: "application/x-scan", bytes: Buffer.alloc(size === "long" ? 1_000_000 : 10, 1) },
      ];
      const built = message({ attachments });
      const xml = nonconforming(built.xml);
      const messageId = send(to, built, xml);
      for (let passes = 0; passes < 3; passes += 1) await to.practice.cycle();

      const [answer, ...others] = answers(to);
      assert.deepEqual(others, []);
      assert.equal(answer?.code, "20009");
      assert.match(
        answer.diagnostics ?? "",
        /chosen to refuse such messages \(GPCM-SD-041\)\. GPCM-SD-CS-022 at Bundle/,
      );
      assert.doesNotMatch(answer.diagnostics ?? "", /Letter|9000000009/);
      const [task, ...more] = await tasks(to);
      assert.deepEqual(more, []);
      assert.ok(task);
      assert.deepEqual([task.kind, task.refusedFor, task.attachments], ["refused", "strictness", []]);
      assert.match(task.reason ?? "", /chosen to refuse such messages/);
      assert.ok(task.findings.some(({ id }) => id === "GPCM-SD-CS-022"));
      assert.deepEqual(await to.practice.worklist.decisions(task.taskId), []);
      const original = await person(to.practice.worklist).original(task.taskId);
      assert.equal(Buffer.from(original?.bytes ?? []).toString(), xml);
      assert.equal(lookedUp, 0);
      assert.deepEqual(pairsIn(join(to.folder, "IN")), []);
      const raised = to.events.find((event) => event.event === "task-raised");
      assert.deepEqual([raised?.messageId, raised?.refusedFor], [messageId, "strictness"]);
    },
  );
}

test("a message that conforms, or has warnings alone, is taken in whatever the strictness", async (t) => {
  const to = await openPractice(t, receiver, refuse);
  const [one, other] = [message(), message()];
  send(to, one, one.xml);
  send(to, other, other.xml.replace(/(<source>[\s\S]*?<\/source>)(\s*)(<focus>[\s\S]*?<\/focus>)/, "$3$2$1"));
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20013", "20013", "30001", "30001"]);
  const found = await tasks(to);
  assert.deepEqual(
    found.map(({ kind, refusedFor }) => [kind, refusedFor]),
    [
      ["document", undefined],
      ["document", undefined],
    ],
  );
  assert.ok(found.some(({ findings }) => findings.some(({ id }) => id === "STU3:wrong-order")));
});

test("a consultation that is sent from here is taken in by a practice that refuses", async (t) => {
  for (const generation of [1, 2] as const) {
    const of = await openPractice(t, sender, { generation });
    const to = await openPractice(t, receiver, refuse);
    await of.practice.sendConsultation(consultation());
    await of.practice.cycle();
    carry(of, to);
    await to.practice.cycle();
    assert.deepEqual(codes(to), ["20013", "30001"]);
    carry(to, of);
    await of.practice.cycle();
    assert.equal((await person(of.practice.worklist).reports())[0]?.state, "accepted");
  }
});

test("what its strictness refused is taken in when it comes again put right, under the same ids", async (t) => {
  const to = await openPractice(t, receiver, refuse);
  const built = message();
  send(to, built, nonconforming(built.xml));
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20009"]);
  send(to, built, built.xml);
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20009", "20013", "30001"]);
  // What was accepted is a repeat from now on, and is known as that before anything is refused.
  send(to, built, nonconforming(built.xml));
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20007", "20009", "20013", "30001"]);
  assert.deepEqual(
    (await tasks(to)).map(({ kind }) => kind),
    ["refused", "document"],
  );
});

test("a referral that its strictness refuses is not accepted automatically, nor can a person decide about it", async (t) => {
  const to = await openPractice(t, pharmacy, {
    ...refuse,
    role: "pharmacy",
    businessResponse: { kind: "onDecision", automatic: "30016" },
  });
  const built = message();
  send(to, built, nonconforming(built.xml));
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20009"]);
  assert.deepEqual(await to.practice.worklist.decisions(1), []);
});

test("a message that asks for no answer, though it must, is refused with 10008 and not in silence", async (t) => {
  for (const [strictness, given] of [
    ["deliver", ["30001"]],
    ["refuse", ["10008"]],
  ] as const) {
    const to = await openPractice(t, receiver, { strictness });
    const built = message();
    send(to, built, withoutAcknowledgement(built.xml, "InfAckRequested"));
    await to.practice.cycle();
    assert.deepEqual(codes(to), given);
  }
});

test("what is refused whatever the strictness is answered with the same code, and says so", async (t) => {
  for (const strictness of ["deliver", "refuse"] as const) {
    const to = await openPractice(t, receiver, { strictness });
    deliver(to, message().xml.replace(/<Binary>[\s\S]*<\/Binary>/, "<Binary></Binary>"), { from, workflowId });
    deliver(to, "<Bundle>not closed", { from, workflowId });
    await to.practice.cycle();
    assert.deepEqual(codes(to), ["10009", "20009"]);
    assert.deepEqual(
      (await tasks(to)).map(({ kind, refusedFor }) => [kind, refusedFor]),
      [
        ["refused", "not-acceptable"],
        ["refused", "not-acceptable"],
      ],
    );
  }
});

test("a replacement that is refused leaves the document that it would replace open, and a person is told that there is one", async (t) => {
  const to = await openPractice(t, receiver, refuse);
  const first = message();
  send(to, first, first.xml);
  await to.practice.cycle();
  const [document] = await tasks(to);
  const later = message({ version: 2, replaces: document?.documentId ?? "" });
  send(to, later, nonconforming(later.xml));
  await to.practice.cycle();
  const [earlier, refused] = await tasks(to);
  assert.deepEqual([earlier?.state, earlier?.replacedBy], ["open", undefined]);
  assert.deepEqual([refused?.kind, refused?.replaces], ["refused", undefined]);
  assert.match(refused?.reason ?? "", /replaces an earlier document, which stays as it was/);
  assert.deepEqual(codes(to), ["20009", "20013", "30001"]);
  send(to, later, later.xml);
  await to.practice.cycle();
  assert.equal((await tasks(to))[0]?.state, "replaced");
});

test("a response is believed and never answered, whatever it breaks and whatever the strictness", async (t) => {
  const of = await openPractice(t, sender, refuse);
  const { headerId } = await of.practice.sendConsultation(consultation());
  await of.practice.cycle();
  const before = pairsIn(join(of.folder, "OUT")).length;
  for (const code of ["20013", "30003"]) {
    const { xml } = response(headerId, code);
    const broken = xml.replace(/(InfAckRequested">\s*<valueBoolean value=)"false"/, '$1"true"');
    assert.notEqual(broken, xml);
    deliver(of, broken, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
  }
  await of.practice.cycle();
  const report = await person(of.practice.worklist).report(headerId);
  assert.deepEqual([report?.infrastructure?.code, report?.business?.code], ["20013", "30003"]);
  assert.equal(pairsIn(join(of.folder, "OUT")).length, before);
  assert.deepEqual(await tasks(of), []);
});

test("a changed strictness holds for what is read from then on: what waits is judged by it, what was decided stays and leaves as it was", async (t) => {
  const to = await openPractice(t, receiver, refuse);
  await to.practice.cycle();
  const refused = message();
  const messageId = send(to, refused, nonconforming(refused.xml));
  // Stored and answered; the answer cannot leave, as if the process were killed before it did.
  rmSync(join(to.folder, "OUT"), { recursive: true });
  await assert.rejects(to.practice.cycle(), { code: "folder-missing" });
  assert.deepEqual(pairsIn(join(to.folder, "IN")), []);
  const waiting = message();
  send(to, waiting, nonconforming(waiting.xml));

  await reopenWith(to, "deliver");
  mkdirSync(join(to.folder, "OUT"));
  // As if it had been killed after it was stored, and before it was let go of.
  send(to, refused, nonconforming(refused.xml), messageId);
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20009", "20013", "30001"]);
  assert.deepEqual(
    (await tasks(to)).map(({ kind }) => kind),
    ["refused", "document"],
  );

  // Sent again by its sender, as it was: now it is delivered, and then a repeat.
  send(to, refused, nonconforming(refused.xml));
  await to.practice.cycle();
  await reopenWith(to, "refuse");
  send(to, refused, nonconforming(refused.xml));
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20007", "20009", "20013", "20013", "30001", "30001"]);
  assert.deepEqual(
    (await tasks(to)).map(({ kind, state }) => `${kind} ${state}`),
    ["refused open", "document open", "document open"],
  );
});

test("what was stored is not judged again by being read again, nor is a document shown that was refused", async (t) => {
  const to = await openPractice(t, receiver, refuse);
  const [one, other] = [message(), message()];
  send(to, one, nonconforming(one.xml));
  await to.practice.cycle();
  await reopenWith(to, "deliver");
  send(to, other, nonconforming(other.xml));
  await to.practice.cycle();
  await reopenWith(to, "refuse");
  const stored = await tasks(to);
  assert.deepEqual(
    stored.map(({ kind, attachments }) => [kind, attachments.length]),
    [
      ["refused", 0],
      ["document", 1],
    ],
  );
  const database = await openDatabase(to.options.dataFolder);
  database.exec("INSERT INTO reread (kind, owner) SELECT 'task', message_id FROM task");
  await to.practice.cycle();
  assert.equal(database.prepare("SELECT count(*) AS left FROM reread").get()?.["left"], 0);
  database.close();
  assert.deepEqual(await tasks(to), stored);
  assert.equal(answers(to).length, 3);
});

test("killed at random while the strictness changes: each message is decided once, and answered as it was decided", async (t) => {
  const to = await openPractice(t, receiver);
  const { organisation, role, businessResponse, dataFolder } = to.options;
  const transport = { kind: "directory", mailboxId: to.organisation.mailboxId, folder: to.folder } as const;
  const running = (["deliver", "refuse"] as const).map((strictness) => {
    const home = join(to.folder, "..", strictness);
    mkdirSync(home);
    const options = { organisation, role, businessResponse, dataFolder, strictness };
    return killablePractice(t, home, { options, transport });
  });
  const sent = new Set<string>();
  const answered = new Map<string, string[]>();
  const collect = (): void => {
    for (const { name, data } of pairsIn(join(to.folder, "OUT"))) {
      const { requestHeaderId, level, code } = responseIn(data);
      if (level === "infrastructure") answered.set(requestHeaderId, [...(answered.get(requestHeaderId) ?? []), code]);
      markSent(to, name, newMessageId(new Date()));
    }
  };
  for (let round = 0; round < 6; round += 1) {
    const process = running[round % 2];
    await process?.start();
    for (let count = 0; count < 4; count += 1) {
      const built = message();
      sent.add(built.headerId);
      send(to, built, nonconforming(built.xml), newMessageId(new Date()));
    }
    // A random moment is the very thing wanted here.
    await delay(Math.random() * 60);
    await process?.kill();
    collect();
  }
  const [last] = running;
  await last?.start();
  const wanted = { timeoutMs: 60_000, what: "an answer to each message" };
  await waitFor(() => {
    collect();
    return answered.size >= sent.size && pairsIn(join(to.folder, "IN")).length === 0;
  }, wanted);
  await last?.kill();
  collect();

  const all = await tasks(to);
  assert.deepEqual(all.map(({ headerId = "" }) => headerId).toSorted(), [...sent].toSorted());
  const decided = new Map(all.map(({ headerId, kind }) => [headerId, kind]));
  for (const headerId of sent) {
    assert.deepEqual(answered.get(headerId), [decided.get(headerId) === "refused" ? "20009" : "20013"]);
  }
});

test("a practice with a strictness that is none does not start", async (t) => {
  const to = await openPractice(t, receiver);
  for (const strictness of ["Refuse", "", null]) {
    await assert.rejects(createPractice({ ...to.options, strictness: strictness as Strictness }), {
      code: "strictness-unknown",
      message: "The strictness must be one of: deliver, refuse.",
    });
  }
});
