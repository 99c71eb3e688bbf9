import { randomBytes } from "node:crypto";
import { type DurableError, sharedSyncs } from "@restante/durable";
import { systemClock } from "@restante/mesh";
import { directoryClientDefaults } from "./defaults.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import { unusableIds } from "../unusable-ids.ts";
import { createBackOff } from "./back-off.ts";
import { cannotStart } from "./cannot-start.ts";
import type { DirectoryContext } from "./context.ts";
import { watchFolders } from "./folder-watch.ts";
import type { Folders } from "./folder-name.ts";
import { groupId } from "./group.ts";
import { decideHeld, type HeldDecision, type HeldOutcome } from "./held-decision.ts";
import { describeHeld, type HeldDetails } from "./held-pairs.ts";
import { openRequests, type Requests } from "./held-requests.ts";
import { sweepJournalFolders } from "./journal-folder.ts";
import { namesInHand } from "./names-in-hand.ts";
import { keepPolling } from "./keep-polling.ts";
import { createLanes } from "./lanes.ts";
import { createNews } from "./news.ts";
import { openMailboxFolder, sweepTemp, tellOpenFolders } from "./open-mailbox-folder.ts";
import type { DirectoryClientOptions } from "./options.ts";
import { createOutFolder } from "./out-folder.ts";
import { type HeldPair, lookAtOut, poll, type PollResult, type PollState } from "./poll.ts";
import { reportPoll } from "./poll-report.ts";
import { countUnfetched, createReceivingState, endFetching } from "./receiving-state.ts";
import { createRetention } from "./retention.ts";
import { createRooms } from "./room.ts";
import { readSettings } from "./settings.ts";
import { keepStatus, withoutDecided } from "./status-file.ts";
import { createTroubles } from "./troubles.ts";
import { watchWhile } from "./watch-while.ts";
import { createWorkers } from "../workers.ts";

/**
 * Carries files between a mailbox and the folders of its owner, like the NHS MESH client: a `.dat` and a `.ctl` in OUT
 * are sent and come to SENT or FAILED; what the mailbox receives comes to IN.
 */
export interface DirectoryClient extends AsyncDisposable {
  readonly folders: Folders;
  /** Polls from now on, until the client is disposed of. */
  start(): void;
  /**
   * One poll, after one that may be going on. Trouble with the server or the disk, or that it was given up, is in
   * `error` of the result; throws `closed` alone.
   */
  pollOnce(signal?: AbortSignal): Promise<PollResult>;
  /** Writes its status anew (`readStatus`), as what `ofProcess` says is other than before. Resolves once that was tried. */
  tellStatus(): Promise<void>;
  /** The pairs that the last poll found to be held. */
  held(): readonly HeldPair[];
  /** All that is known of those that are held, or in doubt while MESH is asked, as the journal has them now. */
  describeHeld(): Promise<HeldDetails[]>;
  /** What a person decides about held pairs, after a poll that may be going on. The outcome of each, in their order. */
  decide(decision: HeldDecision): Promise<HeldOutcome[]>;
}

/**
 * Throws `folder-in-use` (the message names the process) and `folder-unusable`: one line with the path, the reason and
 * the remedy.
 */
