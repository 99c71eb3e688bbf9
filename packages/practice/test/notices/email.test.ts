import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test, type TestContext } from "node:test";
import { waitFor } from "@restante/testbed";
import { thisComputer } from "../../src/actor.ts";
import { practiceDefaults } from "../../src/defaults.ts";
import { sendByEmail } from "../../src/notices/email.ts";
import type { EmailOptions } from "../../src/unread.ts";
import { patient } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { type Mail, mailPassword, mailServer } from "../support/mail-server.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

const hour = 3_600_000;
const [manager, deputy] = ["manager@practice.example", "deputy@practice.example"];

test("many unread tasks are one email to each address, over TLS, at most one an hour of each kind, and none says anything of a patient", async (t) => {
  const server = await mailServer(t);
  const to = await telling(t, { ...server.options, to: [manager, deputy] });
  const ids = [receive(to), receive(to), receive(to)];
  await to.practice.cycle();
  await setDue(to, 1, "2026-03-02");
  // A new task is in the worklist: nobody is sent an email of it.
  assert.equal(server.mails.length, 0);
  to.clock.advance(4 * hour);
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  await waitFor(() => server.mails.length === 2 && sent(to) === 2);
  assert.deepEqual(new Set(server.mails.map(({ to: [address] }) => address)), new Set([manager, deputy]));
  for (const mail of server.mails) {
    assert.deepEqual(
      [mail.to.length, mail.from, mail.isSecure, mail.user],
      [1, "worklist@practice.example", true, "worklist"],
    );
    const text = plain(mail);
    assert.match(text, /^Subject: Lantern Row Surgery \(Y99002\): 3 tasks for action not opened in time$/m);
    assert.match(text, /Nobody has opened 3 tasks for action in time\./);
    assert.match(text, /Each stays there until somebody has opened it or dealt with it\./);
    assert.match(text, /https:\/\/worklist\.example\/unread/);
    assert.match(text, /^Auto-Submitted: auto-generated$/im);
    for (const word of [patient.family, patient.nhsNumber, ...patient.given, ...ids, mailPassword]) {
      assert.ok(!mail.text.includes(word), word);
    }
  }
  // Half an hour on two more: they wait for their hour, also through a restart. That of another kind does not.
  receive(to);
  receive(to);
  await to.practice.cycle();
  to.clock.advance(20 * hour);
  await to.practice.cycle();
  await waitFor(() => server.mails.length === 6 && sent(to) === 6);
  assert.match(plain(server.mails.at(-1)), /1 task is open past the due date|Nobody has opened 2 tasks/);
  receive(to);
  await to.practice.cycle();
  await setDue(to, 2, "2026-03-01");
  await to.reopen();
  await to.practice.cycle();
  to.clock.advance(hour / 2);
  await to.practice.cycle();
  assert.equal(server.mails.length, 6);
  to.clock.advance(hour / 2);
  await to.practice.cycle();
  await waitFor(() => server.mails.length === 8 && sent(to) === 8);
  requireAnHourBetween(server.mails);
  assert.match(plain(server.mails.at(-1)), /^Subject: .*: 1 task past the due date$/m);
  // To open it does not end it.
  assert.match(plain(server.mails.at(-1)), /Each stays there until it is done, or its due date is moved\./);
});

test("an address that is refused keeps no other from being told, and is told in the log without the address", async (t) => {
  const server = await mailServer(t);
  server.refuses.add(manager);
  const to = await telling(t, { ...server.options, to: [manager, deputy] });
  receive(to);
  await to.practice.cycle();
  to.clock.advance(4 * hour);
  await to.practice.cycle();
  await waitFor(() => sent(to) === 1 && heldUp(to).length === 1);
  assert.deepEqual(
    server.mails.map(({ to: addresses }) => addresses),
    [[deputy]],
  );
  assert.deepEqual(heldUp(to), [["email", 1, "smtp-550", "The mail server answered 550."]]);
  assert.ok(!JSON.stringify(to.events).includes("@"));
  // After three days it is for a person, who sees whom it was for.
  to.clock.advance(73 * hour);
  const [held] = await waitFor(async () => {
    await to.practice.cycle();
    const all = await to.practice.worklist.heldNotices();
    return all.length > 0 && all;
  });
  assert.deepEqual([held?.kind, held?.to, held?.notices], ["email", manager, 1]);
});

