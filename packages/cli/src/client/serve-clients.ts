// A process of MESH clients, from its start to its end.
//
//   settings --> monitoring listens --> each mailbox is tried --> ready
//                                         SIGHUP: the log is opened again, the settings are read again --> ready
//
// The start ends only for what concerns all: settings that are wrong, a port that cannot be had, or no mailbox at all that can be
// carried. A mailbox that cannot start is told, and tried again. Settings that are read again and are wrong change nothing.

import {
  type Clock,
  CodedError,
  type Emit,
  lastingTroubles,
  type MailboxId,
  parseMailboxId,
  systemClock,
} from "@restante/mesh";
import { certificateExpiry } from "@restante/mesh-client";
import type { ClientFile } from "../config/client-file.ts";
import { rotationOf } from "../config/client-service-properties.ts";
import { listenAt, type Opening } from "../config/opening.ts";
import type { PartSettings } from "../config/part.ts";
import type { Log } from "../log.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { watchCertificates } from "./certificate-watch.ts";
import { certificatesFor, certificatesOf } from "./certificates.ts";
import { type Condition, liveness, ofProcess } from "./condition.ts";
import type { Mailbox } from "./mailbox.ts";
import { createMailboxes } from "./mailboxes.ts";
import { openMonitoring } from "./monitoring.ts";
import { type ServiceManager, serviceManager } from "./service-manager.ts";

type Settings = PartSettings<ClientFile>;

export interface ServiceOptions {
  readonly log: Pick<Log, "set" | "reopen" | "trouble">;
  /** Reads the settings again. Absent: they are made at a start, and only then. */
  readonly reread?: (() => Settings) | undefined;
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A person has made sure, before this start, that no other machine uses the folders. */
  readonly takeOver?: boolean;
  readonly clock?: Clock;
}

/** How often it looks after itself, in milliseconds. */
const LOOK_MS = 10_000;

export async function serveClients(
  settings: Settings,
  { emit, closing, onLost, remedies }: Opening,
  { log, reread, terminal, environment, takeOver = false, clock = systemClock }: ServiceOptions,
): Promise<void> {
  const manager = serviceManager(environment, (reason) => terminal.complain(`restante: ${reason}`));
  const mailboxes = createMailboxes({
    emit,
    clock,
    tellsOfMade: reread !== undefined,
    takeOver,
    ofProcess: () => ofProcess(condition()),
    onNone: onLost,
  });
  const startedAt = clock.now();
  let reloadedAt = startedAt;
  let refusedAt: Date | undefined;
  let expiries = expiriesOf(settings, startedAt);
  const condition = (): Condition => ({
    startedAt,
    mailboxes: mailboxes.all(),
    refusedAt,
    reloadedAt,
    logTrouble: log.trouble(),
    expiries,
  });

  const { monitoring } = settings.file;
  if (monitoring !== undefined) {
    const { host = "127.0.0.1", port, allowHosts = [] } = monitoring;
    // Most often it is this client's own, started twice.
    const ownWords = { ...remedies, portInUse: `does this client run already? Else ${remedies.portInUse}` };
    const opened = await listenAt({ host, port }, "monitoring", ownWords, async () =>
      openMonitoring({ host, port, allowHosts, condition }),
    );
    terminal.print(`Metrics and health at ${closing.use(opened).url}`);
  }
  // A data folder's certificates are made anew at its starts, before they end.
  const certificates = reread === undefined ? undefined : closing.use(watchCertificates({ emit, clock }));
  certificates?.watch(certificatesOf(settings));
  closing.use(mailboxes);
  await mailboxes.start(settings);
  tellOfStart(settings, mailboxes.all(), terminal);

  closing.use(lookAfter(condition, { clock, emit, terminal, manager }));
  closing.defer(async () => manager.stopping());
  manager.ready(statusOf(mailboxes.all()));

  async function reload(): Promise<void> {
    manager.reloading();
    log.reopen();
    const next = readAgain();
    if (next !== undefined) {
      log.set({ level: next.file.logLevel, rotation: rotationOf(next.file) });
      const changes = await mailboxes.change(next);
      reloadedAt = clock.now();
      expiries = expiriesOf(next, reloadedAt);
      certificates?.watch(certificatesOf(next));
      emit({ event: "settings-reloaded", ...changes });
      const later = (["log", "monitoring", "stopFile"] as const).filter(
        (name) => JSON.stringify(next.file[name]) !== JSON.stringify(settings.file[name]),
      );
      if (later.length > 0) emit({ event: "settings-need-restart", settings: later });
    }
    manager.ready(statusOf(mailboxes.all()));
  }

  /** Undefined where there is nothing that can be used. */
  function readAgain(): Settings | undefined {
    try {
      const next = reread?.();
      refusedAt = undefined;
      return next;
    } catch (error) {
      refuse(error, "reading");
      return undefined;
    }
  }

  function refuse(error: unknown, doing: "reading" | "using"): void {
    refusedAt = clock.now();
    const isTellable = error instanceof CodedError;
    emit({ event: "settings-refused", reason: isTellable ? error.message : `a defect in ${doing} them` });
  }

  // A defect in it must not end the process, and with it all mailboxes, nor the reloads to come.
  const reloadOrTell = async (): Promise<void> => {
    await reload().catch((error: unknown) => refuse(error, "using"));
    tellStatus(mailboxes.all());
  };
  closing.defer(terminal.onReload(oneAtATime(reloadOrTell)));
}

