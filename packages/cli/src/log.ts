import { closeSync, openSync, statSync } from "node:fs";
import { systemReason } from "@restante/durable";
import type { Event } from "@restante/mesh";
import { pino } from "pino";
import { CliError } from "./errors.ts";

/** Events that mean somebody should look, by severity; every other event is information. */
const severity: Partial<Record<Event["event"], "warn" | "error">> = {
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
  "clock-doubted": "error",
  "disk-full": "error",
  "mailbox-full": "warn",
  "poll-failed": "warn",
  "pair-failed": "warn",
  "pair-ambiguous": "error",
  "pair-waiting": "warn",
  "files-passed-over": "warn",
  "message-not-decompressed": "warn",
  "message-waiting": "warn",
  "upload-restarted": "warn",
  "listing-unreadable": "warn",
  "certificate-expires": "warn",
  "report-refused": "error",
  "report-returned": "warn",
  "message-set-aside": "warn",
  "response-ignored": "warn",
  "message-damaged": "warn",
  "work-held-up": "warn",
  "message-gone": "error",
  "folder-open-to-others": "warn",
  "folder-lost": "error",
  "page-failed": "error",
};

export function severityOf(event: Event["event"]): "info" | "warn" | "error" {
  return severity[event] ?? "info";
}

/** A line has one `level`, its severity: the kind of an acknowledgement would stand there a second time. */
function asLogged(event: Event): object {
  if (!("level" in event)) return event;
  const { level, ...others } = event;
  return { ...others, acknowledgement: level };
}

function openToAppend(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (cause) {
    const reason = systemReason(cause, "folder");
    throw new CliError("folder-unusable", `${file}, the log, cannot be written: ${reason}`, { cause });
  }
}

/** Lines that wait for room on a full disk, in bytes; more are dropped. */
const MOST_WAITING = 1024 * 1024;

/**
 * Writes each event as one JSON line, readable by the owner alone. Events carry no patient detail by their type
 * (see `Event` in the mesh package), so there is nothing to redact here, and a test reads a whole run's log to prove it.
 *
 * A log that cannot be written never fails what it tells of: a message is accepted before the event that says so.
 */
export function openLog(file: string): { record(event: Event): void } & Disposable {
  // To open a pipe waits for its other end, for ever if there is none.
  if (statSync(file, { throwIfNoEntry: false })?.isFIFO() === true) {
    throw new CliError("folder-unusable", `${file}, the log, is a pipe: name a file`);
  }
  const handle = openToAppend(file);
  // Each line is written before the next thing happens: the last ones before a crash are the ones wanted.
  const stream = pino.destination({ dest: handle, sync: true, maxLength: MOST_WAITING });
  stream.on("error", () => undefined);
  const logger = pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    record(event) {
      logger[severityOf(event.event)](asLogged(event));
    },
    [Symbol.dispose]() {
      // Nothing is flushed: only what found no room still waits, and flushing would wait with it.
      closeSync(handle);
    },
  };
}
