// Who is told of tasks elsewhere, and what becomes of a notice.
//
//   waiting   it is stored with what it tells of, and is to be sent: at once, then after 5 s, doubled up to an hour.
//   sent      its receiver has it. It has no row any more. Killed between, it is sent once more under the same id.
//   failed    given up after 3 days of tries, or its receiver is in the settings no more. A person has it sent again, or ends it.
//
// Each receiver has a queue and a turn of its own: one that hangs or refuses holds up no other, and no message. Begun at the end of
// a pass, and by a timer where something is to be tried again before the next.

import { type LastingTroubles, lastingTroubles } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import type { NoticeOptions } from "../unread.ts";
import { digestOf, sendByEmail } from "./email.ts";
import { failureOfConnection, type NoticeFailure } from "./notice-failure.ts";
import {
  type Batch,
  nextBatch,
  nextDueAt,
  noteFailed,
  noteReceivers,
  noteSent,
  notKept,
  type Receiver,
} from "./receivers.ts";
import { sendByWebhook } from "./webhook.ts";

export interface NoticeSender extends AsyncDisposable {
  /** Before anything is told: whom, from now on. */
  begin(): void;
  /** At the end of a pass: begins what is due, and does not wait for it. */
  turn(): void;
}

interface Lane {
  turn(): void;
  end(): Promise<void>;
}

export function createNoticeSender(context: PracticeContext, options: NoticeOptions = {}): NoticeSender {
  const troubles = lastingTroubles(context.clock);
  const ending = new AbortController();
  let lanes: Lane[] | undefined;
  return {
    begin() {
      lanes ??= noteReceivers(context.database, options).map((receiver) =>
        createLane(context, receiver, options.address, troubles, ending.signal),
      );
    },
    turn() {
      for (const lane of lanes ?? []) lane.turn();
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all((lanes ?? []).map((lane) => lane.end()));
    },
  };
}

function createLane(
  context: PracticeContext,
  to: Receiver,
  address: string | undefined,
  troubles: LastingTroubles,
  signal: AbortSignal,
): Lane {
  const { database, clock, emit, organisation, tuning } = context;
  const { odsCode } = organisation;
  const about = { odsCode, kind: to.kind, place: to.place };
  const topic = `${to.kind} ${to.place}`;
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function work(): Promise<void> {
    tellNotKept();
    for (;;) {
      const batch = signal.aborted ? undefined : nextBatch(database, to, clock.now());
      if (batch === undefined) return;
      try {
        await deliver(batch);
      } catch (error) {
        if (signal.aborted) return;
        failed(batch, failureOfConnection(error));
        continue;
      }
      noteSent(database, to, batch, clock.now());
      emit({ event: "notices-sent", ...about, notices: batch.notices.length });
      const over = troubles.over(topic);
      if (over !== undefined) emit({ event: "notices-resumed", ...about, ...over });
    }
  }

  async function deliver(batch: Batch): Promise<void> {
    const { event, notices } = batch;
    const [notice] = notices;
    if (notice === undefined) return;
    const now = clock.now();
    if (to.kind === "email") {
      const digest = { ...digestOf(batch, organisation, address), id: notice.id, now };
      return sendByEmail(to.email, to.address, digest, signal);
    }
    const { id, taskId, at } = notice;
    const href = address === undefined ? {} : { href: `${address}/api/tasks/${taskId}` };
    const body = JSON.stringify({ id, event, at, odsCode, task: { id: taskId, ...href } });
    return sendByWebhook(to.webhook, body, { now, signal });
  }

  function failed(batch: Batch, { code, message: reason, ofNotice }: NoticeFailure): void {
    const now = clock.now();
    const givenUp = noteFailed(database, to, batch, { reason, ofNotice, now, firstWaitMs: tuning.retryAfterMs });
    const met = troubles.met(topic, code);
    if (met !== undefined) emit({ event: "notices-held-up", ...about, code, reason, ...met });
    if (givenUp > 0) emit({ event: "notices-given-up", ...about, notices: givenUp, code, reason });
  }

  function tellNotKept(): void {
    const notices = notKept(database, to.receiver);
    const told = notices === 0 ? undefined : troubles.met(`${topic} full`, "full");
    if (notices === 0) troubles.over(`${topic} full`);
    if (told !== undefined) emit({ event: "notices-not-kept", ...about, notices, ...told });
  }

  function lookAgain(): void {
    const dueAt = signal.aborted ? undefined : nextDueAt(database, to.receiver);
    clearTimeout(timer);
    if (dueAt === undefined) return;
    const wait = dueAt.getTime() - clock.now().getTime();
    timer = setTimeout(turn, Math.min(Math.max(wait, 1000), 3_600_000)).unref();
  }

  function turn(): void {
    if (working !== undefined || signal.aborted) return;
    working = work()
      // Of the database: it is told by the pass that meets it too, and what is stored is tried at the next.
      .then(lookAgain)
      .catch(() => undefined)
      .finally(() => (working = undefined));
  }

  return {
    turn,
    async end() {
      clearTimeout(timer);
      await working;
    },
  };
}
