// Whether a run kept what is promised, by what clients were told alone: nothing that was accepted is lost, doubled, changed, misplaced or
// out of its order, no token was good twice, and each failure came back once.

import type { Acknowledged, Ending, Entry, Found, Listed, Sent } from "./history.ts";

export interface Rules {
  /** Mailboxes that take nothing in. */
  readonly closed: readonly string[];
  /** More than so many wait in no mailbox, reports aside. */
  readonly mostWaiting: number;
}

export interface Problem {
  /** In words, with all that was found to be so. */
  readonly what: string;
  /** Ids and local ids of the messages concerned. */
  readonly about: readonly string[];
}

/** A local id, whatever was tried with it: one token, so at most one message. */
interface Letter {
  readonly first: Sent;
  readonly outcome: "accepted" | "refused" | "unknown";
  readonly messageId: string | undefined;
  /** When the sender was told. */
  readonly acceptedAt: number;
}

export function judge(entries: readonly Entry[], ending: Ending, rules: Rules): Problem[] {
  const problems: Problem[] = [];
  const say = (what: string, ...about: (string | undefined)[]): void => {
    problems.push({ what, about: about.filter((id) => id !== undefined) });
  };
  const sent = entries.filter((entry) => entry.what === "sent");
  const listings = entries.filter((entry) => entry.what === "listed");
  const acknowledgements = entries.filter((entry) => entry.what === "acknowledged");
  const found = [
    ...entries.filter((entry) => entry.what === "read"),
    ...Array.from(ending.inboxes, ([mailbox, all]) => all.map((one) => ({ ...one, mailbox }))).flat(),
  ];

  judgeTokens(sent, acknowledgements, say);
  const letters = lettersOf(sent, ending);
  judgeFound(letters, found, say);
  judgePlaces(letters, acknowledgements, ending, rules, say);
  judgeReports(letters, found, acknowledgements, ending, say);
  const inOrder = [...listings, ...endingAsListings(ending)];
  judgeOrder(letters, inOrder, say);
  judgeListings(letters, listings, acknowledgements, say);
  judgeRoom(found, inOrder, rules, say);
  return problems;
}

type Say = (what: string, ...about: (string | undefined)[]) => void;

/**
 * Of what changes something. An acknowledgement of what another acknowledged, or may have, changes nothing: its token is on disk a moment
 * later, and until then another node lets it in.
 */
function judgeTokens(sent: readonly Sent[], acknowledgements: readonly Acknowledged[], say: Say): void {
  const byMessage = Map.groupBy(acknowledgements, ({ messageId }) => messageId);
  const changing = acknowledgements.filter(({ messageId, token, until }) =>
    byMessage.get(messageId)!.every((other) => other.token === token || other.from > until),
  );
  const done = [...sent, ...changing].filter(({ outcome }) => outcome === "done");
  for (const [token, uses] of Map.groupBy(done, (entry) => entry.token)) {
    if (uses.length === 1) continue;
    say(`a token was good ${uses.length} times: ${token}`, ...uses.map(({ messageId }) => messageId));
  }
}

/** A doubt is settled by what tracking says. */
function lettersOf(sent: readonly Sent[], { tracked }: Ending): ReadonlyMap<string, Letter> {
  const letters = new Map<string, Letter>();
  for (const [localId, tries] of Map.groupBy(sent, (entry) => entry.localId)) {
    const [first] = tries as [Sent];
    const accepted = tries.find(({ outcome }) => outcome === "done");
    const settled = tracked.get(localId);
    const isThere = typeof settled === "object" && settled.status !== "uploading";
    letters.set(localId, {
      first,
      outcome:
        accepted !== undefined
          ? "accepted"
          : tries.some(({ outcome }) => outcome === "unknown")
            ? "unknown"
            : "refused",
      messageId: accepted?.messageId ?? (isThere ? settled.messageId : undefined),
      acceptedAt: accepted?.until ?? Infinity,
    });
  }
  return letters;
}

