// What time alone does to messages (the rules are in message.ts; `dueAt` says when):
//   uploading   not completed in time: abandoned, its chunks deleted.
//   accepted    not acknowledged in time: undelivered, and report 14 to the sender (MESH API, Message expiration).
//   ended       acknowledged, undelivered, failed or abandoned: deleted with its body.
// And tokens whose time alone makes them invalid are forgotten. Each step is a transaction of its own: after a crash
// the next tick goes on.

import { CodedError, newMessageId } from "@restante/mesh";

import type { StoredBody } from "./bodies/bodies.ts";
import type { Context } from "./context.ts";
import { abandon, expire, type Message } from "./message.ts";
import { announceReport } from "./routing.ts";
import { tellOnce } from "./tell-once.ts";

const PAGE = 100;
const FORGET_TOKENS_MS = 60_000;

export interface Expiry {
  /** Looks for what is due, unless it is looking already. */
  wake(): void;
  close(): Promise<void>;
}

export function createExpiry(context: Pick<Context, "store" | "bodies" | "clock" | "emit" | "periods">): Expiry {
  const { store, bodies, clock, emit, periods } = context;
  const failure = tellOnce((reason) => emit({ event: "server-failed", reason }));
  let running: Promise<void> | undefined;
  let closing = false;
  let tokensForgottenAt = 0;

  function wake(): void {
    if (closing || running !== undefined) return;
    running = run().finally(() => {
      running = undefined;
    });
  }

  /** A store that fails ends the run; the next tick tries again. */
  async function run(): Promise<void> {
    try {
      for (;;) {
        const due = await store.listDue(clock.now(), PAGE);
        for (const message of due) {
          if (closing) return;
          await moveOn(message);
        }
        if (due.length < PAGE) break;
      }
      await forgetTokens();
      failure.worked();
    } catch (error) {
      failure.failed(error instanceof CodedError ? error.code : "expiry failed");
    }
  }

  async function moveOn(message: Message): Promise<void> {
    const now = clock.now();
    switch (message.state) {
      case "uploading":
        if ((await store.apply(abandon(message, now, periods))) === "done") {
          await discard(await store.removeBodies(message));
        }
        return;
      case "accepted": {
        const change = expire(message, newMessageId(now), now, periods);
        if ((await store.apply(change)) === "done") announceReport(context, change.report);
        return;
      }
      case "routing":
        return;
      case "acknowledged":
      case "undelivered":
      case "failed":
      case "abandoned":
        await discard(await store.remove(message));
    }
  }

  async function discard(stored: readonly StoredBody[]): Promise<void> {
    for (const body of stored) await bodies.discard(body);
  }

  async function forgetTokens(): Promise<void> {
    const now = clock.now();
    if (now.getTime() - tokensForgottenAt < FORGET_TOKENS_MS) return;
    tokensForgottenAt = now.getTime();
    await store.forgetTokens(now);
  }

  return {
    wake,
    async close() {
      closing = true;
      await running;
    },
  };
}
