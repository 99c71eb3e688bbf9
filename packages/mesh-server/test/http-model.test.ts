// Any sequence of what clients can ask of a server, over HTTP, against a model of a few lines: letters, and what waits in
// each mailbox. Answers are lost, messages delivered twice and requests refused on the way, the clock is moved past the days
// of collecting, and the server starts anew.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";

import * as fc from "fast-check";

import { ask, type Development, startDevelopment } from "./control/development.ts";

const RUNS = 25;
const mailboxesOf = (run: number): string[] => ["A", "B", "C"].map((letter) => `RUN${run}${letter}`);
const workflows = ["FIRST", "SECOND"] as const;
const v2 = { accept: "application/vnd.mesh.v2+json" };

const steps = [
  "send",
  "send",
  "send in chunks",
  "send a chunk",
  "send a chunk",
  "list by pages",
  "list a workflow",
  "read",
  "acknowledge",
  "acknowledge",
  "send, and the answer is lost",
  "send, delivered twice",
  "send, refused before",
  "acknowledge, and the answer is lost",
  "acknowledge, refused before",
  "five days pass",
  "restart",
] as const;
type Step = { step: (typeof steps)[number]; which: number; other: number; large: boolean };

interface Letter {
  /** Unknown where the answer was lost, until the recipient has it listed. */
  id?: string;
  localId: string;
  from: string;
  to: string;
  workflow: string;
  chunks: (Buffer | undefined)[];
  state: "uploading" | "accepted" | "acknowledged" | "undeliverable" | "error";
}

/** What waits in a mailbox: a letter, or a report of one of these. */
interface Entry {
  id?: string;
  letter?: Letter;
  reportOf?: Set<string>;
}

interface Model {
  letters: Letter[];
  inboxes: Map<string, Entry[]>;
  expiries: number;
}

async function json<Told>(answer: Promise<Response>, status = 200): Promise<Told> {
  const { status: told, ...rest } = { status: (await answer).status, text: await (await answer).text() };
  assert.equal(told, status, rest.text);
  return JSON.parse(rest.text) as Told;
}

function newLetter(model: Model, boxes: readonly string[], { which, other, large }: Step, total: number): Letter {
  const number = model.letters.length;
  const letter: Letter = {
    localId: `${boxes[0]}-${number}`,
    from: boxes[which % 3]!,
    to: boxes[other % 3]!,
    workflow: workflows[which % 2]!,
    chunks: [bodyOf(number, 1, large), ...Array.from({ length: total - 1 }, () => undefined)],
    state: total === 1 ? "accepted" : "uploading",
  };
  return letter;
}

function bodyOf(number: number, chunk: number, large: boolean): Buffer {
  return Buffer.alloc(large ? 70_000 : 30, `${number}.${chunk} `);
}

function post(development: Development, letter: Letter): Promise<Response> {
  return ask(development, letter.from, "outbox", {
    method: "POST",
    headers: {
      ...v2,
      "mex-to": letter.to,
      "mex-workflowid": letter.workflow,
      "mex-localid": letter.localId,
      "mex-chunk-range": `1:${letter.chunks.length}`,
    },
    body: new Uint8Array(letter.chunks[0]!),
  });
}

function accept(model: Model, letter: Letter): void {
  letter.state = "accepted";
  model.inboxes.get(letter.to)!.push({ letter, ...(letter.id !== undefined && { id: letter.id }) });
}

/** What is listed is what waits, in its order; what was not known of it is now. */
async function settle(development: Development, model: Model, mailbox: string): Promise<void> {
  const { messages } = await json<{ messages: string[] }>(ask(development, mailbox, "inbox"));
  const entries = model.inboxes.get(mailbox)!;
  assert.equal(messages.length, entries.length, `${mailbox} lists as many as wait`);
  const { count } = await json<{ count: number }>(ask(development, mailbox, "count", { headers: v2 }));
  assert.equal(count, entries.length);
  for (const [index, entry] of entries.entries()) {
    const id = messages[index]!;
    if (entry.id !== undefined) {
      assert.equal(id, entry.id);
      continue;
    }
    const { headers } = await ask(development, mailbox, `inbox/${id}`, { method: "HEAD" });
    entry.id = id;
    if (entry.letter === undefined) {
      assert.equal(headers.get("mex-messagetype"), "REPORT");
      assert.ok(entry.reportOf?.delete(headers.get("mex-linkedmsgid") ?? ""), "one report of each");
    } else {
      assert.equal(headers.get("mex-localid"), entry.letter.localId);
      entry.letter.id = id;
    }
  }
}

