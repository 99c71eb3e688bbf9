// What waits to be written, whatever engine writes it. While one group is being committed, what arrives waits; then all of it goes as
// the next group. So one sync serves as many operations as came during the last one, and a lone operation waits for nobody. What
// arrives in one turn of the event loop goes together too: a disk that is idle does not begin with the first of them. An operation
// that nobody waits for (a token of a request without effect) goes with the next that somebody does wait for, or with others of its
// kind a moment later: a sync of its own would cost more than all else that its request does.

import { MeshServerError } from "../errors.ts";

const MOST_WAITING = 20_000;
const MOST_WAITING_BYTES = 128 * 1024 * 1024;
/** One group looks for what fits behind so many that do not. */
const MOST_PASSED_OVER = 5_000;
/** So long an operation that nobody waits for stays in memory where no other goes. */
const UNWAITED_MS = 20;
const MOST_UNWAITED = 500;

export interface Asked {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export interface Queued<Operation> extends Asked {
  operation: Operation;
  bytes: number;
}

export interface SubmitOptions {
  /** What the operation holds in memory, about. */
  bytes?: number;
  /** Nobody waits for it: it may go with a later group. */
  unwaited?: boolean;
}

export interface Queue<Operation> {
  /** Rejects with store-busy if too much waits, and with what `refuse` is given. */
  submit(operation: Operation, options?: SubmitOptions): Promise<unknown>;
  /**
   * Those that came first, at most so many. What does not fit keeps its place, and those behind it go before it: `fits` is asked of each
   * in turn, and has to keep back what must not.
   */
  take(most: number, fits?: (operation: Operation) => boolean): Queued<Operation>[];
  /** In front of all others. */
  putBack(some: readonly Queued<Operation>[]): void;
  refuse(error: Error, which?: (operation: Operation) => boolean): void;
  isEmpty(): boolean;
  /** To be called whenever whoever writes has become idle. */
  sendIfDue(): void;
  /** As if somebody waited. */
  hurry(): void;
  /** Sends all, and resolves when nothing waits and whoever writes is idle. */
  drain(): Promise<void>;
}

export interface Writing {
  isIdle: () => boolean;
  /** Called when it is idle: takes what waits, of which there may be nothing after `hurry`. */
  send: () => void;
}

export function createQueue<Operation>({ isIdle, send }: Writing): Queue<Operation> {
  let waiting: Queued<Operation>[] = [];
  let waitingBytes = 0;
  let isWaitedFor = false;
  let unwaitedGo: NodeJS.Timeout | undefined;
  let atEndOfTurn: NodeJS.Immediate | undefined;
  let whenDrained: (() => void) | undefined;

  function replace(remaining: Queued<Operation>[]): void {
    waiting = remaining;
    waitingBytes = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    isWaitedFor = waiting.length > 0;
  }

  /** At the end of this turn, if it is idle and somebody waits; if nobody does, in a moment. */
  function sendIfDue(): void {
    if (!isIdle()) return;
    if (isWaitedFor) atEndOfTurn ??= setImmediate(sendWaited);
    else if (waiting.length > 0) unwaitedGo ??= setTimeout(sendUnwaited, UNWAITED_MS);
    else whenDrained?.();
  }

  function sendWaited(): void {
    atEndOfTurn = undefined;
    if (isIdle() && isWaitedFor) send();
    else sendIfDue();
  }

  function sendUnwaited(): void {
    unwaitedGo = undefined;
    isWaitedFor = waiting.length > 0;
    sendIfDue();
  }

  return {
    submit(operation, { bytes = 0, unwaited = false } = {}) {
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
    take(most, fits = () => true) {
      const taken: Queued<Operation>[] = [];
      const left: Queued<Operation>[] = [];
      for (const each of waiting) {
        if (taken.length === most || left.length === MOST_PASSED_OVER) break;
        (fits(each.operation) ? taken : left).push(each);
      }
      replace([...left, ...waiting.slice(taken.length + left.length)]);
      return taken;
    },
    putBack: (some) => replace([...some, ...waiting]),
    refuse(error, which = () => true) {
      const refused = waiting.filter(({ operation }) => which(operation));
      replace(waiting.filter(({ operation }) => !which(operation)));
      for (const { reject } of refused) reject(error);
    },
    isEmpty: () => waiting.length === 0,
    sendIfDue,
    hurry() {
      isWaitedFor = true;
      sendIfDue();
    },
    drain() {
      clearTimeout(unwaitedGo);
      return new Promise((resolve) => {
        whenDrained = resolve;
        sendUnwaited();
      });
    },
  };
}
