import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { readMessage, readResponse } from "@restante/itk3";
import { newMessageId } from "@restante/mesh";
import { clientOptions, testClient, testMailboxes, waitFor } from "@restante/testbed";
import type { Practice } from "../../src/options.ts";
import { consultation } from "../support/consultations.ts";
import { deliver, markSent, openPractice, type Pair, pairsIn } from "../support/economy.ts";
import { killablePractice } from "../support/killable.ts";
import { documentInput, message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { organisations, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

/** What an answer says, in one word. */
function answerIn(data: Uint8Array): string {
  const { message } = readMessage(data);
  const response = message && readResponse(message);
  assert.ok(response);
  return `${response.requestHeaderId} ${response.level}`;
}

/** Of every task, so that one raised twice is there twice. */
async function headerIdsOf({ worklist }: Practice): Promise<string[]> {
  return (await person(worklist).openTasks()).map(({ headerId }) => headerId ?? "");
}

/** A process that is started again on a busy machine has many messages to read. */
const patient = { timeoutMs: 60_000 };
const rounds = 6;
const perRound = 4;

test("killed at random while it receives by directory: each message is one task and each level answered once", async (t) => {
  const to = await openPractice(t, receiver);
  const { organisation, role, businessResponse, dataFolder } = to.options;
  const running = killablePractice(t, join(to.folder, ".."), {
    options: { organisation, role, businessResponse, dataFolder },
    transport: { kind: "directory", mailboxId: to.organisation.mailboxId, folder: to.folder },
  });

  const sent = new Set<string>();
  const answers: string[] = [];
  /** The MESH client's part: every whole pair in OUT is taken, once. */
  const collect = (): void => {
    for (const { name, data } of pairsIn(join(to.folder, "OUT"))) {
      answers.push(answerIn(data));
      markSent(to, name, newMessageId(new Date()));
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    await running.start();
    for (let count = 0; count < perRound; count += 1) {
      const { xml, headerId } = message();
      sent.add(headerId);
      deliver(to, xml, { from: sender.mailboxId, workflowId, messageId: newMessageId(new Date()) });
    }
    // A random moment is the very thing wanted here.
    await delay(Math.random() * 60);
    await running.kill();
    collect();
  }

  await running.start();
  await waitFor(() => {
    collect();
    return answers.length >= 2 * sent.size && pairsIn(join(to.folder, "IN")).length === 0;
  }, patient);
  await running.kill();
  collect();
  const expected = [...sent].flatMap((headerId) => [`${headerId} infrastructure`, `${headerId} business`]);
  assert.deepEqual(answers.sort(), expected.sort());

  assert.deepEqual((await headerIdsOf(to.practice)).sort(), [...sent].sort());
});

test("killed at random while somebody decides on matches: each decision has its one answer, and none is lost", async (t) => {
  const to = await openPractice(t, receiver, { businessResponse: { kind: "onMatch", doubtful: "queue" } });
  const { organisation, role, businessResponse, dataFolder } = to.options;
  const running = killablePractice(t, join(to.folder, ".."), {
    options: { organisation, role, businessResponse, dataFolder },
    verdict: "no-longer-here",
    transport: { kind: "directory", mailboxId: to.organisation.mailboxId, folder: to.folder },
  });
  const sent: string[] = [];
  const answers: string[] = [];
  const collect = (): void => {
    for (const { name, data } of pairsIn(join(to.folder, "OUT"))) {
      const { message } = readMessage(data);
      const response = message && readResponse(message);
      if (response?.level === "business") answers.push(`${response.requestHeaderId} ${response.code}`);
      markSent(to, name, newMessageId(new Date()));
    }
  };
  for (let round = 0; round < 4; round += 1) {
    for (let count = 0; count < perRound; count += 1) {
      // Nobody is found by its number.
      const { xml, headerId } = message({ patient: { ...documentInput().patient, nhsNumber: "9912609131" } });
      sent.push(headerId);
      deliver(to, xml, { from: sender.mailboxId, workflowId, messageId: newMessageId(new Date()) });
    }
    await running.start();
    await delay(Math.random() * 60);
    await running.kill();
    collect();
  }
  // Decided while nothing hands over, as a kill between the two would leave it.
  await to.practice.cycle();
  const at = person(to.practice.worklist);
  for (const { task } of await at.matches()) {
    await at.matchByHand(task.taskId, { verdict: "no-longer-here", sends: true });
  }
  await running.start();
  await waitFor(() => {
    collect();
    return answers.length >= sent.length;
  }, patient);
  await running.kill();
  collect();
  assert.deepEqual(answers.sort(), sent.map((headerId) => `${headerId} 30003`).sort());
  const tasks = await at.openTasks();
  assert.deepEqual(
    tasks.map(({ acts, patient }) => [patient.outcome, acts.map(({ act }) => act)]),
    sent.map(() => ["no-longer-here", ["matched"]]),
  );
});

test("killed at random while it hands reports over: each is one pair, whether or not the client has taken it", async (t) => {
  const from = await openPractice(t, sender);
  const { organisation, role, businessResponse, dataFolder } = from.options;
  const running = killablePractice(t, join(from.folder, ".."), {
    options: { organisation, role, businessResponse, dataFolder },
    transport: { kind: "directory", mailboxId: from.organisation.mailboxId, folder: from.folder },
  });
  const built: string[] = [];
  const taken: string[] = [];
  const take = (pairs: readonly Pair[]): void => {
    for (const { name } of pairs) {
      taken.push(name);
      markSent(from, name, newMessageId(new Date()));
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    await running.start();
    // Stored from here while the other process hands over: two processes on one database.
    for (let count = 0; count < perRound; count += 1) {
      built.push((await from.practice.sendConsultation(consultation({ id: `${round}-${count}` }))).headerId);
    }
    await delay(Math.random() * 40);
    await running.kill();
    take(pairsIn(join(from.folder, "OUT")).slice(0, 2));
  }
  await running.start();
  await waitFor(async () => {
    take(pairsIn(join(from.folder, "OUT")));
    return (await person(from.practice.worklist).reports()).every(({ state }) => state === "sent");
  }, patient);
  await running.kill();
  take(pairsIn(join(from.folder, "OUT")));
  assert.deepEqual(taken.sort(), built.sort());
});

test("killed at random while it works by API: one task a message, no level answered twice, none lost unseen", async (t) => {
  const server = await startEconomy(t);
  const client = await testClient(server, testMailboxes.sender);
  t.after(async () => client[Symbol.asyncDispose]());
  const to = await openPractice(t, organisations.pharmacy, {
    role: "pharmacy",
    businessResponse: { kind: "onDecision", automatic: "30016" },
  });
  const { organisation, role, businessResponse, dataFolder } = to.options;
  const running = killablePractice(t, join(to.folder, ".."), {
    options: { organisation, role, businessResponse, dataFolder },
    transport: { kind: "api", client: await clientOptions(server, testMailboxes.pharmacy) },
  });

  const sent: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let count = 0; count < 2; count += 1) {
      const { xml, headerId } = message();
      sent.push(headerId);
      await client.send({ to: testMailboxes.pharmacy, workflowId, body: Buffer.from(xml) });
    }
    await running.start();
    await delay(Math.random() * 150);
    await running.kill();
  }
  await running.start();
  // The database is read here while the other process writes it.
  const { worklist } = to.practice;
  await waitFor(async () => {
    const responses = (await person(worklist).openTasks()).flatMap((task) => task.responses);
    return responses.length === 2 * sent.length && responses.every(({ state }) => state === "sent" || state === "held");
  }, patient);
  await running.kill();

  const tasks = await person(worklist).openTasks();
  assert.deepEqual((await headerIdsOf(to.practice)).sort(), sent.sort());
  const answers: string[] = [];
  for await (const messageId of client.listAll()) {
    const { body } = await client.download(messageId);
    answers.push(answerIn(Buffer.concat(await body.toArray())));
  }
  assert.equal(new Set(answers).size, answers.length, "a level was answered twice");
  for (const task of tasks) {
    for (const { level, state } of task?.responses ?? []) {
      // What is held may or may not have arrived: a person is told. What is sent has.
      if (state === "sent") assert.ok(answers.includes(`${task?.headerId} ${level}`));
    }
  }
});
