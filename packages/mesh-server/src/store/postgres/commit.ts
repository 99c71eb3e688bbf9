// A group of operations in one transaction: mailboxes are locked, then messages, each in the order of their ids, so that no two nodes
// wait for each other; then what is decided on is read, by statements of their own (a statement sees nothing that was committed
// while it waited for a lock); then it is decided, and written by one statement.
//
//   another try   two transactions were in each other's way, a connection was an old one, or a token turned out to be used on
//                 another node: the whole group again, from the beginning.
//   held          what some of it needs, rows or tables, is locked by another for long: those are refused, the rest goes on (locks.ts).
//   full          the disk of PostgreSQL is full: what is new is refused, and the rest once more.
//   a mistake     one operation is refused by PostgreSQL, or what it needs is damaged: in halves, down to that operation by itself.
//   unknown       the connection failed while it committed: those of the group are told so, and the node goes on once it is over
//                 (in-doubt.ts). What is made or looked at before, in transactions of its own, writes nothing of the group: that is
//                 another try.

import type { MailboxId } from "@restante/mesh";

import { MeshServerError } from "../../errors.ts";
import { takesNew } from "../sqlite/operations.ts";
import type { MailboxLimits, TokenUse } from "../store.ts";
import {
  asStoreError,
  CommitUnknown,
  ConnectionLost,
  type Database,
  isFull,
  isLockTimeout,
  isMistake,
  isWorthAnotherTry,
  type Transaction,
} from "./database.ts";
import {
  type Answer,
  decide,
  type GroupOperation,
  type Keyed,
  keyOf,
  MailboxNotLocked,
  type MailboxView,
  tokenKeyOf,
  type View,
  type Writes,
} from "./decide.ts";
import { mailboxesOf, messageChangedBy, newIdsOf, tablesNeededBy, tokenOf, tokenTimesOf } from "./group-operation.ts";
import { amongKeys, asKeys, findHeld, findLockedTables, KEYS, lock, type Locks } from "./locks.ts";
import { type Partitions, partsOf } from "./partitions.ts";
import { readMailboxes, readMessages } from "./views.ts";
import { raiseFloors, write } from "./write.ts";

const MOST_TRIES = 3;
const MOST_MAILBOXES_KNOWN = 100_000;
/** Changes nothing, but is written as what does: the commit of a transaction that wrote nothing waits for no disk, and for no standby. */
export const ASK_WHETHER_WRITTEN = "UPDATE digest_salt SET salt = salt";
const HELD = "Another transaction has locked the mailbox, the message, or a table that this needs, for seconds.";

/** Whom messages are for, by `keyOf`. */
type Recipients = ReadonlyMap<string, MailboxId>;

/** Some of a group's tokens are used: found by writing them. */
class TokensUsed extends Error {
  readonly tokens: readonly TokenUse[];

  constructor(tokens: readonly TokenUse[]) {
    super("tokens were used");
    this.tokens = tokens;
  }
}

/** Answers each; of none, asks whether writes are taken. Fails as a whole where none of it is known to have happened, or whether it did is not known. */
export type CommitGroup = (group: readonly GroupOperation[]) => Promise<Answer[]>;

