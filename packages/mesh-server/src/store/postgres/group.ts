// Between the queue of a node (../queue.ts) and PostgreSQL: a group at a time.
//
//   open     operations are taken, up to a number and a size; more are refused with store-busy.
//   closed   nothing is taken; what waits is committed first.
// PostgreSQL that is away stops nothing: each group that meets it is refused with store-busy, and the next is tried. Where none comes,
// an empty one is tried every second (it asks whether writes are taken), so that the trouble ends with its cause: whoever sends clients elsewhere sends none before.

import { MeshServerError } from "../../errors.ts";
import { createQueue, type SubmitOptions } from "../queue.ts";
import { takesNew } from "../sqlite/operations.ts";
import type { CommitGroup } from "./commit.ts";
import { asStoreError } from "./database.ts";
import type { GroupOperation } from "./decide.ts";
import { touchedBy } from "./group-operation.ts";
import { asOpenError } from "./reach.ts";

const MOST_IN_GROUP = 1000;
const TRY_EMPTY_MS = 1000;

export interface Groups {
  submit(operation: GroupOperation, options?: SubmitOptions): Promise<unknown>;
  /** Commits what waits. */
  close(): Promise<void>;
  isClosed(): boolean;
  /** What the last group failed with. */
  trouble(): string | undefined;
  /** There was no room for what was new, and nothing new was taken since. */
  isFull(): boolean;
}

export function createGroups(commitGroup: CommitGroup): Groups {
  const queue = createQueue<GroupOperation>({ isIdle: () => !flying, send: () => void sendGroup() });
  let tryEmpty: NodeJS.Timeout | undefined;
  let flying = false;
  let closed = false;
  let trouble: string | undefined;
  let full = false;

  async function sendGroup(): Promise<void> {
    flying = true;
    const group = queue.take(MOST_IN_GROUP, areAboutOthers());
    try {
      const answers = await commitGroup(group.map(({ operation }) => operation));
      trouble = undefined;
      for (const [index, { operation, resolve, reject }] of group.entries()) {
        const answer = answers[index]!;
        if (takesNew(operation)) full = "error" in answer ? full || isStoreFull(answer.error) : false;
        if ("error" in answer) reject(answer.error);
        else resolve(answer.value);
      }
    } catch (error) {
      trouble = asOpenError(error).message;
      const told = asStoreError(error);
      for (const { reject } of group) reject(told);
      if (!closed) tryEmpty ??= setTimeout(tryEmptyGroup, TRY_EMPTY_MS);
    } finally {
      flying = false;
      queue.sendIfDue();
    }
  }

  function tryEmptyGroup(): void {
    tryEmpty = undefined;
    if (!flying && queue.isEmpty() && trouble !== undefined) void sendGroup();
  }

  return {
    submit: (operation, options) => (closed ? Promise.reject(closedError()) : queue.submit(operation, options)),
    async close() {
      closed = true;
      clearTimeout(tryEmpty);
      await queue.drain();
    },
    isClosed: () => closed,
    trouble: () => trouble,
    isFull: () => full,
  };
}

function isStoreFull(error: Error): boolean {
  return error instanceof MeshServerError && error.code === "store-full";
}

/**
 * Whether an operation is about other messages than all that were asked about before it, also those that have to wait: what is about one
 * message is done in the order in which it came, and holds up nothing else.
 */
function areAboutOthers(): (operation: GroupOperation) => boolean {
  const touched = new Set<string>();
  return (operation) => {
    const places = touchedBy(operation);
    const isAboutOthers = places.every((place) => !touched.has(place));
    for (const place of places) touched.add(place);
    return isAboutOthers;
  };
}

export function closedError(): MeshServerError {
  return new MeshServerError("store-stopped", "The store is closed.", { retry: "safe" });
}
