import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Control } from "@restante/control";
import { shippedScenarios } from "@restante/control/scenario";
import { startDevelopment } from "../../../mesh-server/test/control/development.ts";
import { program } from "../../src/commands/index.ts";
import { run } from "../../src/run.ts";
import { plain } from "../../src/terminal/terminal.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { noInput, type Typed, typed } from "../support/typed.ts";

interface Served {
  readonly control: Control;
  readonly folder: string;
  /** Writes a scenario and gives its file. */
  readonly write: (name: string, text: string) => Promise<string>;
  /** Types `restante control run` with these words, at this server. */
  readonly type: (...words: string[]) => Promise<Typed>;
}

async function served(t: TestContext): Promise<Served> {
  const folder = await temporaryFolder(t);
  const { server } = await startDevelopment(
    { after: (close) => atEnd(t, close) },
    { dataFolder: join(folder, "server"), control: { port: 0 } },
  );
  return {
    control: server.control,
    folder,
    async write(name, text) {
      const file = join(folder, name);
      await writeFile(file, `summary: A sample\n${text}`);
      return file;
    },
    type: (...words) => typed(["control", "run", ...words, "--data", folder]),
  };
}

const sample = `variables:
  mailbox: { about: Where., default: X26ABC1 }
  letter: { about: What., default: a letter }
steps:
  - faults.add: { at: send, do: hang }
    as: fault
  - say: Look into \${mailbox}.
  - messages.inject: { mailbox: "\${mailbox}", workflowId: W, text: "\${letter}" }
  - messages.wait: { mailbox: "\${mailbox}", containing: "\${letter}", within: 5s }
finally:
  - faults.clear: { faultId: "\${fault.faultId}" }
`;

test("a scenario of one's own is run at the server of the folder, with the values that were set, and cleans up", async (t) => {
  const { control, write, type } = await served(t);
  const file = await write("mine.yaml", sample);
  const { status, printed, complained } = await type(file, "--set", "mailbox=X26ABC2", "--set", "letter=Dear = all");
  assert.equal(complained, "");
  assert.equal(status, 0);
  assert.match(
    printed,
    /^mine: A sample\n {2}1 {2}faults\.add: at send, do hang \(\d+\.\d s\)\n {2}2 {2}Look into X26ABC2\.\n/,
  );
  assert.match(printed, /\n {2}4 {2}messages\.wait: mailbox X26ABC2, within 5s \(.*\)\n.*\nPassed, in \d+\.\d s\.\n$/);
  const { messages } = await control.messages.list({ mailbox: "X26ABC2", containing: "Dear = all" });
  assert.equal(messages.length, 1);
  assert.deepEqual(await control.faults.list(), { faults: [] });
});

test("for a program it tells each step as a line of JSON", async (t) => {
  const { write, type } = await served(t);
  const { printed } = await type(await write("mine.yaml", sample), "--json");
  const news = printed
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { news: string });
  assert.deepEqual(
    news.map(({ news: name }) => name),
    ["scenario", "begun", "done", "said", "done", "begun", "done", "begun", "done", "begun", "done", "ended"],
  );
});