test("a mail server that goes on and on is let go of, by the time for all of it and by the end", async (t) => {
  const server = await endlessMailServer(t);
  const options = {
    host: "127.0.0.1",
    port: server.port,
    security: "none",
    from: "worklist@practice.example",
  } as const;
  const email = { ...options, to: [manager] };
  const sending = sendByEmail(email, manager, { subject: "x", text: "x", id: "1", now: new Date() }, never, 200);
  await assert.rejects(sending, { code: "no-answer" });
  await waitFor(() => server.closed === 1);

  const to = await telling(t, email);
  receive(to);
  await to.practice.cycle();
  to.clock.advance(4 * hour);
  await to.practice.cycle();
  await waitFor(() => server.greeted === 2);
  await to.practice[Symbol.asyncDispose]();
  await waitFor(() => server.closed === 2);
});

test("nothing is sent to a mail server that offers no TLS, or that nobody vouches for", async (t) => {
  const [open, strange] = [await mailServer(t, { offersTls: false }), await mailServer(t)];
  const { ca: _, ...unvouched } = strange.options;
  for (const options of [open.options, unvouched]) {
    const to = await telling(t, { ...options, to: [manager] });
    receive(to);
    await to.practice.cycle();
    to.clock.advance(4 * hour);
    await to.practice.cycle();
    await waitFor(() => heldUp(to).length === 1);
    assert.notEqual(heldUp(to)[0]?.[2], "unexpected");
  }
  assert.deepEqual([...open.mails, ...strange.mails], []);
  await assert.rejects(
    openPractice(t, receiver, {
      notices: { email: { ...open.options, security: "none", host: "mail.example", to: [manager] } },
    }),
    { code: "notices-unusable" },
  );
});

const never = new AbortController().signal;

/** Says that there is more to come, again and again. */
async function endlessMailServer(t: TestContext): Promise<{ port: number; greeted: number; closed: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("220 mail.example\r\n");
    socket.once("data", () => {
      endless.greeted += 1;
      const timer = setInterval(() => socket.write("250-more\r\n"), 20);
      socket.once("close", () => {
        clearInterval(timer);
        endless.closed += 1;
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const endless = { port: (server.address() as AddressInfo).port, greeted: 0, closed: 0 };
  return endless;
}

async function telling(t: TestContext, email: EmailOptions): Promise<DirectoryPractice> {
  const notices = { address: "https://worklist.example", email };
  return openPractice(t, receiver, { unread: practiceDefaults.unread, notices });
}

function receive(to: DirectoryPractice): string {
  return deliver(to, message().xml, { from: sender.mailboxId, workflowId });
}

async function setDue({ practice: { worklist } }: DirectoryPractice, taskId: number, dueOn: string): Promise<void> {
  const task = await worklist.task(taskId, thisComputer);
  await worklist.prioritise(taskId, { dueOn }, { actor: thisComputer, version: task?.version ?? 0 });
}

/** With its lines as they were before they were folded, and written in letters alone. */
function plain(mail: Mail | undefined): string {
  return (mail?.text ?? "").replaceAll(/=\r\n|\r\n(?= )/g, "").replaceAll("\r\n", "\n");
}

/** By the time that each bears: a mail that was sent too early may have come when nobody looked. */
function requireAnHourBetween(mails: readonly Mail[]): void {
  for (const to of [manager, deputy]) {
    for (const kind of ["past the due date", "not opened in time"]) {
      const times = mails
        .filter((mail) => mail.to[0] === to && plain(mail).includes(kind))
        .map((mail) => Date.parse(/^Date: (.*)$/m.exec(plain(mail))?.[1] ?? ""));
      assert.equal(times.length, 2);
      assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= hour, `${to}, ${kind}: ${times.join(", ")}`);
    }
  }
}

function sent({ events }: DirectoryPractice): number {
  return events.filter(({ event }) => event === "notices-sent").length;
}

function heldUp({ events }: DirectoryPractice): unknown[][] {
  return events.flatMap((event) =>
    event.event === "notices-held-up" ? [[event.kind, event.place, event.code, event.reason]] : [],
  );
}