/** Whatever is in an inbox, or was, was sent to it, once, and is as it was sent. */
function judgeFound(
  letters: ReadonlyMap<string, Letter>,
  found: readonly (Found & { mailbox: string })[],
  say: Say,
): void {
  const data = found.filter(({ localId }) => localId !== undefined);
  for (const [localId = "", places] of Map.groupBy(data, (one) => one.localId)) {
    const letter = letters.get(localId);
    const [messageId, ...others] = new Set(places.map((one) => one.messageId));
    if (others.length > 0) say(`${localId} is ${others.length + 1} messages`, localId, messageId, ...others);
    if (letter === undefined) say(`nobody sent ${localId}`, localId, messageId);
    else if (letter.outcome === "refused") say(`${localId} was refused and is there`, localId, messageId);
    else if (letter.messageId !== undefined && letter.messageId !== messageId) {
      say(`${localId} was accepted as ${letter.messageId} and is ${messageId}`, localId, letter.messageId, messageId);
    }
    for (const mailbox of new Set(places.map((one) => one.mailbox))) {
      if (letter !== undefined && letter.first.to !== mailbox) say(`${localId} came to ${mailbox}`, localId, messageId);
    }
    if (places.some(({ isIntact }) => !isIntact)) say(`${localId} is not as it was sent`, localId, messageId);
  }
}

/** Each that was accepted, or turned out to be, is in one place: in its inbox, or acknowledged. */
function judgePlaces(
  letters: ReadonlyMap<string, Letter>,
  acknowledgements: readonly Acknowledged[],
  ending: Ending,
  { closed }: Rules,
  say: Say,
): void {
  const waiting = countBy(Array.from(ending.inboxes.values()).flat(), ({ messageId }) => messageId);
  const tried = Map.groupBy(acknowledgements, ({ messageId }) => messageId);
  for (const [localId, { first, outcome, messageId }] of letters) {
    const settled = ending.tracked.get(localId);
    if (settled === "several") say(`${localId} is several messages by tracking`, localId, messageId);
    if (outcome === "accepted" && closed.includes(first.to ?? "")) {
      say(`${localId} was accepted for a closed mailbox`, localId, messageId);
    }
    if (outcome === "accepted" && settled === "nothing") say(`${localId} is not known any more`, localId, messageId);
    if (typeof settled === "object" && outcome === "accepted" && settled.messageId !== messageId) {
      say(`${localId} was accepted as ${messageId} and is tracked as ${settled.messageId}`, localId, messageId);
    }
    if (messageId === undefined || first.to === undefined) continue;
    const times = waiting.get(messageId) ?? 0;
    const tries = tried.get(messageId) ?? [];
    const isTold = tries.some((one) => one.outcome === "done");
    const isTracked = typeof settled === "object" && settled.status === "acknowledged";
    if (times > 1) say(`${localId} waits ${times} times`, localId, messageId);
    if (times > 0 && isTold) say(`${localId} was acknowledged and waits`, localId, messageId);
    if (times > 0 && isTracked) say(`${localId} is acknowledged by tracking and waits`, localId, messageId);
    if (isTracked && tries.length === 0) say(`${localId} left, and nobody acknowledged it`, localId, messageId);
    if (times === 0 && !isTold && !isTracked) {
      const status = typeof settled === "object" ? settled.status : "not tracked";
      say(`${localId} is in no place (${status})`, localId, messageId);
    }
  }
}

/** Each that cannot be routed comes back to its sender as one report, which is in one place; and nothing else does. */
function judgeReports(
  letters: ReadonlyMap<string, Letter>,
  found: readonly (Found & { mailbox: string })[],
  acknowledgements: readonly Acknowledged[],
  ending: Ending,
  say: Say,
): void {
  const reports = Map.groupBy(
    found.filter(({ linkedMessageId }) => linkedMessageId !== undefined),
    ({ linkedMessageId }) => linkedMessageId!,
  );
  const waiting = countBy(Array.from(ending.inboxes.values()).flat(), ({ messageId }) => messageId);
  const acknowledged = Map.groupBy(acknowledgements, ({ messageId }) => messageId);
  const expected = new Map<string, Letter>();
  for (const letter of letters.values()) {
    if (letter.first.to === undefined && letter.messageId !== undefined) expected.set(letter.messageId, letter);
  }
  for (const [messageId, { first }] of expected) {
    const ids = new Set((reports.get(messageId) ?? []).map((report) => report.messageId));
    if (ids.size !== 1) say(`${first.localId} came back ${ids.size} times`, first.localId, messageId, ...ids);
    for (const id of ids) {
      const isAcknowledged = acknowledged.get(id)?.some(({ outcome }) => outcome === "done") ?? false;
      const times = waiting.get(id) ?? 0;
      if (times > 1 || (times === 1 && isAcknowledged)) say(`a report of ${first.localId} is in two places`, id);
      // One whose acknowledgement is not known may be in either.
      if (times === 0 && !acknowledged.has(id)) say(`a report of ${first.localId} is in no place`, id, messageId);
    }
    for (const { mailbox } of reports.get(messageId) ?? []) {
      if (mailbox !== first.sender) say(`a report of ${first.localId} came to ${mailbox}`, first.localId, messageId);
    }
  }
  for (const [messageId, [report]] of reports) {
    if (!expected.has(messageId)) say(`a report of ${messageId}, which did not fail`, messageId, report?.messageId);
  }
}