test("a scenario that fails says at which step, what came instead and what it means, and leaves the server clean", async (t) => {
  const { control, write, type } = await served(t);
  const failing = sample.replace(
    'containing: "${letter}", within: 5s }',
    "type: REPORT, within: 50ms }\n    otherwise: No report came.",
  );
  const { status, printed, complained } = await type(await write("mine.yaml", failing));
  assert.equal(status, 1);
  assert.match(printed, /\n {2}4 {2}FAILED messages\.wait \(/);
  assert.match(complained, /^restante: Step 4 \(line 10, messages\.wait\): 0 of 1 .*\nNo report came\.\n$/s);
  assert.deepEqual(await control.faults.list(), { faults: [] });
});

test("a scenario that the server is not for says so at its first step, before a person does anything", async (t) => {
  const { type } = await served(t);
  const { status, complained } = await type("pds-down-for-an-hour");
  assert.equal(status, 1);
  assert.match(
    complained,
    /^restante: Step 1 .*There is no mailbox of this id.*\nThis server has no mailbox Y99002OT001: run it on/,
  );
});

test("Ctrl-C ends a run at once, and its fault is cleared all the same", async (t) => {
  const { control, folder, write } = await served(t);
  const file = await write("mine.yaml", sample.replace("within: 5s", "within: 10m, count: 2"));
  const stop = new AbortController();
  const complained: string[] = [];
  const status = await run(program, ["control", "run", file, "--data", folder], {
    print: () => undefined,
    complain: (line) => void complained.push(line),
    write: async () => undefined,
    progress: (line) => line.includes("messages.wait") && stop.abort(),
    paint: plain,
    columns: 120,
    input: noInput,
    stop: stop.signal,
    onReload: () => () => undefined,
  });
  assert.equal(status, 1);
  assert.match(complained.join("\n"), /Step 4 .*The run was stopped/);
  assert.deepEqual(await control.faults.list(), { faults: [] });
});

test("a file that is no scenario is told with every problem, its lines and what was meant, and nothing is done", async (t) => {
  const { control, write, type } = await served(t);
  const file = await write("mine.yaml", sample.replace("faults.add:", "fault.add:").replace("W, text", "W, txet"));
  const { status, complained } = await type(file);
  assert.equal(status, 2);
  assert.match(complained, /line 6 .*'fault\.add'.*did you mean 'faults\.add'/);
  assert.match(complained, /line 9 .*'txet'.*did you mean 'text'/);
  assert.deepEqual(await control.faults.list(), { faults: [] });
  assert.deepEqual(
    [
      await type("lost-anwser"),
      await type(file, "--set", "mailbox"),
      await type("lost-answer", "--set", "mialbox=X"),
    ].map((each) => [each.status, each.complained.split("\n")[0]]),
    [
      [2, "restante: No scenario of that name comes with Restante. Did you mean 'lost-answer'?"],
      [
        2,
        "restante: --set is a name and its value, such as mailbox=X26ABC1, not 'mailbox'. Try: restante control run --help",
      ],
      [2, "restante: The scenario has no variable 'mialbox'; did you mean 'mailbox'? It has mailbox, patience, quiet."],
    ],
  );
});

test("the command line gives ITK3 answers, and says why a message cannot be answered so", async (t) => {
  const { control, write, type } = await served(t);
  await control.messages.inject({ mailbox: "X26ABC2", from: "X26ABC1", workflowId: "W", text: "no ITK3" });
  const answer = (code: string): string =>
    `steps:\n  - say: Now.\n  - answer: { message: latest, mailbox: X26ABC2, level: infrastructure${code} }\n`;
  const refused = await type(await write("positive.yaml", answer("")));
  assert.match(refused.complained, /Step 2 .*The message is not answered: it cannot be read/);
  assert.equal((await type(await write("negative.yaml", answer(', code: "10009"')))).status, 0);
  const { messages } = await control.messages.list({ mailbox: "X26ABC1", workflowId: "W_ACK" });
  assert.deepEqual(
    messages.map(({ from, subject }) => [from, subject]),
    [["X26ABC2", "Infrastructure acknowledgement"]],
  );
});

test("the scenarios that come with Restante are listed with a sentence and what can be set", async () => {
  const { status, printed } = await typed(["control", "scenarios"]);
  assert.equal(status, 0);
  for (const name of await shippedScenarios()) assert.ok(printed.includes(`${name}: `), name);
  assert.ok(printed.includes("lost-answer: A send whose answer is lost is not sent again\n  --set mailbox=X26ABC1 "));
  const { printed: json } = await typed(["control", "scenarios", "--json"]);
  const all = JSON.parse(json) as { name: string; variables: { about: string }[] }[];
  assert.deepEqual(
    all.map(({ name }) => name),
    await shippedScenarios(),
  );
});
