// The MESH client of one mailbox, of a process that has several.
//
//   starting --> carrying --its folder is lost--> waiting
//       \--it cannot start--> waiting --after 1 s, 5 s, 15 s, 1 min, and then every 5 min--> starting
//
// No try is the last: what it waits for is a disk, another process, or a person. Once its folder has been in use it is not made
// again: what is written to a folder that stands where a disk was mounted is found by nobody.

import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { asDurableError, exists } from "@restante/durable";
import { type Clock, CodedError, type Emit, type Event, lastingTroubles, type MailboxId } from "@restante/mesh";
import type { DirectoryClient, PollObserver } from "@restante/mesh-client/directory";
import { aborted } from "../terminal/aborted.ts";
import { CliError } from "../errors.ts";
import type { Pulse } from "./pulse.ts";
import { count, found, type Tally } from "./tally.ts";

const waits: readonly number[] = [1000, 5000, 15_000, 60_000, 300_000];

export type MailboxState =
  | { readonly kind: "starting" }
  | { readonly kind: "carrying" }
  | { readonly kind: "waiting"; readonly error: Error; readonly times: number; readonly since: Date };

/** What its client is opened with. */
export interface ClientOpening {
  readonly closing: AsyncDisposableStack;
  readonly emit: Emit;
  readonly observer: PollObserver;
  readonly pulse: Pulse;
  readonly onLost: (error: Error) => void;
}

export interface MailboxOptions {
  readonly mailboxId: MailboxId;
  readonly folder: string;
  /** Opens its client and has it poll. Whatever is to be closed goes onto `closing`. */
  readonly open: (opening: ClientOpening) => Promise<Pick<DirectoryClient, "tellStatus">>;
  readonly pulse: Pulse;
  readonly tally: Tally;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Whether a folder that is made is told of: a person named it. */
  readonly tellsOfMade: boolean;
  /** It was carrying and has lost its folder. */
  readonly onLost: (error: Error) => void;
}

export interface Mailbox {
  readonly mailboxId: MailboxId;
  readonly tally: Tally;
  /** Resolves once it has been tried: it carries, or waits. */
  readonly tried: Promise<void>;
  readonly state: () => MailboxState;
  /** Milliseconds for which it has given no sign of itself, if those are too many. */
  readonly stillFor: () => number | undefined;
  /** What is to be said of the process is other than before: its client, if it has one, says so at once. */
  tellStatus(): void;
  /** Ends what is in hand, and lets go of the folder. */
  end(): Promise<void>;
}

export function startMailbox(options: MailboxOptions): Mailbox {
  const { mailboxId, folder, pulse, tally, emit, clock } = options;
  const ending = new AbortController();
  const troubles = lastingTroubles(clock);
  let state: MailboxState = { kind: "starting" };
  let hasCarried = false;
  let client: Pick<DirectoryClient, "tellStatus"> | undefined;
  const tried = Promise.withResolvers<void>();

  function tell(event: Event): void {
    pulse.sign();
    count(tally, event, clock.now());
    emit(event);
  }

  /** Opens it, and gives what ended it; undefined if it was told to end. */
  async function carry(): Promise<Error | undefined> {
    await using closing = new AsyncDisposableStack();
    const lost = Promise.withResolvers<Error>();
    // What keeps it from being looked at will keep it from being opened.
    const isNew = !(await exists(folder).catch(() => true));
    if (hasCarried && !(await exists(join(folder, ".restante")))) {
      throw new CliError("folder-unusable", `${folder} is not there any more: put it back, or start again to make it`);
    }
    tally.troubles.clear();
    closing.defer(() => {
      client = undefined;
    });
    client = await options.open({
      closing,
      emit: tell,
      pulse,
      observer: {
        begins: () => pulse.observer.begins(),
        ended(result) {
          pulse.observer.ended(result);
          found(tally, result);
        },
        measured: (kept) => (tally.kept = kept),
      },
      onLost: (error) => lost.resolve(error),
    });
    if (isNew && options.tellsOfMade) emit({ event: "folder-made", mailboxId, folder });
    hasCarried = true;
    state = { kind: "carrying" };
    const over = troubles.over("start");
    emit({ event: "client-started", mailboxId, ...over });
    tried.resolve();
    // Awaited here: what is opened is closed as this ends.
    return await Promise.race([lost.promise, aborted(ending.signal).then(() => undefined)]);
  }

  async function run(): Promise<void> {
    for (let failures = 0; !ending.signal.aborted; failures += 1) {
      const error = await carry().catch((cause: unknown) => asTellable(cause, folder));
      if (ending.signal.aborted || error === undefined) return;
      const isLost = state.kind === "carrying";
      if (isLost) failures = 0;
      tally.troubles.clear();
      const before = state.kind === "waiting" ? state : { times: 0, since: clock.now() };
      state = { kind: "waiting", error, times: before.times + 1, since: before.since };
      // That it is lost was told by its client.
      if (isLost) options.onLost(error);
      else tellOf(error);
      tried.resolve();
      const wait = waits[failures] ?? waits.at(-1);
      await delay(wait, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  }

  function tellOf(error: Error): void {
    const told = troubles.met("start", error.message);
    if (told === undefined) return;
    const code = error instanceof CodedError ? error.code : "defect";
    emit({ event: "client-not-started", mailboxId, code, reason: error.message, ...told });
  }

  const running = run();
  return {
    mailboxId,
    tally,
    tried: tried.promise,
    state: () => state,
    stillFor: () => (state.kind === "carrying" ? pulse.stillFor() : undefined),
    tellStatus: () => void client?.tellStatus(),
    async end() {
      ending.abort();
      tried.resolve();
      await running;
    },
  };
}

/** What its words are not made for a log is told by its kind alone. */
function asTellable(cause: unknown, folder: string): Error {
  const known = asDurableError(cause, folder);
  if (known instanceof CodedError) return known;
  const name = Error.isError(cause) ? cause.name : typeof cause;
  return new Error(`A defect in the MESH client (${name}).`, { cause });
}
