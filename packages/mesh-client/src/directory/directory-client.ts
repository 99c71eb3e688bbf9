import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type DurableError, holdFolder } from "@restante/durable";
import { clientStatuses, type Clock, type Emit, type Status, systemClock } from "@restante/mesh";
import { directoryClientDefaults } from "./defaults.ts";
import type { MeshClient } from "../mesh-client.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import { unusableIds } from "../unusable-ids.ts";
import { createBackOff } from "./back-off.ts";
import { cannotStart } from "./cannot-start.ts";
import { decide, type DirectoryContext, type ReportSettings, stageReport } from "./context.ts";
import { record } from "./control-files.ts";
import { labelOf } from "./folder-trouble.ts";
import { watchFolders } from "./folder-watch.ts";
import { openFolders } from "./folders.ts";
import { folderNames, type Folders } from "./folder-name.ts";
import { groupId, openMode } from "./group.ts";
import { digest, type Journal, openJournal } from "./journal.ts";
import { openJournalFolder, sweepJournalFolders } from "./journal-folder.ts";
import { createNews } from "./news.ts";
import { createOutFolder } from "./out-folder.ts";
import { type HeldPair, poll, type PollResult, type PollState } from "./poll.ts";
import { createTroubles } from "./troubles.ts";

export interface DirectoryClientOptions {
  /** Stays the caller's: it is not closed here. */
  readonly client: MeshClient;
  /** `<data home>/<MAILBOX>`; IN, OUT, SENT, FAILED and TEMP are made in it where absent. */
  readonly folder: string;
  /**
   * The group, by its number or its name in /etc/group, of another user who reads IN and writes OUT: those two are opened
   * to it, and the mailbox's folder for passing; nothing else is. If absent, all that is made is for its owner alone.
   */
  readonly group?: number | string | undefined;
  /** From the end of a poll to the beginning of the next. 5 min if absent: MESH asks for no more often than that. */
  readonly pollIntervalMs?: number | undefined;
  /** How long a file must be unchanged before it is read. 1 s if absent. */
  readonly settleMs?: number | undefined;
  /**
   * How long half a pair waits for the other half before it fails: for a `.dat` 10 min, for a `.ctl` 24 h if absent. A
   * number is for both.
   */
  readonly missingPairAfterMs?: number | { readonly data?: number; readonly control?: number } | undefined;
  /** How long after a send without an answer "no such message" is believed. 60 s if absent. */
  readonly answerWaitMs?: number | undefined;
  /** How many sends without an answer make a failed pair. 20 if absent. */
  readonly attempts?: number | undefined;
  /** What to do with a pair of which nobody can tell whether it was sent. `hold` if absent. */
  readonly onAmbiguous?: "hold" | "resend" | undefined;
  /** The most that is sent in one request, after compression. 75 MB if absent, as in the NHS client. */
  readonly maxRequestBytes?: number | undefined;
  /** How much of the data, before compression, is in each chunk of a larger message. 20 MB if absent, likewise. */
  readonly chunkBytes?: number | undefined;
  /**
   * `two-chunk`: pairs with AllowChunking=Y are sent in two chunks at least, so that no doubt can arise whether they
   * were. Only for recipients who can read chunks: the MESH UI and old clients cannot. `single` if absent.
   */
  readonly commit?: "single" | "two-chunk" | undefined;
  /** The most that a received message may be decompressed to. 20 GB if absent, the NHS client's largest message. */
  readonly maxMessageBytes?: number | undefined;
  /** Which reports appear in IN besides those of failures. As in the NHS client, `collect` alone if absent. */
  readonly reports?: Partial<ReportSettings> | undefined;
  readonly clock?: Clock | undefined;
  readonly emit?: Emit | undefined;
  /** The mailbox's folder was removed, replaced, or taken by another client: this one has stopped, and does not start again. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

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
  /** The pairs that the last poll found to be held. */
  held(): readonly HeldPair[];
  /** A person has made sure that a held pair did not arrive: it is sent again at the next poll. False if it is not held. */
  release(baseName: string): boolean;
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
  const { folders, hidden, journal, opened } = await openAll(folder, { group, clock, onLost, onJournalMissing });
  const settings = readSettings(options);
  const context: DirectoryContext = {
    client,
    mailboxId,
    folders,
    group,
    journal,
    clock,
    emit,
    settings,
    news: createNews(),
    troubles: createTroubles({ mailboxId, emit, clock }),
    told: new Set(),
  };
  let state: PollState;
  try {
    await sweepJournalFolders(folder);
    await sweep(context);
    state = {
      out: createOutFolder(folders.out, settings.settleMs),
      watch: await watchFolders(folder, folders, hidden),
      backOff: createBackOff(clock),
      failing: new Set(),
      greetedAt: undefined,
      more: false,
      tellUnusableIds: unusableIds({ mailboxId, clock, emit }),
    };
    tellOpenFolders(context, { mailbox: folder, ".restante": hidden });
  } catch (error) {
    opened.dispose();
    throw cannotStart(error, folder);
  }
  const { troubles } = context;
  let held: readonly HeldPair[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let loop: Promise<void> | undefined;

  async function pollNow(signal: AbortSignal): Promise<PollResult> {
    troubles.begin();
    const result = await poll(context, state, signal).catch((cause: unknown) => nothingDone(troubles.met(cause)));
    held = result.held;
    const { sent, received, error } = result;
    // A poll that is given up has neither succeeded nor failed.
    if (signal.aborted || error?.code === "aborted") return result;
    const canReport = !troubles.isUnusable("IN") && !troubles.isUnusable(".restante");
    if (settings.reports.poll && canReport) await reportPoll(context, error);
    troubles.end();
    // What waits of one message or pair is told of that one.
    if (!troubles.hasPlace()) emit({ event: "poll-succeeded", mailboxId, sent, received });
    return result;
  }

  async function pollOnce(signal?: AbortSignal): Promise<PollResult> {
    const both = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
    const mine = last
      .catch(() => undefined)
      .then(async () => {
        if (closing.signal.aborted) throw new MeshClientError("closed", "The directory client was closed.");
        return pollNow(both);
      });
    last = mine;
    return mine;
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      // Fails only because the client was closed.
      await pollOnce().catch(() => undefined);
      await delay(state.more ? 0 : pollIntervalMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  return {
    folders,
    start: () => void (loop ??= run()),
    pollOnce,
    held: () => held,
    release: (baseName) => journal.release(digest(baseName)),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await loop;
      await last.catch(() => undefined);
      opened.dispose();
    },
  };
}

interface Opening {
  readonly group: number | undefined;
  readonly clock: Clock;
  readonly onLost: (error: DurableError) => void;
  readonly onJournalMissing: (file: string) => void;
}

interface Opened {
  readonly folders: Folders;
  readonly hidden: string;
  readonly journal: Journal;
  /** The journal, and the lock below it. */
  readonly opened: DisposableStack;
}

/** The folders, and the journal, for this process alone. */
async function openAll(folder: string, { group, clock, onLost, onJournalMissing }: Opening): Promise<Opened> {
  const folders = await openFolders(folder, group);
  using opening = new DisposableStack();
  try {
    const hidden = await openJournalFolder(folder);
    opening.use(holdFolder(hidden, "client", { remedy: "stop that client first", onLost }));
    const journal = opening.use(openJournal(hidden, clock, { mayBeNew: false, onJournalMissing }));
    return { folders, hidden, journal, opened: opening.move() };
  } catch (error) {
    throw cannotStart(error, folder);
  }
}

/** Folders that others than their owner may open, each once at a start: they were found like that. */
function tellOpenFolders(
  { folders, group, mailboxId, emit }: DirectoryContext,
  others: { mailbox: string; ".restante": string },
): void {
  const labelled = folderNames.map((name) => [labelOf(name), folders[name]] as const);
  for (const [folder, path] of [...labelled, ...Object.entries(others)]) {
    const mode = openMode(path, folder === "IN" || folder === "OUT" || folder === "mailbox" ? group : undefined);
    if (mode !== undefined) emit({ event: "folder-open-to-others", mailboxId, folder, mode });
  }
}

function nothingDone(error: MeshClientError): PollResult {
  return { sent: 0, received: 0, failed: 0, waiting: 0, held: [], error };
}

function readSettings(options: DirectoryClientOptions): DirectoryContext["settings"] {
  const by = directoryClientDefaults;
  const missing = options.missingPairAfterMs;
  const { data, control } = typeof missing === "number" ? { data: missing, control: missing } : (missing ?? {});
  return {
    settleMs: options.settleMs ?? by.settleMs,
    missingDataAfterMs: data ?? by.missingPairAfterMs.data,
    missingControlAfterMs: control ?? by.missingPairAfterMs.control,
    answerWaitMs: options.answerWaitMs ?? by.answerWaitMs,
    attempts: options.attempts ?? by.attempts,
    onAmbiguous: options.onAmbiguous ?? by.onAmbiguous,
    maxRequestBytes: options.maxRequestBytes ?? by.maxRequestBytes,
    chunkBytes: options.chunkBytes ?? by.chunkBytes,
    commit: options.commit ?? by.commit,
    maxMessageBytes: options.maxMessageBytes ?? by.maxMessageBytes,
    reports: { ...by.reports, ...options.reports },
  };
}

/** Clears TEMP of what an interrupted client left, except what the journal still wants moved. */
async function sweep({ folders, journal }: DirectoryContext): Promise<void> {
  const wanted = new Set(journal.filings().flatMap(({ steps }) => steps.map(({ from }) => from.name)));
  for (const name of await readdir(folders.temp)) {
    if (/^\.?(in|out|report)-/.test(name) && !wanted.has(name)) await rm(join(folders.temp, name), { force: true });
  }
}

async function reportPoll(context: DirectoryContext, error: MeshClientError | undefined): Promise<void> {
  try {
    await decide(
      context,
      async (stage) => stageReport(context, stage, record(pollStatus(error), context.clock)),
      (report) => context.journal.file(report),
    );
  } catch (cause) {
    context.troubles.met(cause);
  }
}

function pollStatus(error: MeshClientError | undefined): Status {
  if (error === undefined) return clientStatuses.polled;
  if (error.code === "server-certificate") return clientStatuses.pollServerNotAuthenticated;
  if (error.code === "unauthorised" || error.code === "client-certificate") {
    return clientStatuses.pollClientNotAuthenticated;
  }
  return clientStatuses.pollFailed;
}
