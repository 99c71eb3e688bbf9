import { type Clock, type Event, systemClock } from "@restante/mesh";
import { pino } from "pino";
import { openLogFile, type Rotation } from "./log-file.ts";

/** Events that mean somebody should look, by severity; every other event is information. */
const severity: Partial<Record<Event["event"], "debug" | "warn" | "error">> = {
  "server-failed": "error",
  "routing-failed": "warn",
  "routing-held": "warn",
  "report-placed": "warn",
  "message-given-up": "warn",
  "mailbox-closed": "warn",
  "request-refused": "warn",
  "connections-dropped": "warn",
  "journal-missing": "error",
  "server-troubled": "error",
  "body-damaged": "error",
  "bodies-missing": "error",
  "bodies-quarantined": "warn",
  "quarantine-emptied": "warn",
  "strange-files": "warn",
  "bodies-swept": "warn",
  "clock-doubted": "error",
  "nodes-differ": "warn",
  "disk-full": "error",
  "mailbox-full": "warn",
  "poll-failed": "warn",
  "call-retried": "debug",
  "pair-failed": "warn",
  "pair-ambiguous": "error",
  "pair-waiting": "warn",
  "pair-overtaken": "warn",
  "retention-paused": "warn",
  "files-passed-over": "warn",
  "message-not-decompressed": "warn",
  "message-waiting": "warn",
  "message-overtaken": "warn",
  "upload-restarted": "warn",
  "listing-unreadable": "warn",
  "certificate-expires": "warn",
  "report-refused": "error",
  "report-returned": "warn",
  "message-set-aside": "warn",
  "response-ignored": "warn",
  "message-damaged": "warn",
  "work-held-up": "warn",
  "match-waiting": "warn",
  "task-unread": "warn",
  "task-overdue": "warn",
  "notices-held-up": "warn",
  "notices-given-up": "warn",
  "notices-not-kept": "warn",
  "message-gone": "error",
  "folder-open-to-others": "warn",
  "folder-lost": "error",
  "page-failed": "error",
  "visit-refused": "warn",
  "token-ends": "warn",
  "audit-unreadable": "error",
  "client-not-started": "error",
  "folder-made": "warn",
  "poll-held-up": "error",
  "settings-refused": "error",
  "settings-need-restart": "warn",
  "log-lines-lost": "error",
};

export function severityOf(event: Event["event"]): LogLevel {
  return severity[event] ?? "info";
}

/** What is told at every poll of an idle mailbox would bury the rest. Of a process that was asked to stop nobody need look. */
function levelOf(event: Event): LogLevel {
  if (event.event === "process-stopping" && event.failed) return "error";
  const isIdle = event.event === "poll-succeeded" && event.sent === 0 && event.received === 0;
  return isIdle ? "debug" : severityOf(event.event);
}

/** A line has one `level`, its severity: the kind of an acknowledgement would stand there a second time. */
function asLogged(event: Event): object {
  if (!("level" in event)) return event;
  const { level, ...others } = event;
  return { ...others, acknowledgement: level };
}

export type LogLevel = "error" | "warn" | "info" | "debug";

export interface LogOptions {
  /** What is less than this is not written. All is if absent. */
  readonly level?: LogLevel | undefined;
  /** Absent: the file grows. */
  readonly rotation?: Rotation | undefined;
  readonly clock?: Clock;
}

export interface Log extends Disposable {
  readonly record: (event: Event) => void;
  /** From the next line on. */
  readonly set: (options: Pick<LogOptions, "level" | "rotation">) => void;
  /** Opens the file by its name again: another program may have moved it. */
  readonly reopen: () => void;
  /** Why what is told does not come into the log, or the log not into an older file; undefined if all is well. */
  readonly trouble: () => string | undefined;
}

/**
 * Writes each event as one JSON line, readable by the owner alone. Events carry no patient detail by their type
 * (see `Event` in the mesh package), so there is nothing to redact here, and a test reads a whole run's log to prove it.
 *
 * A log that cannot be written never fails what it tells of: a message is accepted before the event that says so.
 */
export function openLog(file: string, { level = "debug", rotation, clock = systemClock }: LogOptions = {}): Log {
  let line = "";
  const logger = pino(
    { level, base: { pid: process.pid }, timestamp: () => `,"time":"${clock.now().toISOString()}"` },
    { write: (text) => void (line = text) },
  );
  /** Nothing for what is below the level. */
  function lineOf(event: Event): string {
    line = "";
    logger[levelOf(event)](asLogged(event));
    return line;
  }
  const log = openLogFile(file, {
    clock,
    rotation,
    sayLost: (lines) => lineOf({ event: "log-lines-lost", lines }),
  });
  return {
    record(event) {
      const text = lineOf(event);
      if (text !== "") log.write(text);
    },
    set({ level = "debug", rotation }) {
      logger.level = level;
      log.rotate(rotation);
    },
    reopen: () => log.reopen(),
    trouble: () => log.trouble(),
    [Symbol.dispose]: () => log[Symbol.dispose](),
  };
}