/** When the first certificate of each mailbox ends that it needs. */
function expiriesOf(settings: Settings, now: Date): Map<MailboxId, Date> {
  const certificates = certificatesFor(settings);
  return new Map(
    settings.file.mailboxes.flatMap(({ mailboxId }) => {
      const found = certificates(mailboxId);
      return found === undefined ? [] : [[parseMailboxId(mailboxId), certificateExpiry(found, now).expiresAt] as const];
    }),
  );
}

function tellOfStart({ file }: Settings, mailboxes: readonly Mailbox[], terminal: Terminal): void {
  const isCarried = (mailbox: Mailbox): boolean => mailbox.state().kind === "carrying";
  const tell = (mailbox: Mailbox): void => {
    if (isCarried(mailbox)) terminal.print(`MESH client of ${mailbox.mailboxId}, server ${file.url}`);
  };
  for (const mailbox of mailboxes) {
    // To take a folder over from a machine that is gone takes longer than a start waits.
    if (mailbox.state().kind === "starting") void mailbox.tried.then(() => tell(mailbox));
    else tell(mailbox);
  }
  const others = mailboxes.filter((mailbox) => !isCarried(mailbox)).map(({ mailboxId }) => mailboxId);
  if (others.length === 0) return;
  terminal.complain(
    `${terminal.paint.red("restante:")} ${others.length} of ${mailboxes.length} mailboxes not carried: ${others.join(", ")}. They are tried again; the log says why`,
  );
}

/** Who asks how a mailbox fares is told at once what is not well with its process. */
function tellStatus(mailboxes: readonly Mailbox[]): void {
  for (const mailbox of mailboxes) mailbox.tellStatus();
}

function statusOf(mailboxes: readonly Mailbox[]): string {
  const carried = mailboxes.filter((mailbox) => mailbox.state().kind === "carrying").length;
  return `${carried} of ${mailboxes.length} mailboxes carried`;
}

/** Tells what goes on for long without an event of its own, and the service manager that all this turns. */
function lookAfter(
  condition: () => Condition,
  {
    clock,
    emit,
    terminal,
    manager,
  }: Pick<ServiceOptions, "terminal"> & {
    clock: Clock;
    emit: Emit;
    manager: ServiceManager;
  },
): Disposable {
  const polls = lastingTroubles(clock);
  const logs = lastingTroubles(clock);
  let status = "";
  let logBefore: string | undefined;
  function look(): void {
    const { mailboxes, logTrouble } = condition();
    for (const { mailboxId, stillFor } of mailboxes) {
      const still = stillFor();
      const told = still === undefined ? polls.over(mailboxId) : polls.met(mailboxId, "still");
      if (told === undefined) continue;
      const since = still === undefined ? told.since : new Date(clock.now().getTime() - still);
      emit({ event: still === undefined ? "poll-goes-on" : "poll-held-up", mailboxId, times: told.times, since });
    }
    polls.retain(mailboxes.map(({ mailboxId }) => mailboxId));
    if (logTrouble !== logBefore) tellStatus(mailboxes);
    logBefore = logTrouble;
    const told = logTrouble === undefined ? logs.over("log") : logs.met("log", logTrouble);
    if (told !== undefined)
      terminal.complain(
        `restante: the log ${logTrouble === undefined ? "is written again" : `is troubled: ${logTrouble}`}`,
      );
    const now = statusOf(mailboxes);
    if (now !== status) manager.status(now);
    status = now;
  }
  const alive = (): void => {
    if (liveness(condition()).isWell) manager.alive();
  };
  const timers = [setInterval(look, LOOK_MS)];
  if (manager.watchdogMs !== undefined) timers.push(setInterval(alive, manager.watchdogMs / 2));
  return { [Symbol.dispose]: () => timers.forEach((timer) => clearInterval(timer)) };
}

/** What is asked for while it is done is done once more, and no oftener. */
function oneAtATime(work: () => Promise<void>): () => void {
  let isAtWork = false;
  let isAskedFor = false;
  async function begin(): Promise<void> {
    isAskedFor = true;
    if (isAtWork) return;
    isAtWork = true;
    while (isAskedFor) {
      isAskedFor = false;
      await work();
    }
    isAtWork = false;
  }
  return () => void begin();
}
