import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ControlError, type MessageSummary, type StandingFault } from "@restante/control";
import { type Handlers, type Listener, startListener, TOKEN } from "../../../control/test/support/listener.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { runCommand } from "../support/processes.ts";
import { type Typed, typed } from "../support/typed.ts";

interface Served extends Listener {
  readonly folder: string;
  /** Types `restante control` with these words, at this server. */
  type(...words: string[]): Promise<Typed>;
}

/** A listener, and a data folder that says where it is, as `restante server --dev --data` leaves it. */
async function served(t: TestContext, handlers: Handlers): Promise<Served> {
  const folder = await temporaryFolder(t);
  const listener = await startListener({ after: (close) => atEnd(t, close) }, handlers);
  await mkdir(join(folder, "server"));
  const tokenFile = join(folder, "server", "control-token");
  await writeFile(tokenFile, `${TOKEN}\n`);
  await writeFile(join(folder, "server", "control.json"), JSON.stringify({ url: listener.url, tokenFile }));
  return Object.assign(listener, {
    folder,
    type: async (...words: string[]) => typed(["control", ...words, "--data", folder]),
  });
}

const at = "2026-01-31T12:00:00.000Z";

const letter: MessageSummary = {
  messageId: "20260131120000000000_AAAAAA",
  type: "DATA",
  state: "accepted",
  from: "X26ABC2",
  mailbox: "X26ABC1",
  workflowId: "TEST_WORKFLOW",
  subject: "About Ada Lovelace",
  bytes: 12_345,
  chunks: 1,
  createdAt: at,
  acceptedAt: at,
  changedAt: at,
};

const report: MessageSummary = {
  messageId: "20260131120000000000_BBBBBB",
  type: "REPORT",
  state: "accepted",
  mailbox: "X26ABC2",
  workflowId: "TEST_WORKFLOW",
  linkedMessageId: letter.messageId,
  status: { event: "SEND", code: "14", description: "Message not collected by recipient after 5 days" },
  bytes: 0,
  chunks: 1,
  createdAt: at,
  changedAt: at,
};

test("messages are listed one below the other, without what names a patient", async (t) => {
  const server = await served(t, { "messages.list": () => ({ messages: [letter, report], next: "page-2" }) });
  const { status, printed, complained } = await server.type("messages", "list", "--mailbox", "X26*", "--limit", "2");
  assert.deepEqual([status, complained], [0, ""]);
  assert.equal(
    printed,
    `MESSAGE                      STATE     FROM       TO          WORKFLOW       SIZE          ACCEPTED
20260131120000000000_AAAAAA  accepted  X26ABC2    -> X26ABC1  TEST_WORKFLOW  12,345 bytes  ${at}
20260131120000000000_BBBBBB  accepted  report 14  -> X26ABC2  TEST_WORKFLOW  0 bytes       ${at}
There are more: --before page-2
`,
  );
  assert.deepEqual(server.asked, [{ name: "messages.list", input: { mailbox: "X26*", limit: 2 } }]);
});

test("--json prints what the server answered, whole", async (t) => {
  const answer = { messages: [letter, report], next: "page-2" };
  const server = await served(t, { "messages.list": () => answer });
  const { status, printed } = await server.type("messages", "list", "--json");
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(printed), answer);
});

