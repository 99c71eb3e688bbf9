import {
  type Event,
  type FolderEvent,
  type FolderLostEvent,
  type HeldUpWork,
  type JournalEvent,
  reportMaker,
  statusWords,
} from "@restante/mesh";

// What the narration of several events has in common.

/** Who did something, what, and whether it needs a person's eye. */
export interface Step {
  who: string;
  what: string;
  tone?: "good" | "bad" | "quiet";
}

/** Bytes as a person reads them: 812 bytes, 61 KB, 2.6 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, "byte", "bytes");
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function refusal({ refusedFor }: Extract<Event, { event: "task-raised" }>): string {
  return refusedFor === undefined ? "" : ` of a message that was refused${refusals[refusedFor]}`;
}

const refusals = {
  "not-acceptable": "",
  strictness: " by the strictness chosen here",
  "not-taken": " because its kind is not taken here",
};

export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

export function often({ times, since }: { times: number; since: Date }): string {
  return times === 1 ? "for the first time" : `${times} times since ${since.toISOString().slice(0, 16)}Z`;
}

/** An ITK3 message header's id is a UUID: its first group tells it apart on a screen. */
export function short(headerId: string): string {
  return headerId.slice(0, 8);
}

export function repeated({ times, since }: { times?: number; since?: Date }): string {
  return times === undefined || times === 1 || since === undefined
    ? ""
    : `, ${times} times since ${since.toISOString().slice(11, 19)}Z`;
}

/** Why something did not go well, and what a person can do about it. */
export function reasonWithRemedy({ reason, remedy }: { readonly reason: string; readonly remedy?: string }): string {
  return remedy === undefined ? reason : `${reason} ${remedy}`;
}

/** A reason that is a sentence goes on with how often it was so. */
export function repeatedReason(event: { reason: string; times?: number; since?: Date }): string {
  const often = repeated(event);
  return often === "" ? event.reason : `${event.reason.replace(/\.$/, "")}${often}`;
}

export function returned({ linkedMessageId, step, code }: Extract<Event, { event: "report-returned" }>): string {
  if (linkedMessageId !== undefined) return `MESH returned ${linkedMessageId}: ${code || "no code"}`;
  const words = step === undefined ? undefined : statusWords(step, code);
  const said = `${code || "no code"}${words === undefined ? "" : ` (${words})`}`;
  const where = "what the report says is under Unmatched messages";
  if (step === "RECEIVE") return `the MESH client cannot receive: ${said}; ${where}`;
  const ofMesh = reportMaker({ event: step, code }) === "mesh";
  return `${ofMesh ? "MESH returned a message that it does not name" : "the MESH client did not send a pair"}: ${said}; ${where}`;
}

/** What could not be read has no id of its own. */
export function request(headerId: string): string {
  return headerId === "" ? "a message that could not be read" : short(headerId);
}

/** What cannot be done, or goes on. */
export function held({ work, mailboxId, messageId, headerId, taskId }: HeldUpWork): string {
  const one = messageId ?? (headerId === undefined ? undefined : `message ${short(headerId)}`);
  const about = one ?? (taskId === undefined ? mailboxId : `task ${taskId}`);
  return about === undefined ? work : `${work} (${about})`;
}

export function addressee(to: string): string {
  return to === "GPPROVIDER" ? "the patient's practice" : to;
}

export function ownerOf({ mailboxId, odsCode }: FolderEvent | FolderLostEvent | JournalEvent): string {
  if (mailboxId !== undefined) return client(mailboxId);
  return odsCode === undefined ? "MESH server" : system(odsCode);
}

export function client(mailboxId: string): string {
  return `${mailboxId} client`;
}

export function system(odsCode: string): string {
  return `${odsCode} system`;
}

export function remark(note: string | undefined): string {
  return note === undefined ? "" : ` (${note})`;
}
