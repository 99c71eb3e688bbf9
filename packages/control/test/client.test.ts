import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  type Control,
  ControlError,
  type ControlErrorCode,
  type ControlEvent,
  createControlClient,
  everyOperation,
  readControlFolder,
} from "@restante/control";
import { type Handlers, startListener, TOKEN } from "./support/listener.ts";

function refusedWith(code: ControlErrorCode, says: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof ControlError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, says);
    return true;
  };
}

async function goThrough(events: AsyncIterable<ControlEvent>): Promise<void> {
  for await (const event of events) assert.ok(event.event);
}

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "restante-control-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  return folder;
}

const ids = { messageId: "20260101120000000000_ABCDEF" };
const reading = { now: "2026-01-06T12:00:00.000Z", ahead: "5d" };
const fault = { at: "send", do: "reset" } as const;
const standing = { ...fault, faultId: "1", done: 0 };
const snapshot = { name: "before", savedAt: reading.now, messages: 3 };
const mailbox = { mailbox: "X26ABC1", name: "One", odsCode: "A12345", waiting: { messages: 0, bytes: 0 } };
const move = { nhsNumber: "9912815904", odsCode: "A20047" };

/** What each verb is called with in the next test. */
const calls: Readonly<Record<string, (control: Control) => Promise<unknown>>> = {
  "messages.list": (control) => control.messages.list({ mailbox: "X26*", limit: 5 }),
  "messages.peek": (control) => control.messages.peek({ messageId: "latest", filter: { type: "REPORT" } }),
  "messages.inject": (control) => control.messages.inject({ mailbox: "X26ABC1", workflowId: "W", text: "Łódź" }),
  "messages.report": (control) =>
    control.messages.report({ mailbox: "X26ABC1", workflowId: "W", code: "14", description: "Not collected" }),
  "messages.wait": (control) => control.messages.wait({ count: 2, within: "1m" }),
  "messages.expectNone": (control) => control.messages.expectNone({ within: "1s" }),
  "messages.putBack": (control) => control.messages.putBack(ids),
  "mailboxes.list": (control) => control.mailboxes.list(),
  "mailboxes.close": (control) => control.mailboxes.close({ mailbox: "X26ABC1", reason: "moved" }),
  "mailboxes.open": (control) => control.mailboxes.open({ mailbox: "X26ABC1" }),
  "faults.list": (control) => control.faults.list(),
  "faults.add": (control) => control.faults.add(fault),
  "faults.next": (control) => control.faults.next(fault),
  "faults.clear": (control) => control.faults.clear(),
  "clock.read": (control) => control.clock.read(),
  "clock.advance": (control) => control.clock.advance({ by: "5d" }),
  "demographics.read": (control) => control.demographics.read(),
  "demographics.move": (control) => control.demographics.move(move),
  "snapshots.list": (control) => control.snapshots.list(),
  "snapshots.save": (control) => control.snapshots.save({ name: "before" }),
  "snapshots.restore": (control) => control.snapshots.restore({ name: "before" }),
  "snapshots.remove": (control) => control.snapshots.remove({ name: "before" }),
  reset: (control) => control.reset({ keep: "nothing" }),
};

const answers: Handlers = {
  "messages.list": () => ({ messages: [] }),
  "messages.peek": () => ({
    ...ids,
    type: "REPORT",
    state: "accepted",
    workflowId: "W",
    bytes: 0,
    chunks: 1,
    createdAt: reading.now,
    changedAt: reading.now,
    headers: { "mex-messageid": ids.messageId },
    body: "",
    isWhole: true,
  }),
  "messages.inject": () => ids,
  "messages.report": () => ids,
  "messages.wait": () => ({ messages: [] }),
  "messages.expectNone": () => ({ waitedMs: 1000 }),
  "messages.putBack": () => ({ ...ids, collectBy: reading.now }),
  "mailboxes.list": () => ({ mailboxes: [mailbox] }),
  "mailboxes.close": () => ({ ...mailbox, closed: { at: reading.now, reason: "moved" } }),
  "mailboxes.open": () => mailbox,
  "faults.list": () => ({ faults: [standing] }),
  "faults.add": () => standing,
  "faults.next": () => ({ ...standing, times: 1 }),
  "faults.clear": () => ({ cleared: 1 }),
  "clock.read": () => reading,
  "clock.advance": () => reading,
  "demographics.read": () => ({ moved: [move] }),
  "demographics.move": () => move,
  "snapshots.list": () => ({ snapshots: [snapshot] }),
  "snapshots.save": () => snapshot,
  "snapshots.restore": () => snapshot,
  "snapshots.remove": () => ({ name: "before" }),
  reset: () => ({ messages: 3 }),
};

