// The queue of a node, as ../sqlite/group-commit.ts has it before its thread: while one group is committed, what arrives waits, and all
// of it goes as the next. What nobody waits for goes with what somebody does wait for, or a moment later.
//
//   open     operations are taken, up to a number and a size; more are refused with store-busy.
//   closed   nothing is taken; what waits is committed first.
// PostgreSQL that is away stops nothing: each group that meets it is refused with store-busy, and the next is tried.

import { MeshServerError } from "../../errors.ts";
import { type CommitGroup, touchedBy } from "./commit.ts";
import { asStoreError } from "./database.ts";
import type { GroupOperation } from "./decide.ts";

const MOST_WAITING = 20_000;
const MOST_WAITING_BYTES = 128 * 1024 * 1024;
const MOST_IN_GROUP = 1000;
const UNWAITED_MS = 20;
const MOST_UNWAITED = 500;

interface Waiting {
  operation: GroupOperation;
  bytes: number;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export interface Groups {
  submit(operation: GroupOperation, options?: { bytes?: number; unwaited?: boolean }): Promise<unknown>;
  /** Commits what waits. */
  close(): Promise<void>;
  isClosed(): boolean;
  /** What the last group failed with. */
  trouble(): string | undefined;
}

export function createGroups(commitGroup: CommitGroup): Groups {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let isWaitedFor = false;
  let unwaitedGo: NodeJS.Timeout | undefined;
  let atEndOfTurn: NodeJS.Immediate | undefined;
  let flying = false;
  let closed = false;
  let trouble: string | undefined;
  let whenIdle: (() => void) | undefined;

  function sendIfDue(): void {
    if (flying || atEndOfTurn !== undefined) return;
    if (waiting.length === 0) whenIdle?.();
    else if (isWaitedFor || closed) {
      atEndOfTurn = setImmediate(() => {
        atEndOfTurn = undefined;
        void sendGroup();
      });
    } else {
      unwaitedGo ??= setTimeout(() => {
        unwaitedGo = undefined;
        isWaitedFor = waiting.length > 0;
        sendIfDue();
      }, UNWAITED_MS);
    }
  }

  /** As many as are about different messages. */
  function takeGroup(): Waiting[] {
    const touched = new Set<string>();
    let size = 0;
    for (const { operation } of waiting.slice(0, MOST_IN_GROUP)) {
      const places = touchedBy(operation);
      if (places.some((place) => touched.has(place))) break;
      for (const place of places) touched.add(place);
      size += 1;
    }
    const group = waiting.splice(0, size);
    for (const { bytes } of group) waitingBytes -= bytes;
    isWaitedFor = waiting.length > 0;
    return group;
  }

  async function sendGroup(): Promise<void> {
    flying = true;
    const group = takeGroup();
    try {
      const answers = await commitGroup(group.map(({ operation }) => operation));
      trouble = undefined;
      for (const [index, { resolve, reject }] of group.entries()) {
        const answer = answers[index]!;
        if ("error" in answer) reject(answer.error);
        else resolve(answer.value);
      }
    } catch (error) {
      const told = asStoreError(error);
      trouble = told.message;
      for (const { reject } of group) reject(told);
    } finally {
      flying = false;
      sendIfDue();
    }
  }

  return {
    submit(operation, { bytes = 0, unwaited = false } = {}) {
      if (closed) return Promise.reject(closedError());
      if (waiting.length >= MOST_WAITING || waitingBytes + bytes > MOST_WAITING_BYTES) {
        return Promise.reject(new MeshServerError("store-busy", "Too much waits to be written.", { retry: "safe" }));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ operation, bytes, resolve, reject });
        waitingBytes += bytes;
        isWaitedFor ||= !unwaited || waiting.length >= MOST_UNWAITED;
        sendIfDue();
      });
    },
    async close() {
      closed = true;
      clearTimeout(unwaitedGo);
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
        sendIfDue();
      });
    },
    isClosed: () => closed,
    trouble: () => trouble,
  };
}

export function closedError(): MeshServerError {
  return new MeshServerError("store-stopped", "The store is closed.", { retry: "safe" });
}
