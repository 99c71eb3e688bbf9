// What clients did and were told, and what was done to the nodes meanwhile. The judge knows nothing else of a run.

/** Milliseconds since the run began. */
interface Asked {
  readonly from: number;
  readonly until: number;
  /** Of which node. */
  readonly node: number;
}

/** `unknown`: it may have happened. */
export type Outcome = "done" | "refused" | "unknown";

/** A try to send a message. What is sent again with a new token is another try, with a local id of its own. */
export interface Sent extends Asked {
  readonly what: "sent";
  readonly localId: string;
  readonly sender: string;
  /** Of the sender, who waits for the answer to each before the next: 1, 2, 3. */
  readonly turn: number;
  /** Whose inbox it comes to. Absent: it cannot be routed, and comes back as a report. */
  readonly to?: string;
  /** It comes to the inbox before it is answered: what is routed does so later. */
  readonly isDirect: boolean;
  readonly token: string;
  readonly outcome: Outcome;
  readonly messageId?: string;
  readonly said?: string;
}

/** As much as there was, or less if `isWhole` is false. */
export interface Listed extends Asked {
  readonly what: "listed";
  readonly mailbox: string;
  readonly messageIds: readonly string[];
  readonly isWhole: boolean;
}

export interface Found {
  readonly messageId: string;
  /** Of data. */
  readonly localId?: string;
  /** Of a report. */
  readonly linkedMessageId?: string;
  /** Its body is what was sent. */
  readonly isIntact: boolean;
}

export interface Read extends Asked, Found {
  readonly what: "read";
  readonly mailbox: string;
}

export interface Acknowledged extends Asked {
  readonly what: "acknowledged";
  readonly mailbox: string;
  readonly messageId: string;
  readonly token: string;
  readonly outcome: Outcome;
  readonly said?: string;
}

export interface Struck {
  readonly what: "struck";
  readonly from: number;
  readonly until: number;
  readonly fault: string;
}

export type Entry = Sent | Listed | Read | Acknowledged | Struck;

/** `several`: more than one message has this local id. */
export type Tracked = "nothing" | "several" | { readonly messageId: string; readonly status: string };

/** What is there once all is quiet. */
export interface Ending {
  readonly inboxes: ReadonlyMap<string, readonly Found[]>;
  /** By local id: of each that was accepted or may have been, and that is neither in an inbox nor known as acknowledged. */
  readonly tracked: ReadonlyMap<string, Tracked>;
}

const MOST_LINES = 60;

/**
 * What concerns these messages, by their ids and local ids, and what was struck in that time: for whoever looks for the cause. Of the
 * listings that show them, the first and the last of each mailbox; and no more lines than somebody reads.
 */
export function historyOf(entries: readonly Entry[], about: readonly string[]): string[] {
  const ids = new Set(about);
  const sent = entries.filter((entry) => entry.what === "sent");
  for (const { localId, messageId } of sent) {
    if (messageId !== undefined && (ids.has(localId) || ids.has(messageId))) ids.add(localId).add(messageId);
  }
  const all = entries.filter((entry) => entry.what !== "struck" && isAbout(entry, ids));
  const listings = Map.groupBy(
    all.filter((entry) => entry.what === "listed"),
    ({ mailbox }) => mailbox,
  );
  const shown = new Set(Array.from(listings.values(), (ones) => [ones[0], ones.at(-1)]).flat());
  const concerned = all.filter((entry) => entry.what !== "listed" || shown.has(entry));
  const [from, until] = [
    Math.min(...concerned.map((entry) => entry.from)),
    Math.max(...concerned.map((entry) => entry.until)),
  ];
  const struck = entries.filter((entry) => entry.what === "struck" && entry.from <= until && entry.until >= from);
  const lines = [...concerned, ...struck].toSorted((one, other) => one.from - other.from).map(lineOf);
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];
}

function isAbout(entry: Exclude<Entry, Struck>, ids: ReadonlySet<string>): boolean {
  switch (entry.what) {
    case "sent":
      return ids.has(entry.localId);
    case "listed":
      return entry.messageIds.some((messageId) => ids.has(messageId));
    case "read":
      return [entry.messageId, entry.localId, entry.linkedMessageId].some((id) => id !== undefined && ids.has(id));
    case "acknowledged":
      return ids.has(entry.messageId);
  }
}

function lineOf(entry: Entry): string {
  const { from, until, what, ...rest } = entry;
  const shown = "messageIds" in rest ? { ...rest, messageIds: rest.messageIds.length } : rest;
  return `${from.toFixed(0)}-${until.toFixed(0)} ${what} ${JSON.stringify(shown)}`;
}