for (const via of ["a port", "a socket"]) {
  test(`every verb is asked and answered by its name, over ${via}`, async (t) => {
    const socket = via === "a socket" ? join(await folderOf(t), "control.sock") : undefined;
    const listener = await startListener(t, answers, socket === undefined ? {} : { socket });
    const place = socket === undefined ? { url: listener.url } : { socket };
    const control = createControlClient({ ...place, token: TOKEN });
    assert.deepEqual(
      Object.keys(calls),
      everyOperation.map(({ name }) => name),
    );
    for (const { name } of everyOperation) {
      const answer = await calls[name]!(control);
      const handler = answers[name] as () => unknown;
      assert.deepEqual(answer, handler(), name);
    }
    assert.deepEqual(
      listener.asked.map(({ name }) => name),
      everyOperation.map(({ name }) => name),
    );
    assert.deepEqual(listener.asked.find(({ name }) => name === "messages.inject")?.input, {
      mailbox: "X26ABC1",
      workflowId: "W",
      text: "Łódź",
    });
  });
}

test("what a listener refuses is an error of its code, with its words", async (t) => {
  const listener = await startListener(t, {
    "messages.wait": () => {
      throw new ControlError("not-in-time", "1 of 3 came within 10s");
    },
    "messages.expectNone": () => {
      throw new ControlError("not-expected", "a report came");
    },
  });
  const control = createControlClient({ url: listener.url, token: TOKEN });
  await assert.rejects(control.messages.wait({ count: 3 }), refusedWith("not-in-time", /^1 of 3 came within 10s$/));
  await assert.rejects(control.messages.expectNone({}), refusedWith("not-expected", /^a report came$/));
  await assert.rejects(control.messages.list({ limit: 0, type: "data" as "DATA" }), (error) =>
    refusedWith("input-invalid", /2 problems:\n {2}\/type must be .*\n {2}\/limit must be/)(error),
  );
  await assert.rejects(control.clock.read(), refusedWith("failed", /nobody does clock\.read/));
});

test("a token that is refused is told with the file it was read from", async (t) => {
  const folder = await folderOf(t);
  const listener = await startListener(t, answers);
  const tokenFile = join(folder, "control-token");
  await writeFile(join(folder, "control.json"), JSON.stringify({ url: listener.url, tokenFile, pid: 1 }));
  await writeFile(tokenFile, `${TOKEN}\n`);
  const right = createControlClient(await readControlFolder(folder));
  assert.deepEqual(await right.clock.read(), reading);
  await writeFile(tokenFile, "another");
  const wrong = createControlClient(await readControlFolder(folder));
  await assert.rejects(wrong.clock.read(), (error) => {
    refusedWith("not-allowed", /the token was read from .*control-token$/)(error);
    assert.ok(!(error as Error).message.includes("another"));
    return true;
  });
});

test("a folder without a control is told with what to check", async (t) => {
  const folder = await folderOf(t);
  const check = /control\.json cannot be read \(ENOENT\): is a development server running on this folder/;
  await assert.rejects(readControlFolder(folder), refusedWith("unreachable", check));
  await writeFile(join(folder, "control.json"), "{}");
  await assert.rejects(readControlFolder(folder), refusedWith("unreachable", /does not say where a control listens/));
  const place = { socket: join(folder, "control.sock"), tokenFile: join(folder, "control-token") };
  await writeFile(join(folder, "control.json"), JSON.stringify(place));
  await assert.rejects(
    readControlFolder(folder),
    refusedWith("unreachable", /control-token cannot be read \(ENOENT\)/),
  );
});

test("where nobody listens, it is told at once what to check, and that nothing was done", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const folder = await folderOf(t);
  for (const place of [{ url: `http://127.0.0.1:${port}` }, { socket: join(folder, "control.sock") }]) {
    await assert.rejects(createControlClient({ ...place, token: TOKEN }).reset(), (error) => {
      refusedWith("unreachable", /has no control: is the development server running, .* --control\?$/)(error);
      assert.equal((error as ControlError).retry, "safe");
      return true;
    });
  }
});

