// What pages of the worklist take where there are 50,000 tasks, against one where there is exactly one full page of them: 95 of
// 100 are as quick or quicker, while 100 messages a minute arrive and 10 people read.
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { inTransaction } from "@restante/durable";
import { isWithin } from "../../../bench/measure.ts";
import { openDatabase } from "../../practice/src/store/database.ts";
import { deliver, type DirectoryPractice, openPractice } from "../../practice/test/support/economy.ts";
import { message, workflowId } from "../../practice/test/support/messages.ts";
import { receiver, sender } from "../../practice/test/support/organisations.ts";
import { formOf, submit } from "../../web/test/http.ts";
import { openPages } from "../test/open-pages.ts";

const many = 50_000;
const onePage = 50;
const bound = 1.5;
const people = 10;
/** 100 a minute. */
const everyMs = 600;
const rounds = 8;
const roundMs = 6_000;
/** Between two pages of one person: far less than anybody reads. */
const readingMs = 1000;

interface Worked extends DirectoryPractice {
  readonly url: string;
  /** The address of each kind of page. */
  readonly pages: Readonly<Record<string, string>>;
}

/** A row for each kind of page: its name, the ratio with its bound, the times, and what is said where it is over. */
export async function measureFinding(t: TestContext): Promise<string[][]> {
  const [full, small] = [await open(t, many), await open(t, onePage)];
  const [ofFull, ofSmall] = [new Map<string, number[]>(), new Map<string, number[]>()];
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    await work(full, round === 0 ? new Map() : ofFull);
    await work(small, round === 0 ? new Map() : ofSmall);
  }
  return Object.keys(full.pages).map((name) => {
    const [most, least] = [ninetyFifth(ofFull.get(name) ?? []), ninetyFifth(ofSmall.get(name) ?? [])];
    const within = isWithin(`${many} tasks: ${name}`, "p95 / of one page of tasks", most / least, { atMost: bound });
    const times = `${most.toFixed(0)} ms, ${least.toFixed(0)} ms`;
    return [name, `${(most / least).toFixed(2)} (${bound})`, times, within ? "" : "OVER THE BOUND"];
  });
}

/** As long as a round is: adds what each page took, by its name. */
async function work(worked: Worked, times: Map<string, number[]>): Promise<void> {
  const until = performance.now() + roundMs;
  const arriving = async (): Promise<void> => {
    while (performance.now() < until) {
      deliver(worked, message().xml, { from: sender.mailboxId, workflowId });
      await worked.practice.cycle();
      await pause(everyMs);
    }
  };
  const reading = async (person: number): Promise<void> => {
    const pages = Object.entries(worked.pages);
    for (let turn = person; performance.now() < until; turn += 1) {
      const [name = "", path = ""] = pages[turn % pages.length] ?? [];
      const began = performance.now();
      const answer = await fetch(worked.url + path);
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`);
      times.set(name, [...(times.get(name) ?? []), performance.now() - began]);
      await pause(readingMs);
    }
  };
  await Promise.all([arriving(), ...Array.from({ length: people }, (_, person) => reading(person))]);
}

function ninetyFifth(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
}

async function open(t: TestContext, tasks: number): Promise<Worked> {
  const practice = await openPractice(t, receiver);
  await fill(practice, tasks);
  const { url } = await openPages(t, { worklist: practice.practice.worklist, organisation: receiver });
  const found = async (text: string): Promise<string> => {
    const { token } = formOf(await (await fetch(url)).text(), "/find");
    return String((await submit(`${url}/find`, { token, text })).headers["location"]);
  };
  return Object.assign(practice, {
    url,
    pages: {
      "the list": "/",
      "the list, filtered": "/?for=action&match=known",
      "the list by patient": "/?sort=patient",
      "found by name": await found(tasks === onePage ? "Kowalski" : "Kowalski12"),
      "found by NHS number": await found("990 000 0017"),
      "a task": "/tasks/17",
    },
  });
}

/** As the practice stores messages. Of few all have what is asked for, of many a part. */
async function fill({ options }: DirectoryPractice, tasks: number): Promise<void> {
  using database = await openDatabase(options.dataFolder);
  const received = database.prepare(
    `INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, header_id)
     VALUES (?, ?, ?, ?, ?, ?, 'document', ?)`,
  );
  const task = database.prepare(
    `INSERT INTO task (message_id, kind, state, summary, findings, attachments, match_outcome, match_due, business_asked)
     VALUES (?, 'document', 'open', ?, '[]', '[]', 'known', 0, 0)`,
  );
  inTransaction(database, () => {
    for (let made = 1; made <= tasks; made += 1) {
      const number = `99${String(made).padStart(8, "0")}`;
      const nhsNumber = made === 17 ? "9900000017" : number;
      const family = `Kowalski${made % 5000}`;
      const id = `20260302110000${String(made).padStart(6, "0")}_ABCDEF`;
      const at = new Date(Date.UTC(2026, 0, 1) + made * 60_000).toISOString();
      const subject = `Consultation report for ${family}, Zoë (Ms), NHS Number ${nhsNumber}, seen at ${sender.name}, ODS Code ${sender.odsCode}`;
      received.run(id, at, receiver.mailboxId, sender.mailboxId, workflowId, subject, crypto.randomUUID());
      const summary = {
        organisation: { odsCode: sender.odsCode, name: sender.name },
        recipientType: tasks === onePage || made % 2 === 0 ? "FA" : "FI",
        title: "Consultation report",
        documentDate: at,
        patient: { nhsNumber, prefix: "Ms", given: ["Zoë"], family, dateOfBirth: "1980-03-12" },
      };
      task.run(id, JSON.stringify(summary));
    }
  });
}
