import { setImmediate as nextTurn } from "node:timers/promises";

import { ControlError, LARGEST_BODY, type MessageFilter, type MessagePage } from "@restante/control";
import type { MessageId } from "@restante/mesh";

import { BodyDamaged } from "../bodies/bodies.ts";
import type { Context } from "../context.ts";
import type { Message } from "../message.ts";
import { type Difference, differenceOf, NEAREST } from "./filter.ts";
import { knownMailbox } from "./known-mailbox.ts";
import { summaryOf } from "./shown-message.ts";
import { readBytes, textOf } from "./stored-text.ts";

const DEFAULT_RESULTS = 50;
const AT_ONCE = 500;

type Stored = Pick<Context, "registry" | "store" | "bodies">;

/** A mailbox that was mistyped would be waited for in vain. @throws {ControlError} `mailbox-unknown` */
export function requireKnown({ registry }: Pick<Stored, "registry">, { mailbox, from }: MessageFilter): void {
  for (const written of [mailbox, from]) {
    if (written !== undefined && !written.endsWith("*")) knownMailbox(registry, written);
  }
}

/** Newest first, by id. A piece at a time: between two of them others have their turn. */
export async function* everyMessage({ store }: Pick<Stored, "store">, before?: MessageId): AsyncGenerator<Message> {
  for (let place = before; ;) {
    const found = await store.listAll(AT_ONCE, place);
    yield* found;
    place = found.at(-1)?.messageId;
    if (found.length < AT_ONCE || place === undefined) return;
    await nextTurn();
  }
}

/** Undefined if it fits; else in what it differs first. */
export async function whyNot(
  stored: Pick<Stored, "store" | "bodies">,
  filter: MessageFilter,
  message: Message,
): Promise<Difference | undefined> {
  const difference = differenceOf(filter, message);
  if (difference !== undefined || filter.containing === undefined) return difference;
  const ofBody = (words: string): Difference => ({ words, nearness: NEAREST });
  if (message.bytes > LARGEST_BODY) return ofBody("its body is too large to be looked into");
  try {
    const text = await textOf(message, await readBytes(stored, message));
    return text?.includes(filter.containing) === true ? undefined : ofBody("its body does not hold the text");
  } catch (error) {
    if (error instanceof BodyDamaged) return ofBody(`its stored body is ${error.damage}`);
    throw error;
  }
}

/** One page of those that fit. */
export async function listMessages(
  stored: Stored,
  { limit = DEFAULT_RESULTS, before, ...filter }: MessageFilter & { limit?: number; before?: string },
): Promise<MessagePage> {
  requireKnown(stored, filter);
  const found: Message[] = [];
  for await (const message of everyMessage(stored, before?.trim().toUpperCase() as MessageId | undefined)) {
    if ((await whyNot(stored, filter, message)) !== undefined) continue;
    // One more than a page: there is a next one.
    if (found.length === limit) return { messages: found.map(summaryOf), next: found.at(-1)!.messageId };
    found.push(message);
  }
  return { messages: found.map(summaryOf) };
}

/** By its id, or the newest that fits. @throws {ControlError} `message-unknown` */
export async function findMessage(stored: Stored, written: string, filter: MessageFilter = {}): Promise<Message> {
  if (written.trim().toLowerCase() === "latest") {
    requireKnown(stored, filter);
    for await (const message of everyMessage(stored)) {
      if ((await whyNot(stored, filter, message)) === undefined) return message;
    }
    throw new ControlError("message-unknown", "No message here fits.");
  }
  const message = await stored.store.findAnywhere(written.trim().toUpperCase() as MessageId);
  if (message === undefined) throw new ControlError("message-unknown", "No message here has this id.");
  return message;
}