test("a message is shown with its headers and its text, and nothing in it steers the terminal", async (t) => {
  const server = await served(t, {
    "messages.peek": () => ({
      ...letter,
      headers: { "mex-subject": "About \u001B[31mAda", "content-type": "text/plain" },
      body: Buffer.from("Dear Ada\n\u001B[2Jyours").toString("base64"),
      text: "Dear Ada\n\u001B[2Jyours",
      isWhole: true,
    }),
  });
  const { status, printed } = await server.type("messages", "peek", "latest", "--type", "DATA", "--bytes", "100");
  assert.equal(status, 0);
  assert.match(printed, /^mailbox +X26ABC1$/m);
  assert.match(printed, /^Headers\nmex-subject +About \uFFFD\[31mAda\ncontent-type +text\/plain$/m);
  assert.match(printed, /^Body\nDear Ada\n\uFFFD\[2Jyours$/m);
  assert.ok(!printed.includes("\u001B"));
  assert.deepEqual(server.asked[0]?.input, { messageId: "latest", filter: { type: "DATA" }, bytes: 100 });
});

test("a wait that comes to its end has status 1, and what is typed wrong has 2 before anybody is asked", async (t) => {
  const server = await served(t, {
    "messages.wait": ({ count }) => {
      if (count === 1) return { messages: [letter] };
      throw new ControlError("not-in-time", `1 of ${count} came within 1s`);
    },
    "messages.expectNone": () => ({ waitedMs: 1500 }),
  });
  const came = await server.type("messages", "wait", "--within", "1s", "--local-id", "A*");
  assert.equal(came.status, 0);
  assert.match(came.printed, /_AAAAAA {2}accepted {2}X26ABC2 {2}-> X26ABC1/);
  assert.deepEqual(server.asked[0]?.input, { count: 1, within: "1s", localId: "A*" });
  assert.deepEqual(await server.type("messages", "wait", "--count", "3"), {
    status: 1,
    printed: "",
    complained: "restante: 1 of 3 came within 1s\n",
  });
  const told = await server.type("messages", "wait", "--count", "3", "--json");
  assert.deepEqual([told.status, told.complained], [1, "restante: 1 of 3 came within 1s\n"]);
  assert.deepEqual(JSON.parse(told.printed), { error: { code: "not-in-time", message: "1 of 3 came within 1s" } });
  assert.equal((await server.type("messages", "expect-none")).printed, "Nothing came in 1.5 s.\n");
  const wrong = await server.type("messages", "wait", "--count", "6000", "--within", "11m", "--since", "noon");
  assert.equal(wrong.status, 2);
  assert.match(wrong.complained, /--count must be a whole number from 1 to 5000/);
  assert.match(wrong.complained, /--within must be a duration up to 10m/);
  assert.match(wrong.complained, /--since must be a time/);
  assert.equal(server.asked.length, 4);
  const nowhere = await typed([
    "control",
    "messages",
    "wait",
    "--within",
    "11m",
    "--data",
    join(server.folder, "none"),
  ]);
  assert.equal(nowhere.status, 2);
});

test("what is not expected has status 1", async (t) => {
  const server = await served(t, {
    "messages.expectNone": () => {
      throw new ControlError("not-expected", "a report came");
    },
  });
  assert.deepEqual(await server.type("messages", "expect-none", "--type", "REPORT", "--within", "1s"), {
    status: 1,
    printed: "",
    complained: "restante: a report came\n",
  });
});

test("a report of any code is put into a mailbox, and a message is put back", async (t) => {
  const server = await served(t, {
    "messages.report": () => ({ messageId: report.messageId }),
    "messages.putBack": ({ messageId }) => ({ messageId, collectBy: at }),
  });
  const put = await server.type("messages", "report", "X26ABC2", "W", "EPL-151", "No mailbox", "--subject", "Hello");
  assert.deepEqual(put, { status: 0, printed: `Put into X26ABC2 as report ${report.messageId}\n`, complained: "" });
  assert.deepEqual(server.asked[0]?.input, {
    mailbox: "X26ABC2",
    workflowId: "W",
    code: "EPL-151",
    description: "No mailbox",
    subject: "Hello",
  });
  const back = await server.type("messages", "put-back", letter.messageId);
  assert.equal(back.printed, `${letter.messageId} is listed again, until ${at}\n`);
  const wrong = await server.type("messages", "report", "no mailbox", "W", "14", "x\ny");
  assert.equal(wrong.status, 2);
  assert.match(
    wrong.complained,
    /^restante: MAILBOX must be a mailbox id.*\nDESCRIPTION must be a text without control/,
  );
});

test("faults are let stand, listed and cleared", async (t) => {
  const faults: StandingFault[] = [];
  const stand = (fault: Omit<StandingFault, "faultId" | "done">): StandingFault => {
    const standing = { ...fault, faultId: String(faults.length + 1), done: faults.length } as StandingFault;
    faults.push(standing);
    return standing;
  };
  const server = await served(t, {
    "faults.next": (fault) => stand({ times: 1, ...fault }),
    "faults.add": stand,
    "faults.list": () => ({ faults }),
    "faults.clear": () => ({ cleared: faults.splice(0).length }),
  });
  assert.equal((await server.type("faults", "list")).printed, "Nothing goes wrong.\n");
  await server.type("faults", "next", "send", "lose-answer", "--mailbox", "X26ABC1");
  await server.type("faults", "add", "list", "delay", "--for", "1s", "--up-to", "3s", "--probability", "0.5");
  await server.type("faults", "add", "any", "token-clock", "--by", "-2h");
  await server.type("faults", "next", "list", "status", "--status", "503", "--retry-after", "5", "--times", "3");
  assert.deepEqual(
    server.asked.slice(1).map(({ input }) => input),
    [
      { at: "send", do: "lose-answer", mailbox: "X26ABC1" },
      { at: "list", do: "delay", for: "1s", to: "3s", probability: 0.5 },
      { at: "any", do: "token-clock", by: "-2h" },
      { at: "list", do: "status", status: 503, retryAfter: 5, times: 3 },
    ],
  );
  assert.equal(
    (await server.type("faults", "list")).printed,
    `FAULT  AT    DOES                       MAILBOX      HOW OFTEN                                           DONE
1      send  lose-answer                X26ABC1      once                                                not yet
2      list  delay 1s to 3s             any mailbox  until it is cleared, with probability 0.5 (seed 1)  once
3      any   token-clock -2h            any mailbox  until it is cleared                                 2 times
4      list  status 503, retry-after 5  any mailbox  3 times                                             3 times
`,
  );
  assert.equal((await server.type("faults", "clear")).printed, "4 faults are cleared\n");
  const wrong = await server.type("faults", "add", "send", "down", "--seed", "3");
  assert.deepEqual([wrong.status, wrong.complained], [2, 'restante: AT must be "demographics" for "down"\n']);
  const none = await server.type("faults", "add", "sned", "reset");
  assert.equal(none.status, 2);
  assert.match(none.complained, /^restante: AT is not 'sned': did you mean send\?/);
  const strange = await server.type("faults", "add", "send", "nonsense");
  assert.match(strange.complained, /^restante: WHAT is one of status, delay, .*, not 'nonsense'/);
  const mixed = await server.type("faults", "add", "send", "status", "--status", "503", "--for", "2s", "--by", "1h");
  assert.deepEqual(
    [mixed.status, mixed.complained],
    [2, "restante: --for does not go with status\n--by does not go with status\n"],
  );
});

test("mailboxes, the clock, demographics, snapshots and reset are spoken of in sentences", async (t) => {
  const mailbox = {
    mailbox: "X26ABC1",
    name: "One",
    odsCode: "A12345",
    waiting: { messages: 2, bytes: 12_345 },
  };
  const snapshot = { name: "before", savedAt: at, messages: 1 };
  const server = await served(t, {
    "mailboxes.list": () => ({ mailboxes: [mailbox] }),
    "mailboxes.close": ({ reason }) => ({ ...mailbox, closed: { at, reason } }),
    "mailboxes.open": () => mailbox,
    "clock.read": () => ({ now: at, ahead: "0s" }),
    "clock.advance": ({ by }) => ({ now: at, ahead: by }),
    "demographics.read": () => ({ moved: [{ nhsNumber: "9912815904" }] }),
    "demographics.move": (move) => move,
    "snapshots.list": () => ({ snapshots: [snapshot] }),
    "snapshots.save": () => snapshot,
    "snapshots.restore": () => snapshot,
    "snapshots.remove": ({ name }) => ({ name }),
    reset: () => ({ messages: 3 }),
  });
  const says = async (words: string[], wanted: RegExp): Promise<void> => {
    const { status, printed, complained } = await server.type(...words);
    assert.deepEqual([status, complained], [0, ""]);
    assert.match(printed, wanted);
  };
  await says(["mailboxes", "list"], /^X26ABC1 {2}A12345 {4}2 waiting {2}12,345 bytes {2}open {3}One$/m);
  await says(["mailboxes", "close", "X26ABC1", "moved away"], /closed since .*: moved away/);
  await says(["mailboxes", "open", "x26abc1"], /open/);
  await says(["clock", "read"], /^2026-01-31T12:00:00.000Z, the real time$/m);
  await says(["clock", "advance", "5d1s"], /5d1s ahead of the real time/);
  await says(["demographics", "read"], /^9912815904 {2}registered nowhere$/m);
  await says(["demographics", "move", "9912815904", "--ods-code", "A20047"], /registered at A20047 now/);
  await says(["snapshots", "list"], /^before {4}2026-01-31T12:00:00.000Z {2}1 message$/m);
  await says(["snapshots", "save", "before"], /^Saved as before, with 1 message$/m);
  await says(["snapshots", "restore", "before"], /^All is as it was at 2026-01-31T12:00:00.000Z \(before\)/);
  await says(["snapshots", "remove", "before"], /^before is removed$/m);
  await says(["reset", "--keep", "nothing", "--mailbox", "X26ABC1"], /^Empty: 3 messages went$/m);
  assert.deepEqual(server.asked.at(-1)?.input, { keep: "nothing", mailbox: "X26ABC1" });
});

test("the server is found by its folder, by port and token file, by URL, by socket and by the environment", async (t) => {
  const server = await served(t, { "clock.read": () => ({ now: at, ahead: "0s" }) });
  const folder = join(server.folder, "server");
  const tokenFile = join(folder, "control-token");
  const socket = join(server.folder, "control.sock");
  const handlers: Handlers = { "clock.read": () => ({ now: at, ahead: "1d" }) };
  await startListener({ after: (close) => atEnd(t, close) }, handlers, { socket });
  const port = new URL(server.url).port;
  const read = ["control", "clock", "read"];
  for (const words of [
    ["--data", server.folder],
    ["--data", folder],
    ["--server", port, "--token-file", tokenFile],
    ["--server", server.url, "--token-file", tokenFile],
    ["--server", port, "--data", server.folder],
    ["--server", socket, "--token-file", tokenFile],
  ]) {
    const { status, complained } = await typed([...read, ...words]);
    assert.deepEqual([status, complained], [0, ""], words.join(" "));
  }
  const command = runCommand([...read, "--server", port], { RESTANTE_CONTROL_TOKEN: TOKEN });
  assert.equal(await command.ended, 0, command.output());
  const wrong = runCommand([...read, "--server", port], { RESTANTE_CONTROL_TOKEN: "another" });
  assert.equal(await wrong.ended, 1);
  assert.match(wrong.output(), /the token was read from the environment's RESTANTE_CONTROL_TOKEN$/m);
});

test("a server that cannot be found or reached is told in one line that says what to check", async (t) => {
  const folder = await temporaryFolder(t);
  const told = async (words: string[]): Promise<[number, string]> => {
    const { status, complained } = await typed(["control", "clock", "read", ...words]);
    assert.equal(complained.trim().split("\n").length, 1, complained);
    return [status, complained];
  };
  const [missing, check] = await told(["--data", folder]);
  assert.equal(missing, 1);
  assert.match(check, /control\.json cannot be read \(ENOENT\): is a development server running on this folder/);
  const tokenFile = join(folder, "token");
  const [unread, why] = await told(["--server", "1", "--token-file", tokenFile]);
  assert.equal(unread, 1);
  assert.match(why, /token: there is no such file/);
  await writeFile(tokenFile, TOKEN);
  const [unreached, advice] = await told(["--server", join(folder, "no.sock"), "--token-file", tokenFile]);
  assert.equal(unreached, 1);
  assert.match(advice, /no\.sock has no control: is the development server running/);
  const command = runCommand(["control", "clock", "read", "--server", "1"], { RESTANTE_CONTROL_TOKEN: "" });
  assert.equal(await command.ended, 2);
  assert.match(
    command.output(),
    /--server goes with --token-file FILE, --data DIR or the environment's RESTANTE_CONTROL_TOKEN/,
  );
});

test("events are told a line each until the command is stopped, and a wait that is stopped says so", async (t) => {
  const waiting = Promise.withResolvers<void>();
  const server = await served(t, {
    "messages.wait": async (_, gone) => {
      waiting.resolve();
      await new Promise((resolve) => gone.addEventListener("abort", resolve));
      return { messages: [] };
    },
  });
  const follow = runCommand(["control", "events", "--names", "message-accepted", "--data", server.folder]);
  atEnd(t, () => follow.end("SIGKILL"));
  const json = runCommand(["control", "events", "--json", "--data", server.folder]);
  atEnd(t, () => json.end("SIGKILL"));
  while (server.listeners.length < 2) await server.type("clock", "read");
  server.tell({ event: "clock-advanced", at });
  server.tell({ event: "message-accepted", at, messageId: letter.messageId, bytes: 5 });
  await follow.printed(new RegExp(`^${at} {2}message-accepted {2}messageId=${letter.messageId} bytes=5$`, "m"));
  await json.printed(/"event":"message-accepted"/);
  assert.doesNotMatch(follow.output(), /clock-advanced/);
  assert.equal(await follow.end("SIGINT"), 0);
  assert.equal(await json.end("SIGTERM"), 0);
  assert.equal(
    json
      .standardOutput()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object).length,
    2,
  );

  const wait = runCommand(["control", "messages", "wait", "--within", "10m", "--data", server.folder]);
  atEnd(t, () => wait.end("SIGKILL"));
  await waiting.promise;
  assert.equal(await wait.end("SIGINT"), 1);
  assert.equal(wait.output(), "Stopped. What the server was asked for may be done all the same.\n");
});