export async function createDirectoryClient(options: DirectoryClientOptions): Promise<DirectoryClient> {
  const {
    client,
    folder,
    pollIntervalMs = directoryClientDefaults.pollIntervalMs,
    clock = systemClock,
    emit = () => undefined,
    onlyDecides = false,
  } = options;
  const { mailboxId } = client;
  const closing = new AbortController();
  const onLost = (error: DurableError): void => {
    emit({ event: "folder-lost", mailboxId, code: error.code, reason: error.message });
    closing.abort();
    options.onLost?.(error);
  };
  const group = options.group === undefined ? undefined : groupId(options.group);
  const onJournalMissing = (file: string): void => emit({ event: "journal-missing", mailboxId, file });
  const { takeOver, lockTimes } = options;
  const { folders, hidden, journal, lock, opened } = await openMailboxFolder(folder, {
    group,
    clock,
    lock: { takeOver, times: lockTimes, onLost },
    onJournalMissing,
  });
  const settings = readSettings(options);
  const context: DirectoryContext = {
    client,
    mailboxId,
    folders,
    group,
    journal,
    lock,
    syncs: sharedSyncs(),
    start: randomBytes(4).toString("hex"),
    rooms: createRooms(folders),
    names: namesInHand(journal.filings()),
    clock,
    emit,
    settings,
    news: createNews(),
    troubles: createTroubles({ mailboxId, emit, clock }),
    workers: options.workers ?? createWorkers(directoryClientDefaults.workers),
    leftInTemp: new Set(),
    told: new Set(),
  };
  let state: PollState;
  let requests: Requests;
  try {
    await sweepJournalFolders(folder);
    await sweepTemp(context);
    state = {
      ...createReceivingState({
        backOff: createBackOff(clock),
        watch: await watchFolders(folder, folders, hidden),
        tellUnusableIds: unusableIds({ mailboxId, clock, emit }),
      }),
      out: createOutFolder(folders.out, settings.settleMs),
      lanes: createLanes(folders.out, {
        waitForEarlierMs: settings.waitForEarlierMs,
        now: () => clock.now().getTime(),
      }),
      greetedAt: undefined,
      restless: false,
      lookTookMs: 0,
    };
    requests = await openRequests(hidden, state.wake);
    tellOpenFolders(context, { mailbox: folder, ".restante": hidden });
  } catch (error) {
    opened.dispose();
    throw cannotStart(error, folder);
  }
  const { troubles } = context;
  const retention = createRetention(context, {
    hidden,
    days: options.retention,
    onMeasured: (kept) => options.observer?.measured?.(kept),
  });
  const status = await keepStatus({
    hidden,
    mailboxId,
    pollIntervalMs,
    clock,
    journal,
    passedOver: () => troubles.passedOver(),
    kept: () => retention.kept(),
    ofProcess: () => options.ofProcess?.() ?? [],
    onlyDecides,
  });
  let held: readonly HeldPair[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let loop: Promise<void> | undefined;

  async function watched(work: () => Promise<PollResult>): Promise<PollResult> {
    return watchWhile(work, state.watch, (trouble) => void troubles.met(trouble)).catch((cause: unknown) =>
      nothingDone(troubles.met(cause), countUnfetched(state, settings.orderWaitMs)),
    );
  }

  async function pollNow(signal: AbortSignal): Promise<PollResult> {
    options.observer?.begins();
    troubles.begin();
    status.begins();
    await requests.answer(context);
    const result = await watched(async () => poll(context, state, signal));
    held = result.held;
    await status.ended(result, troubles.hasPlace());
    retention.turn();
    options.observer?.ended(result);
    const { sent, received, error } = result;
    // A poll that is given up has neither succeeded nor failed.
    if (signal.aborted || error?.code === "aborted") return result;
    const canReport = !troubles.isUnusable("IN") && !troubles.isUnusable(".restante");
    const wanted = error === undefined ? settings.reports.poll : settings.reports.pollFailures;
    if (wanted && canReport) await reportPoll(context, error);
    troubles.end();
    // What waits of one message or pair is told of that one.
    if (!troubles.hasPlace()) emit({ event: "poll-succeeded", mailboxId, sent, received });
    return result;
  }

  async function lookNow(): Promise<void> {
    await requests.answer(context);
    // After trouble with the server: whether it can be used again is for the next poll to find out.
    if (state.greetedAt === undefined) return;
    options.observer?.begins();
    troubles.begin();
    const result = await watched(async () => lookAtOut(context, state, closing.signal));
    held = result.held;
    await status.looked(result);
    options.observer?.ended(result);
  }

  /** After what may be going on. */
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = last
      .catch(() => undefined)
      .then(async () => {
        if (closing.signal.aborted) throw new MeshClientError("closed", "The directory client was closed.");
        return work();
      });
    last = mine;
    return mine;
  }

  async function pollOnce(signal?: AbortSignal): Promise<PollResult> {
    const both = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
    return inTurn(async () => pollNow(both));
  }

  const run = async (): Promise<void> =>
    keepPolling({
      poll: pollOnce,
      lookAtOut: async () => inTurn(lookNow),
      next: () => ({
        pollAtOnce: state.more,
        lookWithinMs:
          state.greetedAt === undefined ? undefined : state.restless ? settings.settleMs : state.lanes.nextPassing(),
        lookTookMs: state.lookTookMs,
      }),
      wake: state.wake,
      out: folders.out,
      pollIntervalMs,
      pollJitterPercent: options.pollJitterPercent ?? directoryClientDefaults.pollJitterPercent,
      signal: closing.signal,
    });

  return {
    folders,
    tellStatus: async () => status.again(),
    start: () => {
      requests.watch();
      loop ??= run();
    },
    pollOnce,
    held: () => held,
    describeHeld: async () => describeHeld(folder, mailboxId, journal.inDoubt()),
    decide: async (decision) =>
      inTurn(async () => {
        const outcomes = await decideHeld(context, decision);
        if (onlyDecides) {
          const isOver = (_pair: string, index: number): boolean => ["done", "filing"].includes(outcomes[index]!.is);
          await withoutDecided(folder, decision.pairs.filter(isOver));
        }
        return outcomes;
      }),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      requests[Symbol.dispose]();
      await loop;
      await last.catch(() => undefined);
      await endFetching(context, state);
      await retention[Symbol.asyncDispose]();
      await status[Symbol.asyncDispose]();
      opened.dispose();
    },
  };
}

function nothingDone(error: MeshClientError, unfetched: number): PollResult {
  return { sent: 0, received: 0, failed: 0, waiting: 0, held: [], unfetched, error };
}