async function settleAll(development: Development, model: Model): Promise<void> {
  for (const mailbox of model.inboxes.keys()) await settle(development, model, mailbox);
}

async function take(development: Development, model: Model, boxes: readonly string[], step: Step): Promise<void> {
  const { faults, clock } = development.server.control;
  const mailbox = boxes[step.which % 3]!;
  const entries = model.inboxes.get(mailbox)!;
  const entry = entries[step.other % Math.max(entries.length, 1)];
  const acknowledge = (): Promise<Response> =>
    ask(development, mailbox, `inbox/${entry!.id!}/status/acknowledged`, { method: "PUT", headers: v2 });
  const acknowledged = (): void => {
    entries.splice(entries.indexOf(entry!), 1);
    if (entry!.letter !== undefined) entry!.letter.state = "acknowledged";
  };
  switch (step.step) {
    case "send":
    case "send in chunks": {
      const letter = newLetter(model, boxes, step, step.step === "send" ? 1 : 2 + (step.other % 2));
      letter.id = (await json<{ message_id: string }>(post(development, letter), 202)).message_id;
      model.letters.push(letter);
      if (letter.state === "accepted") accept(model, letter);
      return;
    }
    case "send a chunk": {
      const open = model.letters.filter(({ state }) => state === "uploading");
      const letter = open[step.which % Math.max(open.length, 1)];
      if (letter === undefined) return;
      // In any order, and again, too.
      const chunk = 2 + (step.other % (letter.chunks.length - 1));
      const body = letter.chunks[chunk - 1] ?? bodyOf(model.letters.indexOf(letter), chunk, step.large);
      const path = `outbox/${letter.id!}/${chunk}`;
      const sent = await ask(development, letter.from, path, { method: "POST", body: new Uint8Array(body) });
      assert.equal(sent.status, 202);
      letter.chunks[chunk - 1] = body;
      if (letter.chunks.every((each) => each !== undefined)) accept(model, letter);
      return;
    }
    case "list by pages": {
      const listed: string[] = [];
      for (let path: string | undefined = "inbox?max_results=10"; path !== undefined;) {
        const page: { messages: string[]; links: { next?: string } } = await json(
          ask(development, mailbox, path, { headers: v2 }),
        );
        listed.push(...page.messages);
        path = page.links.next?.replace(`/messageexchange/${mailbox}/`, "");
      }
      assert.deepEqual(
        listed,
        entries.map(({ id }) => id),
      );
      return;
    }
    case "list a workflow": {
      const { messages } = await json<{ messages: string[] }>(ask(development, mailbox, "inbox?workflow_filter=FIRST"));
      const expected = entries.filter(({ letter }) => letter?.workflow === "FIRST").map(({ id }) => id);
      const letters = new Set(entries.flatMap(({ letter, id }) => (letter === undefined ? [] : [id])));
      assert.deepEqual(
        messages.filter((id) => letters.has(id)),
        expected,
      );
      return;
    }
    case "read":
      if (entry !== undefined) await read(development, mailbox, entry);
      return;
    case "acknowledge":
      if (entry === undefined) return;
      assert.equal((await acknowledge()).status, 200);
      acknowledged();
      // Again it is the same.
      assert.equal(
        (await ask(development, mailbox, `inbox/${entry.id!}/status/acknowledged`, { method: "PUT" })).status,
        200,
      );
      return;
    case "send, and the answer is lost": {
      const letter = newLetter(model, boxes, step, 1);
      await faults.next({ at: "send", do: "lose-answer", mailbox: letter.from });
      await assert.rejects(post(development, letter));
      model.letters.push(letter);
      accept(model, letter);
      return settle(development, model, letter.to);
    }
    case "send, delivered twice": {
      const [letter, again] = [newLetter(model, boxes, step, 1), newLetter(model, boxes, step, 1)];
      await faults.next({ at: "send", do: "deliver-twice", mailbox: letter.from });
      const { message_id: id } = await json<{ message_id: string }>(post(development, letter), 202);
      model.letters.push(letter, again);
      accept(model, letter);
      accept(model, again);
      await settle(development, model, letter.to);
      assert.ok([letter.id, again.id].includes(id));
      return;
    }
    case "send, refused before": {
      const letter = newLetter(model, boxes, step, 1);
      await faults.next({ at: "send", do: "status", status: 503, mailbox: letter.from });
      assert.equal((await post(development, letter)).status, 503);
      return;
    }
    case "acknowledge, and the answer is lost":
      if (entry === undefined) return;
      await faults.next({ at: "acknowledge", do: "lose-answer", mailbox });
      await assert.rejects(acknowledge());
      return acknowledged();
    case "acknowledge, refused before":
      if (entry === undefined) return;
      await faults.next({ at: "acknowledge", do: "status", status: 503, mailbox });
      assert.equal((await acknowledge()).status, 503);
      return;
    case "five days pass": {
      // Beyond 30 days nothing is left to look at.
      if (model.expiries === 3) return;
      model.expiries += 1;
      await clock.advance({ by: "6d" });
      for (const waiting of model.inboxes.values()) waiting.length = 0;
      for (const sender of boxes) {
        const late = model.letters.filter(({ from, state }) => from === sender && state === "accepted");
        const reportOf = new Set(late.map(({ id }) => id!));
        model.inboxes.get(sender)!.push(...late.map(() => ({ reportOf })));
      }
      for (const letter of model.letters) {
        if (letter.state === "accepted") letter.state = "undeliverable";
        if (letter.state === "uploading") letter.state = "error";
      }
      return settleAll(development, model);
    }
    case "restart":
      return development.restart();
  }
}

