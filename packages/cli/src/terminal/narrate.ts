import type { Event, HeldVerdict } from "@restante/mesh";
import type { Events } from "../events.ts";
import {
  addressee,
  client,
  count,
  held,
  often,
  ownerOf,
  refusal,
  remark,
  repeated,
  repeatedReason,
  request,
  returned,
  short,
  size,
  type Step,
  system,
  reasonWithRemedy,
} from "./event-words.ts";
import { isAboutBodies, narrateBodies } from "./narrate-bodies.ts";
import { narrateCertificate } from "./narrate-certificate.ts";
import { isAboutNodes, narrateNodes } from "./narrate-nodes.ts";
import { isAboutNotices, narrateNotices } from "./narrate-notices.ts";
import { narratePages } from "./narrate-pages.ts";
import { narrateTask } from "./narrate-task.ts";
import type { Paint, Terminal } from "./terminal.ts";

/**
 * An event in a person's words, or undefined where a person following a journey does not need it.
 * Organisations, mailboxes, ids, workflows and states only: events carry nothing else.
 */
export function narrate(event: Event): Step | undefined {
  if (isAboutNotices(event)) return narrateNotices(event);
  if (isAboutNodes(event)) return narrateNodes(event);
  if (isAboutBodies(event)) return narrateBodies(event);
  switch (event.event) {
    case "server-started":
    case "server-stopped":
    // Of one's own process: the terminal has it in the command's words.
    case "process-started":
    case "process-stopping":
    case "process-stopped":
    case "poll-succeeded":
    case "message-downloaded":
    case "folder-kept":
    case "records-kept":
    case "call-retried":
    case "audit-head":
    case "audit-removed":
      return undefined;
    case "retention-paused":
      if ("odsCode" in event) {
        return {
          who: system(event.odsCode),
          what: `removes nothing that is old${repeated(event)}: ${event.reason}`,
          tone: "bad",
        };
      }
      return {
        who: client(event.mailboxId),
        what: `removes nothing from SENT and FAILED${repeated(event)}: ${event.reason}`,
        tone: "bad",
      };
    case "retention-resumed":
      if ("odsCode" in event) return { who: system(event.odsCode), what: "removes what is old again", tone: "good" };
      return { who: client(event.mailboxId), what: "removes what is old from SENT and FAILED again", tone: "good" };
    case "server-failed":
      return { who: "MESH server", what: `stopped accepting: ${event.reason}`, tone: "bad" };
    case "message-accepted":
      return {
        who: "MESH server",
        what: `${event.messageId} accepted from ${event.from} for ${addressee(event.to)}, ${event.workflowId}, ${size(event.bytes)}`,
      };
    case "patient-matched":
      return { who: "PDS", what: `the patient's registered practice is ${event.odsCode}${remark(event.note)}` };
    case "mailbox-matched":
      return { who: "Address lookup", what: `the mailbox of ${event.odsCode} is ${event.mailboxId}` };
    case "message-placed":
      return { who: "MESH server", what: `${event.messageId} placed in mailbox ${event.mailboxId}` };
    case "routing-failed":
      return {
        who: "MESH server",
        what: `${event.messageId} cannot be routed: ${event.code} (${event.reason})`,
        tone: "bad",
      };
    case "routing-held":
      return {
        who: "MESH server",
        what: `${event.messageId} held (${event.reason}); next try ${event.retryAt.toISOString().slice(11, 19)}Z`,
        tone: "bad",
      };
    case "report-placed":
      return {
        who: "MESH server",
        what: `report ${event.code} about ${event.linkedMessageId} placed in mailbox ${event.mailboxId}`,
        tone: "bad",
      };
    case "message-put-back":
      return {
        who: "MESH server",
        what: `an operator put ${event.messageId} back into mailbox ${event.mailboxId}; its sender was told that it is undelivered`,
      };
    case "message-given-up":
      return {
        who: "MESH server",
        what: `an operator gave up ${event.messageId}: the stored body of chunk ${event.chunk} is ${event.damage}`,
        tone: "bad",
      };
    case "mailbox-closed":
      return {
        who: "MESH server",
        what: `mailbox ${event.mailboxId} is closed since ${event.closedAt.toISOString()}: what is sent to it is refused`,
        tone: "bad",
      };
    case "control-started":
      return { who: "MESH server", what: `control listens on ${event.url ?? event.socket ?? ""}` };
    case "mailbox-opened":
      return { who: "MESH server", what: `mailbox ${event.mailboxId} is open again` };
    case "message-acknowledged":
      return { who: "MESH server", what: `${event.messageId} acknowledged by ${event.mailboxId}` };
    case "address-looked-up":
      return {
        who: "Address lookup",
        what: `${event.odsCode} takes ${event.workflowId} at ${count(event.results, "mailbox", "mailboxes")}`,
      };
    case "fault-done":
      return {
        who: "MESH server",
        what: `as ${event.faultId} asks: ${event.do} at ${event.at}${event.mailboxId === undefined ? "" : ` of ${event.mailboxId}`}`,
      };
    case "request-refused":
      return {
        who: "MESH server",
        what: `refused ${event.mailboxId ?? "a request"}: ${event.status} ${event.code} ${event.reason}${repeated(event)}`.replaceAll(
          "  ",
          " ",
        ),
        tone: "bad",
      };
    case "connections-dropped":
      return {
        who: "MESH server",
        what: `cut connections from ${event.address ?? "anywhere"}: ${event.reason}${repeated(event)}`,
        tone: "bad",
      };
    case "journal-missing":
      return {
        who: ownerOf(event),
        what: `${event.file} is gone, after an end that was not in order: what was written last may be lost`,
        tone: "bad",
      };
    case "server-troubled":
      return {
        who: "MESH server",
        what: `${event.part}${event.messageId === undefined ? "" : ` of ${event.messageId}`} fails, ${often(event)}: ${event.reason}`,
        tone: "bad",
      };
    case "server-trouble-over":
      return {
        who: "MESH server",
        what: `${event.part}${event.messageId === undefined ? "" : ` of ${event.messageId}`} works again`,
      };
    case "clock-doubted":
      return {
        who: "MESH server",
        what: `${event.reason}: nothing expires until ${event.until === "steady" ? "the clock has been steady for 24 hours" : "they agree"} (${count(event.overdue, "message waits", "messages wait")})`,
        tone: "bad",
      };
    case "clock-trusted":
      return { who: "MESH server", what: `the clock is trusted again (${event.reason})` };
    case "clock-advanced":
      return { who: "MESH server", what: `the clock of expiry and routing is ${event.ahead} ahead` };
    case "message-state-put":
      return { who: "MESH server", what: `${event.messageId} was made ${event.state}` };
    case "messages-wiped":
      return { who: "MESH server", what: `${count(event.messages, "message", "messages")} wiped` };
    case "snapshot-saved":
    case "snapshot-restored":
      return {
        who: "MESH server",
        what: `snapshot ${event.name} ${event.event === "snapshot-saved" ? "saved" : "restored"} (${count(event.messages, "message", "messages")})`,
      };
    case "disk-full":
      return {
        who: "MESH server",
        what: `the disk of ${event.folder} is full, ${often(event)}: what does not fit is refused; reading goes on`,
        tone: "bad",
      };
    case "disk-has-room":
      return { who: "MESH server", what: `the disk of ${event.folder} has room again` };
    case "mailbox-full":
      return {
        who: "MESH server",
        what: `the mailbox ${event.mailboxId} is full (${count(event.messages, "message", "messages")}), ${often(event)}: what is sent to it must wait`,
        tone: "bad",
      };
    case "mailbox-has-room":
      return { who: "MESH server", what: `the mailbox ${event.mailboxId} has room again` };
    case "poll-failed":
      return {
        who: client(event.mailboxId),
        what: `cannot poll: ${repeatedReason({ ...event, reason: reasonWithRemedy(event) })}`,
        tone: "bad",
      };
    case "poll-recovered":
      return {
        who: client(event.mailboxId),
        what: `${event.folder ?? "the server"} can be used again, after ${count(event.times, "failure", "failures")}`,
        tone: "good",
      };
    case "files-passed-over":
      return event.files === 0
        ? { who: client(event.mailboxId), what: `${event.folder} has no such files any more`, tone: "good" }
        : {
            who: client(event.mailboxId),
            what: `${count(event.files, "file", "files")} in ${event.folder}: no part of a pair, and sent by nobody`,
            tone: "bad",
          };
    case "message-not-decompressed":
      return {
        who: client(event.mailboxId),
        what: `${event.messageId} is in IN compressed, as it came: ${event.reason}`,
        tone: "bad",
      };
    case "message-waiting":
      return {
        who: client(event.mailboxId),
        what: `${event.messageId} waits in MESH: ${repeatedReason(event)}`,
        tone: "bad",
      };
    case "message-overtaken":
      return {
        who: client(event.mailboxId),
        what: `${event.by} is in IN before ${event.messageId}, which is still being fetched`,
        tone: "bad",
      };
    case "pair-found":
      return { who: client(event.mailboxId), what: `pair ${event.pair} found in OUT, ${size(event.bytes)}` };
    case "pair-sent":
      return { who: client(event.mailboxId), what: `pair ${event.pair} sent as ${event.messageId}` };
    case "pair-failed":
      return {
        who: client(event.mailboxId),
        what: `pair ${event.pair} moved to FAILED: ${event.code} ${event.reason}`,
        tone: "bad",
      };
    case "pair-ambiguous":
      return { who: client(event.mailboxId), what: `pair ${event.pair} held: ${event.reason}`, tone: "bad" };
    case "pair-decided":
      return { who: client(event.mailboxId), what: `pair ${event.pair}: ${decisions[event.decision]}` };
    case "pair-waiting": {
      const waits = event.code === undefined ? "waits" : `waits (${event.code})`;
      return {
        who: client(event.mailboxId),
        what: `pair ${event.pair} ${waits}: ${repeatedReason(event)}`,
        tone: "quiet",
      };
    }
    case "pair-overtaken":
      return {
        who: client(event.mailboxId),
        what: `pair ${event.by} goes before pair ${event.pair} to the same addressee: ${event.reason}`,
        tone: "bad",
      };
    case "upload-restarted":
      return {
        who: client(event.mailboxId),
        what: `upload ${event.messageId} of pair ${event.pair} given up, sent as a new message: ${event.reason}`,
        tone: "bad",
      };
    case "listing-unreadable":
      return {
        who: client(event.mailboxId),
        what: `${count(event.ids, "entry", "entries")} of the mailbox cannot be a message id: passed over`,
        tone: "bad",
      };
    case "listing-readable":
      return { who: client(event.mailboxId), what: "every entry of the mailbox is a message id again" };
    case "message-saved":
      return {
        who: client(event.mailboxId),
        what: `${event.messageId} ${event.messageType === "REPORT" ? "(a report) " : ""}written to IN, ${size(event.bytes)}`,
      };
    case "message-cleared":
      return { who: client(event.mailboxId), what: `${event.messageId} is safe in IN: MESH told so`, tone: "quiet" };
    case "certificate-expires":
    case "certificate-renewed":
      return narrateCertificate(event);
    case "report-built":
      return {
        who: system(event.odsCode),
        what: `ITK3 message ${short(event.headerId)} built, version ${event.version}, ${size(event.bytes)}`,
      };
    case "report-handed-over":
      return {
        who: system(event.odsCode),
        what:
          event.via === "directory"
            ? `message ${short(event.headerId)} written to OUT`
            : `message ${short(event.headerId)} sent by API as ${event.messageId ?? "(id unknown)"}`,
      };
    case "report-refused":
      return {
        who: system(event.odsCode),
        what:
          event.code === "answer-lost"
            ? `message ${short(event.headerId)} may or may not have arrived, and is held for a person: ${event.reason}`
            : `message ${short(event.headerId)} was not sent: ${event.code} ${event.reason}`,
        tone: "bad",
      };
    case "message-imported":
      return {
        who: system(event.odsCode),
        what: `${event.messageId} imported from ${event.from}, ${event.workflowId}`,
      };
    case "message-repeated":
      return { who: system(event.odsCode), what: `${event.messageId} came again: dropped`, tone: "quiet" };
    case "records-removed":
      return {
        who: system(event.odsCode),
        what: `removed what is old: ${count(event.tasks, "task", "tasks")}, ${count(event.messages, "message", "messages")}`,
        tone: "quiet",
      };
    case "message-set-aside":
      return {
        who: system(event.odsCode),
        what: `${event.messageId} set aside for a person: ${event.reason}`,
        tone: "bad",
      };
    case "task-raised":
      return {
        who: system(event.odsCode),
        what: `task ${event.taskId} raised${refusal(event)}${event.findings === 0 ? "" : `, ${count(event.findings, "finding", "findings")}`}`,
        tone: event.refusedFor === undefined ? "good" : "bad",
      };
    case "document-saved":
    case "match-waiting":
      return narrateTask(event);
    case "response-handed-over":
      return {
        who: system(event.odsCode),
        what: `${event.level} acknowledgement ${event.code} for ${request(event.requestHeaderId)} handed over to ${event.to}`,
      };
    case "response-received":
      return {
        who: system(event.odsCode),
        what: `${event.level} acknowledgement ${event.code} received for ${short(event.requestHeaderId)}`,
        tone: "good",
      };
    case "response-ignored":
      return { who: system(event.odsCode), what: `response ${event.messageId} ignored: ${event.reason}`, tone: "bad" };
    case "report-returned":
      return {
        who: system(event.odsCode),
        what: returned(event),
        tone: "bad",
      };
    case "message-damaged":
      return { who: system(event.odsCode), what: `${event.messageId}: ${event.reason}`, tone: "bad" };
    case "work-held-up":
      return {
        who: system(event.odsCode),
        what: `${held(event)} held up, ${count(event.times, "time", "times")} so far: ${event.reason}`,
        tone: "bad",
      };
    case "work-resumed":
      return {
        who: system(event.odsCode),
        what: `${held(event)} goes on, after ${count(event.times, "failure", "failures")}`,
        tone: "good",
      };
    case "page-failed":
    case "page-works-again":
    case "visit-refused":
    case "token-ends":
    case "audit-unreadable":
      return narratePages(event);
    case "folder-open-to-others":
      return {
        who: ownerOf(event),
        // Of a mailbox's own folder the event has no path: the log knows it by the mailbox's id.
        what: `other users of this machine may open ${event.folder === "mailbox" ? "its folder" : event.folder}: chmod 700 if that is not meant`,
        tone: "bad",
      };
    case "folder-lost":
      return {
        who: ownerOf(event),
        what: `stops: ${event.reason}`,
        tone: "bad",
      };
    case "client-not-started":
      return {
        who: client(event.mailboxId),
        what: `does not start${repeated(event)}: ${event.reason}`,
        tone: "bad",
      };
    case "client-started":
      return event.times === undefined
        ? undefined
        : {
            who: client(event.mailboxId),
            what: `starts, after ${count(event.times, "failure", "failures")}`,
            tone: "good",
          };
    case "folder-made":
      return {
        who: client(event.mailboxId),
        what: `${event.folder} was not there, and was made: is it the folder that was meant, and its disk mounted?`,
        tone: "bad",
      };
    case "poll-held-up":
      return {
        who: client(event.mailboxId),
        what: `a poll has not got on since ${event.since.toISOString().slice(11, 19)}Z: does a disk not answer?`,
        tone: "bad",
      };
    case "poll-goes-on":
      return { who: client(event.mailboxId), what: "polls go on", tone: "good" };
    case "settings-reloaded":
      return {
        who: "Settings",
        what: `read again: ${count(event.added, "mailbox", "mailboxes")} added, ${event.changed} changed, ${event.removed} removed, ${event.kept} as before`,
      };
    case "settings-refused":
      return { who: "Settings", what: `not used, all goes on as before: ${event.reason}`, tone: "bad" };
    case "settings-need-restart":
      return { who: "Settings", what: `used from the next start on: ${event.settings.join(", ")}`, tone: "bad" };
    case "log-lines-lost":
      return undefined;
    case "message-gone":
      return {
        who: "odsCode" in event ? system(event.odsCode) : client(event.mailboxId),
        what: `${event.messageId} could never be fetched, and is not in ${event.mailboxId} any more`,
        tone: "bad",
      };
  }
}

/** Prints what happened before, then every step as it happens, until the returned function is called. */
export function followSteps(events: Events, terminal: Terminal, before: readonly Event[] = []): () => void {
  function print(event: Event): void {
    const step = narrate(event);
    if (step !== undefined) terminal.print(stepLine(step, new Date(), terminal.paint));
  }
  for (const event of before) print(event);
  return events.follow(print);
}

/** One line of the running terminal: time, who, what. */
function stepLine(step: Step, at: Date, paint: Paint): string {
  const time = paint.dim(clockTime(at));
  const tone = { good: paint.green, bad: paint.red, quiet: paint.dim };
  const what = step.tone === undefined ? step.what : tone[step.tone](step.what);
  return `  ${time}  ${paint.bold(step.who.padEnd(23))} ${what}`;
}

function clockTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const thousandths = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${thousandths}`;
}

const decisions: Readonly<Record<HeldVerdict, string>> = {
  release: "a person released it, it is sent again",
  arrived: "a person made sure that it arrived",
  discard: "a person ended it, it is not sent again",
};