test("another server, such as the MESH port, is not taken for a control", async (t) => {
  for (const [status, body] of [
    [403, '{"messageID":"","errorEvent":"SEND"}'],
    [200, "<html></html>"],
  ] as const) {
    const server = createServer((_, response) => void response.writeHead(status).end(body)).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const control = createControlClient({ url, token: TOKEN });
    const check = new RegExp(
      `answers \\(HTTP ${status}\\), but is no control: its port is the one given with --control`,
    );
    await assert.rejects(control.clock.read(), refusedWith("unreachable", check));
  }
});

test("a connection that is cut before the answer says that it is not known whether it was done", async (t) => {
  const listener = await startListener(t, {
    reset: () => {
      listener.cut();
      return { messages: 0 };
    },
  });
  await assert.rejects(createControlClient({ url: listener.url, token: TOKEN }).reset(), (error) => {
    refusedWith("unreachable", /whether it was done is not known/)(error);
    assert.equal((error as ControlError).retry, "ambiguous");
    return true;
  });
});

test("a place or a token that is none is refused before anything is asked", () => {
  for (const url of ["8701", "https://127.0.0.1:8701", "http://127.0.0.1:8701/v1", "http://a:b@127.0.0.1:8701"]) {
    assert.throws(() => createControlClient({ url, token: TOKEN }), refusedWith("input-invalid", /a URL such as http/));
  }
  for (const token of ["", "a b", "a\r\nhost: b"]) {
    assert.throws(
      () => createControlClient({ url: "http://127.0.0.1:8701", token }),
      refusedWith("input-invalid", /token/),
    );
  }
});

test("a wait ends when its signal does, and the server sees the client leave", async (t) => {
  const left = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const listener = await startListener(t, {
    "messages.wait": async (_, gone) => {
      gone.addEventListener("abort", () => left.resolve());
      asked.resolve();
      await left.promise;
      return { messages: [] };
    },
  });
  const stop = new AbortController();
  const control = createControlClient({ url: listener.url, token: TOKEN });
  const waiting = control.messages.wait({ within: "10m" }, { signal: stop.signal });
  await asked.promise;
  stop.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await left.promise;
});

test("the client's own signal ends everything it has asked for", async (t) => {
  const listener = await startListener(t, answers);
  const control = createControlClient({ url: listener.url, token: TOKEN, signal: AbortSignal.abort() });
  await assert.rejects(control.clock.read(), { name: "AbortError" });
});

test("events come as they happen, those that were asked for, until the signal", async (t) => {
  const listener = await startListener(t, answers);
  const control = createControlClient({ url: listener.url, token: TOKEN });
  const stop = new AbortController();
  const seen: ControlEvent[] = [];
  const names = ["message-accepted", "clock-advanced"];
  const events = await control.events({ names }, { signal: stop.signal });
  listener.tell({ event: "poll-succeeded", at: reading.now });
  listener.tell({ event: "message-accepted", at: reading.now, text: "one\ntwo – Łódź" });
  listener.tell({ event: "clock-advanced", at: reading.now });
  for await (const event of events) {
    seen.push(event);
    if (seen.length === 2) stop.abort();
  }
  assert.deepEqual(seen, [
    { event: "message-accepted", at: reading.now, text: "one\ntwo – Łódź" },
    { event: "clock-advanced", at: reading.now },
  ]);
});

test("who leaves the loop over the events leaves the server", async (t) => {
  const listener = await startListener(t, answers);
  const control = createControlClient({ url: listener.url, token: TOKEN });
  const events = await control.events();
  listener.tell({ event: "message-accepted", at: reading.now });
  for await (const event of events) {
    assert.equal(event.event, "message-accepted");
    break;
  }
  while (listener.listeners.length > 0) await control.clock.read();
});

test("events that are refused or cut off say so", async (t) => {
  const listener = await startListener(t, answers);
  const wrong = createControlClient({ url: listener.url, token: "another" });
  await assert.rejects(wrong.events(), refusedWith("not-allowed", /token/));
  const control = createControlClient({ url: listener.url, token: TOKEN });
  await assert.rejects(control.events({ names: ["no name"] }), refusedWith("input-invalid", /names of events/));
  const reading = goThrough(await control.events());
  listener.cut();
  await assert.rejects(reading, refusedWith("unreachable", /broke the connection off/));
});
