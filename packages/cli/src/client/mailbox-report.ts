import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { diskTime, findHolder, type FoundHolder, isMissing, systemReason } from "@restante/durable";
import { type CertificateExpiry, certificateExpiry } from "@restante/mesh-client";
import { type DirectoryStatus, type FoundStatus, readStatus, statusEveryMs } from "@restante/mesh-client/directory";
import type { ClientCertificates } from "./certificates.ts";
import { reasonWithRemedy } from "../terminal/event-words.ts";

/** How one mailbox fares, as far as its folder tells. */
export interface MailboxReport {
  readonly mailboxId: string;
  readonly folder: string;
  /** Who works on the folder; null if nobody does, absent if that cannot be told. */
  readonly client?: string | null;
  /** What its client last said of itself. */
  readonly status?: Omit<DirectoryStatus, "held" | "doubtful" | "formatVersion"> & {
    readonly held: number;
  };
  /** Pairs in FAILED. */
  readonly failed?: number;
  readonly certificate?: CertificateExpiry;
  /** What needs a person, or cannot be told. None: all is well. */
  readonly attention: readonly string[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** It is written once a minute: what is older than this was not, when it should have been. */
const OLD_MS = 1.5 * statusEveryMs;
/** A poll may last: a large message takes its time. */
const LONG_POLL_MS = 60 * MINUTE;
/** Days left from which a certificate needs a person: the NHS takes its time to make the next. */
const CERTIFICATE_DAYS = 60;

export async function reportOf(
  mailbox: { readonly mailboxId: string; readonly folder: string },
  certificates: Pick<ClientCertificates, "cert" | "ca"> | undefined,
  now: Date,
): Promise<MailboxReport> {
  const attention: string[] = [];
  const told = await ofFolder(mailbox.folder, attention);
  const certificate = certificates === undefined ? undefined : certificateExpiry(certificates, now);
  if (certificate !== undefined && certificate.daysLeft <= CERTIFICATE_DAYS) {
    attention.push(
      certificate.daysLeft <= 0
        ? `the certificate ${certificate.certificate} has expired`
        : `the certificate ${certificate.certificate} expires in ${certificate.daysLeft} days`,
    );
  }
  return { ...mailbox, ...told, ...(certificate !== undefined && { certificate }), attention };
}

async function ofFolder(
  folder: string,
  attention: string[],
): Promise<Pick<MailboxReport, "client" | "status" | "failed">> {
  const hidden = join(folder, ".restante");
  try {
    const found = await readStatus(folder);
    // Of a folder that is not there this is all that is told.
    const failed = await pairsIn(folder, "failed");
    const holder = await findHolder(hidden, "client");
    const client = holder?.words ?? null;
    if (holder === undefined) attention.push(nobody);
    else if (holder.isStopped)
      attention.push(`${holder.words} was stopped (SIGSTOP): nothing is sent or received until it goes on`);
    if (failed > 0) attention.push(`${many(failed, "pair")} in FAILED: take ${them(failed)} away once seen to`);
    if (found.is !== "read") {
      attention.push(withoutStatus(found, client));
      return { client, failed };
    }
    const { held, doubtful: _doubtful, formatVersion: _formatVersion, ...status } = found.status;
    // By the clock of the disk, which dated the file; where that cannot be asked, by this machine's.
    const diskNow = await diskTime(join(hidden, `status.clock.${process.pid}`)).catch((error: unknown) => {
      if (client !== null) attention.push(`.restante cannot be written, so this may be old: ${systemReason(error)}`);
      return Date.now();
    });
    if (holder !== undefined) attention.push(...troublesOf(found.status, holder, diskNow - found.at));
    else if (status.lastPoll?.error !== undefined) attention.push(badPoll(status.lastPoll.error));
    if (held.length > 0) attention.push(`${many(held.length, "pair")} held: see restante client held list`);
    if (status.passedOver > 0) {
      attention.push(
        `in OUT ${many(status.passedOver, "file")} no part of a pair: take ${them(status.passedOver)} away`,
      );
    }
    const unfetched = status.lastPoll?.unfetched ?? 0;
    if (unfetched > 0) {
      attention.push(
        `${many(unfetched, "message")} in MESH that could not be fetched, or not yet: the log says why (message-waiting)`,
      );
    }
    return { client, status: { ...status, held: held.length }, failed };
  } catch (error) {
    const reason = isMissing(error) ? "there is no such folder, or no client has worked on it" : systemReason(error);
    attention.push(`it cannot be told: ${reason}`);
    return {};
  }
}

function withoutStatus({ is }: FoundStatus, client: string | null): string {
  if (is === "damaged") return "it cannot be told: .restante/status.json is damaged, or of another version";
  return client === null
    ? "no client has worked on its folder yet"
    : "its client could not write how it fares: is the disk full, or read-only?";
}

const nobody =
  "no client runs: what is said here is as it was when one last did. If one should, its log says why (client-not-started, folder-lost)";

function* troublesOf(status: DirectoryStatus, holder: FoundHolder, ageMs: number): Generator<string> {
  const { lastPoll, pollingSince, pollIntervalMs, ofProcess = [] } = status;
  const at = Date.parse(status.writtenAt);
  // A client of an earlier version does not say which it is.
  if (status.instance !== undefined && holder.instance !== undefined && status.instance !== holder.instance) {
    yield `it cannot be told: what is said here is the word of process ${status.process} on ${status.host}, ${long(ageMs)} ago; ${holder.words} has the folder now, and has said nothing yet`;
    return;
  }
  if (ageMs > OLD_MS) {
    yield `it cannot be told: its client has said nothing of itself for ${long(ageMs)}, and should each minute; is the process stopped, or does a disk not answer?`;
  }
  yield* ofProcess;
  if (pollingSince !== undefined && at - Date.parse(pollingSince) > LONG_POLL_MS) {
    yield `a poll has gone on since ${pollingSince}`;
  }
  if (lastPoll === undefined) {
    if (pollingSince === undefined) yield "its client has not polled yet";
    else yield "its client has not ended a poll yet";
    return;
  }
  if (lastPoll.error !== undefined) yield badPoll(lastPoll.error);
  const since = at - Date.parse(lastPoll.endedAt);
  if (pollingSince === undefined && since > 3 * pollIntervalMs + 10 * MINUTE) {
    yield `it has not been polled since ${lastPoll.endedAt}`;
  }
}

function badPoll(error: NonNullable<NonNullable<DirectoryStatus["lastPoll"]>["error"]>): string {
  const what = error.ofOne ? "could not do all, for a pair or message" : "did not go well";
  return `the last poll ${what}: ${reasonWithRemedy(error)}`;
}

/** By their base names; a folder that is not there has none. */
async function pairsIn(folder: string, name: string): Promise<number> {
  const called = (await readdir(folder)).find((entry) => entry.toLowerCase() === name);
  if (called === undefined) return 0;
  const names = (await readdir(join(folder, called))).filter((file) => /^[^.].*\.(dat|ctl)$/i.test(file));
  return new Set(names.map((file) => file.slice(0, -".dat".length))).size;
}

function long(ms: number): string {
  return ms < 2 * MINUTE ? `${Math.max(0, Math.floor(ms / SECOND))} seconds` : `${Math.floor(ms / MINUTE)} minutes`;
}

/** `1 pair is`, `2 pairs are`. */
function many(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
}

function them(count: number): string {
  return count === 1 ? "it" : "them";
}
