import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Clock, type Emit, type MailboxId, parseMailboxId } from "@restante/mesh";
import type { Connections } from "@restante/mesh-client";
import { createWorkers, type Workers } from "@restante/mesh-client/directory";
import type { ClientFile } from "../config/client-file.ts";
import { isOfProcessAlone } from "../config/client-service-properties.ts";
import type { PartSettings } from "../config/part.ts";
import { connectionsOf, openDirectoryClient } from "../config/start-client.ts";
import { CliError } from "../errors.ts";
import { type Mailbox, startMailbox } from "./mailbox.ts";
import { createPulse } from "./pulse.ts";
import { createTally } from "./tally.ts";

type Settings = PartSettings<ClientFile>;

/** The mailboxes of a process: each is started, goes wrong and ends by itself. */
export interface Mailboxes extends AsyncDisposable {
  /** In the order of the settings. */
  all(): readonly Mailbox[];
  /**
   * Starts them side by side, and resolves once each has been tried, or after 10 seconds.
   *
   * @throws why, if none of them carries
   */
  start(settings: Settings): Promise<void>;
  /** Ends what is gone or has changed, starts what is new or has changed, and leaves the others alone. */
  change(settings: Settings): Promise<Changes>;
}

export interface Changes {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly kept: number;
}

/** Pairs and messages in hand at once, of all mailboxes. */
const MOST_WORKS = 16;
/** What does not answer for so long holds up neither the others nor whoever waits for the start. */
const PATIENCE_MS = 10_000;

interface Carried {
  readonly mailbox: Mailbox;
  /** All that its client was started with, as a digest. */
  readonly startedWith: string;
}

/** `ofProcess`: what is not well with the process, for the status of each. `onNone`: the last that carried has lost its folder. */
export function createMailboxes({
  emit,
  clock,
  tellsOfMade,
  takeOver = false,
  ofProcess,
  onNone,
}: {
  emit: Emit;
  clock: Clock;
  tellsOfMade: boolean;
  takeOver?: boolean;
  ofProcess: () => readonly string[];
  onNone: (error: Error) => void;
}): Mailboxes {
  let carried: ReadonlyMap<MailboxId, Carried> = new Map();
  let connections: Connections | undefined;
  let isEnding = false;
  let hasStarted = false;
  const workers: Workers = createWorkers({ most: MOST_WORKS });

  function all(): Mailbox[] {
    return [...carried.values()].map(({ mailbox }) => mailbox);
  }

  function startOne(settings: Settings, index: number, connections: Connections): Mailbox {
    const { mailboxId, folder } = settings.file.mailboxes[index]!;
    const { pollIntervalMs = 0, pollJitterPercent = 0 } = settings.file;
    const pulse = createPulse(pollIntervalMs * (1 + pollJitterPercent / 100));
    // What a person made sure of, he did before this process started: it is for the first try of each, and for no later one.
    let takesOver = takeOver && !hasStarted;
    return startMailbox({
      mailboxId: parseMailboxId(mailboxId),
      folder,
      pulse,
      tally: createTally(),
      emit,
      clock,
      tellsOfMade,
      async open(opening) {
        const isFirst = takesOver;
        takesOver = false;
        return openDirectoryClient(settings, index, {
          ...opening,
          workers,
          connections,
          ofProcess,
          takeOver: isFirst,
        });
      },
      onLost(error) {
        if (all().every((mailbox) => mailbox.state().kind === "waiting")) onNone(error);
      },
    });
  }

  /** All of these that are not there yet, in this order. */
  function startAll(settings: Settings, kept: ReadonlyMap<MailboxId, Carried>): void {
    const next = new Map<MailboxId, Carried>();
    // Settings of these are settings of every mailbox: where they change, nobody has the ones before any more.
    const before = connections;
    const shared = before === undefined || kept.size === 0 ? connectionsOf(settings.file) : before;
    if (shared !== before) void before?.[Symbol.asyncDispose]();
    connections = shared;
    for (const [index, { mailboxId: text }] of settings.file.mailboxes.entries()) {
      const mailboxId = parseMailboxId(text);
      const there = kept.get(mailboxId);
      next.set(
        mailboxId,
        there ?? { mailbox: startOne(settings, index, shared), startedWith: digest(settings, index) },
      );
    }
    carried = next;
  }

  async function untilTried(): Promise<void> {
    await patiently(Promise.all(all().map(({ tried }) => tried)));
  }

  return {
    all,
    async start(settings) {
      startAll(settings, new Map());
      hasStarted = true;
      await untilTried();
      const states = all().map(({ mailboxId, state }) => ({ mailboxId, state: state() }));
      const reasons = states.flatMap(({ mailboxId, state }) =>
        state.kind === "waiting" ? [{ mailboxId, error: state.error }] : [],
      );
      const [only] = reasons;
      if (only === undefined || reasons.length < states.length) return;
      if (reasons.length === 1) throw only.error;
      const lines = reasons.map(({ mailboxId, error }) => `\n  ${mailboxId}: ${error.message}`);
      throw new CliError("folder-unusable", `no mailbox can be carried:${lines.join("")}`);
    },
    async change(settings) {
      const wanted = new Map(
        settings.file.mailboxes.map(({ mailboxId }, index) => [parseMailboxId(mailboxId), digest(settings, index)]),
      );
      const before = carried;
      const kept = new Map([...before].filter(([id, { startedWith }]) => wanted.get(id) === startedWith));
      const ended = [...before].filter(([id]) => !kept.has(id));
      // All that goes first: what comes may have its folder.
      await patiently(Promise.all(ended.map(async ([, { mailbox }]) => mailbox.end())));
      if (!isEnding) startAll(settings, kept);
      await untilTried();
      const changed = ended.filter(([id]) => wanted.has(id)).length;
      return {
        added: wanted.size - kept.size - changed,
        changed,
        removed: ended.length - changed,
        kept: kept.size,
      };
    },
    async [Symbol.asyncDispose]() {
      isEnding = true;
      await Promise.all(all().map(async (mailbox) => mailbox.end()));
      await connections?.[Symbol.asyncDispose]();
    },
  };
}

async function patiently(work: Promise<unknown>): Promise<void> {
  const given = new AbortController();
  await Promise.race([work, delay(PATIENCE_MS, undefined, { signal: given.signal }).catch(() => undefined)]);
  given.abort();
}

/** Of all that the settings say of a mailbox, and of what is in the files that they name for it. */
function digest({ file, texts }: Settings, index: number): string {
  const { mailboxes, tls, ...shared } = file;
  const mailbox = mailboxes[index]!;
  const ofAll = Object.entries(shared).filter(([name]) => !isOfProcessAlone(name));
  const own = `/mailboxes/${index}/`;
  const named = [...texts].filter(([pointer]) => {
    if (pointer.startsWith("/mailboxes/")) return pointer.startsWith(own);
    return mailbox.tls === undefined || !pointer.startsWith("/tls/");
  });
  const contents = named.map(([pointer, text]) => [pointer.replace(own, "/"), text]);
  const whole = [ofAll, mailbox.tls === undefined ? tls : undefined, mailbox, contents];
  return createHash("sha256").update(JSON.stringify(whole)).digest("hex");
}