export function createCommitGroup(database: Database, partitions: Partitions, limits: MailboxLimits): CommitGroup {
  const known = new Set<MailboxId>();
  /** What others had locked for too long when it was last looked at: mailboxes, and messages by `keyOf`. */
  const held = new Map<string, MailboxId | Keyed>();
  /** The same, of tables and parts. */
  let lockedTables: ReadonlySet<string> = new Set();

  async function commitGroup(group: readonly GroupOperation[], isHalf = false): Promise<Answer[]> {
    const answers = new Map<GroupOperation, Answer>();
    const used = new Set<string>();
    const also = new Set<MailboxId>();
    let tries = 1;
    let remembers = !isHalf;
    let metLock = false;
    let rest = group;
    const settle = (settled: readonly Answer[]): Answer[] => {
      for (const [index, operation] of rest.entries()) answers.set(operation, settled[index]!);
      return group.map((operation) => answers.get(operation)!);
    };
    for (;;) {
      try {
        // Whether PostgreSQL is there again is known by its answer alone.
        if (group.length === 0) await database.transact(({ ask }) => ask(ASK_WHETHER_WRITTEN));
        if (metLock || held.size > 0 || lockedTables.size > 0) {
          rest = await refuseHeld(rest, answers, { andAllItNeeds: metLock });
          metLock = false;
        }
        return settle(rest.length === 0 ? [] : await tryGroup(rest, used, also));
      } catch (error) {
        if (error instanceof TokensUsed) for (const token of error.tokens) used.add(tokenKeyOf(token));
        else if (error instanceof MailboxNotLocked) also.add(error.mailboxId);
        else if (isLockTimeout(error) && tries < MOST_TRIES) {
          tries += 1;
          metLock = true;
        } else if (isFull(error) && rest.some(takesNew)) {
          for (const operation of rest) if (takesNew(operation)) answers.set(operation, { error: asStoreError(error) });
          rest = rest.filter((operation) => !takesNew(operation));
        } else if (isWorthAnotherTry(error) && tries < MOST_TRIES) tries += 1;
        else if (isMistake(error) && (await isRepeated(rest, used))) used.add(tokenKeyOf(tokenOf(rest[0]!)!));
        else if (isMistake(error) && remembers) {
          // A part that is remembered was dropped, a mailbox's row is gone: they are made anew.
          remembers = false;
          partitions.forget();
          known.clear();
        } else if (isMistake(error)) return settle(await commitInHalves(rest, error));
        else throw asStoreError(error);
      }
    }
  }

  /** Looks again at all that was held. Resolves with those that need nothing of it; answers the others. */
  async function refuseHeld(
    group: readonly GroupOperation[],
    answers: Map<GroupOperation, Answer>,
    { andAllItNeeds }: { andAllItNeeds: boolean },
  ): Promise<readonly GroupOperation[]> {
    const refuseIf = (isHeld: (operation: GroupOperation) => boolean, from: readonly GroupOperation[]) =>
      from.filter((operation) => {
        if (!isHeld(operation)) return true;
        answers.set(operation, { error: new MeshServerError("mailbox-held", HELD, { retry: "safe" }) });
        return false;
      });
    // Tables first: who looks at a row of one that is locked waits.
    if (andAllItNeeds || lockedTables.size > 0) {
      const needed = new Set([...lockedTables, ...(andAllItNeeds ? group.flatMap(tablesNeededBy) : [])]);
      lockedTables = new Set((await findLockedTables(database.ask)).filter((table) => needed.has(table)));
    }
    const isLocked = (table: string): boolean => lockedTables.has(table);
    const rest = refuseIf((operation) => tablesNeededBy(operation).some(isLocked), group);
    const recipients = await readRecipients(rest.flatMap(messageChangedBy));
    const places = new Map([
      ...Array.from(held).filter(([, place]) => !tablesOf(place).some(isLocked)),
      ...(andAllItNeeds ? placesOf(locksOf(rest, recipients)) : []),
    ]);
    const found = await beforehand(
      database.transact(async ({ ask }) => {
        // Its locks are written to WAL: else it would wait for a standby that is gone, and nothing of it has to last.
        await ask("SET LOCAL synchronous_commit = off");
        return await findHeld(ask, locksAt(places.values()));
      }),
    );
    held.clear();
    for (const place of found) held.set(place, places.get(place)!);
    return refuseIf((operation) => placesOf(locksOf([operation], recipients)).some(([place]) => held.has(place)), rest);
  }

  /** One whose token is used is refused for that, whatever else is wrong with it. */
  async function isRepeated(
    [operation, ...others]: readonly GroupOperation[],
    used: ReadonlySet<string>,
  ): Promise<boolean> {
    const token = operation === undefined || others.length > 0 ? undefined : tokenOf(operation);
    if (token === undefined || used.has(tokenKeyOf(token))) return false;
    const rows = await database.ask(
      "SELECT FROM token WHERE mailbox_id = $1 AND nonce = $2 AND nonce_count = $3 AND time = $4",
      [token.mailboxId, token.nonce, token.nonceCount, token.time.getTime()],
    );
    return rows.length > 0;
  }

  /** So that one operation costs the others of a thousand some twenty commits, and not a thousand. */
  async function commitInHalves(group: readonly GroupOperation[], error: unknown): Promise<Answer[]> {
    if (group.length <= 1) return group.map(() => ({ error: asStoreError(error) }));
    const middle = Math.ceil(group.length / 2);
    const answers: Answer[] = [];
    for (const half of [group.slice(0, middle), group.slice(middle)]) {
      try {
        answers.push(...(await commitGroup(half, true)));
      } catch (failed) {
        answers.push(...half.map(() => ({ error: asStoreError(failed) })));
      }
    }
    return answers;
  }

  async function tryGroup(
    group: readonly GroupOperation[],
    used: ReadonlySet<string>,
    also: ReadonlySet<MailboxId>,
  ): Promise<Answer[]> {
    const recipients = await readRecipients(group.flatMap(messageChangedBy));
    const { mailboxes, messages } = locksOf(group, recipients, also);
    await beforehand(
      partitions.ensure({ messageIds: group.flatMap(newIdsOf), tokenTimes: group.flatMap(tokenTimesOf) }),
    );
    await makeMailboxes(mailboxes);
    return await database.transact(async ({ ask }) => {
      // At once: each is done after the one before.
      const [, ofMailboxes, ofMessages] = await Promise.all([
        lock(ask, { mailboxes, messages }),
        readMailboxes(ask, mailboxes),
        readMessages(ask, messages),
      ]);
      const view: View = { mailboxes: ofMailboxes, messages: ofMessages };
      const { answers, writes } = decide(group, view, { used, limits });
      await writeAll(ask, writes, view.mailboxes);
      return answers;
    });
  }

  /** Without a lock: that of a message which has none yet may change, and then decide.ts finds a mailbox that is not locked. */
  async function readRecipients(changed: readonly Keyed[]): Promise<Recipients> {
    if (changed.length === 0) return new Map();
    const rows = await database.ask(
      `SELECT mailbox_id, message_id, recipient_id FROM ${KEYS} JOIN message_state USING (mailbox_id, message_id)
       WHERE ${amongKeys("message_state")} AND recipient_id IS NOT NULL`,
      asKeys(changed),
    );
    return new Map(
      rows.map((row) => [
        keyOf({ mailboxId: row["mailbox_id"], messageId: row["message_id"] } as Keyed),
        row["recipient_id"] as MailboxId,
      ]),
    );
  }

  async function makeMailboxes(mailboxes: readonly MailboxId[]): Promise<void> {
    const missing = mailboxes.filter((mailboxId) => !known.has(mailboxId));
    if (missing.length === 0) return;
    await beforehand(
      database.transact(({ ask }) =>
        ask("INSERT INTO mailbox SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [missing]),
      ),
    );
    if (known.size > MOST_MAILBOXES_KNOWN) known.clear();
    for (const mailboxId of missing) known.add(mailboxId);
  }

  return (group) => commitGroup(group);
}

/** Of what is done before the transaction of a group: whether it was committed says nothing of the group. */
async function beforehand<Value>(done: Promise<Value>): Promise<Value> {
  try {
    return await done;
  } catch (error) {
    throw error instanceof CommitUnknown ? new ConnectionLost(error.message, { cause: error }) : error;
  }
}

function locksOf(group: readonly GroupOperation[], recipients: Recipients, also: Iterable<MailboxId> = []): Locks {
  const messages = group.flatMap(messageChangedBy);
  const ofMessages = messages.flatMap((message) => recipients.get(keyOf(message)) ?? []);
  const mailboxes = new Set([...group.flatMap(mailboxesOf), ...ofMessages, ...also]);
  return { mailboxes: Array.from(mailboxes).toSorted(), messages };
}

function placesOf({ mailboxes, messages }: Locks): (readonly [string, MailboxId | Keyed])[] {
  return [
    ...mailboxes.map((mailboxId) => [mailboxId, mailboxId] as const),
    ...messages.map((message) => [keyOf(message), message] as const),
  ];
}

function tablesOf(place: MailboxId | Keyed): string[] {
  return typeof place === "string" ? ["mailbox"] : partsOf({ messageIds: [place.messageId], tokenTimes: [] });
}

function locksAt(places: Iterable<MailboxId | Keyed>): Locks {
  const all = Array.from(places);
  return {
    mailboxes: all.filter((place) => typeof place === "string"),
    messages: all.filter((place) => typeof place !== "string"),
  };
}

async function writeAll(
  ask: Transaction["ask"],
  writes: Writes,
  mailboxes: ReadonlyMap<MailboxId, MailboxView>,
): Promise<void> {
  const taken = await write(ask, writes);
  if (taken.length === writes.tokens.size) return await raiseFloors(ask, writes.raised, mailboxes);
  const mine = new Set(taken);
  throw new TokensUsed(Array.from(writes.tokens.values()).filter((token) => !mine.has(tokenKeyOf(token))));
}