/** What one sender was told of, one after the other, is listed so. */
function judgeOrder(
  letters: ReadonlyMap<string, Letter>,
  listings: readonly Pick<Listed, "mailbox" | "messageIds">[],
  say: Say,
): void {
  const told = new Map<string, Sent>();
  for (const { first, outcome, messageId } of letters.values()) {
    if (outcome === "accepted" && first.isDirect) told.set(messageId!, first);
  }
  const accused = new Set<string>();
  for (const { mailbox, messageIds } of listings) {
    const latest = new Map<string, Sent>();
    for (const messageId of messageIds) {
      const its = told.get(messageId);
      if (its === undefined) continue;
      const before = latest.get(its.sender);
      latest.set(its.sender, its);
      if (before === undefined || before.turn <= its.turn || accused.has(its.localId)) continue;
      accused.add(its.localId);
      say(`${mailbox} lists ${its.localId} behind ${before.localId}`, its.localId, before.localId);
    }
  }
}

/** A listing has what was accepted before it was asked for, and nothing whose acknowledgement was answered before. */
function judgeListings(
  letters: ReadonlyMap<string, Letter>,
  listings: readonly Listed[],
  acknowledgements: readonly Acknowledged[],
  say: Say,
): void {
  const gone = new Map<string, number>();
  const going = new Map<string, number>();
  for (const { messageId, outcome, from, until } of acknowledgements) {
    going.set(messageId, Math.min(from, going.get(messageId) ?? Infinity));
    if (outcome === "done") gone.set(messageId, Math.min(until, gone.get(messageId) ?? Infinity));
  }
  const accepted = Map.groupBy(
    Array.from(letters.values()).filter(({ outcome, first }) => outcome === "accepted" && first.isDirect),
    ({ first }) => first.to,
  );
  for (const { mailbox, messageIds, from, until, isWhole } of listings) {
    const shown = new Set(messageIds);
    for (const messageId of shown) {
      if ((gone.get(messageId) ?? Infinity) < from) say(`listed after it was acknowledged`, messageId);
    }
    if (!isWhole) continue;
    for (const { first, messageId = "", acceptedAt } of accepted.get(mailbox) ?? []) {
      if (acceptedAt > from || (going.get(messageId) ?? Infinity) < until || shown.has(messageId)) continue;
      say(`${first.localId} was accepted, and then not listed`, first.localId, messageId);
    }
  }
}

function judgeRoom(
  found: readonly Found[],
  listings: readonly Pick<Listed, "mailbox" | "messageIds">[],
  { mostWaiting }: Rules,
  say: Say,
): void {
  const reports = new Set(found.filter((one) => one.linkedMessageId !== undefined).map(({ messageId }) => messageId));
  for (const { mailbox, messageIds } of listings) {
    const waiting = messageIds.filter((messageId) => !reports.has(messageId));
    if (waiting.length > mostWaiting) say(`${waiting.length} wait in ${mailbox}`, waiting.at(-1));
  }
}

function endingAsListings({ inboxes }: Ending): Pick<Listed, "mailbox" | "messageIds">[] {
  return Array.from(inboxes, ([mailbox, found]) => ({
    mailbox,
    messageIds: found.map(({ messageId }) => messageId),
  }));
}

function countBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}