async function read(development: Development, mailbox: string, { id, letter }: Entry): Promise<void> {
  const chunks = letter?.chunks ?? [Buffer.alloc(0)];
  for (const [index, chunk] of chunks.entries()) {
    const answer = await ask(development, mailbox, `inbox/${id!}${index === 0 ? "" : `/${index + 1}`}`);
    assert.equal(answer.status, index + 1 === chunks.length ? 200 : 206);
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(chunk!), `chunk ${index + 1} is as it was sent`);
  }
}

async function checkAll(development: Development, model: Model): Promise<void> {
  await settleAll(development, model);
  for (const [mailbox, entries] of model.inboxes) {
    for (const entry of entries) await read(development, mailbox, entry);
  }
  for (const { id, from, state } of model.letters) {
    const path = `outbox/tracking?messageID=${id!}`;
    const { status } = await json<{ status: string }>(ask(development, from, path, { headers: v2 }));
    assert.equal(status, state, `${id} is what became of it`);
  }
}

async function start(t: TestContext): Promise<Development> {
  return startDevelopment(t, {
    mailboxes: Array.from({ length: RUNS * 20 }, (_, run) => mailboxesOf(run))
      .flat()
      .map((mailboxId) => ({ mailboxId, name: mailboxId, odsCode: "X26", password: "password" })),
    workflows: workflows.map((workflowId) => ({ workflowId, senders: ["*"], receivers: ["*"] })),
  });
}

test("whatever clients ask, and whatever goes wrong on the way, answers are the model's and nothing answered 202 is lost", async (t) => {
  const development = await start(t);
  const step = fc.record({
    step: fc.constantFrom(...steps),
    which: fc.nat(11),
    other: fc.nat(11),
    large: fc.boolean(),
  });
  let run = 0;

  const property = fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (sequence) => {
    const boxes = mailboxesOf(run);
    run += 1;
    const model: Model = { letters: [], inboxes: new Map(boxes.map((box) => [box, []])), expiries: 0 };
    for (const each of sequence) await take(development, model, boxes, each);
    await checkAll(development, model);
  });

  await fc.assert(property, { numRuns: RUNS, endOnFailure: false });
});
